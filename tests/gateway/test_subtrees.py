"""Compiled subtrees answer what graphql-core answers: of any values, with any errors, and with nothing left behind by an attempt."""

from collections import UserList, deque
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from graphql import get_introspection_query, parse, subscribe, validate

from gateway.execution.fast import Plans
from tests.gateway.things import ODD, QUICK, WITHOUT, Asking, compiled, schema, thing, told

FIELDS = """__typename n: name note size on color made tags
  best { code weight } spare { c: code } parts { code weight __typename } p2: parts { weight } rows { code }"""
DOCUMENTS = [
    f"{{ things {{ {FIELDS} }} }}",
    f"{{ all {{ {FIELDS} }} first {{ {FIELDS} }} }}",
    f"{{ all {{ ...F parts {{ code }} }} }} fragment F on Thing {{ {FIELDS} parts {{ weight }} }}",
    f"{{ all {{ shout {FIELDS} }} }}",
    "{ all { shout(times: 2) best { code weight } parts { code } } }",
    f"{{ named {{ name ... on Thing {{ {FIELDS} }} }} }}",
    # The same field of one fragment, merged with another field in one place and alone in the other.
    "{ all { ...P parts { weight } } first { ...P } } fragment P on Thing { parts { code } }",
    "{ first { ...P } all { ...P parts { weight } } } fragment P on Thing { parts { code } }",
    # Nothing is asked that a value of another sort lacks.
    "{ all { best { __typename } spare { __typename } parts { __typename } rows { __typename } } }",
    "{ all { best { code } spare { code } parts { code } rows { code } } }",
    "{ things { __typename } first { __typename } named { __typename } }",
    "{ all { name hidden { code } spare { code } } }",
    # In the order in which they come, which is another one in another place.
    "{ all { ...P ...Q } first { ...Q ...P name } } fragment P on Thing { parts { code } } fragment Q on Thing { parts { weight } }",
    # Each is what its name says, whatever its alias.
    "{ all { name: note note: name size: on on: size best: spare { weight: code code: weight } spare: best { code } } }",
]


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize(
    "odd", ODD, ids=lambda odd: "-".join(f"{name}={type(value).__name__}" for name, value in odd.items())
)
async def test_the_answer_is_the_same_as_without(document: str, odd: dict[str, Any]) -> None:
    def root() -> Any:
        things = [thing(), thing(**odd), thing()]
        return SimpleNamespace(things=[*things, None], all=things, first=things[1], named=things)

    plans, parsed = Plans(1_000), parse(document)
    assert validate(schema._schema, parsed) == []
    wanted = await told(parsed, root())
    for _ in range(3):
        assert await told(parsed, root(), plans) == wanted
    assert compiled(plans)


async def test_a_row_that_is_an_error_or_of_another_sort_is_told_among_the_others() -> None:
    plans, parsed = Plans(1_000), parse("{ things { __typename } all { name } }")
    for odd in (ValueError("no thing"), None, 5):
        root = SimpleNamespace(things=[thing(), odd, thing()], all=(thing(), odd))
        for _ in range(3):
            assert await told(parsed, root, plans) == await told(parsed, root)
    assert compiled(plans) == ["Thing", "Thing"]


async def test_rows_come_in_anything_that_can_be_gone_through() -> None:
    plans, parsed = Plans(1_000), parse("{ things { name } all { name parts { code } } }")
    for held in (
        list,
        tuple,
        iter,
        deque,
        UserList,
        lambda things: dict(enumerate(things)).values(),
    ):

        def root(held: Callable[[list[Any]], Any] = held) -> Any:
            return SimpleNamespace(things=held([thing(), None]), all=held([thing(), thing(parts=iter(()))]))

        for _ in range(3):
            assert await told(parsed, root(), plans) == await told(parsed, root())


async def test_introspection_is_left_to_graphql_core() -> None:
    plans = Plans(10_000)
    for text in (
        get_introspection_query(),
        '{ __type(name: "Thing") { __typename fields { name } } __schema { __typename } }',
    ):
        for _ in range(3):
            assert await told(parse(text), None, plans) == await told(parse(text), None)


async def test_each_event_of_a_subscription_is_answered_as_without() -> None:
    parsed = parse("subscription { each { name parts { code } best { code } } }")

    async def events(**more: Any) -> list[tuple[Any, ...]]:
        odds: tuple[dict[str, Any], ...] = (
            {},
            {"name": "b"},
            {"name": None},
            {"parts": ()},
            {"best": 5},
            {"name": "c"},
        )
        root, asking = SimpleNamespace(each=[thing(**odd) for odd in odds]), Asking()
        stream: Any = subscribe(schema._schema, parsed, root, asking, **more)
        stream = await stream
        return [
            (event.data, [error.formatted for error in event.errors or ()], asking.counted) async for event in stream
        ]

    plans = Plans(1_000)
    wanted = await events(executor_class=WITHOUT)
    assert len(wanted) == 6
    for _ in range(2):
        assert await events(executor_class=QUICK, plans=plans) == wanted
    assert "Thing" in compiled(plans)
