"""Things that wait for a person to answer: filled forms and confirmations. Kept in Redis, sealed, so that any process can go on.

Used by `asking` and `confirm`. A thing is taken once: by the first incoming message that takes it, and again by that same one when it is
delivered anew after a crash; everybody else is told that it was taken.

    gurum:bot:kept:{kind}:{id}   hash: doc (sealed), for which message the id was made, and who took which slot of it
"""

import enum
import hashlib
from typing import Generic, TypeVar

import msgspec

from bot.ports import RedisClient, Seal

T = TypeVar("T")

TAKE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return nil end
redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
return redis.call('HGET', KEYS[1], ARGV[1])
"""


# Ids are short, so that people can type them; two messages whose ids would be the same must not share a thing.
CLAIM = """
redis.call('HSETNX', KEYS[1], 'of', ARGV[1])
if redis.call('HGET', KEYS[1], 'of') ~= ARGV[1] then return 0 end
if redis.call('TTL', KEYS[1]) < 0 then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return 1
"""
CLAIM_SECONDS = 3600  # until something is kept under the id


class Taken(enum.Enum):
    MINE = "mine"
    OTHERS = "others"
    GONE = "gone"


def name_for(*parts: str) -> str:
    """8 hex digits that are the same when the same incoming message is handled again."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


class Kept(Generic[T]):
    def __init__(self, redis: RedisClient, seal: Seal, kind: str, shape: type[T]) -> None:
        self._redis = redis
        self._seal = seal
        self._kind = kind
        self._decode = msgspec.json.Decoder(shape).decode

    async def name(self, *parts: str) -> str:
        """An id for what these parts name, and for nothing else: the same one when the same message is handled again."""
        count = 0
        while True:
            name = name_for(*parts, *([str(count)] if count else []))
            if await self._redis.eval(CLAIM, 1, self._key(name), "\n".join(parts), CLAIM_SECONDS):
                return name
            count += 1

    async def keep(self, name: str, thing: T, seconds: float) -> None:
        """Keep it, or replace what was kept under the name. Who took what of it stays."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.hset(self._key(name), "doc", self._seal.close(msgspec.json.encode(thing), self._key(name)))
        pipe.expire(self._key(name), max(int(seconds), 1))
        await pipe.execute()

    async def look(self, name: str) -> T | None:
        sealed = await self._redis.hget(self._key(name), "doc") if name.isalnum() else None
        document = None if sealed is None else self._seal.open(sealed, self._key(name))
        return None if document is None else self._decode(document)

    async def take(self, name: str, slot: str, taker: str) -> Taken:
        """`slot` is what of it is decided (`answer`, `approval`), `taker` the id of the incoming message that does."""
        by = await self._redis.eval(TAKE, 1, self._key(name), f"by:{slot}", taker)
        if by is None:
            return Taken.GONE
        return Taken.MINE if by.decode() == taker else Taken.OTHERS

    async def taken(self, name: str, slot: str) -> bool:
        return bool(await self._redis.hexists(self._key(name), f"by:{slot}"))

    async def release(self, name: str, slot: str, taker: str) -> None:
        """Give back what was taken in vain."""
        if await self._redis.hget(self._key(name), f"by:{slot}") == taker.encode():
            await self._redis.hdel(self._key(name), f"by:{slot}")

    def _key(self, name: str) -> str:
        return f"gurum:bot:kept:{self._kind}:{name}"
