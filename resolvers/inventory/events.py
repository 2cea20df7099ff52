"""The changes of the read model as they come, kept for a while so that a subscriber who was away can catch up.

Fed by `store.Inventory.listen`; read by `graph/events.py`, which checks rights for each event and each subscriber. A resume token
names a place in this process's sequence; a token of another process or one too old answers with `gap`, never with silence.
"""

import asyncio
import itertools
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from resolvers.errors import Invalid, RateLimited
from resolvers.inventory.kinds import Kind
from resolvers.inventory.store import Inventory
from resolvers.inventory.table import Change, Changed

KEPT = 10_000  # events, of all kinds together
QUEUE = 1_000  # events that one subscriber may be behind


@dataclass(frozen=True, slots=True)
class Event:
    """`gap` true: the subscriber missed events and must read the state anew; it then carries no row."""

    place: int
    kind: str
    change: Change | None
    row: Any
    gap: bool = False


class Events:
    def __init__(self, inventory: Inventory) -> None:
        self._epoch = secrets.token_hex(4)
        self._numbers = itertools.count(1)
        self._kept: deque[Event] = deque(maxlen=KEPT)
        self._queues: set[asyncio.Queue[Event | None]] = set()
        self.close = inventory.listen(self._heard)

    def token(self, event: Event) -> str:
        return f"{self._epoch}-{event.place}"

    async def follow(self, wanted: Callable[[Event], bool], resume: str | None) -> AsyncIterator[Event]:
        """Events for which `wanted` holds, from `resume` on or from now on. Raises RateLimited when the reader is too slow."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue(QUEUE + 1)
        missed, gap = self._since(resume)
        self._queues.add(queue)
        try:
            if gap:
                yield Event(self._last(), "", None, None, gap=True)
            for event in missed:
                if wanted(event):
                    yield event
            while (found := await queue.get()) is not None:
                if wanted(found):
                    yield found
            raise RateLimited("Events come faster than you read them; subscribe again with the last `resume` token.")
        finally:
            self._queues.discard(queue)

    def _heard(self, kind: Kind[Any], changed: Changed) -> None:
        event = Event(next(self._numbers), kind.name, changed.change, changed.row)
        self._kept.append(event)
        for queue in tuple(self._queues):
            if queue.qsize() >= QUEUE:
                self._queues.discard(queue)
                queue.put_nowait(None)
            else:
                queue.put_nowait(event)

    def _last(self) -> int:
        return self._kept[-1].place if self._kept else 0

    def _since(self, resume: str | None) -> tuple[list[Event], bool]:
        """What was missed, and whether more was missed than is kept."""
        if resume is None:
            return [], False
        epoch, _, number = resume.partition("-")
        if not number.isdigit() or len(number) > 18:
            raise Invalid("`resume` is not a token of this subscription; take it from an event.", field="resume")
        place = int(number)
        if epoch != self._epoch or place > self._last():
            return [], True
        oldest = self._kept[0].place if self._kept else place + 1
        return [event for event in self._kept if event.place > place], oldest > place + 1
