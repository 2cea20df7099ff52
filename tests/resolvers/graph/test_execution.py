"""The quick execution and graphql-core alone give the same answer to any document, from any world, for any caller."""

import random
from collections.abc import Mapping
from typing import Any

from graphql import DocumentNode, ExecutionResult, execute, parse, validate
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.execution.fast import Plans, fast
from tests.gateway.things import compiled
from tests.resolvers.graph import walk
from tests.resolvers.graph.documents import document
from tests.resolvers.graph.test_rights import Draw, Scene, draws
from tests.running import schema

PLAIN = schema().execution_context_class


async def told(
    scene: Scene, asked: DocumentNode, variables: Mapping[str, Any], executor: type[Any], **more: Any
) -> tuple[Any, ...]:
    """All that a caller gets, and what the context was left with."""
    context = await scene.asked.context()
    found = execute(
        walk.graph(), asked, None, context, variable_values=dict(variables), executor_class=executor, **more
    )
    if not isinstance(found, ExecutionResult):
        found = await found
    errors = [error.formatted for error in found.errors or ()]
    return found.data, errors, context.followed, context.touched


@settings(max_examples=80, deadline=None)
@given(draw=draws, seed=st.integers(0, 2**32), some=st.booleans())
async def test_any_document_is_answered_as_graphql_core_answers_it(draw: Draw, seed: int, some: bool) -> None:
    scene, asked = Scene(draw), parse(document(random.Random(seed)))
    assert validate(walk.graph(), asked) == []
    plans, quick = Plans(10_000), fast(PLAIN, walk.graph())
    for variables in ({"some": some}, {"some": not some}, {"some": some, "yes": False}, {"some": True, "no": True}) * 2:
        wanted = await told(scene, asked, variables, PLAIN)
        assert await told(scene, asked, variables, quick, plans=plans) == wanted
        assert await told(scene, asked, variables, quick, plans=plans) == wanted


async def test_most_of_what_people_ask_is_compiled() -> None:
    """Else the test above would compare graphql-core with itself."""
    scene = Scene(Draw(seed=7, most=4))
    asked = parse(
        """{ servers { totalCount pageInfo { endCursor } nodes { id name status createdAt host tags project { name }
        image { name os } flavor { vcpus } volumes { size snapshots { name } } addresses { ip version } } } }"""
    )
    assert validate(walk.graph(), asked) == []
    plans = Plans(100)
    for _ in range(2):
        await told(scene, asked, {}, fast(PLAIN, walk.graph()), plans=plans)
    assert "ServerConnection" in compiled(plans)
