"""Filters of lists as plain functions over rows, with the index that narrows them. Made by `graph/filters.py`, used by `store`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Test = Callable[[Any], bool]


@dataclass(frozen=True)
class Where:
    """`narrow` maps an attribute to the values one of which every matching row has: any of them that is indexed can serve as the start."""

    test: Test | None = None
    narrow: Mapping[str, frozenset[Any]] = field(default_factory=dict)


EVERYTHING = Where()


def condition(attribute: str, check: Test, values: frozenset[Any] | None = None) -> Where:
    def test(row: Any) -> bool:
        return check(getattr(row, attribute))

    return Where(test, {} if values is None else {attribute: values})


def all_of(parts: Sequence[Where]) -> Where:
    """Of several sets of values for one attribute the smallest is kept: a row may hold several values, one of each set."""
    tests = [part.test for part in parts if part.test is not None]
    narrow: dict[str, frozenset[Any]] = {}
    for part in parts:
        for attribute, values in part.narrow.items():
            narrow[attribute] = min(narrow.get(attribute, values), values, key=len)
    if not tests:
        return EVERYTHING
    if len(tests) == 1:
        return Where(tests[0], narrow)
    return Where(lambda row: all(test(row) for test in tests), narrow)


def any_of(parts: Sequence[Where]) -> Where:
    """One part without a test matches everything, and so does the whole."""
    tests = [part.test for part in parts]
    if not tests or any(test is None for test in tests):
        return EVERYTHING
    return Where(lambda row: any(test(row) for test in tests if test is not None))


def none_of(part: Where) -> Where:
    inner = part.test
    if inner is None:
        return Where(lambda row: False)
    return Where(lambda row: not inner(row))
