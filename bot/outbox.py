"""Everything that goes out to channels, in order per channel, at the pace that the chat system allows.

Called by `turn`, `follow` and `due`. In memory: what must survive a crash (a reply, the last state of an operation, a button that
ends) is written down by the callers, who wait here until it was taken and then cross it off.

An edit that waits is replaced by a newer edit of the same message. A platform that asks to wait is obeyed for the whole channel.

What is on its way when the process is told to stop is seen to its end, and its id is noted: whoever goes on would post it a second time.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from redis.exceptions import RedisError

from bot import loops
from bot.counters import Counters
from bot.messages import Message
from bot.platforms.base import Incoming, Person, Place, Platform, PlatformError
from bot.ports import Clock

log = logging.getLogger(__name__)

MAX_WAITING = 1_000  # of one channel
MAX_TRIES = 10  # besides the waits that the platform asked for
MAX_AGE = 900.0  # seconds that one message is tried at most
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds between tries
NOTE_TRIES = 5
LEAVING = 5.0  # seconds that what is on its way is waited for when the process stops

Note = Callable[[str], Awaitable[None]]  # writes the id of a message down
Send = Callable[[Platform, Message, Incoming | None], Awaitable[str | None]]


class Undelivered(Exception):
    """The platform would not take the message. `code` is the platform's own word; `nobody`: the person can not be written to for good."""

    def __init__(self, code: str, sentence: str, nobody: bool = False) -> None:
        super().__init__(sentence)
        self.code = code
        self.nobody = nobody


