"""Idempotency keys over processes that die: between taking a key and storing its operation, and while others wait for them."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from notifications.redis import RedisClient
from resolvers.action import Action, Plan
from resolvers.clock import Clock
from resolvers.context import Context
from resolvers.errors import Conflict, GurumError, NotFound, Unavailable
from resolvers.operations import keys
from resolvers.operations.store import LEASE_MS
from tests.polling import eventually
from tests.resolvers.operations.workshop import JIWOO, MAKE, Process, ThingMakeInput, Workshop

CHAIR = ThingMakeInput(name="chair")


@pytest.fixture
async def two(redis: RedisClient, shop: Workshop) -> AsyncIterator[Process]:
    it = await Process(redis, shop, Clock(), "two").start()
    yield it
    await it.crash()


class Slow:
    """An action whose plan takes until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go = asyncio.Event(), asyncio.Event()
        self.action: Action = dataclasses.replace(MAKE, plan=self._plan)

    async def _plan(self, context: Context, given: Any) -> Plan:
        self.begun.set()
        await self.go.wait()
        return await MAKE.plan(context, given)


async def begun(redis: RedisClient, shop: Workshop, slow: Slow) -> tuple[Process, "asyncio.Task[Any]"]:
    """A process in the middle of checking a call with the key `k`, which says that it lives only once."""
    one = Process(redis, shop, Clock(), "one")
    await one.inventory.load()
    call = asyncio.create_task(one.engine.attempt(one.context(JIWOO), slow.action, CHAIR, "k"))
    await slow.begun.wait()
    return one, call


async def dies(redis: RedisClient) -> None:
    """Nothing refreshes what said that the process lives, so it ends; here at once."""
    assert await redis.delete("gurum:process:one") == 1


async def killed(call: "asyncio.Task[Any]", redis: RedisClient) -> None:
    """As kill -9 does, nothing that the process held is given back."""
    held = await redis.get("gurum:idem:user:c/u:k")
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    await redis.set("gurum:idem:user:c/u:k", held, ex=LEASE_MS)


async def test_a_process_that_lives_says_so_and_one_that_ends_takes_it_back(redis: RedisClient, shop: Workshop) -> None:
    process = await Process(redis, shop, Clock(), "host:7:ab").start()

    async def lives() -> bool:
        return bool(await redis.exists("gurum:process:host:7:ab"))

    await eventually(lives, "it says that it lives")
    assert 0 < await redis.pttl("gurum:process:host:7:ab") <= LEASE_MS
    await process.crash()
    assert not await lives()


async def test_the_key_of_a_process_that_died_while_it_planned_is_free_at_once(
    redis: RedisClient, shop: Workshop, two: Process
) -> None:
    _, call = await begun(redis, shop, Slow())
    await killed(call, redis)
    await dies(redis)
    record = await two.make(JIWOO, "chair", key="k")
    assert [name for name, _ in shop.orders] == ["chair"]
    assert (await two.make(JIWOO, "chair", key="k")).id == record.id
    assert len(shop.orders) == 1
    assert await redis.ttl("gurum:idem:user:c/u:k") > 3600


async def test_another_input_may_take_the_key_of_a_call_that_never_began(
    redis: RedisClient, shop: Workshop, two: Process
) -> None:
    _, call = await begun(redis, shop, Slow())
    with pytest.raises(Conflict):
        await two.make(JIWOO, "table", key="k")
    await killed(call, redis)
    await dies(redis)
    assert (await two.make(JIWOO, "table", key="k")).input == {"name": "table"}


async def test_whoever_waits_for_the_first_call_takes_over_when_its_process_dies(
    redis: RedisClient, shop: Workshop, two: Process
) -> None:
    _, call = await begun(redis, shop, Slow())
    waiting = asyncio.create_task(two.make(JIWOO, "chair", key="k"))
    await asyncio.wait([waiting], timeout=0.3)
    assert not waiting.done()
    await dies(redis)  # the call itself hangs for good: ended by a cancellation, it would give its key back on the way
    assert (await waiting).action == "thing.make"
    assert len(shop.orders) == 1
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)


async def test_whoever_waits_gets_the_operation_of_a_first_call_that_was_only_slow(
    redis: RedisClient, shop: Workshop, two: Process
) -> None:
    slow = Slow()
    one, call = await begun(redis, shop, slow)
    await one.bus.start()
    waiting = asyncio.create_task(two.make(JIWOO, "chair", key="k"))
    slow.go.set()
    assert (await waiting).id == (await call).id
    assert len(shop.orders) == 1
    await one.crash()


