"""Operations: what an attempt answers, what it leaves behind, and that a crash at any moment ends it rightly and once."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator

import msgspec
import pytest

from notifications.redis import RedisClient
from resolvers.audit import AuditResult
from resolvers.clock import Clock
from resolvers.errors import Conflict, Denied, Invalid, NotFound, QuotaExceeded, TimedOut, Unavailable
from resolvers.operations import engine, run
from resolvers.operations.record import OperationState, Record
from tests.clock import HandClock
from tests.polling import eventually
from tests.resolvers.inventory.world import actor
from tests.resolvers.operations.workshop import MAKE, PAIR, Process, ThingMakeInput, Workshop

JIWOO = actor("project:c/a")


class FastClock(Clock):
    """Real time, a hundred times as fast for those who sleep."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 100)


@pytest.fixture
def shop() -> Workshop:
    return Workshop()


@pytest.fixture
async def process(redis: RedisClient, shop: Workshop) -> AsyncIterator[Process]:
    it = await Process(redis, shop, FastClock(), "one").start()
    yield it
    await it.crash()


async def ended(process: Process, operation: str) -> Record:
    async def look() -> Record | None:
        record = await process.store.get(operation)
        return record if record is not None and record.state.ended else None

    return await eventually(look, "the operation ends")


async def test_it_answers_when_the_backend_accepted_and_ends_later(process: Process, shop: Workshop) -> None:
    record = await process.make(JIWOO, "chair")
    assert record.state is OperationState.RUNNING
    assert record.resource_id == "thing:c/t1"
    assert [row.name for row in process.inventory.select(JIWOO, "thing")] == ["chair"]
    shop.ready("t1")
    record = await ended(process, record.id)
    assert record.state is OperationState.SUCCEEDED
    assert record.progress == 1.0
    assert record.undo is not None
    assert await process.store.open_ids() == []
    assert await process.store.token(record.id) is None


async def test_the_backend_is_called_as_the_person_in_the_project(process: Process, shop: Workshop) -> None:
    await process.make(JIWOO, "chair")
    _, acting = shop.orders[0]
    assert (acting.token, acting.project) == ("token", "a")


async def test_a_refusal_by_the_backend_is_the_answer(process: Process, shop: Workshop) -> None:
    shop.full = True
    with pytest.raises(QuotaExceeded) as refused:
        await process.make(JIWOO, "chair")
    record = await process.store.get(refused.value.operation_id or "")
    assert record is not None
    assert record.state is OperationState.FAILED
    assert record.error is not None
    assert record.error.code == "QUOTA_EXCEEDED"
    assert not shop.rows


async def test_a_failure_on_the_way_ends_the_operation_with_its_sentence(process: Process, shop: Workshop) -> None:
    record = await process.make(JIWOO, "chair")
    shop.ready("t1", size=-1)
    record = await ended(process, record.id)
    assert record.state is OperationState.FAILED
    assert record.error is not None
    assert record.error.message == "It broke."
    assert record.undo is None


async def test_a_backend_that_is_away_for_a_while_is_waited_for(process: Process, shop: Workshop) -> None:
    record = await process.make(JIWOO, "chair")
    shop.down = True

    async def told() -> bool:
        now = await process.store.get(record.id)
        return now is not None and now.steps[-1].detail == "The workshop is closed."

    await eventually(told, "the step says that the backend is away")
    shop.down = False
    shop.ready("t1")
    assert (await ended(process, record.id)).state is OperationState.SUCCEEDED


async def test_a_follower_sees_each_state_once_and_then_the_end(process: Process, shop: Workshop) -> None:
    record = await process.make(JIWOO, "chair")
    seen: list[Record] = []

    async def follow() -> None:
        async for state in process.engine.follow(process.context(JIWOO), record.id):
            seen.append(state)

    follower = asyncio.create_task(follow())
    shop.ready("t1")
    async with asyncio.timeout(10):
        await follower
    versions = [state.version for state in seen]
    assert versions == sorted(set(versions))
    assert seen[-1].state is OperationState.SUCCEEDED


async def test_people_of_other_projects_see_no_operation(process: Process) -> None:
    record = await process.make(JIWOO, "chair")
    stranger = dataclasses.replace(actor("project:c/b"), user_id="user:c/other")
    with pytest.raises(NotFound):
        await process.engine.visible(process.context(stranger), record.id)


