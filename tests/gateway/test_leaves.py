"""Leaves that are read directly answer what graphql-core answers, wrong values and their errors included."""

import enum
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, execute, parse

from gateway.execution.leaves import leaves_of, with_leaves


@strawberry.enum
class Color(enum.Enum):
    RED = "red"


@strawberry.type
class Thing:
    name: str
    note: str | None
    size: int
    share: float
    on: bool
    color: Color
    made: datetime
    tags: list[str]

    @strawberry.field
    def shout(self) -> str:
        return f"{self.name}!"


@strawberry.type
class Query:
    things: list[Thing | None]


schema = strawberry.Schema(Query)
DOCUMENT = parse("{ things { __typename n: name note size share on color made tags } }")
GOOD = {
    "name": "a",
    "note": None,
    "size": 1,
    "share": 0.5,
    "on": True,
    "color": Color.RED,
    "made": datetime(2026, 1, 1, tzinfo=UTC),
    "tags": ["x"],
}
ODD: list[dict[str, Any]] = [
    {},
    {"name": None},
    {"name": 7},
    {"name": ["a"]},
    {"note": ValueError("broken")},
    {"size": 2**40},
    {"size": "3"},
    {"size": True},
    {"share": float("nan")},
    {"on": 1},
    {"on": "yes"},
    {"color": "red"},
    {"color": None},
    {"made": "soon"},
]


def answer(things: list[Any], executor: type[Any]) -> tuple[Any, list[Any]]:
    found = execute(schema._schema, DOCUMENT, SimpleNamespace(things=things), executor_class=executor)
    assert isinstance(found, ExecutionResult)
    return found.data, [error.formatted for error in found.errors or ()]


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_the_answer_is_the_same_as_without(odd: dict[str, Any]) -> None:
    things = [SimpleNamespace(**GOOD), SimpleNamespace(**{**GOOD, **odd}), SimpleNamespace(), None]
    plain = schema.execution_context_class
    assert answer(things, with_leaves(plain, schema._schema)) == answer(things, plain)


def test_fields_with_resolvers_and_lists_are_no_leaves() -> None:
    assert {name for type_, name in leaves_of(schema._schema) if type_ == "Thing"} == GOOD.keys() - {"tags"}