async def test_a_process_that_was_taken_for_dead_makes_nothing(
    redis: RedisClient, shop: Workshop, two: Process
) -> None:
    """It hung so long that its life ended for the others; when it goes on, the key is another's."""
    slow = Slow()
    _, call = await begun(redis, shop, slow)
    await dies(redis)
    record = await two.make(JIWOO, "stool", key="k")
    slow.go.set()
    with pytest.raises(Unavailable, match="came before it"):
        await call
    assert [name for name, _ in shop.orders] == ["stool"]
    assert await two.store.open_ids() == [record.id]
    assert (await two.audit.newest(1))[0].row.error == "UNAVAILABLE"


async def test_its_refusal_does_not_free_the_key_of_whoever_took_over(
    redis: RedisClient, shop: Workshop, two: Process
) -> None:
    slow = Slow()
    _, call = await begun(redis, shop, slow)
    await dies(redis)
    record = await two.make(JIWOO, "chair", key="k")

    async def nowhere(context: Context, given: Any) -> Plan:
        raise NotFound("There is no such place.")

    one_more = dataclasses.replace(MAKE, plan=nowhere)
    call.cancel()  # its own end gives back what it thinks that it holds
    await asyncio.gather(call, return_exceptions=True)
    assert (await two.make(JIWOO, "chair", key="k")).id == record.id
    with pytest.raises(NotFound):
        await two.engine.attempt(two.context(JIWOO), one_more, CHAIR, "other")
    assert len(shop.orders) == 1


async def test_a_key_whose_reservation_is_repeated_is_ours(two: Process) -> None:
    """As the store's client does when it got no answer."""
    for _ in range(2):
        assert await two.store.reserve("user:c/u", "k", "0123", "hash") is None
    assert await two.store.reserve("user:c/u", "k", "4567", "hash") == ("0123", "hash")


@pytest.mark.parametrize("arrived", [False, True])
async def test_a_key_whose_operation_could_not_be_stored_is_free_again(
    two: Process, shop: Workshop, monkeypatch: pytest.MonkeyPatch, arrived: bool
) -> None:
    """Unless it was stored all the same, and only the answer did not come."""
    real = two.store.create

    async def create(*given: Any) -> None:
        if arrived:
            await real(*given)
        raise RedisConnectionError("the store is away")

    monkeypatch.setattr(two.store, "create", create)
    with pytest.raises(GurumError, match="not known whether the change has begun") as unsure:
        await two.make(JIWOO, "chair", key="k")
    assert unsure.value.retryable is False
    assert (await two.store.get(unsure.value.operation_id or "") is not None) is arrived
    monkeypatch.setattr(two.store, "create", real)
    record = await two.make(JIWOO, "chair", key="k")
    assert len([record async for record in two.store.newest(None, 10)]) == 1

    async def ordered() -> bool:
        return bool(shop.orders)

    await eventually(ordered, "the operation runs")
    assert (await two.make(JIWOO, "chair", key="k")).id == record.id
    assert len(shop.orders) == 1


async def test_of_many_who_come_after_a_death_one_makes_it(redis: RedisClient, shop: Workshop, two: Process) -> None:
    _, call = await begun(redis, shop, Slow())
    await killed(call, redis)
    await dies(redis)
    three = await Process(redis, shop, Clock(), "three").start()
    try:
        calls = [process.make(JIWOO, "chair", key="k") for process in (two, three) for _ in range(5)]
        records = await asyncio.gather(*calls)
    finally:
        await three.crash()
    assert len({record.id for record in records}) == 1
    assert len(shop.orders) == 1


async def test_a_key_of_a_version_that_named_no_process_is_waited_for(
    redis: RedisClient, shop: Workshop, two: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "PATIENCE", 0.3)
    call = orjson.dumps([MAKE.name, {"name": "chair", "secret": None}, None], option=orjson.OPT_SORT_KEYS)
    await redis.set("gurum:idem:user:c/u:k", f"0123 {two.store.digest(call)}")
    with pytest.raises(Unavailable, match="still being checked"):
        await two.make(JIWOO, "chair", key="k")
    assert shop.orders == []
