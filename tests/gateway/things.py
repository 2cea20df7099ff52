"""A small graph over plain objects, whose values may be anything, and a question to it with and without the quick execution.

Used by test_subtrees.py and test_selections.py.
"""

import enum
import types
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, Optional

import strawberry
from graphql import DocumentNode, ExecutionResult, Undefined, execute
from strawberry.permission import BasePermission

from gateway.execution.fast import Plans, fast
from gateway.execution.subtrees import met
from gateway.execution.values import Read


@strawberry.enum
class Color(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


class Paint(enum.StrEnum):
    """Its members are equal to those of Color."""

    RED = "red"


class Nobody(BasePermission):
    message = "This is for nobody."

    def has_permission(self, source: Any, info: Any, **arguments: Any) -> bool:
        return False


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Part:
    code: str
    weight: float | None

    @strawberry.field
    def label(self, times: int = 1) -> str:
        return self.code * times


def _parts(row: Any, context: Any) -> Any:
    context.counted += 1
    context.touched.add("part")
    return row.parts


def edge(read: Read, **more: Any) -> Any:
    def resolve(root: strawberry.Parent[Any], info: strawberry.Info[Any, None]) -> Any:
        return read(root, info.context)

    return strawberry.field(resolver=resolve, metadata={"read": read}, **more)


@strawberry.type
class Thing(Named):
    note: str | None
    size: int
    on: bool
    color: Color
    made: datetime
    tags: list[str]
    best: Part | None
    spare: Part
    rows: list[list[Part | None]]
    parts: list[Part] = edge(_parts)
    hidden: Part | None = edge(lambda row, context: row.spare, permission_classes=[Nobody])

    @classmethod
    def is_type_of(cls, source: Any, info: Any) -> bool:
        return type(source) is SimpleNamespace and source.kind == "thing"

    @strawberry.field
    def shout(self, times: int = 1) -> str:
        return f"{self.name}{'!' * times}"


@strawberry.type
class Fork:
    code: str
    left: Optional["Fork"]
    right: Optional["Fork"]


@strawberry.type
class Query:
    fork: Fork
    things: list[Thing | None]
    all: list[Thing]
    first: Thing | None
    named: list[Named]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def each(self, root: strawberry.Parent[Any]) -> AsyncGenerator[Thing]:
        for thing in root.each:
            yield thing


schema = strawberry.Schema(Query, subscription=Subscription, types=[Thing])
WITHOUT = schema.execution_context_class
QUICK = fast(WITHOUT, schema._schema)
GOOD: Mapping[str, Any] = {
    "kind": "thing",
    "name": "a",
    "note": None,
    "size": 1,
    "on": True,
    "color": Color.RED,
    "made": datetime(2026, 1, 1, tzinfo=UTC),
    "tags": ["x"],
    "best": None,
    "spare": SimpleNamespace(code="s", weight=1.5),
    "parts": (SimpleNamespace(code="p", weight=None), SimpleNamespace(code="q", weight=2.0)),
    "rows": [[SimpleNamespace(code="r", weight=1.0), None], []],
}


class Broken(ValueError):
    """An error that is a value, and has what is asked of a part."""

    code = "b"
    weight = 1.0


class Later:
    """What is waited for, and has what is asked of a part."""

    code = "too early"
    weight = 1.0

    def __await__(self) -> Generator[Any, None, Any]:
        yield from ()
        return SimpleNamespace(code="in time", weight=2.0)


@types.coroutine
def nobody() -> Generator[Any, None, Any]:
    """Is waited for in the old way, and there is none."""
    yield from ()


@dataclass(frozen=True)
class Once:
    """Stands for what can be read once only."""

    made: Callable[[], Any]


ODD: list[dict[str, Any]] = [
    {},
    {"name": None},
    {"name": 7},
    {"name": Later()},
    {"note": ValueError("broken")},
    {"size": 2**40},
    {"size": "3"},
    {"size": True},
    {"on": 1},
    {"on": "yes"},
    {"color": "red"},
    {"color": None},
    {"color": Paint.RED},
    {"made": "soon"},
    {"tags": None},
    {"tags": "text"},
    {"tags": ["a", None]},
    {"tags": Once(lambda: iter(("a", "b")))},
    {"best": SimpleNamespace(code="b", weight=float("nan"))},
    {"best": SimpleNamespace(code=None, weight=1)},
    {"best": 5},
    {"best": Broken("no part")},
    {"best": Undefined},
    {"best": Later()},
    {"best": Once(nobody)},
    {"spare": None},
    {"spare": SimpleNamespace()},
    {"spare": Broken("no part")},
    {"parts": ()},
    {"parts": (SimpleNamespace(code="p", weight=None), None)},
    {"parts": (SimpleNamespace(code="p", weight="heavy"),)},
    {"parts": RuntimeError("no parts")},
    {"parts": (Broken("no part"), SimpleNamespace(code="p", weight=None))},
    {"parts": [SimpleNamespace(code="p", weight=None), Undefined]},
    {"parts": [Later(), Later()]},
    {"rows": [None]},
    {"rows": [[Broken("no part"), Undefined]]},
    {"rows": [[Later()], [SimpleNamespace(code="r", weight=1.0)]]},
    {"kind": "other"},
]


def thing(**odd: Any) -> SimpleNamespace:
    given = {name: value.made() if isinstance(value, Once) else value for name, value in odd.items()}
    return SimpleNamespace(**{**GOOD, **given})


class Asking:
    """The context of one request; `counted` is what an attempt must take back, `attempts` how many there were."""

    def __init__(self) -> None:
        self.counted = self.attempts = 0
        self.touched: set[str] = set()

    def mark(self) -> int:
        self.attempts += 1
        return self.counted

    def back_to(self, mark: int) -> None:
        self.counted = mark


async def told(document: DocumentNode, root: Any, plans: Plans | None = None, **more: Any) -> tuple[Any, ...]:
    """All that comes of it, in its order: by graphql-core alone when there are no plans."""
    asking = Asking()
    if plans is not None:
        more["plans"] = plans
    executor = WITHOUT if plans is None else QUICK
    found = execute(schema._schema, document, root, asking, executor_class=executor, **more)
    if not isinstance(found, ExecutionResult):
        found = await found
    return repr(found.data), [error.formatted for error in found.errors or ()], asking.counted, asking.touched


def compiled(plans: Plans) -> list[str]:
    """The name of the type of each selection that was compiled."""
    return [
        key[0]
        for known in plans._kept.values()
        for key, plan in known.plans.items()
        if plan is not None and plan is not met
    ]


def merging(of: str, left: str, right: str, deep: int, selected: str) -> str:
    """Fragments that begin with F0, of a type with two fields that lead to itself. On each way through them other fields are merged, so
    that a short document has very many selections: two to the power of how deep it is."""
    parts = [f"fragment F{deep} on {of} {{ {selected} }}"]
    for n in range(deep):
        parts.append(
            f"fragment F{n} on {of} {{ {selected} {left} {{ ...F{n + 1} ...M{n + 1}x{n} }} {right} {{ ...F{n + 1} }} }}"
        )
        parts.append(f"fragment M{deep}x{n} on {of} {{ {selected} }}")
        parts += [
            f"fragment M{k}x{n} on {of} {{ {left} {{ ...M{k + 1}x{n} }} {right} {{ ...M{k + 1}x{n} }} }}"
            for k in range(n + 1, deep)
        ]
    return " ".join(parts)
