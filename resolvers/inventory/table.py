"""The rows of one kind with their indexes: replaced whole, changed row by row, read by id, by index, or as a sorted range.

Written only by `collector` and `store`; read through `store`. One thread (the event loop) touches it and no method
awaits, so there are no locks and a reader never sees half a change.
"""

import bisect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from resolvers.inventory.kinds import Kind, Row

R = TypeVar("R", bound=Row)
Change = Literal["created", "updated", "deleted"]
Index = dict[Any, dict[str, R]]
_NOTHING: Mapping[str, Any] = {}


class Changed(NamedTuple):
    """What happened to one row; `row` is the last known one when it was deleted."""

    change: Change
    row: Any


def values_of(row: Any, attribute: str) -> tuple[Any, ...]:
    """The keys under which an attribute is indexed: none, one, or each member of a tuple."""
    value = getattr(row, attribute)
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def name_key(row: Row) -> tuple[str, str]:
    """The default order of every list: by name, then by id, so that equal names keep a place."""
    return (row.name, row.id)


class Table(Generic[R]):
    """`version` grows with every change and is what caches compare."""

    def __init__(self, kind: Kind[R]) -> None:
        self.kind = kind
        self.version = 0
        self._rows: dict[str, R] = {}
        self._indexes: dict[str, Index[R]] = {attribute: {} for attribute in kind.indexes}
        self._sorted: list[R] = []
        self._dirty = False

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, row_id: str) -> R | None:
        return self._rows.get(row_id)

    def all(self) -> Iterable[R]:
        return self._rows.values()

    def by(self, attribute: str, value: Any) -> Mapping[str, R]:
        """Rows under one value of an index, by id. KeyError when there is no such index: a programming error."""
        return self._indexes[attribute].get(value, _NOTHING)

    def indexed(self, attribute: str) -> bool:
        return attribute in self._indexes

    def ordered(self) -> Sequence[R]:
        """All rows by name and id. Sorted again only after many changes; single changes are inserted in place."""
        if self._dirty:
            self._sorted = sorted(self._rows.values(), key=name_key)
            self._dirty = False
        return self._sorted

    def put(self, row: R) -> Changed | None:
        """Insert or replace one row; None when nothing changed."""
        old = self._rows.get(row.id)
        if old is not None:
            if old == row:
                return None
            self._drop(old)
        self._rows[row.id] = row
        for attribute, index in self._indexes.items():
            for value in values_of(row, attribute):
                index.setdefault(value, {})[row.id] = row
        if not self._dirty:
            bisect.insort(self._sorted, row, key=name_key)
        self.version += 1
        return Changed("created" if old is None else "updated", row)

    def remove(self, row_id: str) -> Changed | None:
        row = self._rows.get(row_id)
        if row is None:
            return None
        self._drop(row)
        self.version += 1
        return Changed("deleted", row)

    def replace(self, rows: Iterable[R], *, mine: Callable[[R], bool], keep: Callable[[str], bool]) -> list[Changed]:
        """Make `rows` the whole truth for the rows that are `mine` (one cloud's); ids for which `keep` is true stay as they are.

        Sorting is put off to the next read, because a full list changes many rows at once.
        """
        self._dirty = self._dirty or not self._rows
        changes: list[Changed] = []
        seen: set[str] = set()
        for row in rows:
            seen.add(row.id)
            if not keep(row.id) and (changed := self.put(row)) is not None:
                changes.append(changed)
        gone = [row.id for row in self._rows.values() if mine(row) and row.id not in seen and not keep(row.id)]
        changes += [changed for row_id in gone if (changed := self.remove(row_id)) is not None]
        return changes

    def _drop(self, row: R) -> None:
        del self._rows[row.id]
        for attribute, index in self._indexes.items():
            for value in values_of(row, attribute):
                members = index[value]
                del members[row.id]
                if not members:
                    del index[value]
        if not self._dirty:
            at = bisect.bisect_left(self._sorted, name_key(row), key=name_key)
            del self._sorted[at]
