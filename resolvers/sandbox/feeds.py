"""The sandbox's rows as feeds of the read model. The world keeps the ports' own rows, so nothing is copied or translated."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from resolvers.inventory.feed import Changes, Feed
from resolvers.inventory.kinds import Kind, Row

if TYPE_CHECKING:
    from resolvers.sandbox.world import World


def feeds(world: "World", domain: str, kinds: Sequence[Kind[Any]]) -> list[Feed[Row]]:
    return [_feed(world, domain, kind) for kind in kinds]


def _feed(world: "World", domain: str, kind: Kind[Any]) -> Feed[Row]:
    operation = f"{kind.name}.list"

    async def full() -> Sequence[Row]:
        await world.enter(domain, operation)
        rows: Sequence[Row] = world.rows(kind.row)
        return rows

    async def one(native: str) -> Row | None:
        await world.enter(domain, operation)
        row: Row | None = world.get(kind.row, native)
        return row

    async def changes(since: datetime) -> Changes[Row]:
        await world.enter(domain, operation)
        return world.changes(kind.name, kind.row, since)

    return Feed(kind, full, one, changes)
