"""Filters of lists as plain functions over rows, with the index that narrows them. Made by `graph/filters.py`, used by `store`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from resolvers.inventory.turns import ROWS, Steps

Test = Callable[[Any], bool]


@dataclass(frozen=True)
class Where:
    """`narrow` maps an attribute to the values one of which every matching row has: any of them that is indexed can serve as the start.

    `conditions` is of how many the test is made.
    """

    test: Test | None = None
    narrow: Mapping[str, frozenset[Any]] = field(default_factory=dict)
    conditions: int = 1


EVERYTHING = Where()


def condition(attribute: str, check: Test, values: frozenset[Any] | None = None) -> Where:
    def test(row: Any) -> bool:
        return check(getattr(row, attribute))

    return Where(test, {} if values is None else {attribute: values})


def all_of(parts: Sequence[Where]) -> Where:
    """Of several sets of values for one attribute the smallest is kept: a row may hold several values, one of each set."""
    asked = [part for part in parts if part.test is not None]
    tests = [part.test for part in asked if part.test is not None]
    narrow: dict[str, frozenset[Any]] = {}
    for part in parts:
        for attribute, values in part.narrow.items():
            narrow[attribute] = min(narrow.get(attribute, values), values, key=len)
    if not tests:
        return EVERYTHING
    if len(tests) == 1:
        return Where(tests[0], narrow, asked[0].conditions)

    def each(row: Any) -> bool:
        for test in tests:  # noqa: SIM110 - `all` with a generator takes twice as long, for each row of the cloud
            if not test(row):
                return False
        return True

    return Where(each, narrow, sum(part.conditions for part in asked))


def any_of(parts: Sequence[Where]) -> Where:
    """One part without a test matches everything, and so does the whole."""
    tests = [part.test for part in parts if part.test is not None]
    if len(tests) < max(1, len(parts)):
        return EVERYTHING

    def one(row: Any) -> bool:
        for test in tests:  # noqa: SIM110 - `any` with a generator takes twice as long, for each row of the cloud
            if test(row):
                return True
        return False

    return Where(one, conditions=sum(part.conditions for part in parts))


def none_of(part: Where) -> Where:
    inner = part.test
    if inner is None:
        return Where(lambda row: False)
    return Where(lambda row: not inner(row), conditions=part.conditions)


def kept(rows: Sequence[Any], test: Test, conditions: int) -> Steps[list[Any]]:
    """The rows for which the test holds, in their order."""
    found: list[Any] = []
    for place in range(0, len(rows), ROWS):
        some = rows[place : place + ROWS]
        found += [row for row in some if test(row)]
        yield len(some) * conditions
    return found
