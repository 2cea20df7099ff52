"""How many commands of one person a process works on at once, so that nobody's flood keeps the others waiting. Used by `inbox`.

A command whose person has enough under way waits here, and takes no place among those that are worked on.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

FEW = 4  # commands of one person that are worked on at once, however few there may be in all


class Lanes:
    """`places` are the commands that the process works on at once; `waiting` tells how many are held up here."""

    def __init__(self, places: int) -> None:
        self._width = max(places // 4, min(places, FEW))
        self._lanes: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self.waiting = 0

    @asynccontextmanager
    async def of(self, person: str, held_up: asyncio.Event) -> AsyncIterator[None]:
        """`held_up` is set when the command has to wait: then there is a place for another's."""
        lane = self._lanes.get(person)
        if lane is None:
            lane = self._lanes[person] = asyncio.Semaphore(self._width)
        if lane.locked():
            self.waiting += 1
            held_up.set()
            try:
                await lane.acquire()
            finally:
                self.waiting -= 1
        else:
            await lane.acquire()
        try:
            yield
        finally:
            lane.release()
