"""The compiled form of an operation's cost: a small tree of what costs, with page sizes and conditions of variables still open.

Compiled by `compiler.py`, summed per request by `cost.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Condition = tuple[str, bool]  # a variable of @skip or @include, and the value at which the selection is met


@dataclass(frozen=True, slots=True)
class Page:
    """A page size that variables decide, clamped to what a list can really answer. The largest counts: the list decides which is used.

    `defaults` has the default of each variable, `least` what the document says beside them, `ungiven` the page without any size.
    """

    defaults: tuple[tuple[str, int | None], ...]
    least: int | None
    ungiven: int
    most: int

    def size(self, variables: Mapping[str, Any]) -> int:
        # A null was given too: the variable's default is for one that was not, and the list then answers its own page.
        found = [variables.get(name, default) for name, default in self.defaults]
        # 10.0 is a valid Int in JSON, so floats count as well.
        sizes = [size for size in (*found, self.least) if isinstance(size, int | float)]
        return int(min(max(1, *sizes), self.most)) if sizes else self.ungiven


@dataclass(frozen=True, slots=True)
class Length:
    """As many as a variable has items."""

    variable: str
    default: int

    def size(self, variables: Mapping[str, Any]) -> int:
        given = variables.get(self.variable)
        return max(1, len(given)) if isinstance(given, list) else self.default


Size = int | Page | Length


@dataclass(slots=True)
class Part:
    """A field, or a fragment. `cost = own + page * (item + below) // per`."""

    below: "Selections"
    own: int = 0
    item: int = 0
    page: Size = 1
    per: int = 1
    conditions: tuple[Condition, ...] = ()


@dataclass(slots=True, eq=False)
class Selections:
    """What one selection set costs. Of the fragments on concrete types only the dearest counts: an object has one type."""

    parts: list[Part] = field(default_factory=list)
    by_type: dict[str, list[Part]] = field(default_factory=dict)

    def all(self) -> Iterator[Part]:
        yield from self.parts
        for group in self.by_type.values():
            yield from group


class Plan:
    """What an operation costs, given its variables."""

    def __init__(self, root: Selections) -> None:
        self._root = root
        # Without variables in it the plan has one answer, and a request costs nothing to reckon.
        self._constant = None if _open(root, set()) else self._sum({})

    def cost(self, variables: Mapping[str, Any]) -> int:
        return self._constant if self._constant is not None else self._sum(variables)

    def _sum(self, variables: Mapping[str, Any]) -> int:
        return max(1, _sum(self._root, variables, {}))


def _open(selections: Selections, seen: set[int]) -> bool:
    if id(selections) in seen:
        return False
    seen.add(id(selections))
    return any(
        part.conditions or not isinstance(part.page, int) or _open(part.below, seen) for part in selections.all()
    )


def _sum(selections: Selections, variables: Mapping[str, Any], known: dict[int, int]) -> int:
    """`known` remembers each selection set, so that a fragment spread a thousand times is summed once."""
    key = id(selections)
    if key not in known:
        total = sum(_cost(part, variables, known) for part in selections.parts)
        if selections.by_type:
            total += max(sum(_cost(part, variables, known) for part in group) for group in selections.by_type.values())
        known[key] = total
    return known[key]


def _cost(part: Part, variables: Mapping[str, Any], known: dict[int, int]) -> int:
    for variable, wanted in part.conditions:
        if variables.get(variable, wanted) is not wanted:
            return 0
    page = part.page if isinstance(part.page, int) else part.page.size(variables)
    return part.own + page * (part.item + _sum(part.below, variables, known)) // part.per
