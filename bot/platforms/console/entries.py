"""What the rooms hold, in the store: bounded, shared by all processes, and told on the bus to whoever listens (`listening.py`).

    gurum:console:entry:{room}     hash: entry id -> JSON
    gurum:console:order:{room}     entry ids by the time they came
    gurum:console:changed:{room}   entry ids by the time of their last change, to catch up after a lost connection
    gurum:console:large:{room}     ids of large entries by the time they came: fewer of them are kept

Topics of the bus: `console:{room}` carries entries (of large ones all but what they say), `console-person:{person}` forms.
"""

import logging
from collections.abc import Sequence

import msgspec
from redis.exceptions import RedisError

from bot.platforms.console.rooms import AskedForm, Entry
from bot.ports import Bus, Clock, RedisClient

log = logging.getLogger(__name__)

KEPT_ENTRIES = 2_000  # of one room
LARGE, KEPT_LARGE = 16_384, 50  # bytes from which an entry is large (files, pastes); how many such of one room
KEPT_SECONDS = 30 * 24 * 3600
CATCH_UP = (
    500  # entries of a room at most that a listener who was away is sent at once; older ones it asks for as history
)
OVERLAP = 5.0  # seconds told twice to who was away: the clocks of several processes differ a little
LOOK = 200  # entries read at once: what is for others alone is passed over
_encode = msgspec.json.Encoder().encode
_entry = msgspec.json.Decoder(Entry).decode

# KEYS: entry, order, changed, large. ARGV: id, JSON, time, 1 when it is large, the oldest time kept, and how many of each kind.
_BOUND = """
if ARGV[4] == '1' then redis.call('ZADD', KEYS[4], ARGV[3], ARGV[1]) end
local function forget(ids)
  if #ids == 0 then return end
  redis.call('HDEL', KEYS[1], unpack(ids))
  for i = 2, 4 do redis.call('ZREM', KEYS[i], unpack(ids)) end
end
forget(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[5]))
forget(redis.call('ZRANGE', KEYS[2], 0, -ARGV[6] - 1))
forget(redis.call('ZRANGE', KEYS[4], 0, -ARGV[7] - 1))
for i = 1, 4 do redis.call('EXPIRE', KEYS[i], ARGV[8]) end
"""
# Answers what was there already under the id; nothing when this was stored.
ADD = f"""
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return redis.call('HGET', KEYS[1], ARGV[1]) end
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
redis.call('ZADD', KEYS[3], ARGV[3], ARGV[1])
{_BOUND}
"""
# Answers 0 when the entry is not there any more. ARGV[9]: the time of the change.
REPLACE = f"""
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[3], ARGV[9], ARGV[1])
{_BOUND}
return 1
"""


class Entries:
    def __init__(self, redis: RedisClient, bus: Bus, clock: Clock) -> None:
        self._redis = redis
        self._bus = bus
        self._clock = clock

    async def add(self, entry: Entry) -> Entry:
        """What is there now under this id in the room: this entry, or one that was said before. Adding it again is harmless."""
        document = _encode(entry)
        there: bytes | None = await self._redis.eval(ADD, 4, *_keys(entry.room), *self._values(entry, document))
        kept = entry if there is None else _entry(there)
        await self._tell(
            kept, there or document
        )  # what is there already may have been stored by somebody who then died
        return kept

    async def replace(self, entry: Entry) -> bool:
        """A new version of an entry; False when it is not there any more."""
        document = _encode(entry)
        values = (*self._values(entry, document), entry.edited_at or entry.at)
        if not await self._redis.eval(REPLACE, 4, *_keys(entry.room), *values):
            return False
        await self._tell(entry, document)
        return True

    async def remove(self, room: str, entry_id: str) -> None:
        """Take back what could not be received."""
        entries, *sets = _keys(room)
        pipe = self._redis.pipeline(transaction=True)
        pipe.hdel(entries, entry_id)
        for key in sets:
            pipe.zrem(key, entry_id)
        await pipe.execute()

    async def get(self, room: str, entry_id: str) -> Entry | None:
        document = await self._redis.hget(_keys(room)[0], entry_id)
        return None if document is None else _entry(document)

    async def history(self, room: str, person: str, before: float | None, limit: int) -> list[Entry]:
        """The newest entries that this person may see, oldest first; `before` is a time (seconds since the epoch)."""
        order = _keys(room)[1]
        upper, lower = "+inf" if before is None else f"({before!r}", self._oldest()
        found: list[Entry] = []
        start = 0
        while len(found) < limit:
            ids = await self._redis.zrevrangebyscore(order, upper, lower, start=start, num=max(limit, LOOK))
            if not ids:
                break
            found += [entry for entry in await self.read(room, ids) if entry is not None and seen_by(entry, person)]
            start += len(ids)
        return found[:limit][::-1]

    async def changed(self, room: str, after: float) -> list[tuple[float, bytes]]:
        """When what came or changed at or after a time, or shortly before it: (time, id) of the newest."""
        lower = max(after - OVERLAP, self._oldest())
        changes = await self._redis.zrevrangebyscore(
            _keys(room)[2], "+inf", lower, start=0, num=CATCH_UP, withscores=True
        )
        return [(when, entry_id) for entry_id, when in changes]

    async def read(self, room: str, ids: Sequence[bytes]) -> list[Entry | None]:
        """One for each id; None for what is not there any more."""
        documents = await self._redis.hmget(_keys(room)[0], ids) if ids else []
        return [None if document is None else _entry(document) for document in documents]

    async def offer(self, person: str, form: AskedForm) -> None:
        """Tell it to all pages and terminals of a person: the one that asked for it opens it."""
        await self._bus.publish(person_topic(person), _encode(form))

    async def _tell(self, entry: Entry, document: bytes) -> None:
        """The bus keeps many events, so what is large is read from the room by those who hear of it.

        The entry is in the room, and whoever comes again finds it, so a bus that is away undoes nothing.
        """
        large = len(document) > LARGE
        try:
            await self._bus.publish(topic_of(entry.room), _encode(_bare(entry)) if large else document)
        except (RedisError, OSError) as error:
            log.warning("a change in a room could not be told to who listens: %s", error)

    def _values(self, entry: Entry, document: bytes) -> tuple[str | bytes | float, ...]:
        large = "1" if len(document) > LARGE else ""
        bounds = (self._oldest(), KEPT_ENTRIES, KEPT_LARGE, KEPT_SECONDS)
        return (entry.id, document, entry.at, large, *bounds)

    def _oldest(self) -> float:
        return self._clock.now().timestamp() - KEPT_SECONDS


def seen_by(entry: Entry, person: str) -> bool:
    return entry.to is None or entry.to == person


def is_bare(entry: Entry) -> bool:
    """It came over the bus without what it says."""
    return entry.text is None and entry.message is None


def topic_of(room: str) -> str:
    return f"console:{room}"


def person_topic(person: str) -> str:
    return f"console-person:{person}"


def _bare(entry: Entry) -> Entry:
    return msgspec.structs.replace(entry, text=None, message=None)


def _keys(room: str) -> tuple[str, str, str, str]:
    return (
        f"gurum:console:entry:{room}",
        f"gurum:console:order:{room}",
        f"gurum:console:changed:{room}",
        f"gurum:console:large:{room}",
    )
