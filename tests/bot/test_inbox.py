"""What comes in is handled once, whatever dies in between, on a real store."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from redis.exceptions import ConnectionError as Lost

from bot.counters import Counters
from bot.inbox import MAX_DELIVERIES, RENEW_SECONDS, STREAM, Handle, Inbox
from bot.kept import Kept
from bot.platforms.base import InboxFull, Incoming
from notifications.redis import RedisClient
from resolvers.clock import Clock
from tests.bot.recording import incoming, own_seal
from tests.clock import HandClock
from tests.polling import eventually

SEAL = own_seal()
SOON_MS = 300  # until a silent process's entries are taken over
PATIENT_MS = 60_000  # the same where both processes live, however busy the machine is


class Handled:
    """Writes down what was handled; stops in the middle, like a process that dies, as often as it is told to."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.poisoned: list[str] = []
        self.begun: list[str] = []
        self.stuck = asyncio.Event()
        self.fails = 0

    async def __call__(self, what: Incoming) -> None:
        self.begun.append(what.id)
        if self.fails:
            self.fails -= 1
            raise Lost("the store went away")
        self.ids.append(what.id)

    async def poison(self, what: Incoming) -> None:
        self.poisoned.append(what.id)


def inbox(redis: RedisClient, handle: Handle, owner: str = "one", clock: Clock | None = None, **settings: int) -> Inbox:
    async def poison(what: Incoming) -> None:
        raise AssertionError(f"{what.id} was taken for poison")

    given = getattr(handle, "poison", poison)
    return Inbox(redis, SEAL, clock or Clock(), owner, handle, given, Counters(), **{"idle_ms": SOON_MS, **settings})


@asynccontextmanager
async def started(box: Inbox) -> AsyncIterator[Inbox]:
    await box.start()
    try:
        yield box
    finally:
        await box.stop()


async def empty(redis: RedisClient) -> None:
    async def look() -> bool:
        return int(await redis.xlen(STREAM)) == 0

    await eventually(look, "the inbox is empty")


async def test_repeated_deliveries_are_handled_once(redis: RedisClient) -> None:
    handled = Handled()
    async with started(inbox(redis, handled)) as box:
        assert [await box.receive(incoming("a")) for _ in range(3)] == [True, False, False]
        await empty(redis)
        assert await box.receive(incoming("a")) is False
        await box.receive(incoming("b"))
        await empty(redis)
    assert handled.ids == ["a", "b"]


async def test_the_same_id_on_two_platforms_is_two_messages(redis: RedisClient) -> None:
    handled = Handled()
    other = incoming("a")
    other = Incoming(
        id="a", person=type(other.person)(platform="elsewhere", id="x"), place=other.place, text="server list"
    )
    async with started(inbox(redis, handled)) as box:
        assert await box.receive(incoming("a"))
        assert await box.receive(other)
        await empty(redis)
    assert handled.ids == ["a", "a"]


async def test_what_was_received_before_the_process_died_is_handled_by_the_next(redis: RedisClient) -> None:
    """Nothing of the first process runs after `receive` returned, as after kill -9."""
    first = inbox(redis, Handled())
    for number in range(20):
        assert await first.receive(incoming(f"id-{number}"))
    handled = Handled()
    async with started(inbox(redis, handled, "two")):
        await empty(redis)
    assert sorted(handled.ids) == sorted(f"id-{number}" for number in range(20))


async def test_what_a_dead_process_had_in_hand_is_taken_over(redis: RedisClient) -> None:
    stuck = asyncio.Event()

    async def dies(_: Incoming) -> None:
        stuck.set()
        await asyncio.Event().wait()

    first = inbox(redis, dies, "one")
    await first.start()
    await first.receive(incoming("a"))
    await stuck.wait()
    await first.stop()  # its tasks end without an answer; nothing is acknowledged
    handled = Handled()
    async with started(inbox(redis, handled, "two")):
        await empty(redis)
    assert handled.ids == ["a"]


