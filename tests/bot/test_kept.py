"""What waits for a person, and edits that come at their time: once, whoever dies, on a real store."""

import asyncio

import msgspec

from bot.counters import Counters
from bot.due import LEASE_SECONDS, Due, DueEdit
from bot.kept import CLAIM_SECONDS, Kept, Taken, name_for
from bot.messages import Message
from bot.outbox import Outbox
from bot.platforms.base import PlatformError
from notifications.redis import RedisClient
from tests.bot.recording import RecordingPlatform, own_seal, place
from tests.clock import LaterClock
from tests.polling import eventually

SEAL = own_seal()


class Thing(msgspec.Struct):
    text: str


async def test_one_taker_gets_it_and_gets_it_again_after_a_crash(redis: RedisClient) -> None:
    kept = Kept(redis, SEAL, "thing", Thing)
    await kept.keep("ab12", Thing("x"), 60)
    takers = await asyncio.gather(*(kept.take("ab12", "answer", f"message-{n}") for n in range(10)))
    assert sorted(taken.name for taken in takers) == ["MINE"] + ["OTHERS"] * 9
    winner = f"message-{takers.index(Taken.MINE)}"
    assert await kept.take("ab12", "answer", winner) is Taken.MINE
    assert await kept.take("ab12", "approval", "another") is Taken.MINE


async def test_what_is_gone_can_not_be_taken(redis: RedisClient) -> None:
    kept = Kept(redis, SEAL, "thing", Thing)
    assert await kept.take("ab12", "answer", "me") is Taken.GONE
    assert await kept.look("ab12") is None
    assert await kept.look("../ab12") is None


async def test_what_is_kept_ends_by_itself(redis: RedisClient) -> None:
    kept = Kept(redis, SEAL, "thing", Thing)
    name = await kept.name("a", "answer")
    place = f"gurum:bot:kept:thing:{name}"
    assert 0 < await redis.ttl(place) <= CLAIM_SECONDS
    await kept.keep(name, Thing("x"), 60)
    assert await kept.name("a", "answer") == name
    assert 0 < await redis.ttl(place) <= 60
    await kept.keep(name, Thing("x"), 0.5)
    assert 0 < await redis.pttl(place) <= 1_000


async def test_what_is_kept_is_encrypted(redis: RedisClient) -> None:
    await Kept(redis, SEAL, "thing", Thing).keep("ab12", Thing("hunter2"), 60)
    assert b"hunter2" not in repr(await redis.hgetall("gurum:bot:kept:thing:ab12")).encode()
    assert await Kept(redis, own_seal(), "thing", Thing).look("ab12") is None


async def test_what_is_kept_under_one_name_is_nothing_under_another(redis: RedisClient) -> None:
    plans, forms = Kept(redis, SEAL, "plan", Thing), Kept(redis, SEAL, "form", Thing)
    await plans.keep("ab12", Thing("of jiwoo"), 60)
    await plans.keep("cd34", Thing("of minsu"), 60)
    await redis.copy("gurum:bot:kept:plan:ab12", "gurum:bot:kept:plan:cd34", replace=True)
    await redis.copy("gurum:bot:kept:plan:ab12", "gurum:bot:kept:form:ab12")
    assert (await plans.look("cd34"), await forms.look("ab12")) == (None, None)
    assert await plans.look("ab12") == Thing("of jiwoo")


async def test_what_was_taken_in_vain_can_be_taken_by_another(redis: RedisClient) -> None:
    kept = Kept(redis, SEAL, "thing", Thing)
    await kept.keep("ab12", Thing("x"), 60)
    await kept.take("ab12", "answer", "me")
    await kept.release("ab12", "answer", "somebody else")
    assert await kept.take("ab12", "answer", "you") is Taken.OTHERS
    await kept.release("ab12", "answer", "me")
    assert await kept.take("ab12", "answer", "you") is Taken.MINE


async def test_a_name_is_the_same_for_the_same_message(redis: RedisClient) -> None:
    kept = Kept(redis, SEAL, "thing", Thing)
    assert await kept.name("a", "answer") == await kept.name("a", "answer") == name_for("a", "answer")
    assert len({await kept.name(*parts) for parts in (("a", "answer"), ("a", "approval"), ("b", "answer"))}) == 3


async def test_two_messages_never_share_a_name(redis: RedisClient) -> None:
    kept = Kept(redis, SEAL, "thing", Thing)
    seen: dict[str, str] = {}
    number = 0
    while (name := name_for(str(number), "answer")) not in seen:  # names are short, so this takes no second
        seen[name] = str(number)
        number += 1
    first, second = await kept.name(seen[name], "answer"), await kept.name(str(number), "answer")
    assert first == name
    assert second != name
    assert await kept.name(str(number), "answer") == second


