"""What people are told of their links: until the chat system took it, whoever dies, in their language, on a real store."""

import asyncio

import msgspec
import pytest

from bot.announcing import AGAIN_SECONDS, Announcer
from bot.counters import Counters
from bot.defaults import Defaults
from bot.messages import Message
from bot.outbox import Outbox
from bot.people import LEASE, People
from bot.platforms.base import Person, PlatformError
from bot.settings import BotSettings
from tests.bot.people_room import ANNA, Room
from tests.bot.reading import lines
from tests.bot.recording import RecordingPlatform
from tests.polling import eventually

MINSU = Person(platform="slack", id="T1/U8", name="Minsu", locale="fr-FR")


class FarSlack(RecordingPlatform):
    """`stuck`: it answers nobody about these people. `waiting` is how many wait for such an answer."""

    stuck: frozenset[str] = frozenset()
    waiting = 0

    async def tell(self, person: Person, message: Message) -> None:
        if person.id in self.stuck:
            self.waiting += 1
            try:
                await asyncio.Event().wait()
            finally:
                self.waiting -= 1
        await super().tell(person, message)


class Process:
    def __init__(self, room: Room, people: People, slack: FarSlack, language: str = "en") -> None:
        self.slack = slack
        self.outbox = Outbox({"slack": slack}, room.clock, Counters())
        self.defaults = Defaults(room.redis, BotSettings(language=language))
        self.announcer = Announcer(people, self.outbox, self.defaults)

    async def dies(self) -> None:
        await self.announcer.stop()
        await self.outbox.stop()

    async def sweeps(self) -> None:
        """And all that comes of it without time going by."""
        await self.announcer.sweep()

        async def at_rest() -> bool:
            return len(self.announcer._tasks) == self.slack.waiting

        await eventually(at_rest, "everybody is told who can be", pause=0.001)


@pytest.fixture
async def slack() -> FarSlack:
    return FarSlack(name="slack")


async def nothing_left(room: Room) -> bool:
    return not await room.redis.exists("gurum:chat:tell")


async def test_two_processes_tell_it_once(room: Room, slack: FarSlack) -> None:
    one, two = Process(room, room.people, slack), Process(room, room.another(), slack)
    await room.link("jiwoo", "shop")
    await asyncio.gather(one.sweeps(), two.sweeps(), one.sweeps())
    assert len(slack.summaries("tell")) == 1
    assert await nothing_left(room)


async def test_what_a_process_took_and_did_not_tell_is_told_by_the_next(room: Room, slack: FarSlack) -> None:
    one, two = Process(room, room.people, slack), Process(room, room.another(), slack)
    await room.link("jiwoo", "shop")
    slack.stuck = frozenset({ANNA.id})
    await one.sweeps()
    await one.dies()
    slack.stuck = frozenset()
    await two.sweeps()
    assert slack.said == []
    await room.clock.advance(LEASE + 1)
    await two.sweeps()
    assert len(slack.summaries("tell")) == 1
    assert await nothing_left(room)


async def test_what_takes_longer_than_a_lease_is_left_to_the_process_that_tells_it(room: Room, slack: FarSlack) -> None:
    one, two = Process(room, room.people, slack), Process(room, room.another(), slack)
    await room.link("jiwoo", "shop")
    slack.stuck = frozenset({ANNA.id})
    await one.announcer.sweep()
    for _ in range(5):
        await room.clock.advance(LEASE / 2)
        await one.announcer.sweep()
        await two.announcer.sweep()
    assert (len(one.announcer._tasks), len(two.announcer._tasks)) == (1, 0)
    await one.dies()


async def test_a_chat_system_that_was_away_for_long_hears_it_when_it_is_back(room: Room, slack: FarSlack) -> None:
    process = Process(room, room.people, slack)
    await room.link("jiwoo", "shop")
    slack.failures.extend(PlatformError("down", "Slack does not answer.", retry=True) for _ in range(10))
    await process.announcer.sweep()
    while slack.failures:
        await asyncio.sleep(0.001)  # the store answers in its own time
        await room.clock.advance(30)
    await process.sweeps()
    assert slack.said == []
    await room.clock.advance(AGAIN_SECONDS + 1)
    await process.sweeps()
    assert len(slack.summaries("tell")) == 1
    assert await nothing_left(room)


async def test_who_is_gone_is_not_told_again(room: Room, slack: FarSlack) -> None:
    process = Process(room, room.people, slack)
    await room.link("jiwoo", "shop")
    slack.failures.append(PlatformError("user_not_found", "There is no such person.", nobody=True))
    await process.sweeps()
    assert await nothing_left(room)


@pytest.mark.parametrize(
    "fault",
    [
        PlatformError("token_revoked", "Slack refuses the bot's token."),
        PlatformError("missing_scope", "The Slack app lacks a scope."),
        RuntimeError("a mistake of our own"),
        None,
    ],
    ids=["token", "scope", "internal", "not configured"],
)
async def test_what_the_person_can_not_help_is_told_when_it_is_mended(
    room: Room, slack: FarSlack, fault: Exception | None
) -> None:
    process = Process(room, room.people, slack)
    await room.link("jiwoo", "shop")
    connected = process.outbox._platforms
    if fault is None:
        process.outbox._platforms = {}
    else:
        slack.failures.append(fault)
    await process.sweeps()
    process.outbox._platforms = connected
    await room.clock.advance(AGAIN_SECONDS - 1)
    await process.sweeps()
    assert slack.said == []
    await room.clock.advance(2)
    await process.sweeps()
    assert len(slack.summaries("tell")) == 1
    assert await nothing_left(room)


async def test_one_who_can_not_be_reached_keeps_nobody_else_waiting(room: Room, slack: FarSlack) -> None:
    process = Process(room, room.people, slack)
    await room.link("jiwoo", "shop")
    slack.stuck = frozenset({ANNA.id})
    await process.announcer.sweep()
    await room.link("minsu", "talk", person=MINSU)
    await process.sweeps()
    assert [each.where for each in slack.said] == [MINSU.id]
    await process.dies()


async def test_a_link_made_while_the_one_before_is_being_told_is_told_too(room: Room, slack: FarSlack) -> None:
    process = Process(room, room.people, slack)
    await room.link("jiwoo", "shop")
    gate, tell = asyncio.Event(), slack.tell

    async def slow(person: Person, message: Message) -> None:
        await gate.wait()
        await tell(person, message)

    slack.tell = slow  # type: ignore[method-assign] # the far chat system is slow for a while
    await process.announcer.sweep()
    await room.clock.advance(1)
    await room.link("minsu", "talk", person=ANNA)
    gate.set()
    await process.sweeps()
    await process.sweeps()
    assert ["minsu" in each for each in slack.summaries("tell")] == [False, True]


async def test_it_is_told_in_the_language_that_the_person_chose(room: Room, slack: FarSlack) -> None:
    process = Process(room, room.people, slack)
    english = msgspec.structs.replace(ANNA, locale="en-US")
    await process.defaults.speak(english, "ko")
    await room.link("jiwoo", "shop", person=english)
    await process.sweeps()
    assert "본인이 한 일이 아니면" in words(slack)


async def test_a_locale_that_nobody_wrote_is_told_in_the_language_of_the_installation(
    room: Room, slack: FarSlack
) -> None:
    process = Process(room, room.people, slack, language="ko")
    await room.link("minsu", "talk", person=MINSU)
    await process.sweeps()
    assert "본인이 한 일이 아니면" in words(slack)


def words(slack: FarSlack) -> str:
    (said,) = slack.said
    assert isinstance(said.message, Message)
    (line,) = lines(said.message)
    return line
