"""The face of the read model: `Inventory` holds a table per kind and a collection per (cloud, kind), and answers for one Actor.

Resolvers, actions and operations call it; `collector` writes into it. Every read takes the Actor, and no row leaves without
`rights` having been asked.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from notifications import tasks
from resolvers import ids
from resolvers.actor import Actor
from resolvers.clock import Clock
from resolvers.errors import Candidate, Invalid, NotFound
from resolvers.inventory import paging, rights
from resolvers.inventory.allowance import Purpose
from resolvers.inventory.collector import FORCED_LISTS, Collection
from resolvers.inventory.feed import Feed
from resolvers.inventory.freshness import Freshness, freshness
from resolvers.inventory.kinds import Kind, Row, Scope
from resolvers.inventory.paging import DEFAULT_ORDER, OrderKey, Page, PageArgs
from resolvers.inventory.table import Changed, Table, name_key
from resolvers.inventory.turns import Steps, Turns, whole
from resolvers.inventory.where import EVERYTHING, Where, kept

R = TypeVar("R", bound=Row)
Listener = Callable[[Kind[Any], Changed], None]
MAX_CANDIDATES = 10
_NO_AGES: Mapping[str, float] = {}


class Inventory:
    """`read_deadline`: seconds that a request waits for a poll it asked for; after that the rows at hand are served as they are.

    `forced_lists`: see `allowance`.
    """

    def __init__(
        self, kinds: Iterable[Kind[Any]], clock: Clock, read_deadline: float = 5.0, forced_lists: int = FORCED_LISTS
    ) -> None:
        self.kinds: Mapping[str, Kind[Any]] = {kind.name: kind for kind in kinds}
        self.clock = clock
        self.read_deadline = read_deadline
        self._forced_lists = forced_lists
        self.turns = Turns()
        self._tables: dict[str, Table[Any]] = {name: Table(kind) for name, kind in self.kinds.items()}
        self._collections: dict[str, dict[str, Collection]] = {name: {} for name in self.kinds}
        self._listeners: list[Listener] = []
        self._tasks: list[asyncio.Task[None]] = []

    # -- feeding -------------------------------------------------------------------------------------------------------

    def add_feed(self, cloud: str, feed: Feed[Any], interval: float | None = None) -> Collection:
        kind = self.kinds[feed.kind.name]

        def changed(changes: list[Changed]) -> None:
            self._tell(kind, changes)

        table, most = self._tables[kind.name], self._forced_lists
        collection = Collection(cloud, feed, table, self.clock, changed, interval, forced_lists=most)
        self._collections[kind.name][cloud] = collection
        return collection

    def start(self) -> None:
        """Begin polling; returns at once. Readiness is `loaded`."""
        self._tasks = [asyncio.create_task(collection.run()) for collection in self.collections()]

    async def stop(self) -> None:
        await tasks.end(self._tasks)
        self._tasks = []

    async def load(self) -> None:
        """One poll of everything, for start-up and tests; failures stay in each collection's state."""
        await asyncio.gather(*(collection.refresh() for collection in self.collections()))

    @property
    def loaded(self) -> bool:
        """Whether each collection was tried at least once: what is down is then known and named."""
        return all(c.as_of is not None or c.error is not None for c in self.collections())

    def collections(self, *kinds: str) -> list[Collection]:
        names = kinds or tuple(self._collections)
        return [collection for name in names for collection in self._collections[name].values()]

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Be told of every change of every row; the answer ends it. Rights are the listener's to check."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def apply(self, row: Row) -> None:
        """Put a row that was just read or written upstream; a poll already under way will not undo it."""
        kind = self._kind_of(row.id)
        self._written(kind, row.cloud, row.id)
        changed = self._tables[kind.name].put(row)
        self._tell(kind, [changed] if changed else [])

    def forget(self, row_id: str) -> None:
        kind = self._kind_of(row_id)
        self._written(kind, ids.parse(row_id).cloud, row_id)
        changed = self._tables[kind.name].remove(row_id)
        self._tell(kind, [changed] if changed else [])

    async def reread(self, row_id: str) -> Row | None:
        """Read one row from its backend and apply it, or forget it when it is gone. Raises what the backend's client raises."""
        kind, cloud, native = ids.parse(row_id)
        collection = self._collections.get(kind, {}).get(cloud)
        if collection is None:
            return None
        row: Row | None = await collection.feed.one(native)
        if row is None:
            self.forget(row_id)
        else:
            self.apply(row)
        return row

    def table(self, kind: str) -> Table[Any]:
        """Rows without regard to rights: for the collector's own code, operations and tests, never for an answer to a caller."""
        return self._tables[kind]

    # -- reading, always for an Actor ----------------------------------------------------------------------------------

    def get(self, actor: Actor, kind: str, row_id: str | None) -> Any:
        """The row, or None when there is none or the caller may not see it."""
        if row_id is None:
            return None
        row = self._tables[kind].get(row_id)
        return row if row is not None and rights.sees(actor, self.kinds[kind], row) else None

    def related(self, actor: Actor, kind: str, attribute: str, value: Any) -> list[Any]:
        """Rows of a kind under one value of an index: an edge to many, by name."""
        spec = self.kinds[kind]
        rows = self._tables[kind].by(attribute, value).values()
        if not rights.sees_everything(actor, spec):
            rows = [row for row in rows if rights.sees(actor, spec, row)]  # type: ignore[assignment] # a view or a list, read once
        return sorted(rows, key=name_key) if len(rows) > 1 else list(rows)

    def resolve(self, actor: Actor, kind: str, reference: str, where: Callable[[Any], bool] | None = None) -> Any:
        """The row that an id or a unique name means to this caller. Raises NotFound, or Invalid with the candidates.

        `where` narrows what is meant, such as to one project; an id of something else is not found either.
        """
        spec = self.kinds[kind]
        if not reference.strip():  # or it would mean the only row that has no name
            raise Invalid(f"Say which {spec.title}, by its id or name.", field=kind)
        if ids.looks_like(reference, kind):
            row = self.get(actor, kind, reference)
            if row is None or (where is not None and not where(row)):
                fitting = "" if where is None else " that fits here"
                raise NotFound(f"There is no {spec.title} with the id `{shown(reference)}`{fitting}.", field=kind)
            return row
        table = self._tables[kind]

        def meant(row: Any) -> bool:
            return rights.sees(actor, spec, row) and (where is None or where(row))

        pool = table.by("name", reference).values() if table.indexed("name") else table.all()
        found = [r for r in pool if r.name == reference and meant(r)]
        if not found:  # asked last, or somebody else's row with this name would stand before it
            found = [r for r in table.all() if r.native_id == reference and meant(r)]
        if not found:
            other = next((k for k in self.kinds.values() if ids.looks_like(reference, k.name)), None)
            hint = "" if other is None else f" That is the id of a different kind: {other.title}."
            raise NotFound(f"There is no {spec.title} named `{shown(reference)}`.{hint}", field=kind)
        if len(found) > 1:
            raise Invalid(
                f"`{shown(reference)}` is the name of {len(found)} {spec.titles}; say which one by its id.",
                field=kind,
                candidates=[Candidate(r.id, r.name) for r in sorted(found, key=name_key)[:MAX_CANDIDATES]],
            )
        return found[0]

    def select(self, actor: Actor, kind: str, where: Where = EVERYTHING) -> Sequence[Any]:
        """As `selecting`, at once: for few rows, to which an index leads."""
        return whole(self.selecting(actor, kind, where))

    def selecting(self, actor: Actor, kind: str, where: Where = EVERYTHING) -> Steps[Sequence[Any]]:
        """Every row that the caller sees and the filter takes, by name and id, as they are when it begins.

        Without a filter they may be the table's own: copy them before the next step.
        """
        spec, table = self.kinds[kind], self._tables[kind]
        everything = rights.sees_everything(actor, spec)
        start = self._narrowed(table, where)
        if start is None and everything:
            rows = table.ordered()
            return rows if where.test is None else (yield from kept(list(rows), where.test, where.conditions))
        if start is None:
            start = self._visible(actor, spec, table)
        if not everything:
            start = yield from kept(start, lambda row: rights.sees(actor, spec, row), 0)
        if where.test is not None:
            start = yield from kept(start, where.test, where.conditions)
        return sorted(start, key=name_key)

    def paged(
        self, actor: Actor, kind: str, where: Where, order: tuple[OrderKey, ...], args: PageArgs
    ) -> Steps[tuple[Page, int]]:
        """One page and the total number of rows that match."""
        rows = yield from self.selecting(actor, kind, where)
        if order and order != DEFAULT_ORDER:
            rows = yield from paging.sorting(rows, order)
        return paging.cut(rows, order or DEFAULT_ORDER, args), len(rows)

    # -- age -----------------------------------------------------------------------------------------------------------

    def older(self, kind: str, max_age: float) -> int:
        """In how many clouds the rows of a kind are older than `max_age` seconds."""
        return sum(collection.age > max_age for collection in self._collections[kind].values())

    async def ensure(self, kind: str, max_age: float | None, purpose: Purpose = Purpose.CHANGE) -> None:
        """Wait until the rows of a kind are at most `max_age` seconds old (None: as they are), or the read deadline has passed, or
        would pass before the `purpose` allows another list.

        Before the first list has come, every caller waits for it, because an empty answer would be a lie.
        """
        waiting = []
        for collection in self._collections[kind].values():
            if max_age is not None and collection.age > max_age:
                waiting.append(collection.refresh(max_age, purpose, self.read_deadline))
            elif collection.as_of is None and collection.error is None:
                waiting.append(collection.refresh(self.clock.monotonic()))
        if waiting:
            try:
                async with asyncio.timeout(self.read_deadline):
                    await asyncio.gather(*waiting)
            except TimeoutError:
                return  # what is at hand is served, and `freshness` says how old it is

    def has(self, kind: str) -> bool:
        """Whether each cloud's rows of a kind were listed once, or are known to be out of reach."""
        return all(c.as_of is not None or c.error is not None for c in self._collections[kind].values())

    def freshness(
        self, kinds: Iterable[str], asked_at: datetime, max_ages: Mapping[str, float] = _NO_AGES
    ) -> Freshness:
        """`max_ages`: what was asked for, in seconds by kind."""
        return freshness(self.collections(*sorted(kinds)) if kinds else [], asked_at, max_ages)

    # -- own -----------------------------------------------------------------------------------------------------------

    def _kind_of(self, row_id: str) -> Kind[Any]:
        return self.kinds[row_id.split(":", 1)[0]]

    def _written(self, kind: Kind[Any], cloud: str, row_id: str) -> None:
        collection = self._collections[kind.name].get(cloud)
        if collection is not None:
            collection.wrote(row_id)

    def _tell(self, kind: Kind[Any], changes: Sequence[Changed]) -> None:
        for change in changes:
            for listener in tuple(self._listeners):
                listener(kind, change)

    @staticmethod
    def _narrowed(table: Table[Any], where: Where) -> list[Any] | None:
        """The smallest set of rows that an indexed filter leaves, or None when no filter is indexed."""
        best: list[Mapping[str, Any]] | None = None
        fewest = 0
        for attribute, values in where.narrow.items():
            if table.indexed(attribute):
                groups = [table.by(attribute, value) for value in values]
                count = sum(map(len, groups))  # only counted: the group of a common status holds most of the cloud
                if best is None or count < fewest:
                    best, fewest = groups, count
        if best is None:
            return None
        if len(best) == 1:
            return list(best[0].values())
        return list({row.id: row for group in best for row in group.values()}.values())

    @staticmethod
    def _visible(actor: Actor, kind: Kind[Any], table: Table[Any]) -> list[Any]:
        """Rows that may be visible, from the indexes of ownership; `rights.sees` has the last word."""
        if kind.scope is Scope.USER:
            return list(table.by("user_id", actor.user_id).values())
        if kind.scope is Scope.PROJECT:
            found = {row.id: row for project in actor.projects for row in table.by("project_id", project).values()}
            if table.indexed("public"):
                found |= table.by("public", True)
            if table.indexed("shared_with"):
                for project in actor.projects:
                    found |= table.by("shared_with", project)
            return list(found.values())
        return list(table.all())


def shown(text: str, limit: int = 80) -> str:
    """A caller's text inside an error sentence: printable, and cut."""
    clean = "".join(c if c.isprintable() and c != "`" else "?" for c in text)
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
