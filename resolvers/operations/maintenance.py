"""What a process does for open operations all the time: it keeps the leases of those that run here, and takes over those that run nowhere.

Made by `engine`, which gives it what runs and how to go on with one.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping

from resolvers.clock import Clock
from resolvers.operations.store import OperationStore

log = logging.getLogger(__name__)

MAINTAIN_EVERY = 3.0  # seconds; a third of the lease


class Maintenance:
    """`running` are the tasks of operations by id, `starting` the ids of those that begin now: they are no orphans."""

    def __init__(
        self,
        store: OperationStore,
        clock: Clock,
        running: "Mapping[str, asyncio.Task[None]]",
        starting: Collection[str],
        resume: Callable[[str], Awaitable[None]],
    ) -> None:
        self._store = store
        self._clock = clock
        self._running = running
        self._starting = starting
        self._resume = resume
        self.tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self.tasks = [asyncio.create_task(self._maintain()), asyncio.create_task(self._live())]

    async def _maintain(self) -> None:
        while True:
            try:
                for operation_id in await self._store.open_ids():
                    await self._keep(operation_id)
            except Exception:
                log.exception("looking for open operations failed; trying again")
            await self._clock.sleep(MAINTAIN_EVERY)

    async def _keep(self, operation_id: str) -> None:
        """One that can not be read or resumed does not let the leases of the others lapse."""
        if operation_id in self._starting:
            return
        try:
            ours, task = await self._store.claim(operation_id), self._running.get(operation_id)
            if ours and task is None:
                await self._resume(operation_id)
            elif not ours and task is not None:
                log.warning("operation %s goes on in another process, because its lease ended here", operation_id)
                task.cancel()
        except Exception:
            log.exception("looking after operation %s failed; trying again", operation_id)

    async def _live(self) -> None:
        """Apart from the rest of the maintenance, which may be long."""
        while True:
            try:
                await self._store.live()
            except Exception:
                log.exception("the store was not told that this process lives; trying again")
            await self._clock.sleep(MAINTAIN_EVERY)
