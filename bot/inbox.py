"""Everything that comes in, stored before a platform acknowledges it, handled once by one process, whoever dies meanwhile.

Called by `app` (`receive` is what platforms get; `handle` is the conductor). One Redis stream with one consumer group for all processes:

    gurum:bot:inbox          the stream: entries sealed, because they hold tokens and what people typed
    gurum:bot:seen:{hash}    ids that were received, SEEN_SECONDS
    gurum:bot:waits:{hash}   how many entries of one person are there; forgotten when nothing came for WAITS_SECONDS

An entry stays in the stream until it was answered. Its process renews its claim; when it does not for IDLE_MS, another one takes the
entry over and runs it again, which the idempotency keys of the graph make harmless. An entry that took processes down MAX_DELIVERIES
times is given to `poison` and dropped.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from redis.exceptions import RedisError, ResponseError

from bot import loops
from bot.counters import Counters
from bot.lanes import Lanes
from bot.platforms.base import InboxFull, Incoming
from bot.ports import Clock, RedisClient, Seal

log = logging.getLogger(__name__)

STREAM, GROUP = "gurum:bot:inbox", "bot"
SEEN_SECONDS = 48 * 3600
WAITS_SECONDS = 3600
PARKED = 32  # times the commands that are worked on: how many more may be held up behind others of their person
BLOCK_MS = 2_000  # shorter than any client's socket timeout
IDLE_MS = 10_000
RENEW_SECONDS = 3.0
MAX_DELIVERIES = 5
FORGOTTEN_MS = 3_600_000  # a consumer that was silent so long is a process that is gone

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Incoming).decode

RECEIVE = """
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[3]) then return -1 end
if tonumber(redis.call('GET', KEYS[3]) or '0') >= tonumber(ARGV[4]) then return -2 end
redis.call('SET', KEYS[2], '1', 'EX', ARGV[2])
redis.call('XADD', KEYS[1], '*', 'entry', ARGV[1], 'waits', KEYS[3])
redis.call('INCR', KEYS[3])
redis.call('EXPIRE', KEYS[3], ARGV[5])
return 1
"""
DONE = """
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
if redis.call('XDEL', KEYS[1], ARGV[2]) == 0 or ARGV[3] == '' then return end
if redis.call('EXISTS', ARGV[3]) == 1 and redis.call('DECR', ARGV[3]) <= 0 then redis.call('DEL', ARGV[3]) end
"""
# Renews the claims that are still ours, and tells which are not.
RENEW = """
local lost = {}
for i = 3, #ARGV do
  local held = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1, ARGV[2])
  if #held == 1 then redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i], 'JUSTID')
  else lost[#lost + 1] = ARGV[i] end
end
return lost
"""

Handle = Callable[[Incoming], Awaitable[None]]
CALM_SECONDS, PATIENCE = (
    0.01,
    20,
)  # a turn of the event loop that is short enough to begin another command; how long to wait for one


class Inbox:
    """`start` before use, `stop` at the end. `idle_ms` is smaller in tests that wait for a takeover."""

    def __init__(
        self,
        redis: RedisClient,
        seal: Seal,
        clock: Clock,
        owner: str,
        handle: Handle,
        poison: Handle,
        counters: Counters,
        concurrency: int = 64,
        waiting: int = 100_000,
        waiting_per_person: int = 300,
        idle_ms: int = IDLE_MS,
    ) -> None:
        self._redis = redis
        self._seal = seal
        self._clock = clock
        self._owner = owner
        self._handle = handle
        self._poison = poison
        self._counters = counters
        self._slots = concurrency
        self._waiting = waiting
        self._waiting_per_person = waiting_per_person
        self._lanes = Lanes(concurrency)
        self._idle_ms = idle_ms
        self._place: bytes | str = "0-0"  # where the next look for orphans goes on
        self._hands: dict[bytes, asyncio.Task[None]] = {}
        self._freed = asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []

    # -- in ------------------------------------------------------------------------------------------------------------

    async def receive(self, incoming: Incoming) -> bool:
        """Store it; False when it was received before. Raises InboxFull, or what Redis raises: then it is not stored."""
        seen = f"gurum:bot:seen:{_digest(f'{incoming.person.platform}:{incoming.id}')}"
        waits = f"gurum:bot:waits:{_digest(incoming.person.key)}"
        entry = self._seal.close(_encode(incoming), _place(waits))
        limits = (self._waiting, self._waiting_per_person, WAITS_SECONDS)
        answer = await self._redis.eval(RECEIVE, 3, STREAM, seen, waits, entry, SEEN_SECONDS, *limits)
        if answer == -1:
            raise InboxFull("inbox.full")
        if answer == -2:
            raise InboxFull("inbox.full_of_yours", count=self._waiting_per_person)
        if answer:
            self._counters.received += 1
        else:
            self._counters.duplicate += 1
        return bool(answer)

    async def depth(self) -> int:
        """How many entries are not answered yet, in all processes."""
        return int(await self._redis.xlen(STREAM))

    # -- life ----------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        await self._make_group()
        renew = min(RENEW_SECONDS, self._idle_ms / 3000)
        self._loops = [
            asyncio.create_task(loops.every(self._clock, 0, "reading the inbox", self._read)),
            asyncio.create_task(loops.every(self._clock, renew, "looking after the inbox", self._look_after)),
        ]

    async def stop(self) -> None:
        """Stop reading, and leave what is in hand to whoever starts next."""
        await loops.end(self._loops)
        await loops.end(list(self._hands.values()))

    async def _make_group(self) -> None:
        try:
            await self._redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    # -- loops ---------------------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        while self._free <= 0 or self._lanes.waiting >= PARKED * self._slots:
            self._freed.clear()
            await self._freed.wait()
        await self._calm()
        try:
            # One at a time: what waits in the store can be taken by a process that has time.
            answer = await self._redis.xreadgroup(GROUP, self._owner, {STREAM: ">"}, count=1, block=BLOCK_MS)
        except ResponseError as error:
            if "NOGROUP" not in str(error):
                raise
            await self._make_group()  # somebody emptied the store
            return
        for _stream, entries in answer or ():
            for entry_id, fields in entries:
                self._take(entry_id, fields)

    async def _calm(self) -> None:
        """Begin nothing while the event loop is late: receiving and acknowledging, which chat systems wait seconds for, come first.

        How late it is shows in how long one turn of it takes. It waits PATIENCE turns at most, so that a busy process answers too.
        """
        for _ in range(PATIENCE):
            began = time.perf_counter()
            await asyncio.sleep(0)
            late = time.perf_counter() - began
            if late < CALM_SECONDS:
                return
            await asyncio.sleep(late)

    async def _look_after(self) -> None:
        if self._hands:
            lost = await self._redis.eval(RENEW, 1, STREAM, GROUP, self._owner, *self._hands)
            for entry_id in lost:  # another process has it: we were silent for too long
                if entry_id in self._hands:
                    self._hands[entry_id].cancel()
        free = self._free
        if free > 0:
            answer = await self._redis.xautoclaim(STREAM, GROUP, self._owner, self._idle_ms, self._place, count=free)
            self._place = answer[0]
            for entry_id, fields in answer[1]:
                if entry_id not in self._hands:
                    self._counters.taken_over += 1
                    self._take(entry_id, fields, again=True)
        await self._forget_the_gone()

    async def _forget_the_gone(self) -> None:
        for consumer in await self._redis.xinfo_consumers(STREAM, GROUP):
            if not consumer["pending"] and consumer["idle"] > FORGOTTEN_MS and consumer["name"] != self._owner.encode():
                await self._redis.xgroup_delconsumer(STREAM, GROUP, consumer["name"])

    @property
    def _free(self) -> int:
        """How many more commands may be worked on."""
        return self._slots - len(self._hands) + self._lanes.waiting

    # -- one entry -----------------------------------------------------------------------------------------------------

    def _take(self, entry_id: bytes, fields: dict[bytes, bytes], again: bool = False) -> None:
        task = asyncio.create_task(self._work(entry_id, fields, again))
        self._hands[entry_id] = task
        self._counters.in_hand = len(self._hands)

        def gone(_: "asyncio.Task[None]") -> None:
            self._hands.pop(entry_id, None)
            self._counters.in_hand = len(self._hands)
            self._freed.set()

        task.add_done_callback(gone)

    async def _work(self, entry_id: bytes, fields: dict[bytes, bytes], again: bool) -> None:
        try:
            incoming = self._opened(fields)
            if incoming is None:
                log.error(
                    "an entry of the inbox can not be read (it was changed, or another key or 9rum wrote it); it is dropped"
                )
            elif again and await self._deliveries(entry_id) > MAX_DELIVERIES:
                log.error("what %s sent (%s) could not be handled; it is dropped", incoming.person.key, incoming.id)
                self._counters.poisoned += 1
                await self._poison(incoming)
            else:
                async with self._lanes.of(incoming.person.key, self._freed):
                    await self._handle(incoming)
            await self._done(entry_id, fields.get(b"waits", b""))
        except (RedisError, OSError) as error:
            log.warning("a command is left for later: %s", error)
        except Exception:
            log.exception("handling a command failed; it is tried again")
            self._counters.errors += 1

    def _opened(self, fields: dict[bytes, bytes]) -> Incoming | None:
        place = _place(fields.get(b"waits", b"").decode(errors="replace"))
        document = self._seal.open(fields.get(b"entry", b""), place)
        try:
            return None if document is None else _decode(document)
        except msgspec.MsgspecError:
            return None

    async def _deliveries(self, entry_id: bytes) -> int:
        held: list[dict[str, Any]] = await self._redis.xpending_range(STREAM, GROUP, entry_id, entry_id, 1)
        return int(held[0]["times_delivered"]) if held else 0

    async def _done(self, entry_id: bytes, waits: bytes) -> None:
        await self._redis.eval(DONE, 1, STREAM, GROUP, entry_id, waits)


def _place(waits: str) -> str:
    """Of an entry: it is of this person, among whose entries it counts."""
    return f"{STREAM} {waits}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
