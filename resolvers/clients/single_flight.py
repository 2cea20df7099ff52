"""Equal work asked for at the same time is done once: callers with the same key share one task. Used by clients."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class SingleFlight:
    """A caller that is cancelled leaves the others their answer; the work itself must have a deadline of its own."""

    def __init__(self) -> None:
        self._tasks: dict[Hashable, asyncio.Task[Any]] = {}

    async def do(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.ensure_future(_run(work))
            task.add_done_callback(lambda done: self._ended(key, done))
        answer: T = await asyncio.shield(task)
        return answer

    async def close(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, key: Hashable, task: asyncio.Task[Any]) -> None:
        del self._tasks[key]
        if not task.cancelled():
            task.exception()  # read, so that a failure nobody waited for is not reported as forgotten


async def _run(work: Callable[[], Awaitable[T]]) -> T:
    return await work()
