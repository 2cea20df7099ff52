"""The quick execution and graphql-core alone give the same answer to any document, from any world, for any caller."""

import asyncio
import gc
import itertools
import random
import tracemalloc
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from graphql import DocumentNode, ExecutionResult, Undefined, execute, parse, validate
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.documents import Documents, DocumentSettings, GraphQLRequest
from gateway.execution.fast import Plans, fast
from gateway.limits import Limits, LimitSettings
from resolvers.inventory.turns import Turns
from tests.gateway.things import compiled, merging
from tests.resolvers.graph import walk
from tests.resolvers.graph.asking import Asked, executor
from tests.resolvers.graph.documents import IDS, OPERATIONS, VARIABLES, document
from tests.resolvers.graph.test_rights import Draw, Scene, draws
from tests.resolvers.graph.world import OPERATOR, PROJECTS, made
from tests.running import schema

WITHOUT = schema().execution_context_class
QUICK = fast(WITHOUT, walk.graph())
NO_VALUES = (None, 7, "text", ("a", None), 2**40, ValueError("This row is broken."), Undefined)


async def told(
    scene: Scene,
    asked: DocumentNode,
    variables: Mapping[str, Any],
    operation: str | None = None,
    plans: Plans | None = None,
) -> tuple[Any, ...]:
    """All that a caller gets, in its order, and what the context was left with: by graphql-core alone when there are no plans."""
    context = await scene.asked.context()
    more: dict[str, Any] = {} if plans is None else {"plans": plans}
    executor_class = WITHOUT if plans is None else QUICK
    found = execute(
        walk.graph(),
        asked,
        None,
        context,
        variable_values=dict(variables),
        operation_name=operation,
        executor_class=executor_class,
        **more,
    )
    if not isinstance(found, ExecutionResult):
        found = await found
    errors = [(error.formatted, type(error.original_error)) for error in found.errors or ()]
    return repr(found.data), errors, context.spent(), context.touched


def scene_of(draw: Draw, seed: random.Random) -> Scene:
    """A world where some rows are broken, where an answer may lead to few rows, and where looking at rows takes no time or too long."""
    scene = Scene(draw)
    scene.asked.inventory.turns = Turns(seed.choice((lambda: 0.0, itertools.count(0.0, 0.003).__next__)))
    scene.asked.most_rows = seed.choice((50_000, 50_000, 3, 20))
    for row in seed.sample(scene.rows, min(len(scene.rows), seed.choice((0, 0, 3, 20)))):
        attribute = seed.choice([name for name in type(row).__struct_fields__ if not name.endswith("id")])
        msgspec.structs.force_setattr(row, attribute, seed.choice(NO_VALUES))
    return scene


@settings(max_examples=80, deadline=None)
@given(first=draws, second=draws, seed=st.integers(0, 2**32))
async def test_any_document_is_answered_as_graphql_core_answers_it(first: Draw, second: Draw, seed: int) -> None:
    draw = random.Random(seed)
    asked = parse(document(draw))
    assert validate(walk.graph(), asked) == []
    scenes, plans = [scene_of(each, draw) for each in (first, second)], Plans(10_000)
    questions = []
    for _ in range(4):
        scene, operation, variables = draw.choice(scenes), draw.choice(OPERATIONS), draw.choice(VARIABLES)
        question = scene, asked, {**variables, "ids": draw.choice(([], IDS))}, operation
        wanted = await told(*question)
        for _ in range(2):
            assert await told(*question, plans) == wanted
        questions.append(question)
    # And all of them at the same time: which of two errors comes first is then another one, but not for us.
    together = await asyncio.gather(*(told(*question) for question in questions))
    assert await asyncio.gather(*(told(*question, plans) for question in questions)) == together


async def test_a_directive_whose_variable_is_null_is_told_where_it_stands() -> None:
    project = made("project", PROJECTS[0])
    asked = Asked([project, made("server", "one", project_id=project.id)], OPERATOR)
    query = """query($a: Boolean = true) { servers { nodes { name project { id @include(if: $a) } } }
        volumes { nodes { id @skip(if: $a) name } } }"""
    for variables in ({}, {"a": None}, {"a": None}, {"a": None}):
        answer = await asked.answer(query, variables)
        paths = [error["path"] for error in answer.get("errors", ())]
        assert paths == ([["servers", "nodes", 0, "project"]] if variables else [])


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("{ servers { ... @defer { nodes { id } } } }", "Unknown directive '@defer'."),
        ("{ servers { nodes @stream { id } } }", "Unknown directive '@stream'."),
        (
            "query @experimental_disableErrorPropagation { me { id } }",
            "Unknown directive '@experimental_disableErrorPropagation'.",
        ),
        (
            "{ servers { ...F(a: true) } } fragment F($a: Boolean!) on ServerConnection { totalCount @skip(if: $a) }",
            "Syntax Error: ",
        ),
    ],
)
async def test_what_compiled_functions_know_nothing_of_is_refused(text: str, refusal: str) -> None:
    answer = await Asked([], OPERATOR).answer(text)
    assert "data" not in answer
    assert answer["errors"][0]["message"].startswith(refusal)


async def test_what_is_compiled_is_kept_with_its_document() -> None:
    asked = Asked([made("server", "one"), made("server", "two")], OPERATOR)
    query = "{ servers { nodes { id name project { name } } } }"
    for _ in range(2):
        await asked.data(query)
    prepared = executor().prepare(GraphQLRequest(query), await asked.context(), "the caller")
    assert {"ServerConnection", "Server", "Project"} <= set(compiled(prepared.document.plans))


async def test_a_document_keeps_no_more_in_memory_than_its_setting_says() -> None:
    """However its fields are merged, and whatever its variables were."""
    edges = "project { id } user { id } servers { id } image { id } snapshot { id } snapshots { id } backups { id }"
    selected = f"id name status size bootable encrypted description typeName az createdAt updatedAt {edges}"
    head = "query($a: Boolean!) { volumes(first: 1) { nodes { ...F0 id @include(if: $a) } } }"
    text = f"{head} {merging('Volume', 'copies', 'sourceVolume', 8, '...All')} fragment All on Volume {{ {selected} }}"
    scene = Scene(Draw(seed=7, most=4))
    documents = Documents(walk.graph(), Limits(LimitSettings(), lambda: 0.0), DocumentSettings(), lambda: 0.0)
    tracemalloc.start()
    try:
        document = documents.read(text)
        assert document.node is not None
        for _ in range(3):
            for a in (True, False):
                await told(scene, document.node, {"a": a}, plans=document.plans)
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert compiled(document.plans)
    assert kept < 3_000 * document.tokens


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
        await told(scene, asked, {}, plans=plans)
    assert "ServerConnection" in compiled(plans)
