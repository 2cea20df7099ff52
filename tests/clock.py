"""Clocks that tests put forward; on one moved by hand nothing sleeps, and what waits for a moment runs when the test gets there.

What has no clock of ours but waits in the event loop (`asyncio.timeout`, `asyncio.sleep`) is put forward by `leap`, in a `LeapingLoop`.
"""

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta

from resolvers.clock import Clock

START = datetime(2026, 1, 1, tzinfo=UTC)


class LaterClock(Clock):
    """The real one, `ahead` seconds ahead."""

    ahead = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.ahead)


class HandClock(Clock):
    def __init__(self) -> None:
        self._passed = 0.0
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return START + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        return self._passed

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._passed + seconds, next(self._order), woken))
        await woken

    async def advance(self, seconds: float) -> None:
        """Let so much time pass, waking each sleeper at its moment and letting it run."""
        end = self._passed + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            moment, _, woken = heapq.heappop(self._sleepers)
            self._passed = max(self._passed, moment)
            if not woken.done():
                woken.set_result(None)
            await settle()
        self._passed = end
        await settle()


async def settle(turns: int = 20) -> None:
    """Let everything run that is ready to run."""
    for _ in range(turns):
        await asyncio.sleep(0)


class LeapingLoop(asyncio.SelectorEventLoop):
    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


def leap(seconds: float) -> None:
    """Let so much time pass in the running loop at once: whatever waits for a moment of it is woken, and nothing else happens before."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, LeapingLoop)
    loop.ahead += seconds
