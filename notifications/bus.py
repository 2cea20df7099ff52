"""Publish and subscribe between processes, over one Redis stream: an event is heard by every subscriber of every process.

Used by `resolvers/operations` (progress of operations). One reader per process follows the stream from where it stood, so a lost
connection loses no event that the stream still holds; local subscribers have bounded queues and a slow one is told and dropped.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from types import TracebackType

from redis.exceptions import RedisError

from notifications import tasks
from notifications.redis import RedisClient

log = logging.getLogger(__name__)

STREAM = "gurum:bus"
KEPT_EVENTS = 10_000  # the stream is cut to about this length
BLOCK_MS = 2_000  # shorter than any client's socket timeout
QUEUE = 256  # events that one subscriber may be behind before it is dropped


class SlowSubscriber(Exception):
    """The subscriber did not take events as fast as they came; it must read the state anew."""


class Subscription:
    """Payloads of one topic, as an async iterator, from the moment of entering the context."""

    def __init__(self, bus: "Bus", topic: str) -> None:
        self._bus = bus
        self._topic = topic
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE)
        self._overflowed = False

    def offer(self, payload: bytes) -> None:
        try:
            self._queue.put_nowait(payload)
        except asyncio.QueueFull:
            self._overflowed = True

    def __enter__(self) -> "Subscription":
        self._bus.topics.setdefault(self._topic, set()).add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        members = self._bus.topics.get(self._topic, set())
        members.discard(self)
        if not members:
            self._bus.topics.pop(self._topic, None)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            if self._overflowed and self._queue.empty():
                raise SlowSubscriber(self._topic)
            yield await self._queue.get()


class Bus:
    """`start` before use, `stop` at the end; the Redis client is the caller's."""

    def __init__(self, redis: RedisClient) -> None:
        self.topics: dict[str, set[Subscription]] = {}
        self._redis = redis
        self._task: asyncio.Task[None] | None = None

    async def publish(self, topic: str, payload: bytes) -> None:
        await self._redis.xadd(STREAM, {"topic": topic, "payload": payload}, maxlen=KEPT_EVENTS, approximate=True)

    def subscribe(self, topic: str) -> Subscription:
        return Subscription(self, topic)

    async def start(self) -> None:
        last = await self._redis.xrevrange(STREAM, count=1)
        place = last[0][0] if last else b"0-0"
        self._task = asyncio.create_task(self._read(place))

    async def stop(self) -> None:
        if self._task is not None:
            await tasks.end([self._task])

    async def _read(self, place: bytes | str) -> None:
        while True:
            try:
                answer = await self._redis.xread({STREAM: place}, count=500, block=BLOCK_MS)
            except (RedisError, OSError) as error:
                log.warning("the bus can not be read: %s", error)
                await asyncio.sleep(0.5)
                continue
            for _stream, events in answer or ():
                place = events[-1][0]
                for _id, fields in events:
                    for subscriber in tuple(self.topics.get(fields[b"topic"].decode(), ())):
                        subscriber.offer(fields[b"payload"])
