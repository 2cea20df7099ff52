"""What goes out: in order, merged, at the pace that the chat system allows, and given up when it will never be taken."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot import outbox
from bot.counters import Counters
from bot.messages import Message
from bot.outbox import MAX_TRIES, MAX_WAITING, Outbox, Undelivered
from bot.platforms.base import Incoming, Place, PlatformError
from tests.bot.recording import RecordingPlatform, person, place


class QuickClock:
    """Real order, but waiting takes no time; what was waited is written down."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.waits: list[float] = []

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.passed, UTC)

    def monotonic(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        self.passed += seconds
        self.waits.append(seconds)
        await asyncio.sleep(0)


class Sending:
    def __init__(self, platform: RecordingPlatform) -> None:
        self.platform = platform
        self.clock = QuickClock()
        self.counters = Counters()
        self.outbox = Outbox({platform.name: platform}, self.clock, self.counters)


@pytest.fixture
async def sending() -> AsyncIterator[Sending]:
    it = Sending(RecordingPlatform())
    yield it
    await it.outbox.stop()


def text(summary: str) -> Message:
    return Message(summary=summary)


async def test_one_channel_keeps_its_order(sending: Sending) -> None:
    await asyncio.gather(*(sending.outbox.post(place(), text(f"{number}")) for number in range(20)))
    assert sending.platform.summaries("post") == [f"{number}" for number in range(20)]
    assert sending.counters.outbox_depth == 0


async def test_edits_of_one_message_are_merged_and_the_newest_wins(sending: Sending) -> None:
    message_id = await sending.outbox.post(place(), text("first"))
    sending.platform.failures.append(PlatformError("ratelimited", "Too fast.", retry_after=7))
    await asyncio.gather(*(sending.outbox.edit(place(), message_id, text(f"{number}")) for number in range(10)))
    assert sending.platform.shown[message_id].summary == "9"
    assert len(sending.platform.summaries("edit")) <= 2
    assert sending.counters.edits_merged >= 8
    assert sending.clock.waits == [7]


async def test_edits_of_different_messages_are_not_mixed(sending: Sending) -> None:
    one = await sending.outbox.post(place(), text("one"))
    two = await sending.outbox.post(place(), text("two"))
    await asyncio.gather(
        sending.outbox.edit(place(), one, text("one edited")), sending.outbox.edit(place(), two, text("two edited"))
    )
    assert {key: message.summary for key, message in sending.platform.shown.items()} == {
        one: "one edited",
        two: "two edited",
    }


async def test_a_channel_that_must_wait_holds_no_other_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "LEAVING", 0.05)

    class Slow(RecordingPlatform):
        async def post(self, place: Place, message: Message, asked: Incoming | None = None) -> str:
            if place.channel == "slow":
                await asyncio.Event().wait()
            return await super().post(place, message)

    sending = Sending(Slow())
    waiting = asyncio.create_task(sending.outbox.post(place("slow"), text("waits")))
    assert await sending.outbox.post(place("fast"), text("goes")) == "m1"
    assert not waiting.done()
    await sending.outbox.stop()
    with contextlib.suppress(asyncio.CancelledError):
        await waiting


async def test_what_may_work_later_is_tried_again_with_growing_pauses(sending: Sending) -> None:
    sending.platform.failures.extend(PlatformError("internal_error", "A fault.", retry=True) for _ in range(3))
    await sending.outbox.post(place(), text("patient"))
    assert sending.clock.waits == [0.5, 1.0, 2.0]
    assert sending.counters.retried == 3


async def test_the_asked_pause_is_obeyed_however_often(sending: Sending) -> None:
    sending.platform.failures.extend(PlatformError("ratelimited", "Too fast.", retry_after=30) for _ in range(15))
    await sending.outbox.post(place(), text("patient"))
    assert sending.clock.waits == [30.0] * 15


@pytest.mark.parametrize(
    ("failures", "code"),
    [
        ([PlatformError("channel_not_found", "No such channel.")], "channel_not_found"),
        ([PlatformError("internal_error", "A fault.", retry=True)] * MAX_TRIES, "internal_error"),
        ([PlatformError("ratelimited", "Too fast.", retry_after=1_000)], "ratelimited"),
        ([ValueError("a bug of the platform")], "internal"),
    ],
)
async def test_what_will_never_be_taken_is_given_up_and_the_queue_goes_on(
    sending: Sending, failures: list[Exception], code: str
) -> None:
    sending.platform.failures.extend(failures)
    with pytest.raises(Undelivered) as refused:
        await sending.outbox.post(place(), text("lost"))
    assert refused.value.code == code
    assert sending.counters.given_up == 1
    await sending.outbox.post(place(), text("next"))
    assert sending.platform.summaries("post") == ["next"]


async def test_a_channel_has_no_endless_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "LEAVING", 0.05)

    class Stuck(RecordingPlatform):
        async def post(self, place: Place, message: Message, asked: Incoming | None = None) -> str:
            await asyncio.Event().wait()
            return ""

    sending = Sending(Stuck())
    posts = [asyncio.create_task(sending.outbox.post(place(), text("x"))) for _ in range(MAX_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(Undelivered) as refused:
        await sending.outbox.post(place(), text("too many"))
    assert refused.value.code == "full"
    await sending.outbox.stop()
    await asyncio.gather(*posts, return_exceptions=True)
    assert sending.counters.outbox_depth == 0


async def test_direct_messages_and_whispers_go_out_too(sending: Sending) -> None:
    await sending.outbox.whisper(place(), person("mina"), text("secret"))
    await sending.outbox.tell(person("mina"), text("soon"))
    assert [(said.how, said.where) for said in sending.platform.said] == [("whisper", "mina"), ("tell", "mina")]


async def test_a_platform_that_is_gone_is_an_error_that_says_so(sending: Sending) -> None:
    with pytest.raises(Undelivered) as refused:
        await sending.outbox.post(place(platform="other"), text("x"))
    assert refused.value.code == "no_platform"


async def test_what_is_on_its_way_is_noted_when_the_process_stops_and_nothing_else_is_begun() -> None:
    class Late(RecordingPlatform):
        async def post(self, place: Place, message: Message, asked: Incoming | None = None) -> str:
            message_id = await super().post(place, message, asked)
            taken.set()
            await answers.wait()
            return message_id

    taken, answers = asyncio.Event(), asyncio.Event()
    noted: list[str] = []

    async def note(message_id: str) -> None:
        noted.append(message_id)

    sending = Sending(Late())
    posts = [asyncio.create_task(sending.outbox.post(place(), text(f"{number}"), note=note)) for number in range(3)]
    await taken.wait()
    for post in posts:
        post.cancel()  # as the inbox lets go of its commands first
    stopping = asyncio.create_task(sending.outbox.stop())
    await asyncio.sleep(0)
    answers.set()
    await stopping
    assert (noted, sending.platform.summaries("post")) == (["m1"], ["0"])
    assert sending.counters.outbox_depth == 0


@pytest.mark.parametrize("away", [1, 99])
async def test_a_store_that_is_away_for_a_moment_is_told_the_id_later(sending: Sending, away: int) -> None:
    left = away

    async def note(message_id: str) -> None:
        nonlocal left
        left -= 1
        if left >= 0:
            raise ConnectionError("away")

    if away == 1:
        assert await sending.outbox.post(place(), text("once"), note=note) == "m1"
    else:
        with pytest.raises(ConnectionError):
            await sending.outbox.post(place(), text("once"), note=note)
    assert sending.platform.summaries("post") == ["once"]
    assert await sending.outbox.post(place(), text("next")) == "m2"
