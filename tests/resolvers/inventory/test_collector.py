"""What keeps the rows fresh: lists, changes, deletions, failures, back-off, and rows that were just written."""

import asyncio

import pytest

from resolvers.inventory.allowance import Purpose
from resolvers.inventory.freshness import BackendState, Source
from resolvers.inventory.store import Inventory
from tests.clock import HandClock, settle
from tests.resolvers.inventory.world import THING, Backend, actor, thing

EVERYBODY = actor(everything=True)


def names(inventory: Inventory) -> list[str]:
    return [row.name for row in inventory.select(EVERYBODY, "thing")]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def inventory_of(clock: HandClock, backend: Backend, **feed: object) -> Inventory:
    inventory = Inventory([THING], clock)
    inventory.add_feed("c", backend.feed(**feed))  # type: ignore[arg-type] # options of the feed
    return inventory


async def test_a_full_list_is_the_whole_truth(clock: HandClock) -> None:
    backend = Backend(thing(1, "one"), thing(2, "two"))
    inventory = inventory_of(clock, backend)
    await inventory.load()
    assert names(inventory) == ["one", "two"]
    del backend.rows["t1"]
    backend.rows["t3"] = thing(3, "three")
    await clock.advance(1)
    await inventory.collections("thing")[0].refresh()
    assert names(inventory) == ["three", "two"]


async def test_it_polls_by_itself_and_asks_for_changes_with_an_overlap(clock: HandClock) -> None:
    backend = Backend(thing(1, "one"))
    inventory = inventory_of(clock, backend, by_changes=True)
    inventory.start()
    await settle()
    assert backend.full_lists == 1
    backend.changed, backend.deleted = [thing(2, "two")], ["thing:c/t1"]
    await clock.advance(THING.interval * 1.2)
    assert names(inventory) == ["two"]
    assert backend.full_lists == 1
    assert len(backend.change_lists) == 1
    assert (clock.now() - backend.change_lists[0]).total_seconds() > THING.interval
    await inventory.stop()


async def test_a_full_list_comes_again_to_heal_what_was_missed(clock: HandClock) -> None:
    backend = Backend(thing(1, "one"))
    inventory = inventory_of(clock, backend, by_changes=True, every_full=2)
    for _ in range(5):
        await inventory.collections("thing")[0].refresh()
        await clock.advance(1)
    assert backend.full_lists == 2
    assert len(backend.change_lists) == 3


async def test_a_backend_that_is_down_keeps_its_rows_and_is_named(clock: HandClock) -> None:
    backend = Backend(thing(1, "one"))
    inventory = inventory_of(clock, backend)
    inventory.start()
    await settle()
    backend.broken = True
    await clock.advance(THING.interval * 1.2)
    freshness = inventory.freshness(["thing"], clock.now())
    assert names(inventory) == ["one"]
    assert freshness.source is Source.STALE
    assert freshness.backends[0].status is BackendState.DOWN
    assert freshness.backends[0].error == "The backend c does not answer."
    backend.broken = False
    await clock.advance(THING.interval)
    assert inventory.freshness(["thing"], clock.now()).source is Source.CACHE
    await inventory.stop()


async def test_a_broken_backend_is_asked_again_soon_but_not_in_a_storm(clock: HandClock) -> None:
    backend = Backend()
    backend.broken = True
    inventory = inventory_of(clock, backend)
    inventory.start()
    await clock.advance(10 * THING.interval)
    await inventory.stop()
    # 1, 2, 4, 8, 16 seconds and then the interval: never slower than a healthy backend, and few
    assert 12 <= backend.full_lists <= 17


async def test_first_readers_wait_for_the_first_list(clock: HandClock) -> None:
    inventory = inventory_of(clock, Backend(thing(1, "one")))
    await inventory.ensure("thing", None)
    assert names(inventory) == ["one"]


