"""Leaves that are read directly answer what graphql-core answers, wrong values and their errors included."""

import enum
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, NewType

import pytest
import strawberry
from graphql import DocumentNode, ExecutionResult, Undefined, execute, parse
from strawberry.permission import BasePermission
from strawberry.schema.config import StrawberryConfig

from gateway.execution.fast import Plans, fast
from gateway.execution.values import leaves_of


@strawberry.enum
class Color(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


class Paint(enum.StrEnum):
    """Its members are equal to those of Color, or are none of them."""

    RED = "red"
    GREEN = "green"


@strawberry.enum
class Shade(enum.Enum):
    DARK = strawberry.enum_value(1, name="DIM")
    LIGHT = 2


class Light(enum.IntEnum):
    """Its members are no members of Shade, though they have the same values."""

    DARK = 1


Mark = NewType("Mark", str)
MARK = strawberry.scalar(name="Mark", serialize={"good": "as it is", "none": None, "undefined": Undefined}.__getitem__)


class Nobody(BasePermission):
    message = "This is for nobody."

    def has_permission(self, source: Any, info: Any, **arguments: Any) -> bool:
        return False


def _name(source: Any, context: Any) -> Any:
    return source.name


def _name_of(root: strawberry.Parent[Any]) -> Any:
    return root.name


def _louder(root: strawberry.Parent[Any], times: int = 1) -> Any:
    return f"{root.name}{'!' * times}"


@strawberry.type
class Thing:
    name: str
    secret: str = strawberry.field(permission_classes=[Nobody])
    note: str | None
    size: int
    share: float
    on: bool
    color: Color
    made: datetime
    tags: list[str]
    made_by: str = strawberry.field(name="author")
    shade: Shade
    marks: list[Mark | None]

    @strawberry.field
    def shout(self) -> str:
        return f"{self.name}!"

    loud: str = strawberry.field(resolver=_louder, metadata={"read": _name})
    short: str = strawberry.field(resolver=_name_of, metadata={"read": _name})


@strawberry.type
class Query:
    things: list[Thing | None]


schema = strawberry.Schema(Query, config=StrawberryConfig(scalar_map={Mark: MARK}))
DOCUMENT = parse("{ things { __typename n: name note size share on color made tags author shade marks } }")
WITHOUT = schema.execution_context_class
QUICK = fast(WITHOUT, schema._schema)
GOOD = {
    "name": "a",
    "note": None,
    "size": 1,
    "share": 0.5,
    "on": True,
    "color": Color.RED,
    "made": datetime(2026, 1, 1, tzinfo=UTC),
    "tags": ["x"],
    "made_by": "b",
    "shade": Shade.DARK,
    "marks": ["good"],
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
    {"size": 2**31 - 1},
    {"size": 2**31},
    {"size": -(2**31)},
    {"size": -(2**31) - 1},
    {"share": 1},
    {"share": float("nan")},
    {"on": 1},
    {"on": "yes"},
    {"color": "red"},
    {"color": None},
    {"made": "soon"},
    {"color": Color.BLUE},
    {"color": Paint.RED},
    {"color": Paint.GREEN},
    {"color": ["red"]},
    {"shade": Shade.LIGHT},
    {"shade": Light.DARK},
    {"shade": 1},
    {"shade": "DIM"},
    {"shade": True},
    {"marks": [None]},
    {"marks": ["none"]},
    {"marks": ["undefined"]},
    {"marks": ["unknown"]},
    {"tags": []},
    {"tags": ("a", "b")},
    {"tags": ["a", None]},
    {"tags": None},
    {"tags": "text"},
    {"tags": [7, Undefined]},
    {"name": Undefined},
    {"note": Undefined},
]


class Asking:
    def mark(self) -> None: ...

    def back_to(self, mark: None) -> None: ...


def answer(things: list[Any], executor: type[Any], document: DocumentNode = DOCUMENT, **more: Any) -> tuple[Any, ...]:
    root = SimpleNamespace(things=things)
    found = execute(schema._schema, document, root, Asking(), executor_class=executor, **more)
    assert isinstance(found, ExecutionResult)
    return repr(found.data), [error.formatted for error in found.errors or ()]


def quick(things: list[Any], document: DocumentNode = DOCUMENT) -> tuple[Any, ...]:
    """With no room for anything compiled."""
    return answer(things, QUICK, document, plans=Plans(0))


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_the_answer_is_the_same_as_without(odd: dict[str, Any]) -> None:
    things = [SimpleNamespace(**GOOD), SimpleNamespace(**{**GOOD, **odd}), SimpleNamespace(), None]
    assert quick(things) == answer(things, WITHOUT)


def test_a_leaf_is_what_its_name_says_whatever_its_alias() -> None:
    document = parse("{ things { name: size size: name note: share share: note color: on on: color } }")
    things = [SimpleNamespace(**{**GOOD, "note": "b"})]
    assert quick(things, document) == answer(things, WITHOUT, document)


def test_leaves_are_read_without_ceremony() -> None:
    infos = []

    class Counting(WITHOUT):  # type: ignore[misc,valid-type] # known at runtime only
        def build_resolve_info(self, field: Any, *more: Any) -> Any:
            infos.append(field)
            return super().build_resolve_info(field, *more)

    document, things = (
        parse("{ things { name note size share on color made tags author shade marks } }"),
        [SimpleNamespace(**GOOD)] * 3,
    )
    _, errors = answer(things, fast(Counting, schema._schema), document, plans=Plans(0))
    assert not errors
    assert len(infos) == 1  # of the root


def test_what_is_as_it_should_be_is_not_coerced(monkeypatch: pytest.MonkeyPatch) -> None:
    def coerced(value: Any) -> Any:
        raise AssertionError

    for name in ("String", "Int", "Boolean"):
        monkeypatch.setattr(schema._schema.type_map[name], "coerce_output_value", coerced)
    leaves = leaves_of(schema._schema)
    for name in ("name", "note", "size", "on", "tags", "short"):
        assert leaves["Thing", name](SimpleNamespace(**GOOD), None) == GOOD["name" if name == "short" else name]


def test_a_permission_is_asked() -> None:
    things = [SimpleNamespace(name="a", secret="b")]
    document = parse("{ things { name secret } }")
    found, errors = quick(things, document)
    assert (found, errors) == answer(things, WITHOUT, document)
    assert found == "{'things': [None]}"
    assert errors[0]["message"] == Nobody.message


def test_lists_of_leaves_are_leaves_and_fields_with_more_to_them_are_none() -> None:
    assert {name for type_, name in leaves_of(schema._schema) if type_ == "Thing"} == {
        *(GOOD.keys() - {"made_by"}),
        "author",
        "short",
    }


def test_where_a_schema_reads_attributes_in_its_own_way_no_attribute_is_a_leaf() -> None:
    # Types of its own: strawberry writes what a schema's configuration says into the fields of its types.
    @strawberry.type
    class Box:
        name: str
        short: str = strawberry.field(resolver=_name_of, metadata={"read": _name})

    @strawberry.type(name="Query")
    class Boxes:
        box: Box

    own = strawberry.Schema(Boxes, config=StrawberryConfig(default_resolver=lambda source, name: source[name]))
    assert leaves_of(own._schema).keys() == {("Box", "short")}
