"""Keyset paging: a cursor holds the order and the last row's keys, so pages stay stable while rows come, change and go.

Called by `store.Inventory.page`. Cursors are opaque to clients; a cursor of another order or a made-up one is Invalid.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import orjson

from resolvers.errors import Invalid
from resolvers.inventory.turns import Steps

MAX_PAGE = 1_000
DEFAULT_PAGE = 50


@dataclass(frozen=True, slots=True)
class OrderKey:
    attribute: str
    descending: bool = False


DEFAULT_ORDER = (OrderKey("name"),)


@dataclass(frozen=True, slots=True)
class PageArgs:
    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    def size(self) -> int:
        """Raises Invalid when the arguments contradict each other or ask for too much."""
        if self.first is not None and self.last is not None:
            raise Invalid("Ask for `first` or for `last` rows, not for both.", field="first")
        name, size = ("last", self.last) if self.last is not None else ("first", self.first)
        if size is None:
            return DEFAULT_PAGE
        if not 0 <= size <= MAX_PAGE:
            raise Invalid(f"`{name}` is between 0 and {MAX_PAGE}; {size} was asked for.", field=name)
        return size


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Any]
    has_next: bool
    has_previous: bool
    order: tuple[OrderKey, ...]


def plain(value: Any) -> Any:
    """A sort key that always compares: None last, enums by value, times by their instant, booleans as numbers."""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, datetime):
        value = value.timestamp()
    return (value is None, 0 if value is None else value)


def keys_of(row: Any, order: Sequence[OrderKey]) -> list[Any]:
    return [plain(getattr(row, key.attribute)) for key in order]


def _by(attribute: str) -> Callable[[Any], Any]:
    return lambda row: plain(getattr(row, attribute))


def sorting(rows: Sequence[Any], order: Sequence[OrderKey]) -> Steps[list[Any]]:
    """Stable sorts from the last key to the first, because directions may differ; ids break ties. A step is one sort."""
    done = sorted(rows, key=lambda row: str(row.id))
    for key in reversed(order):
        yield len(done)
        done.sort(key=_by(key.attribute), reverse=key.descending)
    return done


def cursor(row: Any, order: Sequence[OrderKey]) -> str:
    spec = [f"{'-' if key.descending else ''}{key.attribute}" for key in order]
    return base64.urlsafe_b64encode(orjson.dumps([spec, keys_of(row, order), row.id])).decode().rstrip("=")


def _wrong(name: str) -> Invalid:
    return Invalid(
        f"`{name}` is not a cursor of this list in this order; take it from `pageInfo` or `edges`.", field=name
    )


def read_cursor(text: str, order: Sequence[OrderKey], name: str) -> tuple[list[Any], str]:
    """The sort keys and the id in a cursor that came as the argument `name`. Raises Invalid."""
    if len(text) > 4096:
        raise _wrong(name)
    try:
        spec, keys, row_id = orjson.loads(
            base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        )
        expected = [f"{'-' if key.descending else ''}{key.attribute}" for key in order]
        if spec != expected or len(keys) != len(order) or not isinstance(row_id, str):
            raise _wrong(name)
        return [(bool(none), value) for none, value in keys], row_id
    except (binascii.Error, ValueError, TypeError) as error:
        raise _wrong(name) from error


def is_after(row: Any, keys: Sequence[Any], row_id: str, order: Sequence[OrderKey]) -> bool:
    """Whether the row comes behind the cursor's place."""
    for key, mine, theirs in zip(order, keys_of(row, order), keys, strict=True):
        if mine != theirs:
            return bool(mine < theirs) if key.descending else bool(mine > theirs)
    return bool(row.id > row_id)


def cut(rows: Sequence[Any], order: tuple[OrderKey, ...], args: PageArgs) -> Page:
    """`rows` are sorted already. The place of a cursor is found by bisection."""
    size = args.size()
    low, high = 0, len(rows)
    if args.after is not None:
        low = _place(rows, order, args.after, "after")
    if args.before is not None:
        high = max(low, _place(rows, order, args.before, "before"))
    if args.last is not None:
        start, stop = max(low, high - size), high
    else:
        start, stop = low, min(high, low + size)
    return Page(rows[start:stop], has_next=stop < len(rows), has_previous=start > 0, order=order)


def _place(rows: Sequence[Any], order: tuple[OrderKey, ...], text: str, name: str) -> int:
    """How many rows stand before the place of a cursor; for `after` its own row is one of them. Raises Invalid."""
    keys, row_id = read_cursor(text, order, name)

    def stands_before(row: Any) -> bool:
        own = row.id == row_id and keys_of(row, order) == keys
        return name == "after" if own else not is_after(row, keys, row_id, order)

    low, high = 0, len(rows)
    try:
        while low < high:
            middle = (low + high) // 2
            if stands_before(rows[middle]):
                low = middle + 1
            else:
                high = middle
    except TypeError as error:  # made up: its keys do not compare with those of rows
        raise _wrong(name) from error
    return low
