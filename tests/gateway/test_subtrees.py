"""Compiled subtrees answer what graphql-core answers: of any values, with any errors, and with nothing left behind by an attempt."""

import enum
from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, Optional

import pytest
import strawberry
from graphql import ExecutionResult, execute, parse

from gateway.execution.fast import KEPT, Plans, fast
from gateway.execution.subtrees import Read


@strawberry.enum
class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Part:
    code: str
    weight: float | None


def _parts(row: Any, context: Any) -> Any:
    context.counted += 1
    context.touched.add("part")
    return row.parts


def edge(read: Read) -> Any:
    def resolve(root: strawberry.Parent[Any], info: strawberry.Info[Any, None]) -> Any:
        return read(root, info.context)

    return strawberry.field(resolver=resolve, metadata={"read": read})


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
    parts: list[Part] = edge(_parts)

    @classmethod
    def is_type_of(cls, source: Any, info: Any) -> bool:
        return getattr(source, "kind", "thing") == "thing"

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


schema = strawberry.Schema(Query, types=[Thing])
FIELDS = """__typename n: name note size on color made tags
  best { code weight } spare { c: code } parts { code weight __typename } p2: parts { weight }"""
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
]
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
}
ONE_WAY = object()  # stands for what can be read once only
ODD: list[dict[str, Any]] = [
    {},
    {"name": None},
    {"name": 7},
    {"note": ValueError("broken")},
    {"size": 2**40},
    {"size": "3"},
    {"size": True},
    {"on": 1},
    {"on": "yes"},
    {"color": "red"},
    {"color": None},
    {"made": "soon"},
    {"tags": None},
    {"tags": "text"},
    {"tags": ["a", None]},
    {"tags": ONE_WAY},
    {"best": SimpleNamespace(code="b", weight=float("nan"))},
    {"best": SimpleNamespace(code=None, weight=1)},
    {"best": 5},
    {"spare": None},
    {"spare": SimpleNamespace()},
    {"parts": ()},
    {"parts": (SimpleNamespace(code="p", weight=None), None)},
    {"parts": (SimpleNamespace(code="p", weight="heavy"),)},
    {"parts": RuntimeError("no parts")},
    {"kind": "other"},
]


class Asking:
    """The context of one request; `counted` is what an attempt must take back."""

    def __init__(self) -> None:
        self.counted = 0
        self.touched: set[str] = set()

    def mark(self) -> int:
        return self.counted

    def back_to(self, mark: int) -> None:
        self.counted = mark


def answer(document: str, root: Any, executor: type[Any], variables: dict[str, Any] | None = None) -> tuple[Any, ...]:
    asking = Asking()
    found = execute(schema._schema, parse(document), root, asking, variable_values=variables, executor_class=executor)
    assert isinstance(found, ExecutionResult)
    return found.data, [error.formatted for error in found.errors or ()], asking.counted, asking.touched


def compiled_of(plans: Plans) -> int:
    return sum(plan is not None for _, plan in plans)


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize(
    "odd", ODD, ids=lambda odd: "-".join(f"{name}={type(value).__name__}" for name, value in odd.items())
)
def test_the_answer_is_the_same_as_without(document: str, odd: dict[str, Any]) -> None:
    def root() -> Any:
        given = {name: iter(("a", "b")) if value is ONE_WAY else value for name, value in odd.items()}
        things = [SimpleNamespace(**GOOD), SimpleNamespace(**{**GOOD, **given}), SimpleNamespace(**GOOD)]
        return SimpleNamespace(things=[*things, None], all=things, first=things[1], named=things)

    plain = schema.execution_context_class
    plans = Plans()
    quick, parsed = fast(plain, schema._schema), parse(document)
    wanted = answer(document, root(), plain)
    for _ in range(3):
        asking = Asking()
        found = execute(schema._schema, parsed, root(), asking, executor_class=quick, plans=plans)
        assert isinstance(found, ExecutionResult)
        told = [error.formatted for error in found.errors or ()]
        assert (found.data, told, asking.counted, asking.touched) == wanted
    assert compiled_of(plans) > 0


def test_what_directives_leave_out_depends_on_the_variables_of_each_request() -> None:
    document = (
        "query($a: Boolean!, $b: Boolean = true) { all { name @include(if: $a) parts @skip(if: $b) { code } size } }"
    )
    parsed, root = parse(document), SimpleNamespace(all=[SimpleNamespace(**GOOD)] * 3)
    plain, plans = schema.execution_context_class, Plans()
    quick = fast(plain, schema._schema)
    for variables in ({"a": True}, {"a": False}, {"a": True, "b": False}, {"a": False, "b": False}) * 3:
        for _ in range(3):
            found = execute(
                schema._schema, parsed, root, Asking(), variable_values=variables, executor_class=quick, plans=plans
            )
            assert isinstance(found, ExecutionResult)
            assert found.data == answer(document, root, plain, variables)[0]
        assert len(plans._kept) <= KEPT  # what is kept for a document does not grow with its variables


def test_a_short_document_that_leads_to_one_selection_in_very_many_ways_is_compiled_once() -> None:
    """Each fragment doubles the ways: twenty of them make a million."""
    most, collected = 20, 0
    forks = [f"fragment F{n} on Fork {{ code left {{ ...F{n + 1} }} right {{ ...F{n + 1} }} }}" for n in range(most)]
    parsed = parse(f"{{ fork {{ ...F0 }} }} {' '.join(forks)} fragment F{most} on Fork {{ code }}")

    class Counting(schema.execution_context_class):  # type: ignore[misc,name-defined] # known at runtime only
        def collect_subfields(self, return_type: Any, selected: Any) -> Any:
            nonlocal collected
            collected += 1
            return super().collect_subfields(return_type, selected)

    plans = Plans()
    quick = fast(Counting, schema._schema)
    root = SimpleNamespace(fork=SimpleNamespace(code="a", left=None, right=None))
    for _ in range(3):
        found = execute(schema._schema, parsed, root, Asking(), executor_class=quick, plans=plans)
        assert found == ExecutionResult({"fork": {"code": "a", "left": None, "right": None}}, None)
    assert compiled_of(plans) == 1
    assert collected < 4 * most
