"""What one listener (a page, a terminal) hears of its rooms: first what it missed, in the order of the changes, then what happens.

Used by `platform.py`, over `entries.py` and the bus.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack
from itertools import groupby

import msgspec

from bot.platforms.console.entries import LOOK, Entries, is_bare, person_topic, seen_by, topic_of
from bot.platforms.console.rooms import AskedForm, Entry
from bot.ports import Bus, Subscription

WAITING = 64  # entries between the bus and a listener
Heard = Entry | AskedForm
_Read = Callable[[bytes], Awaitable[Heard | None]]
_entry = msgspec.json.Decoder(Entry).decode
_form = msgspec.json.Decoder(AskedForm).decode


async def listen(
    entries: Entries, bus: Bus, person: str, rooms: Sequence[str], after: float | None
) -> AsyncIterator[Heard]:
    """What happens in the rooms as far as this person may see it, and this person's forms; first what changed since `after`.

    Raises when the listener is too slow: it comes again with `after`.
    """

    async def entry(payload: bytes) -> Entry | None:
        heard = _entry(payload)
        if not seen_by(heard, person):
            return None
        return await entries.get(heard.room, heard.id) if is_bare(heard) else heard

    async def form(payload: bytes) -> AskedForm:
        return _form(payload)

    came: asyncio.Queue[Heard] = asyncio.Queue(WAITING)
    with ExitStack() as stack:
        topics: list[tuple[Subscription, _Read]] = [
            (stack.enter_context(bus.subscribe(topic_of(room))), entry) for room in rooms
        ]
        topics.append((stack.enter_context(bus.subscribe(person_topic(person))), form))
        sent: dict[str, int] = {}
        if after is not None:
            async for missed in _missed(entries, person, rooms, after):
                sent[missed.id] = missed.version
                yield missed
        forwarding = [asyncio.create_task(_forward(topic, read, came)) for topic, read in topics]
        try:
            while True:
                item = await _next(came, forwarding)
                if isinstance(item, AskedForm) or sent.get(item.id, 0) < item.version:
                    yield item
        finally:
            for task in forwarding:
                task.cancel()
            await asyncio.gather(*forwarding, return_exceptions=True)


async def _missed(entries: Entries, person: str, rooms: Sequence[str], after: float) -> AsyncIterator[Entry]:
    """By the time of the change over all rooms: where the line drops again, all up to the newest that was sent was sent.

    What changed once more meanwhile is left to the bus, which was subscribed to before: its new time would skip others.
    """
    changes: list[tuple[float, str, bytes]] = []
    for room in rooms:
        changes += [(when, room, entry_id) for when, entry_id in await entries.changed(room, after)]
    changes.sort()
    for start in range(0, len(changes), LOOK):
        for room, run in groupby(changes[start : start + LOOK], key=lambda change: change[1]):
            at = {entry_id: when for when, _, entry_id in run}
            for when, entry in zip(at.values(), await entries.read(room, list(at)), strict=True):
                if entry is not None and seen_by(entry, person) and (entry.edited_at or entry.at) <= when:
                    yield entry


async def _forward(topic: Subscription, read: _Read, came: "asyncio.Queue[Heard]") -> None:
    async for payload in topic:
        if (heard := await read(payload)) is not None:
            await came.put(heard)


async def _next(came: "asyncio.Queue[Heard]", forwarding: "Sequence[asyncio.Task[None]]") -> Heard:
    """What came next. Raises what ended one of the forwarding tasks: the bus dropped a slow listener."""
    if not came.empty():
        return came.get_nowait()
    getting = asyncio.create_task(came.get())
    try:
        done, _ = await asyncio.wait({getting, *forwarding}, return_when=asyncio.FIRST_COMPLETED)
        if getting in done:
            return getting.result()
        for task in done:
            task.result()
        raise RuntimeError("a subscription of the bus ended by itself")
    finally:
        getting.cancel()
