"""What the rooms hold, in the store: bounded, shared by all processes, and told to whoever listens.

    gurum:console:entry:{room}     hash: entry id -> JSON
    gurum:console:order:{room}     entry ids by the time they came
    gurum:console:changed:{room}   entry ids by the time of their last change, to catch up after a lost connection
    gurum:console:large:{room}     ids of large entries by the time they came: fewer of them are kept

Topics of the bus: `console:{room}` carries entries, `console-person:{person}` forms.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack

import msgspec

from bot.platforms.console.rooms import AskedForm, Entry
from bot.ports import Bus, Clock, RedisClient, Subscription

KEPT_ENTRIES = 2_000  # of one room
LARGE, KEPT_LARGE = 16_384, 50  # bytes from which an entry is large (files, pastes); how many such of one room
KEPT_SECONDS = 30 * 24 * 3600
CATCH_UP = 500  # entries at most that a listener who was away is sent at once; older ones it asks for as history
LOOK = 200  # entries read at once: what is for others alone is passed over
WAITING = 64  # entries between the bus and a listener
_Decode = Callable[[bytes], Entry | AskedForm]
_encode = msgspec.json.Encoder().encode
_entry = msgspec.json.Decoder(Entry).decode
_form = msgspec.json.Decoder(AskedForm).decode


class Entries:
    def __init__(self, redis: RedisClient, bus: Bus, clock: Clock) -> None:
        self._redis = redis
        self._bus = bus
        self._clock = clock

    async def add(self, entry: Entry) -> bool:
        """False when there is one with this id in the room: it was said before."""
        document = _encode(entry)
        if not await self._redis.hsetnx(_entries(entry.room), entry.id, document):
            return False
        pipe = self._redis.pipeline(transaction=True)
        pipe.zadd(_order(entry.room), {entry.id: entry.at})
        pipe.zadd(_changed(entry.room), {entry.id: entry.at})
        for key in (_entries(entry.room), _order(entry.room), _changed(entry.room)):
            pipe.expire(key, KEPT_SECONDS)
        pipe.zrange(_order(entry.room), 0, -KEPT_ENTRIES - 1)
        *_, old = await pipe.execute()
        await self._forget(entry.room, old)
        await self._told(entry, document)
        return True

    async def replace(self, entry: Entry) -> None:
        """A new version of an entry that is there."""
        document = _encode(entry)
        pipe = self._redis.pipeline(transaction=True)
        pipe.hset(_entries(entry.room), entry.id, document)
        pipe.zadd(_changed(entry.room), {entry.id: entry.edited_at or entry.at}, xx=True)
        await pipe.execute()
        await self._told(entry, document)

    async def remove(self, room: str, entry_id: str) -> None:
        """Take back what could not be received."""
        await self._forget(room, [entry_id.encode()])

    async def get(self, room: str, entry_id: str) -> Entry | None:
        document = await self._redis.hget(_entries(room), entry_id)
        return None if document is None else _entry(document)

    async def history(self, room: str, person: str, before: float | None, limit: int) -> list[Entry]:
        """The newest entries that this person may see, oldest first; `before` is a time (seconds since the epoch)."""
        upper = "+inf" if before is None else f"({before!r}"
        found: list[Entry] = []
        start = 0
        while len(found) < limit:
            ids = await self._redis.zrevrangebyscore(_order(room), upper, "-inf", start=start, num=max(limit, LOOK))
            if not ids:
                break
            found += [entry for entry in await self._read(room, ids) if seen_by(entry, person)]
            start += len(ids)
        return found[:limit][::-1]

    async def changed(self, room: str, person: str, after: float) -> list[Entry]:
        """What came or changed at or after a time, oldest change first, for whoever was away."""
        ids = await self._redis.zrevrangebyscore(_changed(room), "+inf", after, start=0, num=CATCH_UP)
        return [entry for entry in await self._read(room, ids[::-1]) if seen_by(entry, person)]

    async def offer(self, person: str, form: AskedForm) -> None:
        """Tell it to all pages and terminals of a person: the one that asked for it opens it."""
        await self._bus.publish(_person_topic(person), _encode(form))

    async def listen(self, person: str, rooms: Sequence[str], after: float | None) -> AsyncIterator[Entry | AskedForm]:
        """What happens in the rooms as far as this person may see it, and this person's forms; first what changed since `after`.

        Raises when the listener is too slow: it comes again with `after`.
        """
        came: asyncio.Queue[Entry | AskedForm] = asyncio.Queue(WAITING)
        with ExitStack() as stack:
            topics: list[tuple[Subscription, _Decode]] = [
                (stack.enter_context(self._bus.subscribe(topic_of(room))), _entry) for room in rooms
            ]
            topics.append((stack.enter_context(self._bus.subscribe(_person_topic(person))), _form))
            sent: dict[str, int] = {}
            if after is not None:
                for room in rooms:
                    for entry in await self.changed(room, person, after):
                        sent[entry.id] = entry.version
                        yield entry
            forwarding = [asyncio.create_task(_forward(topic, decode, came)) for topic, decode in topics]
            try:
                while True:
                    item = await _next(came, forwarding)
                    if isinstance(item, AskedForm) or (seen_by(item, person) and sent.get(item.id, 0) < item.version):
                        yield item
            finally:
                for task in forwarding:
                    task.cancel()
                await asyncio.gather(*forwarding, return_exceptions=True)

    async def _told(self, entry: Entry, document: bytes) -> None:
        if len(document) > LARGE:
            large = _large(entry.room)
            pipe = self._redis.pipeline(transaction=True)
            pipe.zadd(large, {entry.id: entry.at})
            pipe.expire(large, KEPT_SECONDS)
            pipe.zrange(large, 0, -KEPT_LARGE - 1)
            *_, old = await pipe.execute()
            await self._forget(entry.room, old)
        await self._bus.publish(topic_of(entry.room), document)

    async def _read(self, room: str, ids: Sequence[bytes]) -> list[Entry]:
        documents = await self._redis.hmget(_entries(room), ids) if ids else []
        return [_entry(document) for document in documents if document is not None]

    async def _forget(self, room: str, ids: Sequence[bytes]) -> None:
        if ids:
            pipe = self._redis.pipeline(transaction=True)
            pipe.hdel(_entries(room), *ids)
            pipe.zrem(_order(room), *ids)
            pipe.zrem(_changed(room), *ids)
            pipe.zrem(_large(room), *ids)
            await pipe.execute()


def seen_by(entry: Entry, person: str) -> bool:
    return entry.to is None or entry.to == person


def topic_of(room: str) -> str:
    return f"console:{room}"


async def _forward(topic: Subscription, decode: _Decode, came: "asyncio.Queue[Entry | AskedForm]") -> None:
    async for payload in topic:
        await came.put(decode(payload))


async def _next(
    came: "asyncio.Queue[Entry | AskedForm]", forwarding: "Sequence[asyncio.Task[None]]"
) -> Entry | AskedForm:
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


def _person_topic(person: str) -> str:
    return f"console-person:{person}"


def _entries(room: str) -> str:
    return f"gurum:console:entry:{room}"


def _order(room: str) -> str:
    return f"gurum:console:order:{room}"


def _changed(room: str) -> str:
    return f"gurum:console:changed:{room}"


def _large(room: str) -> str:
    return f"gurum:console:large:{room}"
