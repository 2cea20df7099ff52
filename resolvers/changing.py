"""The `run` of an action that asks for one change of one thing, which is harmless to repeat. Used by the domains' `actions`."""

from collections.abc import Awaitable, Callable
from typing import Any

from resolvers.errors import GurumError
from resolvers.operations.run import Run
from resolvers.planning import cloud_of, native


def changing(
    field: str,
    domain: str,
    title: str,
    send: Callable[[Any, Run, str], Awaitable[None]],
    already: type[GurumError] | None = None,
) -> Callable[[Run], Awaitable[None]]:
    """The plan's args hold the row's id under `field`. `send` takes the domain's port, the run and the native id; for `already` see
    `Run.once`."""

    async def run(run: Run) -> None:
        row_id = run.args[field]
        port = run.port(domain, cloud_of(row_id))
        await run.once("request", title, lambda: send(port, run, native(row_id)), already=already)
        await run.reread(row_id)

    return run