@dataclass(slots=True)
class _Item:
    message: Message
    asked: Incoming | None
    send: Send
    since: float
    edits: str | None = None  # id of the message that it edits
    note: Note | None = None
    flying: bool = False  # on its way: it can not be replaced any more
    done: "asyncio.Future[str | None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Outbox:
    def __init__(self, platforms: Mapping[str, Platform], clock: Clock, counters: Counters) -> None:
        self._platforms = platforms
        self._clock = clock
        self._counters = counters
        self._queues: dict[tuple[str, str], deque[_Item]] = {}
        self._workers: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._stopping = False

    async def stop(self) -> None:
        self._stopping = True
        flying = [self._workers[key] for key, queue in self._queues.items() if queue and queue[0].flying]
        if flying:
            await asyncio.wait(flying, timeout=LEAVING)
        await loops.end(list(self._workers.values()))

    # -- what can be sent; each returns when the platform took it, and raises Undelivered when it will not ---------------
    # `asked` is what it answers, where it answers something.

    async def post(
        self, place: Place, message: Message, asked: Incoming | None = None, note: Note | None = None
    ) -> str:
        """`note` is awaited with the id as soon as there is one, whoever still waits for it then. Raises what it raises."""

        async def send(platform: Platform, message: Message, asked: Incoming | None) -> str | None:
            return await platform.post(place, message, asked)

        return await self._put(place.platform, place.channel, message, asked, send, note=note) or ""

    async def edit(self, place: Place, message_id: str, message: Message, asked: Incoming | None = None) -> None:
        """Returns as well when a newer edit of the message was taken in place of this one."""

        async def send(platform: Platform, message: Message, asked: Incoming | None) -> str | None:
            await platform.edit(place, message_id, message, asked)
            return None

        for item in self._queues.get((place.platform, place.channel), ()):
            if item.edits == message_id and not item.flying:
                item.message, item.asked = message, asked or item.asked
                self._counters.edits_merged += 1
                await asyncio.shield(item.done)
                return
        await self._put(place.platform, place.channel, message, asked, send, message_id)

    async def whisper(self, place: Place, person: Person, message: Message, asked: Incoming | None = None) -> None:
        async def send(platform: Platform, message: Message, asked: Incoming | None) -> str | None:
            await platform.whisper(place, person, message, asked)
            return None

        await self._put(place.platform, place.channel, message, asked, send)

    async def tell(self, person: Person, message: Message) -> None:
        async def send(platform: Platform, message: Message, asked: Incoming | None) -> str | None:
            await platform.tell(person, message)
            return None

        await self._put(person.platform, f"@{person.id}", message, None, send)

    # -- queues --------------------------------------------------------------------------------------------------------

    async def _put(
        self,
        platform: str,
        channel: str,
        message: Message,
        asked: Incoming | None,
        send: Send,
        edits: str | None = None,
        note: Note | None = None,
    ) -> str | None:
        if platform not in self._platforms:
            raise Undelivered("no_platform", f"The chat system `{platform}` is not connected any more.")
        key = (platform, channel)
        queue = self._queues.setdefault(key, deque())
        if len(queue) >= MAX_WAITING:
            self._counters.given_up += 1
            raise Undelivered("full", f"Too many messages wait for {platform}:{channel}.")
        item = _Item(message, asked, send, self._clock.monotonic(), edits, note)
        queue.append(item)
        self._counters.outbox_depth += 1
        if key not in self._workers:
            self._begin(key, queue)
        return await asyncio.shield(item.done)

    def _begin(self, key: tuple[str, str], queue: deque[_Item]) -> None:
        worker = asyncio.create_task(self._empty(key, queue))
        self._workers[key] = worker

        def stopped(_: "asyncio.Task[None]") -> None:
            """The process stops: whoever waits is told. A worker that never began has only this to say so."""
            if self._workers.get(key) is worker:
                self._forget(key)
                self._counters.outbox_depth -= len(queue)
                for item in queue:
                    item.done.cancel()
                queue.clear()

        worker.add_done_callback(stopped)

    async def _empty(self, key: tuple[str, str], queue: deque[_Item]) -> None:
        """Send what waits for one channel, one after the other."""
        while queue and not self._stopping:
            item = queue[0]
            try:
                sent = await self._deliver(key, item)
                if item.note is not None and sent is not None:
                    await self._noted(item.note, sent)
            except Exception as error:
                if isinstance(error, Undelivered):
                    self._counters.given_up += 1
                    log.warning("a message for %s:%s was given up: %s (%s)", *key, error, error.code)
                if not item.done.done():
                    item.done.set_exception(error)
                    item.done.exception()  # nobody may be waiting any more, which is no fault
            else:
                self._counters.sent += 1
                if not item.done.done():
                    item.done.set_result(sent)
            queue.popleft()
            self._counters.outbox_depth -= 1
        if not queue:  # else the process stops
            self._forget(key)

    def _forget(self, key: tuple[str, str]) -> None:
        self._workers.pop(key, None)
        self._queues.pop(key, None)

    async def _noted(self, note: Note, message_id: str) -> None:
        """A store that is away for a moment is waited for: without its id, the message would be posted again."""
        for tries in range(NOTE_TRIES):
            try:
                await note(message_id)
                return
            except (RedisError, OSError):
                if tries == NOTE_TRIES - 1:
                    raise
                await self._clock.sleep(FIRST_PAUSE * 2**tries)

    async def _deliver(self, key: tuple[str, str], item: _Item) -> str | None:
        tries = 0
        while True:
            try:
                item.flying = True
                return await item.send(self._platforms[key[0]], item.message, item.asked)
            except PlatformError as error:
                tries += error.retry_after is None
                too_late = self._clock.monotonic() - item.since + (error.retry_after or 0) > MAX_AGE
                if self._stopping and error.retry:
                    raise asyncio.CancelledError from error  # it did not go out: whoever goes on says it
                if not error.retry or tries >= MAX_TRIES or too_late:
                    raise Undelivered(error.code, str(error), error.nobody) from error
                self._counters.retried += 1
                pause = error.retry_after or min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE)
            except Exception as error:
                log.exception("the platform %s failed at sending", key[0])
                raise Undelivered("internal", "The platform failed inside 9rum.") from error
            item.flying = False
            await self._clock.sleep(pause)