class Sweeping:
    """One process's sweeper. `open_guards` are what may still be taken."""

    def __init__(self, redis: RedisClient, platform: RecordingPlatform, clock: LaterClock) -> None:
        self.guards: list[tuple[str, str]] = []
        self.allowed = True
        self.outbox = Outbox({platform.name: platform}, clock, Counters())
        self.due = Due(redis, SEAL, clock, self.outbox, self.guard)

    async def guard(self, name: str, slot: str) -> bool:
        self.guards.append((name, slot))
        return self.allowed


async def test_an_edit_comes_at_its_time_and_once(redis: RedisClient) -> None:
    platform, clock = RecordingPlatform(), LaterClock()
    one, two = Sweeping(redis, platform, clock), Sweeping(redis, platform, clock)
    message_id = await one.outbox.post(place(), Message(summary="with a button"))
    edit = DueEdit(place=place(), message_id=message_id, message=Message(summary="without"), guard=("ab12", "answer"))
    await one.due.put("confirm:ab12", 600, edit)
    await asyncio.gather(one.due.sweep(), two.due.sweep())
    assert platform.shown[message_id].summary == "with a button"
    clock.ahead = 601
    await asyncio.gather(one.due.sweep(), two.due.sweep())
    await eventually(lambda: shown(platform, message_id, "without"), "the button ends")
    assert one.guards + two.guards == [("ab12", "answer")]
    clock.ahead += LEASE_SECONDS + 1
    await eventually(lambda: gone(one.due), "it is crossed off")
    assert platform.summaries("edit") == ["without"]


async def test_an_edit_whose_process_died_is_made_by_another(redis: RedisClient) -> None:
    platform, clock = RecordingPlatform(), LaterClock()
    one, two = Sweeping(redis, platform, clock), Sweeping(redis, platform, clock)
    message_id = await one.outbox.post(place(), Message(summary="with a button"))
    await one.due.put("undo:1", 1, DueEdit(place=place(), message_id=message_id, message=Message(summary="without")))
    clock.ahead = 2
    await one.due.sweep()
    await one.due.stop()  # before its edit was made
    assert platform.summaries("edit") == []
    await two.due.sweep()
    assert platform.summaries("edit") == []
    clock.ahead += LEASE_SECONDS + 1
    await two.due.sweep()
    await eventually(lambda: shown(platform, message_id, "without"), "the other process makes the edit")


async def test_what_was_answered_in_time_is_not_shown_as_over(redis: RedisClient) -> None:
    platform, clock = RecordingPlatform(), LaterClock()
    it = Sweeping(redis, platform, clock)
    message_id = await it.outbox.post(place(), Message(summary="running"))
    it.allowed = False
    edit = DueEdit(place=place(), message_id=message_id, message=Message(summary="over"), guard=("ab12", "answer"))
    await it.due.put("confirm:ab12", 1, edit)
    clock.ahead = 2
    await it.due.sweep()
    await eventually(lambda: gone(it.due), "it is crossed off")
    assert platform.shown[message_id].summary == "running"


async def test_a_message_that_is_gone_is_no_trouble(redis: RedisClient) -> None:
    platform, clock = RecordingPlatform(), LaterClock()
    it = Sweeping(redis, platform, clock)
    platform.failures.append(PlatformError("message_not_found", "No such message."))
    await it.due.put("confirm:ab12", 1, DueEdit(place=place(), message_id="m9", message=Message(summary="over")))
    clock.ahead = 2
    await it.due.sweep()
    await eventually(lambda: gone(it.due), "it is crossed off")


async def test_an_edit_that_was_put_in_the_place_of_another_is_dropped(redis: RedisClient) -> None:
    platform, clock = RecordingPlatform(), LaterClock()
    it = Sweeping(redis, platform, clock)
    message_id = await it.outbox.post(place(), Message(summary="running"))
    await it.due.put("undo:1", 600, DueEdit(place=place(), message_id=message_id, message=Message(summary="over")))
    await it.due.put("confirm:ab12", 1, DueEdit(place=place(), message_id="m9", message=Message(summary="x")))
    await redis.copy("gurum:bot:due:undo:1", "gurum:bot:due:confirm:ab12", replace=True)
    clock.ahead = 2
    await it.due.sweep()

    async def crossed_off() -> bool:
        return await redis.zscore("gurum:bot:due", "confirm:ab12") is None

    await eventually(crossed_off, "it is crossed off")
    assert platform.shown[message_id].summary == "running"


async def shown(platform: RecordingPlatform, message_id: str, summary: str) -> bool:
    return platform.shown[message_id].summary == summary


async def gone(due: Due) -> bool:
    return await due.look("confirm:ab12") is None
