"""Who runs an operation: one process, for as long as it keeps the lease; and what becomes of it while the store is away."""

import asyncio
import dataclasses

import msgspec
import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from notifications.redis import RedisClient
from resolvers.audit import AuditResult
from resolvers.errors import QuotaExceeded
from resolvers.operations import engine, run
from resolvers.operations.record import OperationState, Record
from resolvers.operations.store import LeaseLost
from tests.polling import eventually
from tests.resolvers.operations.workshop import JIWOO, MAKE, FastClock, Process, Workshop, ended


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


async def test_a_process_that_lost_the_lease_lets_go(process: Process, redis: RedisClient, shop: Workshop) -> None:
    """It hung longer than its lease; another process goes on with the operation, and this one neither ends nor changes it."""
    record = await process.make(JIWOO, "chair")
    await redis.set(f"gurum:op:{record.id}:lease", "two")

    async def let_go() -> bool:
        return process.engine.running == 0

    await eventually(let_go, "the operation does not run here any more")
    now = await process.store.get(record.id)
    assert now is not None
    assert now.state is OperationState.RUNNING
    assert await redis.get(f"gurum:op:{record.id}:lease") == b"two"


async def test_what_another_process_wrote_is_not_written_over(redis: RedisClient, shop: Workshop) -> None:
    one, two = (Process(redis, shop, FastClock(), name) for name in ("one", "two"))
    for each in (one, two):
        await each.bus.start()
        await each.inventory.load()
    record = await one.make(JIWOO, "chair")
    old = await one.store.get(record.id)
    assert old is not None
    with pytest.raises(LeaseLost):
        await two.store.save(msgspec.structs.replace(old))
    await redis.delete(f"gurum:op:{record.id}:lease")
    await two.store.save(msgspec.structs.replace(old, progress=0.5))
    shop.ready("t1")

    async def let_go() -> bool:
        return one.engine.running == 0

    await eventually(let_go, "the first process could not write its end")
    now = await one.store.get(record.id)
    assert now is not None
    assert (now.state, now.progress) == (OperationState.RUNNING, 0.5)
    for each in (one, two):
        await each.crash()


async def test_a_save_whose_answer_was_lost_may_be_repeated(process: Process, redis: RedisClient) -> None:
    """As the store's client does, also when it ended the operation and with it the lease."""
    record = await process.make(JIWOO, "chair")
    now = await process.store.get(record.id)
    assert now is not None
    for state in (OperationState.RUNNING, OperationState.FAILED):
        version, now.state = now.version, state
        await process.store.save(now)
        now.version = version
        await process.store.save(now)


async def test_an_entry_that_can_not_be_read_leaves_the_others_their_leases(
    process: Process, redis: RedisClient, shop: Workshop
) -> None:
    await redis.sadd("gurum:ops:open", "0")  # the first in order
    await redis.set("gurum:op:0", "{")
    record = await process.make(JIWOO, "chair")
    lease = f"gurum:op:{record.id}:lease"
    await redis.pexpire(lease, 5_000)

    async def kept() -> bool:
        return bool(await redis.pttl(lease) > 5_000)

    await eventually(kept, "the lease is kept")
    shop.ready("t1")
    assert (await ended(process, record.id)).state is OperationState.SUCCEEDED


@pytest.mark.parametrize("saves", [1, 3])
async def test_a_store_that_is_away_for_a_while_ends_no_operation(
    process: Process, shop: Workshop, monkeypatch: pytest.MonkeyPatch, saves: int
) -> None:
    """Away for longer than its client tries again, after so many saves; who has the lease goes on from what was stored last."""
    monkeypatch.setattr(engine, "ACCEPT_WAIT", 0.05)
    monkeypatch.setattr(run, "UNCERTAIN", run.UNCERTAIN / 100)
    real, left = process.store.save, [saves]

    async def save(record: Record) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise RedisConnectionError("the store is away")
        await real(record)

    monkeypatch.setattr(process.store, "save", save)
    record = await process.make(JIWOO, "chair")

    async def made() -> bool:
        return left[0] < 0 and "t1" in shop.rows

    await eventually(made, "it goes on")
    shop.ready("t1")
    record = await ended(process, record.id)
    assert (record.state, len(shop.orders)) == (OperationState.SUCCEEDED, 1), record.error


