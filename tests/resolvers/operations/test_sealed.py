"""What running operations and plans keep sealed serves one of them alone: moved elsewhere, or put before another change, it opens nothing.

As by somebody who can write to the store and has not the installation's key.
"""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from cryptography.fernet import Fernet

from notifications.redis import RedisClient
from resolvers import seal
from resolvers.operations import run
from resolvers.operations.record import OperationState, Record
from resolvers.operations.store import NOT_OPENED
from tests.polling import eventually
from tests.resolvers.operations.workshop import JIWOO, KEY, MAKE, FastClock, Process, ThingMakeInput, Workshop, ended


async def cut_off(redis: RedisClient, shop: Workshop, name: str, secret: str | None = None) -> Record:
    """An operation whose process dies before its order reaches the workshop."""
    process = await Process(redis, shop, FastClock(), "one").start()
    shop.hold_before, shop.asked = asyncio.Event(), asyncio.Event()
    given = ThingMakeInput(name=name, secret=secret)
    attempt = asyncio.create_task(process.engine.attempt(process.context(JIWOO), MAKE, given))
    await shop.asked.wait()
    await process.crash()
    attempt.cancel()
    await asyncio.gather(attempt, return_exceptions=True)
    shop.hold_before = None
    (operation,) = [each for each in await process.store.open_ids() if (await named(process, each)) == name]
    await redis.delete(f"gurum:op:{operation}:lease")
    record = await process.store.get(operation)
    assert record is not None
    return record


async def named(process: Process, operation: str) -> str | None:
    record = await process.store.get(operation)
    return None if record is None else str(record.args["name"])


async def goes_on(redis: RedisClient, shop: Workshop, operation: str) -> tuple[Record, list[Any]]:
    """How it ends in another process, and the rows of the log of it."""
    process = await Process(redis, shop, FastClock(), "two").start()
    record = await ended(process, operation)
    found = [stored.row for stored in reversed(await process.audit.newest(20)) if stored.row.operation_id == operation]
    assert (await process.audit.verify()).fault is None
    await process.crash()
    return record, found


async def rewritten(redis: RedisClient, record: Record, **changes: Any) -> None:
    await redis.set(f"gurum:op:{record.id}", msgspec.json.encode(msgspec.structs.replace(record, **changes)))


async def refuses(redis: RedisClient, shop: Workshop, operation: str) -> None:
    """The operation ends with the sentence, and the workshop hears nothing of it."""
    before = list(shop.orders)
    record, found = await goes_on(redis, shop, operation)
    assert record.error is not None
    assert (record.state, record.error.code, record.error.message) == (OperationState.FAILED, "CONFLICT", NOT_OPENED)
    assert [(row.result, row.message) for row in found] == [("STARTED", None), ("FAILED", NOT_OPENED)]
    assert shop.orders == before


async def test_the_token_of_one_operation_is_none_of_another(redis: RedisClient, shop: Workshop) -> None:
    one = await cut_off(redis, shop, "chair")
    other = await cut_off(redis, shop, "table")
    await redis.copy(f"gurum:op:{one.id}:token", f"gurum:op:{other.id}:token", replace=True)
    await refuses(redis, shop, other.id)


@pytest.mark.parametrize(
    "changes",
    [
        {"args": {"name": "everything"}},
        {"action": "thing.other"},
        {"actor_id": "user:c/other"},
        {"project_id": "project:c/b"},
    ],
)
async def test_a_token_serves_the_change_that_was_asked_for(
    redis: RedisClient, shop: Workshop, changes: dict[str, Any]
) -> None:
    record = await cut_off(redis, shop, "chair")
    await rewritten(redis, record, **changes)
    ended_so, _ = await goes_on(redis, shop, record.id)
    assert (ended_so.state, shop.orders) == (OperationState.FAILED, [])


async def test_what_was_sealed_with_another_key_ends_by_one_sentence(redis: RedisClient, shop: Workshop) -> None:
    """Or by a version that sealed for no place."""
    record = await cut_off(redis, shop, "chair")
    await redis.set(f"gurum:op:{record.id}:token", Fernet(KEY).encrypt(b'["token",{}]'))
    await refuses(redis, shop, record.id)


async def test_a_secret_that_is_gone_is_not_left_out(redis: RedisClient, shop: Workshop) -> None:
    record = await cut_off(redis, shop, "chair", secret="s3cr3t-of-jiwoo")
    await redis.delete(f"gurum:op:{record.id}:token")
    await refuses(redis, shop, record.id)


async def test_it_goes_on_with_its_own(redis: RedisClient, shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    async def made() -> bool:
        return "t1" in shop.rows

    monkeypatch.setattr(run, "UNCERTAIN", timedelta(0))
    record = await cut_off(redis, shop, "chair", secret="s3cr3t-of-jiwoo")
    process = await Process(redis, shop, FastClock(), "two").start()
    await eventually(made, "it is ordered")
    shop.ready("t1")
    assert (await ended(process, record.id)).state is OperationState.SUCCEEDED
    assert [(name, acting.token) for name, acting in shop.orders] == [("chair", "token")]
    await process.crash()


def test_a_place_is_opened_by_what_was_sealed_for_it_alone() -> None:
    one, other = seal.Seal(KEY), seal.Seal(Fernet.generate_key())
    sealed = one.close(b"token", "gurum:x:1")
    assert one.open(sealed, "gurum:x:1") == b"token"
    for wrong in (one.open(sealed, "gurum:x:2"), other.open(sealed, "gurum:x:1"), one.open(b"", "gurum:x:1")):
        assert wrong is None
    assert one.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "gurum:x:1") is None
    assert one.digest(b"a") == one.digest(b"a") != other.digest(b"a")
