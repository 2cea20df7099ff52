"""What was received is executed once and answered once, though processes die and chat systems repeat themselves."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from bot import outbox
from bot.inbox import GROUP, IDLE_MS, STREAM
from bot.messages import Message
from bot.platforms.base import Incoming, Place
from bot.platforms.console.rooms import place_in
from notifications.redis import RedisClient
from tests.bot.chatting import Chatting
from tests.bot.far_chat import LINKED, far_chat
from tests.bot.recording import RecordingPlatform
from tests.bot.talking import operations, talking, waits
from tests.clock import settle
from tests.polling import eventually

COMMANDS = 40


async def creations(chat: Chatting) -> list[Incoming]:
    """Commands, each about a thing of its own, as the console hands them over."""
    person, room = await chat.person("jiwoo"), await chat.room("jiwoo")
    return [
        Incoming(
            id=f"event-{number}",
            person=person,
            place=place_in(room, f"event-{number}"),
            text=f"port create port-{number} shop-net --project shop",
            link=f"event-{number}",
            at=1.0,
        )
        for number in range(COMMANDS)
    ]


async def answered(chat: Chatting) -> bool:
    for number in range(COMMANDS):
        found = await chat.under("jiwoo", f"event-{number}")
        if len(found) != 1 or not found[0].message or "is done" not in found[0].message.summary:
            return False
    return True


async def test_nothing_that_was_received_is_lost_or_done_twice(redis: RedisClient, valkey: str, tmp_path: Path) -> None:
    """The first process stores and stops at once, as after kill -9; each event is delivered three times before and after."""
    (tmp_path / "two").mkdir()
    async with talking(valkey, tmp_path) as chat:
        await chat("jiwoo", "version")
        await chat.graph.app.chat.bot.inbox.stop()
        events = await creations(chat)
        for event in events * 3:
            await chat.graph.app.chat.bot.receive(event)
        assert await operations(chat.graph) == []
        assert await redis.xlen(STREAM) == COMMANDS
    async with talking(valkey, tmp_path / "two") as again:
        await eventually(lambda: answered(again), "each is answered", 90)
        for event in events:
            assert await again.graph.app.chat.bot.receive(event) is False
        found = await again.graph.data("operator", "{ operations(first: 200, all: true) { action state } }")
        assert len(found["operations"]) == COMMANDS
        assert {each["state"] for each in found["operations"]} == {"SUCCEEDED"}
        assert await redis.xlen(STREAM) == 0


async def test_a_process_that_dies_in_the_middle_edits_its_own_reply_when_it_is_back(
    redis: RedisClient, valkey: str, tmp_path: Path
) -> None:
    """Run and answered, but not crossed off: the command is handled again, in the same operation and the same message."""
    (tmp_path / "two").mkdir()
    async with talking(valkey, tmp_path) as chat:
        person, room = await chat.person("jiwoo"), await chat.room("jiwoo")
        said = Incoming(
            id="once", person=person, place=place_in(room, "once"), text="server rename shop-web-1 renamed", link="once"
        )
        bot = chat.graph.app.chat.bot
        await bot._handle(said)
        await waits(chat, "jiwoo", "once", "is done")
    async with talking(valkey, tmp_path / "two") as again:
        bot = again.graph.app.chat.bot
        await bot._handle(msgspec.structs.replace(said, trigger=None))
        await waits(again, "jiwoo", "once", "is done")
        assert len(await again.under("jiwoo", "once")) == 1
        assert len(await operations(again.graph)) == 1


async def test_two_processes_answer_each_message_once(redis: RedisClient, valkey: str, tmp_path: Path) -> None:
    (tmp_path / "two").mkdir()
    async with talking(valkey, tmp_path) as one, talking(valkey, tmp_path / "two") as two:
        events = await creations(one)
        for event in events:
            await asyncio.gather(one.graph.app.chat.bot.receive(event), two.graph.app.chat.bot.receive(event))
        await eventually(lambda: answered(two), "each is answered", 90)
        counts = [chat.graph.app.chat.bot.counters.executed for chat in (one, two)]
        assert sum(counts) == COMMANDS
        found = await one.graph.data("operator", "{ operations(first: 200, all: true) { action } }")
        assert len(found["operations"]) == COMMANDS


@dataclass
class Slow(RecordingPlatform):
    """Takes a message only once it is told to stop, and remembers what it was still asked for then."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def stop(self) -> None:
        self.stopping.set()
        await settle()
        await super().stop()

    async def post(self, place: Place, message: Message, asked: Incoming | None = None) -> str:
        self.asked.set()
        await self.stopping.wait()
        return await super().post(place, message, asked)


async def test_a_platform_ends_when_nothing_more_is_sent(
    redis: RedisClient, valkey: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "LEAVING", 0.05)
    platform = Slow(capabilities=LINKED)
    async with far_chat(valkey, tmp_path, platform) as far:
        await far.say("jiwoo", "version")
        await platform.asked.wait()
    assert platform.stopping.is_set() and platform.said == []


@dataclass
class Late(RecordingPlatform):
    """Has a message in its channel, and says so a moment later."""

    taken: asyncio.Event = field(default_factory=asyncio.Event)
    answers: asyncio.Event = field(default_factory=asyncio.Event)

    async def post(self, place: Place, message: Message, asked: Incoming | None = None) -> str:
        message_id = await super().post(place, message, asked)
        self.taken.set()
        await self.answers.wait()
        return message_id


async def test_a_reply_that_is_on_its_way_when_the_process_is_told_to_stop_stands_once(
    redis: RedisClient, valkey: str, tmp_path: Path
) -> None:
    """Its id is noted, though the command is left to whoever starts next, who edits it."""
    (tmp_path / "two").mkdir()
    platform = Late(capabilities=LINKED)
    async with far_chat(valkey, tmp_path, platform) as far:
        await far.link("jiwoo", "shop")
        await far.say("jiwoo", "server rename shop-web-1 renamed")
        await platform.taken.wait()
        bot = far.graph.app.chat.bot
        stopping = asyncio.create_task(bot.stop())
        await eventually(lambda: done(bot.inbox._hands), "the command is let go of")
        platform.answers.set()
        await stopping
        [(entry, _)] = await redis.xrange(STREAM)
    await redis.xclaim(STREAM, GROUP, "gone", 0, [entry], idle=IDLE_MS)  # as time would do
    async with far_chat(valkey, tmp_path / "two", platform) as again:
        await again.heard("edit", "is done")
        assert len([each for each in platform.said if each.how == "post"]) == 1


async def done(hands: object) -> bool:
    return not hands
