"""Filter inputs: one per kind, generated from what the kind offers, and compiled to a `Where` for the read model.

Called by `lists` (arguments of root lists and facets). An edge in a filter (`{project: {name: {eq: "talk"}}}`) is answered by selecting
the other kind first, with the caller's rights, so a filter can not ask about rows that the caller may not see.
"""

import enum
import functools
import types
import typing
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar

import strawberry

from resolvers.actor import Actor
from resolvers.errors import Denied, Invalid
from resolvers.graph.generated import publish
from resolvers.inventory.kinds import Kind
from resolvers.inventory.store import Inventory, shown
from resolvers.inventory.turns import Steps
from resolvers.inventory.where import EVERYTHING, Where, all_of, any_of, condition, none_of

E = TypeVar("E")
MAX_VALUES = 500  # of one list of values, so that a filter stays a filter
MAX_CONDITIONS = 40  # of one filter, because each row is asked about each: half a second in a large cloud
MAX_DEPTH = 8  # of and/or/not inside each other


@strawberry.input(description="Conditions on a text; all that are given must hold.")
class StringFilter:
    eq: str | None = None
    in_: list[str] | None = strawberry.field(name="in", default=None)
    contains: str | None = strawberry.field(default=None, description="Regardless of case.")
    starts_with: str | None = None


@strawberry.input(description="Conditions on a number; all that are given must hold.")
class IntFilter:
    eq: int | None = None
    in_: list[int] | None = strawberry.field(name="in", default=None)
    gt: int | None = None
    gte: int | None = None
    lt: int | None = None
    lte: int | None = None


@strawberry.input(description="Conditions on a moment; all that are given must hold.")
class TimeFilter:
    eq: datetime | None = None
    gt: datetime | None = None
    gte: datetime | None = None
    lt: datetime | None = None
    lte: datetime | None = None


@strawberry.input(description="A condition on a yes or no.")
class BooleanFilter:
    eq: bool | None = None


@strawberry.input(description="Conditions on a list of texts; all that are given must hold.")
class StringListFilter:
    has: str | None = None
    has_any: list[str] | None = None
    has_all: list[str] | None = None


@strawberry.input(description="A condition on a label (metadata): its value, one of some values, or that it is there.")
class LabelFilter:
    key: str
    eq: str | None = None
    in_: list[str] | None = strawberry.field(name="in", default=None)
    exists: bool | None = None


_enum_filters: dict[type[enum.Enum], type[Any]] = {}


def enum_filter(values: type[enum.Enum]) -> type[Any]:
    """`{eq, in}` over an enum, made once per enum."""
    if values not in _enum_filters:
        namespace = {
            "__annotations__": {"eq": values | None, "in_": list[values] | None},  # type: ignore[valid-type] # a runtime annotation
            "eq": None,
            "in_": strawberry.field(name="in", default=None),
        }
        cls = publish(type(f"{values.__name__}Filter", (), namespace))
        _enum_filters[values] = strawberry.input(cls, description=f"Conditions on a {values.__name__}.")
    return _enum_filters[values]


def filter_type(kind: Kind[Any], kinds: dict[str, Kind[Any]], name: str) -> type[Any]:
    """The input `ServerFilter` of a kind whose GraphQL type is `Server`. Edges refer to the filters of other kinds by name."""
    annotations: dict[str, Any] = {}
    for attribute in kind.filters:
        annotations[attribute] = input_for(kind, attribute) | None
    for edge, (_, other) in kind.edges.items():
        annotations[edge] = _lazy(f"{type_name(kinds[other])}Filter") | None
    own = _lazy(f"{name}Filter")
    namespace: dict[str, Any] = dict.fromkeys(annotations)
    for word in ("and", "or"):
        annotations[f"{word}_"] = list[own] | None  # type: ignore[valid-type] # a runtime annotation
        namespace[f"{word}_"] = strawberry.field(name=word, default=None)
    annotations["not_"] = own | None
    namespace["not_"] = strawberry.field(name="not", default=None)
    cls = publish(type(f"{name}Filter", (), {"__annotations__": annotations, **namespace}))
    return strawberry.input(cls, description=f"Conditions on a {kind.title}; all that are given must hold.")