async def test_a_slow_command_is_not_taken_over_while_its_process_lives(redis: RedisClient) -> None:
    """Its process looks after it when the test lets time pass, and so long the store counts it as untouched."""
    go, begun = asyncio.Event(), asyncio.Event()
    ids: list[str] = []

    async def slow(what: Incoming) -> None:
        begun.set()
        await go.wait()
        ids.append(what.id)

    async def untouched() -> int:
        held = await redis.xpending_range(STREAM, "bot", "-", "+", 1)
        return int(held[0]["time_since_delivered"])

    async def renewed() -> bool:
        await clock.advance(RENEW_SECONDS)  # again and again, since the process may not have been waiting for it yet
        return await untouched() < PATIENT_MS // 3

    other, clock = Handled(), HandClock()
    first = inbox(redis, slow, "one", clock, idle_ms=PATIENT_MS)
    await first.receive(incoming("a"))
    async with started(first):
        await begun.wait()  # before there is another one that could take it
        async with started(inbox(redis, other, "two", idle_ms=PATIENT_MS)) as second:
            try:
                for _ in range(4):
                    [held] = await redis.xpending_range(STREAM, "bot", "-", "+", 1)
                    later = await untouched() + PATIENT_MS // 3
                    await redis.xclaim(STREAM, "bot", "one", 0, [held["message_id"]], idle=later, justid=True)
                    await eventually(renewed, "the claim is renewed")
                    await second._look_after()
            finally:
                go.set()  # or its inbox would not end
            await empty(redis)
    assert ids == ["a"]
    assert other.begun == []


async def test_a_store_that_was_away_is_no_lost_command(redis: RedisClient) -> None:
    handled = Handled()
    handled.fails = 2
    async with started(inbox(redis, handled)) as box:
        await box.receive(incoming("a"))
        await empty(redis)
    assert handled.begun == ["a", "a", "a"]
    assert handled.ids == ["a"]


async def test_what_can_never_be_handled_is_dropped_with_an_answer(redis: RedisClient) -> None:
    handled = Handled()
    handled.fails = 1_000
    box = inbox(redis, handled)
    async with started(box):
        await box.receive(incoming("bad"))
        await empty(redis)
    assert handled.poisoned == ["bad"]
    assert len(handled.begun) == MAX_DELIVERIES
    assert handled.ids == []


async def test_nothing_readable_rests_in_the_store(redis: RedisClient) -> None:
    await inbox(redis, Handled()).receive(incoming("a", "server create --password hunter2"))
    entries = await redis.xrange(STREAM)
    assert b"hunter2" not in repr(entries).encode()
    assert b"token-of-jiwoo" not in repr(entries).encode()


async def test_an_entry_of_another_key_is_dropped_and_the_rest_goes_on(redis: RedisClient) -> None:
    other = Inbox(redis, own_seal(), Clock(), "old", Handled(), Handled(), Counters())
    await other.receive(incoming("lost"))
    handled = Handled()
    async with started(inbox(redis, handled)) as box:
        await box.receive(incoming("b"))
        await empty(redis)
    assert handled.ids == ["b"]


async def test_an_entry_of_another_shape_is_dropped_and_the_rest_goes_on(redis: RedisClient) -> None:
    await redis.xadd(STREAM, {"entry": SEAL.close(b'{"id": 7}', f"{STREAM} w"), "waits": "w"})
    await redis.xadd(STREAM, {"entry": SEAL.close(b'{"id": 7}', f"{STREAM} "), "waits": b"\xff"})
    await redis.xadd(STREAM, {"something": "else"})
    handled = Handled()
    async with started(inbox(redis, handled)) as box:
        await box.receive(incoming("b"))
        await empty(redis)
    assert handled.ids == ["b"]


