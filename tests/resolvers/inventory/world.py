"""A small kind and a backend of it that a test can change and break. Used by the tests of this folder."""

from collections.abc import Sequence
from datetime import datetime

from resolvers.actor import Actor, Identity
from resolvers.errors import Unavailable
from resolvers.inventory.feed import Changes, Feed
from resolvers.inventory.kinds import Kind, Row, Scope


class ThingRow(Row, frozen=True, kw_only=True, gc=False):
    project_id: str
    size: int = 0
    tags: tuple[str, ...] = ()
    public: bool = False
    shared_with: tuple[str, ...] = ()
    progress: int = 0


THING = Kind(
    name="thing",
    row=ThingRow,
    scope=Scope.PROJECT,
    plural="things",
    title="thing",
    indexes=("name", "project_id", "tags", "public", "shared_with"),
    filters=("name", "size", "tags"),
    orders=("name", "size"),
)


def thing(
    number: int,
    name: str = "",
    project: str = "project:c/a",
    size: int = 0,
    tags: tuple[str, ...] = (),
    public: bool = False,
    shared_with: tuple[str, ...] = (),
) -> ThingRow:
    native = f"t{number}"
    return ThingRow(
        id=f"thing:c/{native}",
        native_id=native,
        cloud="c",
        name=name or native,
        project_id=project,
        size=size,
        tags=tags,
        public=public,
        shared_with=shared_with,
    )


def actor(*projects: str, everything: bool = False) -> Actor:
    identity = Identity("u", "u", "d", "d", {})
    roles = {project: frozenset({"member", "reader"}) for project in projects}
    return Actor(identity, "user:c/u", None, roles, everything, everything, "token")


class Backend:
    """`broken` makes every call fail; `full_lists` and `change_lists` count calls."""

    def __init__(self, *rows: ThingRow) -> None:
        self.rows = {row.native_id: row for row in rows}
        self.changed: list[ThingRow] = []
        self.deleted: list[str] = []
        self.broken = False
        self.full_lists = 0
        self.change_lists: list[datetime] = []

    async def full(self) -> Sequence[ThingRow]:
        self.full_lists += 1
        self._check()
        return list(self.rows.values())

    async def changes(self, since: datetime) -> Changes[ThingRow]:
        self.change_lists.append(since)
        self._check()
        return Changes(self.changed, self.deleted)

    async def one(self, native: str) -> ThingRow | None:
        self._check()
        return self.rows.get(native)

    def feed(self, by_changes: bool = False, every_full: int = 20) -> Feed[ThingRow]:
        return Feed(THING, self.full, self.one, self.changes if by_changes else None, every_full)

    def _check(self) -> None:
        if self.broken:
            raise Unavailable("The backend c does not answer.", backend="c")
