"""Durable steps: a crash, or an answer that is lost, makes one thing; what moves is followed, and what was reached stays reached."""

import asyncio
import dataclasses

import msgspec
import pytest

from notifications.redis import RedisClient
from resolvers.errors import Conflict, GurumError, NotFound, TimedOut, Unavailable
from resolvers.operations import engine, run
from resolvers.operations.record import OperationState
from tests.clock import HandClock
from tests.polling import eventually
from tests.resolvers.operations.workshop import JIWOO, MAKE, PAIR, FastClock, Process, Workshop, ended


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_crash_in_the_middle_of_the_order_makes_one_thing(
    redis: RedisClient, shop: Workshop, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before the order arrived, or after it was taken and before its answer came: another process ends it, once."""
    monkeypatch.setattr(engine, "ACCEPT_WAIT", 0.05)
    monkeypatch.setattr(run, "UNCERTAIN", run.UNCERTAIN / 100)
    gate = asyncio.Event()
    if moment == "before":
        shop.hold_before = gate
    else:
        shop.hold = gate
    first = await Process(redis, shop, FastClock(), "one").start()
    record = await first.make(JIWOO, "chair")
    assert record.state is OperationState.PENDING
    await shop.asked.wait()
    await first.crash()
    shop.hold = shop.hold_before = None
    await redis.delete(f"gurum:op:{record.id}:lease")  # as its time to live would do
    second = await Process(redis, shop, FastClock(), "two").start()

    async def made() -> bool:
        return "t1" in shop.rows

    await eventually(made, "the thing is ordered")
    shop.ready("t1")
    record = await ended(second, record.id)
    assert record.state is OperationState.SUCCEEDED, record.error
    assert len(shop.orders) == 1
    assert shop.orders[0][1].token == "token"
    await second.crash()


@pytest.mark.parametrize("late", [0, 5])
async def test_an_answer_that_is_lost_makes_one_thing(process: Process, shop: Workshop, late: int) -> None:
    """The workshop takes the order and answers too late: it is looked for, so that nobody is told to order again."""
    shop.answers, shop.late = False, late
    record = await process.make(JIWOO, "chair")
    assert (record.state, record.resource_id) == (OperationState.RUNNING, "thing:c/t1")
    assert shop.looks == late + 1
    shop.ready("t1")
    assert (await ended(process, record.id)).state is OperationState.SUCCEEDED
    assert len(shop.orders) == 1


async def test_an_order_that_never_arrived_fails_when_that_is_certain(process: Process, shop: Workshop) -> None:
    shop.answers, shop.late = False, None
    with pytest.raises(TimedOut) as failed:
        await process.make(JIWOO, "chair")
    assert shop.looks == run.UNCERTAIN.total_seconds() / run.AGAIN + 1
    record = await process.store.get(failed.value.operation_id or "")
    assert record is not None
    assert (record.state, len(shop.orders)) == (OperationState.FAILED, 1)


async def test_a_lost_answer_of_a_backend_that_went_away_is_looked_for_when_it_is_back(
    process: Process, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "ACCEPT_WAIT", 0.01)
    shop.answers, shop.hold = False, asyncio.Event()
    record = await process.make(JIWOO, "chair")
    await shop.asked.wait()
    shop.down = True
    shop.hold.set()

    async def looking() -> bool:
        now = await process.store.get(record.id)
        return now is not None and "Looking whether it was done" in (now.steps[0].detail or "")

    await eventually(looking, "it looks for what it ordered")
    shop.down = False

    async def made() -> bool:
        now = await process.store.get(record.id)
        return now is not None and now.resource_id == "thing:c/t1"

    await eventually(made, "it found what it ordered")
    assert len(shop.orders) == 1


async def test_what_moves_is_followed_and_what_stands_still_is_given_up(redis: RedisClient, shop: Workshop) -> None:
    clock = HandClock()
    one = Process(redis, shop, clock, "one")
    await one.bus.start()
    await one.inventory.load()
    record = await one.make(JIWOO, "chair")

    async def passes(seconds: float) -> None:
        """With a look of the operation at its row at the end of each pause."""
        end = clock.monotonic() + seconds
        while clock.monotonic() < end:
            await clock.advance(run.SLOWEST_LOOK)

    for share in range(3):
        shop.rows["t1"] = msgspec.structs.replace(shop.rows["t1"], progress=share * 10)
        await passes(run.FOLLOW_LIMIT * 0.9)
        assert one.engine.running == 1
    await passes(run.FOLLOW_LIMIT * 0.2)

    async def given_up() -> bool:
        await clock.advance(run.SLOWEST_LOOK)  # the store may have been asked all the while
        return one.engine.running == 0

    await eventually(given_up, "it is given up")
    record = await ended(one, record.id)
    assert record.error is not None
    assert (record.error.code, "nothing moved for 600 s" in record.error.message) == ("TIMED_OUT", True)
    await one.crash()


@pytest.mark.parametrize("gone", ["t1", "t2"])
async def test_a_thing_that_was_ready_may_go_while_its_operation_waits_for_another(
    redis: RedisClient, shop: Workshop, gone: str
) -> None:
    """Killed after the first of two was ready; whoever takes over does not wait for that one again."""
    first = await Process(redis, shop, FastClock(), "one", PAIR).start()
    record = await first.make(JIWOO, "chair")
    shop.ready("t1")

    async def one_is_ready() -> bool:
        now = await first.store.get(record.id)
        return now is not None and [step.name for step in now.steps][-1] == "ready-2"

    await eventually(one_is_ready, "the second is waited for")
    await first.crash()
    del shop.rows[gone]
    if gone == "t1":
        shop.ready("t2")
    await redis.delete(f"gurum:op:{record.id}:lease")
    second = await Process(redis, shop, FastClock(), "two", PAIR).start()
    record = await ended(second, record.id)
    assert record.state is (OperationState.SUCCEEDED if gone == "t1" else OperationState.FAILED), record.error
    await second.crash()


async def test_an_order_whose_answer_was_lost_before_a_restart_is_looked_for_before_it_is_sent_again(
    redis: RedisClient, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent half a minute ago and lost just now: what counts is when it was lost."""
    monkeypatch.setattr(engine, "ACCEPT_WAIT", 0.05)
    clock = HandClock()
    first = Process(redis, shop, clock, "one")
    await first.bus.start()
    await first.inventory.load()
    shop.answers, shop.late, shop.hold = False, 5, asyncio.Event()
    operation = (await first.make(JIWOO, "chair")).id
    await shop.asked.wait()

    async def lost() -> bool:
        return shop.looks > 0

    async def found() -> bool:
        await clock.advance(run.AGAIN)
        record = await second.store.get(operation)
        return record is not None and record.resource_id == "thing:c/t1"

    await clock.advance(run.UNCERTAIN.total_seconds() + 1)
    shop.hold.set()
    await eventually(lost, "it is looked for")
    await first.crash()
    await redis.delete(f"gurum:op:{operation}:lease")
    second = await Process(redis, shop, clock, "two").start()
    await eventually(found, "it is found")
    assert len(shop.orders) == 1
    await second.crash()


async def test_who_takes_over_reckons_with_the_deadline_of_the_clouds(
    redis: RedisClient, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed while it waited for an answer, near the end of a long deadline: the workshop may be at work on it still."""
    monkeypatch.setattr(engine, "ACCEPT_WAIT", 0.05)
    clock = HandClock()
    first = Process(redis, shop, clock, "one", deadline=120.0)
    await first.bus.start()
    await first.inventory.load()
    shop.late, shop.hold = 5, asyncio.Event()
    operation = (await first.make(JIWOO, "chair")).id
    await shop.asked.wait()
    await clock.advance(110.0)
    await first.crash()
    shop.hold = None
    await redis.delete(f"gurum:op:{operation}:lease")
    second = await Process(redis, shop, clock, "two", deadline=120.0).start()

    async def found() -> bool:
        await clock.advance(run.AGAIN)
        record = await second.store.get(operation)
        return record is not None and record.resource_id == "thing:c/t1"

    await eventually(found, "it is found")
    assert len(shop.orders) == 1
    await second.crash()


@pytest.mark.parametrize(
    ("away", "already", "why"),
    [(1, Conflict, None), (99, Conflict, "closed"), (1, None, "already"), (1, NotFound, "already")],
)
async def test_what_is_harmless_to_repeat_is_sent_again_when_its_answer_was_lost(
    redis: RedisClient, shop: Workshop, away: int, already: type[GurumError] | None, why: str | None
) -> None:
    """The workshop takes it, its answer is lost, and then it is away so many times; what it says then means what the action says."""
    sent: list[str] = []

    async def paint(name: str) -> None:
        sent.append(name)
        if len(sent) == 1:
            raise TimedOut("The workshop did not answer.", backend="c", lost=True)
        if len(sent) <= 1 + away:
            raise Unavailable("The workshop is closed.", backend="c")
        raise Conflict("It is painted already.")

    async def work(it: run.Run) -> None:
        await it.once("paint", "Paint it", lambda: paint(it.args["name"]), already=already)

    process = await Process(redis, shop, FastClock(), "one", dataclasses.replace(MAKE, run=work)).start()
    if why is not None:
        with pytest.raises(GurumError, match=why):
            await process.make(JIWOO, "chair")
        assert 3 <= len(sent) < 10
    else:
        record = await process.make(JIWOO, "chair")
        record = await ended(process, record.id)
        assert (record.state, sent) == (OperationState.SUCCEEDED, ["chair"] * 3), record.error
    await process.crash()
