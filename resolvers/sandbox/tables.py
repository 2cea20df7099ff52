"""The rows of a sandbox's world: by type and native id, with indexes, what changed since when, and changes that are whole or not at all.

The lower half of `World`. What is put here is noted for the journal; `World` stores it before a call answers.
"""

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from resolvers import ids
from resolvers.clock import Clock
from resolvers.errors import Invalid
from resolvers.inventory.feed import Changes
from resolvers.inventory.kinds import Row
from resolvers.inventory.table import values_of
from resolvers.names import Names
from resolvers.sandbox.journal import Journal, Key
from resolvers.sandbox.records import KEPT, KIND_OF, K, Kept, Marked, Timer

R = TypeVar("R", bound=Row)
MOST_CHANGES = 10_000  # per type that `changes` can tell; a full list heals what is older
LONGEST_NAME = 255  # characters, as in every OpenStack service


class Tables:
    def __init__(self, names: Names, clock: Clock, journal: Journal) -> None:
        self.names = names
        self.cloud = names.cloud
        self.clock = clock
        self._journal = journal
        self._tables: dict[type[Any], dict[str, Any]] = {type_: {} for type_ in KEPT.values()}
        self._indexes: dict[type[Any], dict[str, dict[Any, dict[str, None]]]] = {type_: {} for type_ in KEPT.values()}
        self._changed: dict[type[Any], dict[str, datetime]] = {type_: {} for type_ in KEPT.values()}
        self._before: dict[Key, Any] | None = None  # rows as they were before the change that is under way
        self._moment: datetime | None = None
        self._seeding = False

    def now(self) -> datetime:
        """The moment of what is happening: a transition happens when it was due, not when someone looked."""
        return self._moment or self.clock.now()

    def get(self, type_: type[K], native: str) -> K | None:
        row: K | None = self._tables[type_].get(native)
        return row

    def at(self, type_: type[K], global_id: str | None) -> K | None:
        """The row of a reference that another row holds; None for none."""
        return self.get(type_, ids.native(global_id) or "") if global_id else None

    def rows(self, type_: type[K]) -> Sequence[K]:
        return list(self._tables[type_].values())

    def where(self, type_: type[K], attribute: str, value: Any) -> list[K]:
        """Rows with this value, or with it among the values of a tuple. An index is made by the first question."""
        indexes, table = self._indexes[type_], self._tables[type_]
        if attribute not in indexes:
            index = indexes[attribute] = {}
            for native, row in table.items():
                for key in values_of(row, attribute):
                    index.setdefault(key, {})[native] = None
        return [table[native] for native in indexes[attribute].get(value, ())]

    def put(self, row: Kept) -> None:
        """Raises Invalid for a name that is too long."""
        if len(getattr(row, "name", "")) > LONGEST_NAME:
            raise Invalid(f"A name has at most {LONGEST_NAME} characters.", field="name")
        self._store(type(row), row.native_id, row)

    def delete(self, row: Kept) -> None:
        """The row goes, and what was to happen to it."""
        self._store(type(row), row.native_id, None)
        for type_ in (Timer, Marked):
            self._store(type_, self.key(row), None)

    def edit(self, row: K, **fields: Any) -> K:
        """The row with these fields, put; `updated_at` moves by itself."""
        if "updated_at" in getattr(row, "__struct_fields__", ()):
            fields["updated_at"] = self.now()
        changed: K = msgspec.structs.replace(row, **fields)  # type: ignore[type-var] # all that is kept are Structs
        self.put(changed)
        return changed

    @staticmethod
    def key(row: Kept) -> str:
        """`kind/native`, under which timers and markers of a row are kept."""
        return f"{KIND_OF[type(row)]}/{row.native_id}"

    def changes(self, kind: str, type_: type[R], since: datetime) -> Changes[R]:
        rows: list[R] = []
        gone: list[str] = []
        for native, when in reversed(self._changed[type_].items()):
            if when < since:
                break
            row = self.get(type_, native)
            if row is None:
                gone.append(self.names.id(kind, native))
            else:
                rows.append(row)
        return Changes(rows, gone)

    # -- own -----------------------------------------------------------------------------------------------------------

    def _store(self, type_: type[Any], native: str, row: Kept | None) -> None:
        before = self._tables[type_].get(native)
        if before is None and row is None:
            return
        if self._before is not None:
            self._before.setdefault((type_, native), before)
        self._set(type_, native, row)
        if self._seeding:
            return
        if self._before is None:
            self._journal.note((type_, native), row, before=before is not None)
        log = self._changed[type_]
        log.pop(native, None)
        log[native] = self.clock.now()
        if len(log) > MOST_CHANGES:
            del log[next(iter(log))]

    def _set(self, type_: type[Any], native: str, row: Kept | None) -> None:
        table = self._tables[type_]
        old = table.pop(native, None) if row is None else table.get(native)
        for attribute, index in self._indexes[type_].items():
            for key in () if old is None else values_of(old, attribute):
                index[key].pop(native, None)
                if not index[key]:
                    del index[key]
            for key in () if row is None else values_of(row, attribute):
                index.setdefault(key, {})[native] = None
        if row is not None:
            table[native] = row

    @contextlib.contextmanager
    def _whole(self) -> Iterator[None]:
        """All that is put in here, or nothing. Bodies never await, so two of them never mix."""
        if self._before is not None:
            raise RuntimeError("a change of the sandbox awaited something in the middle")
        before: dict[Key, Any] = {}
        self._before = before
        try:
            yield
        except BaseException:
            for (type_, native), row in before.items():
                self._set(type_, native, row)
            raise
        finally:
            self._before = None
        if not self._seeding:
            for (type_, native), row in before.items():
                self._journal.note((type_, native), self._tables[type_].get(native), before=row is not None)
