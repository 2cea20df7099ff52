"""Ending background tasks for good. Used by everything that starts one: the bus, the read model, the engine."""

import asyncio
from collections.abc import Iterable

AGAIN = 0.2  # seconds


async def end(tasks: "Iterable[asyncio.Task[None]]") -> None:
    """Cancel tasks and wait until they are done. Asks again, because a library may lose a cancellation that comes while it connects."""
    waiting = {task for task in tasks if not task.done()}
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=AGAIN)
