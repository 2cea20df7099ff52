"""A console over a real store, people and a room in it, and what the bot is handed; and a store and a bus that fail when told to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from redis.exceptions import ConnectionError as StoreAway

from bot.messages import Message
from bot.platforms.base import Incoming, Person
from bot.platforms.console.platform import ConsolePlatform
from bot.platforms.console.rooms import Room, project_room
from notifications.bus import Bus
from notifications.redis import RedisClient
from resolvers.clock import Clock

JIWOO = Person(platform="console", id="user:krane/u1", name="jiwoo", token="secret-token")
MINSU = Person(platform="console", id="user:krane/u2", name="minsu")
SHOP = project_room("project:krane/p1", "shop")


class Listener:
    """What the bot was handed, each id once, as the inbox takes it."""

    def __init__(self) -> None:
        self.heard: list[Incoming] = []
        self.failure: Exception | None = None

    async def receive(self, incoming: Incoming) -> bool:
        if self.failure is not None:
            raise self.failure
        if any(known.id == incoming.id for known in self.heard):
            return False
        self.heard.append(incoming)
        return True


class Troubled:
    """A store whose connections break: so many calls get no answer, after the store did what was asked or before.

    `repeats`: calls that the client, when their answer was lost, sends again by itself.
    """

    def __init__(self, redis: RedisClient) -> None:
        self._redis = redis
        self.lost = self.away = self.repeats = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._redis, name)
        return self._called(found) if name in ("eval", "hget", "xadd") else found

    def _called(self, call: Any) -> Any:
        async def made(*given: Any, **named: Any) -> Any:
            if self.away:
                self.away -= 1
                raise StoreAway("Connection refused.")
            answer = await call(*given, **named)
            if self.repeats:
                self.repeats -= 1
                answer = await call(*given, **named)
            if self.lost:
                self.lost -= 1
                raise StoreAway("Connection closed by server.")
            return answer

        return made


@asynccontextmanager
async def console_over(
    redis: RedisClient, clock: Clock | None = None, bus_over: RedisClient | None = None
) -> AsyncIterator[tuple[ConsolePlatform, Listener]]:
    bus = Bus(bus_over or redis)
    await bus.start()
    platform, listener = ConsolePlatform(redis, bus, clock or Clock()), Listener()

    async def rejected(platform: str, reason: str, facts: object) -> None:
        raise AssertionError("the console has no door of its own")

    await platform.start(listener.receive, rejected)
    yield platform, listener
    await platform.stop()
    await bus.stop()


async def texts(platform: ConsolePlatform, person: Person = JIWOO, room: Room = SHOP) -> list[str]:
    entries = await platform.history(room, person, None, 50)
    return [entry.message.summary if entry.message else entry.text or "" for entry in entries]


def text(summary: str) -> Message:
    return Message(summary=summary)
