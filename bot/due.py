"""Edits that come at their time: a confirmation that nobody gave, an undo that is over. One process does each, another if that one dies.

Used by `confirm` and `follow`, which say what the message shall be then; `app` runs the loop.

    gurum:bot:due           names by the moment they are due; one that is being done is put off by LEASE_SECONDS
    gurum:bot:due:{name}    what to do, sealed
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import msgspec

from bot import loops
from bot.messages import Message
from bot.outbox import Outbox, Undelivered
from bot.platforms.base import Place
from bot.ports import Clock, RedisClient, Seal

log = logging.getLogger(__name__)

LEASE_SECONDS = 60
KEPT_SECONDS = 7 * 24 * 3600
AT_ONCE = 20

# The names that are due, put off so that no other process takes them at the same time.
TAKE = """
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for _, name in ipairs(due) do redis.call('ZADD', KEYS[1], ARGV[2], name) end
return due
"""


class DueEdit(msgspec.Struct, frozen=True):
    """`guard` (name of a plan that waits, slot of it): the edit is made only when the slot can be taken."""

    place: Place
    message_id: str
    message: Message
    guard: tuple[str, str] | None = None


Guard = Callable[[str, str], Awaitable[bool]]

_decode = msgspec.json.Decoder(DueEdit).decode


class Due:
    """`guard(name, slot)` says whether an edit that has one may still be made."""

    def __init__(self, redis: RedisClient, seal: Seal, clock: Clock, outbox: Outbox, guard: Guard) -> None:
        self._redis = redis
        self._seal = seal
        self._clock = clock
        self._outbox = outbox
        self._guard = guard
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def stop(self) -> None:
        await loops.end(list(self._tasks.values()))

    async def put(self, name: str, seconds: float, edit: DueEdit) -> None:
        """Make the edit in so many seconds; replaces what was due under the name."""
        pipe = self._redis.pipeline(transaction=True)
        kept = int(seconds) + KEPT_SECONDS
        pipe.set(_place(name), self._seal.close(msgspec.json.encode(edit), _place(name)), ex=kept)
        pipe.zadd("gurum:bot:due", {name: self._clock.now().timestamp() + seconds})
        await pipe.execute()

    async def look(self, name: str) -> DueEdit | None:
        sealed = await self._redis.get(_place(name))
        document = None if sealed is None else self._seal.open(sealed, _place(name))
        return None if document is None else _decode(document)

    async def drop(self, name: str) -> None:
        pipe = self._redis.pipeline(transaction=True)
        pipe.zrem("gurum:bot:due", name)
        pipe.delete(_place(name))
        await pipe.execute()

    async def sweep(self) -> None:
        """Begin the edits whose time has come; one channel that is slow holds nobody up."""
        now = self._clock.now().timestamp()
        for raw in await self._redis.eval(TAKE, 1, "gurum:bot:due", now, now + LEASE_SECONDS, AT_ONCE):
            name = raw.decode()
            if name not in self._tasks:
                self._tasks[name] = asyncio.create_task(self._make(name))

    async def _make(self, name: str) -> None:
        try:
            edit = await self.look(name)
            if edit is not None and (edit.guard is None or await self._guard(*edit.guard)):
                await self._outbox.edit(edit.place, edit.message_id, edit.message)
            await self.drop(name)
        except Undelivered:
            log.info("the message of %s is gone, or can not be changed any more", name)
            await self.drop(name)
        except Exception:
            log.exception("the edit of %s failed; it is tried again", name)
        finally:
            self._tasks.pop(name, None)


def _place(name: str) -> str:
    return f"gurum:bot:due:{name}"
