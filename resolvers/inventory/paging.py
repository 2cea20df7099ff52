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


def sort(rows: Sequence[Any], order: Sequence[OrderKey]) -> list[Any]:
    """Stable sorts from the last key to the first, because directions may differ; ids break ties."""
    done = sorted(rows, key=lambda row: str(row.id))
    for key in reversed(order):
        done.sort(key=_by(key.attribute), reverse=key.descending)
    return done


def cursor(row: Any, order: Sequence[OrderKey]) -> str:
    spec = [f"{'-' if key.descending else ''}{key.attribute}" for key in order]
    return base64.urlsafe_b64encode(orjson.dumps([spec, keys_of(row, order), row.id])).decode().rstrip("=")


def read_cursor(text: str, order: Sequence[OrderKey], name: str) -> tuple[list[Any], str]:
    wrong = Invalid(
        f"`{name}` is not a cursor of this list in this order; take it from `pageInfo` or `edges`.",
        field=name,
    )
    if len(text) > 4096:
        raise wrong
    try:
        spec, keys, row_id = orjson.loads(
            base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        )
        expected = [f"{'-' if key.descending else ''}{key.attribute}" for key in order]
        if spec != expected or len(keys) != len(order) or not isinstance(row_id, str):
            raise wrong
        return [(bool(none), value) for none, value in keys], row_id
    except (binascii.Error, ValueError, TypeError) as error:
        raise wrong from error


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
    try:
        if args.after is not None:
            low = _place(rows, order, *read_cursor(args.after, order, "after"), behind=True)
        if args.before is not None:
            high = max(low, _place(rows, order, *read_cursor(args.before, order, "before"), behind=False))
    except TypeError as error:  # a forged cursor whose keys do not compare with the rows'
        raise Invalid(
            "The cursor does not belong to this list; take it from `pageInfo` or `edges`.", field="after"
        ) from error
    if args.last is not None:
        start, stop = max(low, high - size), high
    else:
        start, stop = low, min(high, low + size)
    return Page(rows[start:stop], has_next=stop < len(rows), has_previous=start > 0, order=order)


def _place(rows: Sequence[Any], order: tuple[OrderKey, ...], keys: list[Any], row_id: str, *, behind: bool) -> int:
    low, high = 0, len(rows)
    while low < high:
        middle = (low + high) // 2
        row = rows[middle]
        stands_before = not is_after(row, keys, row_id, order) and (
            behind or row.id != row_id or keys_of(row, order) != keys
        )
        if stands_before:
            low = middle + 1
        else:
            high = middle
    return low