async def test_an_entry_that_was_moved_is_dropped_and_the_rest_goes_on(redis: RedisClient) -> None:
    """Among those of another person, or what waits sealed elsewhere in the store."""
    await inbox(redis, Handled()).receive(incoming("a"))
    ((place, fields),) = await redis.xrange(STREAM)
    await redis.xdel(STREAM, place)
    await redis.xadd(STREAM, {**fields, b"waits": b"gurum:bot:waits:somebody-else"})
    await Kept(redis, SEAL, "form", Incoming).keep("ab12", incoming("b"), 60)
    document = await redis.hget("gurum:bot:kept:form:ab12", "doc")
    assert document is not None
    await redis.xadd(STREAM, {"entry": document, "waits": fields[b"waits"]})
    handled = Handled()
    async with started(inbox(redis, handled)) as box:
        await box.receive(incoming("c"))
        await empty(redis)
    assert handled.ids == ["c"]


async def test_too_much_waiting_is_refused_and_not_remembered_as_received(redis: RedisClient) -> None:
    box = inbox(redis, Handled(), waiting=1)
    assert await box.receive(incoming("a"))
    with pytest.raises(InboxFull):
        await box.receive(incoming("b"))
    handled = Handled()
    async with started(inbox(redis, handled, waiting=1)) as working:
        await empty(redis)
        assert await working.receive(incoming("b"))
        await empty(redis)
    assert handled.ids == ["a", "b"]


async def test_no_more_than_so_many_at_once(redis: RedisClient) -> None:
    running, most = 0, 0

    async def count(_: Incoming) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1

    async with started(inbox(redis, count, concurrency=3)) as box:
        for number in range(12):
            await box.receive(incoming(f"id-{number}"))
        await empty(redis)
    assert most == 3


async def test_one_persons_flood_does_not_keep_the_others_waiting(redis: RedisClient) -> None:
    flooded, others = asyncio.Event(), Handled()

    async def handle(what: Incoming) -> None:
        if what.person.name == "jiwoo":
            await flooded.wait()
        else:
            await others(what)

    async with started(inbox(redis, handle, concurrency=8)) as box:
        for number in range(60):
            await box.receive(incoming(f"flood-{number}"))
        await box.receive(incoming("a", who="minsu"))
        await eventually(lambda: _true(others.ids == ["a"]), "the other person's command is handled")
        assert await box.depth() == 60
        flooded.set()
        await empty(redis)


async def test_of_one_person_only_so_much_waits(redis: RedisClient) -> None:
    box = inbox(redis, Handled(), waiting_per_person=2)
    assert [await box.receive(incoming(name)) for name in ("a", "b")] == [True, True]
    with pytest.raises(InboxFull, match=r"inbox\.full_of_yours"):
        await box.receive(incoming("c"))
    assert await box.receive(incoming("a")) is False  # what is there already is not too much
    assert await box.receive(incoming("d", who="minsu"))
    handled = Handled()
    async with started(inbox(redis, handled, waiting_per_person=2)) as working:
        await empty(redis)
        assert await working.receive(incoming("c"))
        await empty(redis)
    assert sorted(handled.ids) == ["a", "b", "c", "d"]
    assert await redis.keys("gurum:bot:waits:*") == []


async def test_two_processes_share_the_work_and_repeat_none(redis: RedisClient) -> None:
    one, two = Handled(), Handled()
    async with (
        started(inbox(redis, one, "one", concurrency=2, idle_ms=PATIENT_MS)) as a,
        started(inbox(redis, two, "two", concurrency=2, idle_ms=PATIENT_MS)) as b,
    ):
        for number in range(40):
            await asyncio.gather(a.receive(incoming(f"id-{number}")), b.receive(incoming(f"id-{number}")))
        await empty(redis)
    assert sorted(one.ids + two.ids) == sorted(f"id-{number}" for number in range(40))


async def test_a_store_that_was_emptied_is_used_again(redis: RedisClient) -> None:
    handled = Handled()
    async with started(inbox(redis, handled)) as box:
        await redis.flushall()
        await box.receive(incoming("a"))
        await eventually(lambda: _true(handled.ids == ["a"]), "the command is handled")


async def _true(value: object) -> bool:
    return bool(value)