async def test_an_operation_whose_action_is_gone_has_an_end_in_the_log(redis: RedisClient, shop: Workshop) -> None:
    first = await Process(redis, shop, FastClock(), "one").start()
    record = await first.make(JIWOO, "chair")
    await first.crash()
    await redis.delete(f"gurum:op:{record.id}:lease")
    other = dataclasses.replace(MAKE, name="thing.order")
    second = await Process(redis, shop, FastClock(), "two", other).start()
    assert (await ended(second, record.id)).state is OperationState.FAILED

    async def told() -> bool:
        return (await second.audit.newest(1))[0].row.result is AuditResult.FAILED

    await eventually(told, "the audit row of the end is written")
    row = (await second.audit.newest(1))[0].row
    assert (row.operation_id, "does not exist any more" in (row.message or "")) == (record.id, True)
    await second.crash()


async def results(process: Process, operation: str) -> list[AuditResult]:
    """Of the operation's rows, the oldest first."""
    stored = await process.audit.newest(50)
    return [each.row.result for each in reversed(stored) if each.row.operation_id == operation]


async def test_who_dies_between_the_row_and_the_end_leaves_one_row(
    process: Process, redis: RedisClient, shop: Workshop
) -> None:
    record = await process.make(JIWOO, "chair")
    before = await redis.get(f"gurum:op:{record.id}")
    shop.ready("t1")
    await ended(process, record.id)
    assert await results(process, record.id) == [AuditResult.STARTED, AuditResult.SUCCEEDED]
    await process.crash()
    await redis.set(f"gurum:op:{record.id}", before)  # as if the end had not been saved any more
    await redis.sadd("gurum:ops:open", record.id)
    other = await Process(redis, shop, FastClock(), "two").start()
    assert (await ended(other, record.id)).state is OperationState.SUCCEEDED
    assert await results(other, record.id) == [AuditResult.STARTED, AuditResult.SUCCEEDED]
    await other.crash()


async def test_who_dies_before_the_first_row_leaves_it_to_who_goes_on(
    process: Process, redis: RedisClient, shop: Workshop
) -> None:
    record = await process.make(JIWOO, "chair")
    await process.crash()
    await redis.delete(*[key async for key in redis.scan_iter("gurum:audit*")])  # the process had not come to it
    await redis.delete(f"gurum:op:{record.id}:lease")  # as it ends some seconds later
    shop.ready("t1")
    other = await Process(redis, shop, FastClock(), "two").start()
    await ended(other, record.id)
    assert await results(other, record.id) == [AuditResult.STARTED, AuditResult.SUCCEEDED]
    assert (await other.audit.verify()).fault is None
    await other.crash()


async def test_who_hung_longer_than_its_lease_tells_of_no_end(
    redis: RedisClient, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It wakes with a failure while another process goes on, and the log tells how it ended there."""
    monkeypatch.setattr(engine, "ACCEPT_WAIT", 0.05)
    monkeypatch.setattr(run, "UNCERTAIN", run.UNCERTAIN / 100)
    one, gate = Process(redis, shop, FastClock(), "one"), asyncio.Event()
    await one.bus.start()
    await one.inventory.load()
    shop.hold_before = gate
    record = await one.make(JIWOO, "chair")
    await shop.asked.wait()
    shop.hold_before = None
    await redis.delete(f"gurum:op:{record.id}:lease")
    two = await Process(redis, shop, FastClock(), "two").start()

    async def made() -> bool:
        return "t1" in shop.rows

    async def let_go() -> bool:
        return one.engine.running == 0

    await eventually(made, "the other process goes on")
    shop.full = True
    gate.set()
    await eventually(let_go, "the first one lets go")
    shop.ready("t1")
    assert (await ended(two, record.id)).state is OperationState.SUCCEEDED
    assert await results(two, record.id) == [AuditResult.STARTED, AuditResult.SUCCEEDED]
    for each in (one, two):
        await each.crash()


async def test_a_step_that_failed_is_not_run_again_when_the_store_breaks_before_the_end(
    process: Process, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "UNCERTAIN", run.UNCERTAIN / 100)
    real, broken = process.store.save, list[Record]()

    async def save(record: Record) -> None:
        if record.state.ended and not broken:
            broken.append(msgspec.structs.replace(record))
            shop.full = False  # what was refused would be taken now
            raise RedisConnectionError("the store is away")
        await real(record)

    monkeypatch.setattr(process.store, "save", save)
    shop.full = True
    with pytest.raises(QuotaExceeded):
        await process.make(JIWOO, "chair")
    record = await ended(process, broken[0].id)
    assert (record.state, shop.orders) == (OperationState.FAILED, [])
    assert record.error is not None and record.error.code == "QUOTA_EXCEEDED"
    assert await results(process, record.id) == [AuditResult.STARTED, AuditResult.FAILED]
