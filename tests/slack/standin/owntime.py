"""The time that Slack's patience is measured in: what this process had for itself.

Slack waits three seconds. A machine that stands still so long, or works for others meanwhile, is no fault of the bot and counts as one
slice; a bot that waits, or that works itself, counts whole.
"""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
SLICE = 0.05  # seconds


class OwnTime:
    """`run` is a task for as long as the time is asked for."""

    def __init__(self) -> None:
        self._passed = 0.0

    def __call__(self) -> float:
        return self._passed

    async def run(self) -> None:
        worked = time.process_time()
        while True:
            await asyncio.sleep(SLICE)
            now = time.process_time()
            self._passed += max(SLICE, now - worked)
            worked = now

    async def within(self, seconds: float, work: Coroutine[Any, Any, T]) -> T:
        """Raises TimeoutError when it takes longer, and ends it."""
        task, end = asyncio.ensure_future(work), self._passed + seconds
        try:
            while not task.done():
                if self._passed >= end:
                    raise TimeoutError
                await asyncio.wait({task}, timeout=SLICE)
            return task.result()
        finally:
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
