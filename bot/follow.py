"""Follows operations and edits the reply of each until it ended, whichever process lives to see it.

Called by `changes` and `confirm`; `app` runs the loop. Written down in Redis until the last state was delivered:

    gurum:bot:follow:{operation}        whose, where, which message; no token
    gurum:bot:follow:{operation}:lease  the process that follows it
    gurum:bot:follows                   operations that are followed
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Any, cast
from weakref import WeakValueDictionary

import msgspec

from bot import gql, loops
from bot.counters import Counters
from bot.messages import Message, Source
from bot.outbox import Outbox, Undelivered
from bot.people import Away, ChooseProject, LinkEnded, NotLinked, People
from bot.platforms.base import Person, Place
from bot.ports import Acting, Answer, Clock, Graph, RedisClient, first_code

log = logging.getLogger(__name__)

LEASE_MS = 10_000
LOOK_SECONDS = 3.0  # a third of the lease
EDIT_SECONDS = 1.0  # between two edits of one message
AGAIN_SECONDS = 2.0  # after a subscription broke
KEPT_SECONDS = 3 * 24 * 3600
PATIENCE = 600.0  # seconds in which a followed operation must be seen at least once

_encode = msgspec.json.Encoder().encode


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """`message_id` None: the platform can not edit, so the end is posted. `link` is the address of the request."""

    operation: str
    person: Person
    place: Place
    message_id: str | None
    source: Source
    language: str
    project: str | None = None
    link: str | None = None


Show = Callable[[Followed, Mapping[str, Any] | None], Message]
Ended = Callable[[Followed, Mapping[str, Any]], Any]

_decode = msgspec.json.Decoder(Followed).decode


class Follower:
    """`show` renders an operation; None: it can not be seen any more. `ended` is awaited for the last message of an operation."""

    def __init__(
        self,
        redis: RedisClient,
        graph: Graph,
        people: People,
        outbox: Outbox,
        clock: Clock,
        owner: str,
        counters: Counters,
        show: Show,
        ended: Ended,
    ) -> None:
        self._redis = redis
        self._graph = graph
        self._people = people
        self._outbox = outbox
        self._clock = clock
        self._owner = owner
        self._counters = counters
        self._show = show
        self._ended = ended
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._beginning: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # one task of each operation
        self._loop: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._loop = asyncio.create_task(loops.every(self._clock, LOOK_SECONDS, "following operations", self._look))

    async def stop(self) -> None:
        await loops.end([*self._tasks.values(), *([self._loop] if self._loop else [])])

    async def follow(self, followed: Followed) -> None:
        """Write it down and begin. Again for the same operation: it goes on in the newer message."""
        name = followed.operation
        bare = msgspec.structs.replace(followed, person=msgspec.structs.replace(followed.person, token=None))
        async with self._lock(name):
            pipe = self._redis.pipeline(transaction=True)
            pipe.set(f"gurum:bot:follow:{name}", _encode(bare), ex=KEPT_SECONDS)
            pipe.sadd("gurum:bot:follows", name)
            await pipe.execute()
            if name in self._tasks:
                await loops.end([self._tasks[name]])
            if await self._claim(name):
                self._spawn(name, bare)

    # -- leases --------------------------------------------------------------------------------------------------------

    async def _look(self) -> None:
        """Keep the leases of what we follow, and take over what nobody follows."""
        for raw in await self._redis.smembers("gurum:bot:follows"):
            name = raw.decode()
            async with self._lock(name):
                if not await self._claim(name):
                    if name in self._tasks:
                        self._tasks[name].cancel()  # another process has it: we were silent for too long
                elif name not in self._tasks:
                    await self._take_over(name)

    async def _take_over(self, name: str) -> None:
        document = await self._redis.get(f"gurum:bot:follow:{name}")
        try:
            followed = None if document is None else _decode(document)
        except msgspec.MsgspecError:
            log.error("operation %s can not be followed: another 9rum wrote down how; its reply stays as it is", name)
            followed = None
        if followed is None:
            await self._forget(name)
        else:
            self._spawn(name, followed)

    def _lock(self, name: str) -> asyncio.Lock:
        return self._beginning.setdefault(name, asyncio.Lock())

    async def _claim(self, name: str) -> bool:
        key = f"gurum:bot:follow:{name}:lease"
        if await self._redis.set(key, self._owner, px=LEASE_MS, nx=True):
            return True
        if await self._redis.get(key) != self._owner.encode():
            return False
        return bool(await self._redis.pexpire(key, LEASE_MS))

    async def _forget(self, name: str) -> None:
        pipe = self._redis.pipeline(transaction=True)
        pipe.srem("gurum:bot:follows", name)
        pipe.delete(f"gurum:bot:follow:{name}", f"gurum:bot:follow:{name}:lease")
        await pipe.execute()

    def _spawn(self, name: str, followed: Followed) -> None:
        task = asyncio.create_task(self._run(followed))
        self._tasks[name] = task
        self._counters.following = len(self._tasks)

        def gone(done: "asyncio.Task[None]") -> None:
            if self._tasks.get(name) is done:
                del self._tasks[name]
            self._counters.following = len(self._tasks)

        task.add_done_callback(gone)

    # -- one operation -------------------------------------------------------------------------------------------------

    async def _run(self, followed: Followed) -> None:
        try:
            painter = _Painter(self, followed)
            painting = asyncio.create_task(painter.run())
            try:
                last = await self._watch(followed, painter)
            finally:
                await loops.end([painting])
            message = self._show(followed, None) if last is None else await self._ended(followed, last)
            await self._deliver(followed, message, last=True)
            await self._forget(followed.operation)
        except Exception:
            log.exception("following operation %s failed; trying again", followed.operation)

    async def _watch(self, followed: Followed, painter: "_Painter") -> Mapping[str, Any] | None:
        """The operation at its end; None when it can not be seen any more."""
        seen = self._clock.monotonic()
        while self._clock.monotonic() - seen < PATIENCE:
            try:
                acting = await self._people.acting(followed.person, followed.place, followed.link, followed.project)
            except Away:
                await self._clock.sleep(AGAIN_SECONDS)
                continue
            except (NotLinked, LinkEnded, ChooseProject):
                return None
            async for answer in self._states(acting, followed.operation):
                operation = gql.found(answer, "operation")
                if operation is None:
                    if first_code(answer.errors) in ("NOT_FOUND", "DENIED"):
                        return None
                    if first_code(answer.errors) == "UNAUTHENTICATED":
                        await self._people.forget(acting)
                    break
                seen = self._clock.monotonic()
                if operation["state"] in gql.ENDED:
                    return cast(Mapping[str, Any], operation)
                painter.show(operation)
            await self._clock.sleep(AGAIN_SECONDS)
        return None

    async def _states(self, acting: Acting, operation: str) -> AsyncGenerator[Answer, None]:
        """Each state that the graph tells, and the present one when the subscription ends early."""
        variables = {"id": operation}
        answers = cast(AsyncGenerator[Answer, None], self._graph.subscribe(acting, gql.FOLLOW, variables))
        async with aclosing(answers):
            async for answer in answers:
                yield answer
        yield await self._graph.execute(acting, gql.OPERATION, variables)

    async def _deliver(self, followed: Followed, message: Message, last: bool = False) -> None:
        try:
            if followed.message_id is not None:
                await self._outbox.edit(followed.place, followed.message_id, message)
            elif last:
                await self._outbox.post(followed.place, message)
        except Undelivered as error:
            log.info("the reply of operation %s can not be edited: %s", followed.operation, error)


class _Painter:
    """Edits the message with the newest state, at most once in EDIT_SECONDS, while the watcher goes on."""

    def __init__(self, follower: Follower, followed: Followed) -> None:
        self._follower = follower
        self._followed = followed
        self._newest: Mapping[str, Any] | None = None
        self._fresh = asyncio.Event()

    def show(self, operation: Mapping[str, Any]) -> None:
        self._newest = operation
        self._fresh.set()

    async def run(self) -> None:
        while True:
            await self._fresh.wait()
            self._fresh.clear()
            if self._newest is not None:
                message = self._follower._show(self._followed, self._newest)
                await self._follower._deliver(self._followed, message)
            await self._follower._clock.sleep(EDIT_SECONDS)
