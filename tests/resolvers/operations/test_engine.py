"""Operations: what an attempt answers, what it leaves behind, and that a crash at any moment ends it rightly and once."""

import asyncio
import dataclasses

import pytest

from notifications.redis import RedisClient
from resolvers.audit import AuditResult
from resolvers.clock import Clock
from resolvers.errors import Conflict, Denied, Invalid, NotFound, QuotaExceeded, Unavailable
from resolvers.operations import rows
from resolvers.operations.record import OperationState, Record
from tests.dump import dump
from tests.polling import eventually
from tests.resolvers.inventory.world import actor
from tests.resolvers.operations.workshop import JIWOO, MAKE, Process, ThingMakeInput, Workshop, ended


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
    assert await process.store.kept_for(record, needed=True) is None


async def test_what_can_not_be_taken_back_ends_all_the_same(redis: RedisClient, shop: Workshop) -> None:
    """Such as an operation that an older version began, whose arguments are not those of today."""
    odd = dataclasses.replace(MAKE, undo=lambda record: ("thing.make", {"name": record.args["nickname"]}))
    process = await Process(redis, shop, Clock(), "one", odd).start()
    record = await process.make(JIWOO, "chair")
    shop.ready("t1")
    record = await ended(process, record.id)
    assert (record.state, record.undo) == (OperationState.SUCCEEDED, None)
    assert await process.store.open_ids() == []
    await process.crash()


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
    async with asyncio.timeout(30):
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
    assert b"s3cr3t-of-jiwoo" not in await dump(redis)
    shop.ready("t1")
    await ended(process, record.id)


async def test_a_plan_that_no_longer_holds_is_refused(process: Process, shop: Workshop) -> None:
    given = ThingMakeInput(name="chair")
    plan, _ = await process.engine.decided(process.context(JIWOO), MAKE, given)
    digest = process.engine.hash_of(plan, MAKE, JIWOO)
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


async def test_an_input_without_bounds_is_refused_and_of_a_long_one_the_log_keeps_the_beginning(
    process: Process, shop: Workshop
) -> None:
    with pytest.raises(Invalid, match="at most 65536 are taken"):
        await process.make(JIWOO, "x" * 70_000)
    row = (await process.audit.newest(1))[0].row
    assert (row.result, row.cut, len(row.input["name"])) == (AuditResult.REFUSED, True, 200)
    given = ThingMakeInput(name="x" * 60_000, secret="y" * 100_000)
    record = await process.engine.attempt(process.context(JIWOO), MAKE, given)
    assert record.input == {"name": given.name, "secret": "***"}
    row = (await process.audit.newest(1))[0].row
    assert (row.result, row.cut, len(row.input["name"])) == (AuditResult.STARTED, True, 200)
    record = await process.make(JIWOO, "z" * 10_000)
    row = (await process.audit.newest(1))[0].row
    assert (row.input, row.cut) == ({"name": "z" * 10_000}, False)


def test_what_is_kept_of_an_input_for_ever_is_bounded_however_it_is_nested() -> None:
    wide = {f"k{n}": "v" * 300 for n in range(80)}
    kept = rows.shortened({"labels": {f"l{n}": [wide, wide] for n in range(80)}, "more": "x"})
    assert len(str(kept)) < 2 * rows.KEPT
    assert list(kept["labels"]["l0"][0])[:2] == ["k0", "k1"]


async def test_a_backend_that_is_down_does_not_let_a_change_happen(process: Process, shop: Workshop) -> None:
    shop.down = True
    with pytest.raises(Unavailable):
        await process.make(JIWOO, "chair")
    assert not shop.orders