async def test_an_idempotency_key_gives_the_same_operation_once(process: Process, shop: Workshop) -> None:
    both = await asyncio.gather(*(process.make(JIWOO, "chair", key="k-1") for _ in range(5)))
    assert len({record.id for record in both}) == 1
    assert len(shop.orders) == 1
    with pytest.raises(Conflict, match="another input"):
        await process.make(JIWOO, "table", key="k-1")
    assert len(shop.orders) == 1


async def test_a_key_of_a_refused_attempt_can_be_used_again(process: Process, shop: Workshop) -> None:
    with pytest.raises(NotFound):
        await process.make(JIWOO, "nowhere", key="k-1")
    assert (await process.make(JIWOO, "chair", key="k-1")).action == "thing.make"


@pytest.mark.parametrize("key", ["", "x" * 129, "a\nb"])
async def test_a_key_that_can_not_be_one_is_refused(process: Process, shop: Workshop, key: str) -> None:
    with pytest.raises(Invalid):
        await process.make(JIWOO, "chair", key=key)
    assert not shop.orders


async def test_who_lacks_the_role_is_denied_and_it_is_written_down(process: Process, shop: Workshop) -> None:
    reader = dataclasses.replace(JIWOO, projects={"project:c/a": frozenset({"reader"})})
    with pytest.raises(Denied):
        await process.make(reader, "chair")
    assert not shop.orders
    row = (await process.audit.newest(1))[0].row
    assert (row.action, row.result, row.error) == ("thing.make", AuditResult.DENIED, "DENIED")


async def test_secrets_are_in_no_record_and_no_audit_row(process: Process, redis: RedisClient, shop: Workshop) -> None:
    given = ThingMakeInput(name="chair", secret="s3cr3t-of-jiwoo")
    record = await process.engine.attempt(process.context(JIWOO), MAKE, given)
    assert record.input["secret"] == "***"
    for name in await redis.keys("*"):
        kind = await redis.type(name)
        held = await redis.get(name) if kind == b"string" else await redis.xrange(name) if kind == b"stream" else b""
        assert b"s3cr3t-of-jiwoo" not in bytes(str(held), "utf-8"), name
    shop.ready("t1")
    await ended(process, record.id)


async def test_a_plan_that_no_longer_holds_is_refused(process: Process, shop: Workshop) -> None:
    given = ThingMakeInput(name="chair")
    plan = await process.engine.plan(process.context(JIWOO), MAKE, given)
    digest = plan.hash(MAKE.name, JIWOO.user_id)
    with pytest.raises(Conflict, match="state changed"):
        await process.engine.attempt(process.context(JIWOO), MAKE, given, expected="0" * 32)
    assert not shop.orders
    assert (await process.engine.attempt(process.context(JIWOO), MAKE, given, expected=digest)).action == "thing.make"


async def test_each_attempt_leaves_its_rows_in_an_unbroken_chain(
    process: Process, redis: RedisClient, shop: Workshop
) -> None:
    with pytest.raises(NotFound):
        await process.make(JIWOO, "nowhere")
    record = await process.make(JIWOO, "chair")
    shop.ready("t1")
    await ended(process, record.id)

    async def three() -> bool:
        return len(await process.audit.newest(10)) == 3

    await eventually(three, "the last audit row is written")
    results = [stored.row.result for stored in reversed(await process.audit.newest(10))]
    assert results == [AuditResult.REFUSED, AuditResult.STARTED, AuditResult.SUCCEEDED]
    assert (await process.audit.verify()).fault is None
    place = (await process.audit.newest(10))[1].id
    await redis.xdel("gurum:audit", place)
    assert (await process.audit.verify()).fault is not None


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


async def test_an_operation_of_a_living_process_is_left_alone(
    process: Process, redis: RedisClient, shop: Workshop
) -> None:
    record = await process.make(JIWOO, "chair")
    other = await Process(redis, shop, FastClock(), "two").start()
    assert not await other.store.claim(record.id)
    shop.ready("t1")
    await ended(process, record.id)
    await other.crash()
    assert len(shop.orders) == 1


async def test_a_backend_that_is_down_does_not_let_a_change_happen(process: Process, shop: Workshop) -> None:
    shop.down = True
    with pytest.raises(Unavailable):
        await process.make(JIWOO, "chair")
    assert not shop.orders