def type_name(kind: Kind[Any]) -> str:
    return kind.name[0].upper() + kind.name[1:]


def _lazy(name: str) -> Any:
    return Annotated[name, strawberry.lazy("resolvers.graph.generated")]


@functools.cache  # reading annotations is slow
def _hints(row: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(row)


def value_type(kind: Kind[Any], attribute: str) -> Any:
    """The type of a row's attribute where it has a value."""
    wanted = _hints(kind.row)[attribute]  # type: ignore[arg-type] # mypy takes no class for hashable
    if isinstance(wanted, types.UnionType) or typing.get_origin(wanted) is typing.Union:
        wanted = next(arm for arm in typing.get_args(wanted) if arm is not type(None))
    return wanted


def input_for(kind: Kind[Any], attribute: str) -> Any:
    """The filter input that fits the type of a row's attribute."""
    wanted = value_type(kind, attribute)
    if isinstance(wanted, type) and issubclass(wanted, enum.Enum):
        return enum_filter(wanted)
    plain: dict[Any, Any] = {str: StringFilter, int: IntFilter, bool: BooleanFilter, datetime: TimeFilter}
    if wanted in plain:
        return plain[wanted]
    origin = typing.get_origin(wanted)
    if origin is tuple:
        return StringListFilter
    if origin is dict:
        return LabelFilter
    raise TypeError(f"{kind.name}.{attribute} of type {wanted} has no filter")


def compiling(kind: Kind[Any], given: Any, inventory: Inventory, actor: Actor) -> Steps[Where]:
    """`given` is an instance of the kind's filter input, or None. In steps, because edges in it select rows of other kinds."""
    return EVERYTHING if given is None else (yield from _Compiler(inventory, actor).where(kind, given, 0))


class _Compiler:
    """Compiles one filter, and bounds how much it may ask: variables are free of the limits that documents have."""

    def __init__(self, inventory: Inventory, actor: Actor) -> None:
        self._inventory = inventory
        self._actor = actor
        self._left = MAX_CONDITIONS

    def where(self, kind: Kind[Any], given: Any, depth: int) -> Steps[Where]:
        if depth > MAX_DEPTH:
            raise Invalid(f"A filter may hold `and`, `or`, `not` and edges at most {MAX_DEPTH} deep.", field="filter")
        secret = [attribute for attribute in kind.operator_only if _asks(getattr(given, attribute, None))]
        if secret and not self._actor.all_projects:
            raise Denied(f"Filtering by `{secret[0]}` is for operators of the cloud.", field="filter")
        parts = []
        for attribute in kind.filters:
            if _asks(value := getattr(given, attribute)):
                self._count()
                parts.append(_condition(attribute, value, kind.shown.get(attribute)))
        for edge, (attribute, other) in kind.edges.items():
            if (value := getattr(given, edge)) is not None:
                self._count()
                inner = yield from self.where(self._inventory.kinds[other], value, depth + 1)
                selected = yield from self._inventory.selecting(self._actor, other, inner)
                parts.append(_edge(attribute, frozenset(row.id for row in selected)))
        if given.and_ is not None:
            parts.append(all_of((yield from self._each(kind, given.and_, depth))))
        if given.or_ is not None:
            either = yield from self._each(kind, given.or_, depth)
            parts.append(any_of(either) if either else Where(lambda row: False))
        if given.not_ is not None:
            parts.append(none_of((yield from self.where(kind, given.not_, depth + 1))))
        return all_of(parts)

    def _each(self, kind: Kind[Any], given: list[Any], depth: int) -> Steps[list[Where]]:
        parts = []
        for value in given:
            parts.append((yield from self.where(kind, value, depth + 1)))
        return parts

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Invalid(f"A filter may hold at most {MAX_CONDITIONS} conditions.", field="filter")


def _asks(given: Any) -> bool:
    """Whether conditions on an attribute hold any: those of a variable that was left out (`{name: {contains: $name}}`) do not."""
    if given is None or isinstance(given, LabelFilter):
        return given is not None
    return any(value is not None for value in vars(given).values())


def _edge(attribute: str, found: frozenset[str]) -> Where:
    def check(value: Any) -> bool:
        return any(member in found for member in value) if isinstance(value, tuple) else value in found

    return condition(attribute, check, found)


def _condition(attribute: str, given: Any, shown_as: Callable[[Any], Any] | None = None) -> Where:
    """`shown_as` turns what the row keeps into what callers are shown; such an attribute has no index of use."""
    if isinstance(given, LabelFilter):
        return condition(attribute, _label(given))
    if isinstance(given, StringListFilter):
        return _list_condition(attribute, given)
    checks: list[Callable[[Any], bool]] = []
    values: frozenset[Any] | None = None
    for operator, make in _OPERATORS.items():
        wanted = getattr(given, operator, None)
        if wanted is None:
            continue
        if operator == "eq":
            values = frozenset([wanted])
        elif operator == "in_":
            wanted = _values(wanted, "in")
            values = wanted if values is None else values & wanted
        if isinstance(wanted, datetime) and wanted.tzinfo is None:
            raise Invalid(
                "A moment needs its distance from UTC, such as `2026-10-01T12:00:00Z` or `...+09:00`.", field="filter"
            )
        checks.append(make(wanted))
    check = checks[0] if len(checks) == 1 else lambda value: all(check(value) for check in checks)
    if shown_as is not None:
        return condition(attribute, lambda value: check(shown_as(value)))
    return condition(attribute, check, values)


def _list_condition(attribute: str, given: StringListFilter) -> Where:
    parts = []
    if given.has is not None:
        parts.append(condition(attribute, lambda held: given.has in held, frozenset([given.has])))
    if given.has_any is not None:
        some = _values(given.has_any, "hasAny")
        parts.append(condition(attribute, lambda held: not some.isdisjoint(held), some))
    if given.has_all is not None:
        every = _values(given.has_all, "hasAll")
        parts.append(condition(attribute, lambda held: every.issubset(held)))
    return all_of(parts)


def _label(given: LabelFilter) -> Callable[[Any], bool]:
    if given.eq is None and given.in_ is None and given.exists is None:
        raise Invalid(
            f"Say of the label `{shown(given.key)}` what it shall be: `eq`, `in` or `exists`.", field="filter"
        )
    some = None if given.in_ is None else _values(given.in_, "in")

    def check(labels: Any) -> bool:
        value = labels.get(given.key)
        if given.exists is not None and (value is not None) is not given.exists:
            return False
        if given.eq is not None and value != given.eq:
            return False
        return some is None or value in some

    return check


def _values(given: list[Any], word: str) -> frozenset[Any]:
    if len(given) > MAX_VALUES:
        raise Invalid(f"`{word}` takes at most {MAX_VALUES} values; {len(given)} were given.", field="filter")
    return frozenset(given)


def _contains(wanted: str) -> Callable[[Any], bool]:
    needle = wanted.casefold()
    return lambda value: value is not None and needle in value.casefold()


_OPERATORS: dict[str, Callable[[Any], Callable[[Any], bool]]] = {
    "eq": lambda wanted: lambda value: bool(value == wanted),
    "in_": lambda wanted: lambda value: value in wanted,
    "contains": _contains,
    "starts_with": lambda wanted: lambda value: value is not None and value.startswith(wanted),
    "gt": lambda wanted: lambda value: value is not None and value > wanted,
    "gte": lambda wanted: lambda value: value is not None and value >= wanted,
    "lt": lambda wanted: lambda value: value is not None and value < wanted,
    "lte": lambda wanted: lambda value: value is not None and value <= wanted,
}
