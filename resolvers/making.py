"""Making one thing: asked for at most once, found again after a crash, and followed until it is ready. Called by the domains' `actions`."""

import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any

from resolvers import ids
from resolvers.errors import GurumError, Unavailable
from resolvers.operations.run import FOLLOW_LIMIT, Run

log = logging.getLogger(__name__)

COPYING = (
    6 * 3600.0
)  # seconds: content is copied (an image, a backup), which takes hours where it is large and the line is not

Find = Callable[[Any], Awaitable[Collection[str]]]


async def make(
    run: Run,
    domain: str,
    kind: str,
    cloud: str,
    title: str,
    send: Callable[[Any], Awaitable[str]],
    find: Find,
    *,
    step: str = "create",
    touched: Sequence[str] = (),
    ready: Callable[[Any], bool] = lambda row: True,
    failed: Callable[[Any], str | None] = lambda row: None,
    limit: float = FOLLOW_LIMIT,
) -> str:
    """Its global id. `send` and `find` take the domain's port; `touched` rows change with it and are read again.

    `find` answers the native ids of what an interrupted sending made: by the operation's id, which the backend keeps as a marker, or
    by what nobody else can have made (`among`).
    """
    port = run.port(domain, cloud)

    async def earlier() -> str | None:
        return next(iter(await find(port)), None)

    made = ids.make(kind, cloud, await run.once(step, title, lambda: send(port), earlier))
    await run.resource(made)
    await run.reread(*touched)
    await run.until("ready", "Wait until it is ready", made, ready, failed, limit)
    return made


def among(run: Run, kind: str, cloud: str, index: str, value: str | None, made: Callable[[Any], bool]) -> Find:
    """A `find` for what carries no marker: among the rows under one value of an index, read again now."""

    async def find(port: Any) -> list[str]:
        await relist(run, kind, cloud)
        rows: list[Any] = list(run.inventory.table(kind).by(index, value).values())
        return [row.native_id for row in rows if row.cloud == cloud and made(row)]

    return find


async def relist(run: Run, kind: str, cloud: str) -> None:
    """Read a kind again, for rows that nobody knows the ids of. Raises Unavailable when the backend does not list it: what is not
    among the rows may be there then."""
    for collection in run.inventory.collections(kind):
        if collection.cloud == cloud:
            await collection.refresh()
            if collection.error is not None:
                raise Unavailable(collection.error, backend=cloud)


async def bring(run: Run, kind: str, cloud: str) -> None:
    """The rows that the backend made by itself, for the author's next read; what it does not list now comes with the next poll."""
    with contextlib.suppress(Unavailable):
        await relist(run, kind, cloud)


async def take_back(run: Run, row_id: str, delete: Callable[[Any, str], Awaitable[None]]) -> None:
    """Delete what was made for something that was refused then. Why that was refused is told, not why this stays."""
    try:
        await delete(run.credential, ids.native(row_id) or "")
        await run.reread(row_id)
    except GurumError as error:
        log.warning("operation %s made %s, which could not be taken back: %s", run.record.id, row_id, error.message)