async def test_readers_who_want_it_live_share_one_poll_that_began_after_them(clock: HandClock) -> None:
    backend = Backend(thing(1, "one"))
    inventory = inventory_of(clock, backend)
    await inventory.load()
    await clock.advance(5)
    await asyncio.gather(*(inventory.ensure("thing", 0.0) for _ in range(50)))
    assert backend.full_lists == 2
    await inventory.ensure("thing", 60.0)
    assert backend.full_lists == 2


async def test_a_poll_under_way_does_not_undo_what_was_just_written(clock: HandClock) -> None:
    backend = Backend(thing(1, "old"), thing(2, "doomed"))
    inventory = inventory_of(clock, backend)
    await inventory.load()
    gate, list_rows = asyncio.Event(), backend.full

    async def slow() -> object:
        rows = await list_rows()
        await gate.wait()
        return rows

    collection = inventory.collections("thing")[0]
    object.__setattr__(collection.feed, "full", slow)
    await clock.advance(1)
    poll = asyncio.ensure_future(collection.refresh())
    await settle()
    await clock.advance(1)
    inventory.apply(thing(1, "new"))
    inventory.apply(thing(3, "made"))
    inventory.forget("thing:c/t2")
    gate.set()
    await poll
    assert names(inventory) == ["made", "new"]


async def test_a_row_that_can_not_be_read_fails_the_poll_with_a_sentence(clock: HandClock) -> None:
    backend = Backend(thing(1, "one"))
    inventory = inventory_of(clock, backend)
    await inventory.load()
    backend.rows["t2"] = None  # type: ignore[assignment] # what an adapter with a fault would give
    await clock.advance(1)
    await inventory.collections("thing")[0].refresh()
    state = inventory.freshness(["thing"], clock.now()).backends[0]
    assert state.error == "c gave an answer for its things that 9rum can not read."
    assert names(inventory) == ["one"]


async def test_readers_force_so_many_lists_and_then_wait_for_the_next_one_together(clock: HandClock) -> None:
    backend = Backend(thing(1, "one"))
    inventory = Inventory([THING], clock, forced_lists=2)
    inventory.add_feed("c", backend.feed(), 4.0)
    await inventory.load()
    for _ in range(2):
        await clock.advance(0.1)
        await inventory.ensure("thing", 0.0, Purpose.READ)
    assert backend.full_lists == 3
    await clock.advance(0.1)
    waiting = [asyncio.ensure_future(inventory.ensure("thing", 0.0, Purpose.READ)) for _ in range(20)]
    await clock.advance(1)
    assert backend.full_lists == 3
    await clock.advance(1)
    await asyncio.gather(*waiting)
    assert backend.full_lists == 4
    for _ in range(40):
        asyncio.ensure_future(inventory.ensure("thing", 0.0, Purpose.READ)).add_done_callback(asyncio.Future.result)
        await clock.advance(1)
    assert backend.full_lists <= 4 + 40 / 2 + 1, "two in each interval of four seconds, whoever asks"


async def test_who_would_wait_longer_than_a_request_does_goes_on_and_is_told(clock: HandClock) -> None:
    backend = Backend(thing(1, "one"))
    inventory = Inventory([THING], clock, forced_lists=1)
    inventory.add_feed("c", backend.feed(), 60.0)
    await inventory.load()
    await clock.advance(1)
    await inventory.ensure("thing", 0.0, Purpose.READ)
    await clock.advance(20)
    asked_at = clock.now()
    await inventory.ensure("thing", 5.0, Purpose.READ)
    assert backend.full_lists == 2
    found = inventory.freshness(["thing"], asked_at, {"thing": 5.0})
    assert found.warnings == ["The things of c are 20 s old, older than `maxAge` says; ask again in 40 s."]
    assert inventory.freshness(["thing"], asked_at, {"thing": 30.0}).warnings == []
    await inventory.ensure("thing", 0.0)
    assert backend.full_lists == 3, "what a plan needs is not what readers have used up"
    assert inventory.freshness(["thing"], asked_at, {"thing": 0.0}).warnings == []
