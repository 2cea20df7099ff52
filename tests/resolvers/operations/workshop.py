"""An engine with a remote workshop behind it: a far system that takes orders, which a test can stop, slow down and look into.

Everything of ours is real (store, bus, read model, engine); only the far system is made up. Used by the tests of this folder.
"""

import asyncio
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import strawberry

from notifications.bus import Bus
from notifications.redis import RedisClient
from resolvers import ids
from resolvers.action import Action, Plan, Target
from resolvers.actor import Actor, Credential
from resolvers.audit import Audit
from resolvers.clock import Clock
from resolvers.context import Context, Ports
from resolvers.errors import Conflict, NotFound, QuotaExceeded, TimedOut, Unavailable
from resolvers.inventory.events import Events
from resolvers.inventory.feed import Feed
from resolvers.inventory.store import Inventory
from resolvers.operations.engine import Engine
from resolvers.operations.plans import PlanStore
from resolvers.operations.record import Record
from resolvers.operations.run import Run
from resolvers.operations.store import OperationStore
from tests.polling import eventually
from tests.resolvers.inventory.world import THING, ThingRow, actor, thing

KEY = b"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


JIWOO = actor("project:c/a")


class FastClock(Clock):
    """Real time, a hundred times as fast for those who sleep."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 100)


@dataclass
class Workshop:
    """Makes things. `size` of a thing grows to 1 when it is ready. `hold` blocks an answer after the order was taken, `hold_before`
    the order itself; `asked`: one has come.

    `late`: the answer does not come in time, and the order is worked on for so many looks before it shows (None: it never does).
    """

    rows: dict[str, ThingRow] = field(default_factory=dict)
    orders: list[tuple[str, Credential]] = field(default_factory=list)
    markers: dict[str, str] = field(default_factory=dict)
    down: bool = False
    full: bool = False
    answers: bool = True
    late: int | None = 0
    looks: int = 0
    hold: asyncio.Event | None = None
    hold_before: asyncio.Event | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def make(self, acting: Credential, name: str, marker: str) -> str:
        self.asked.set()
        if self.hold_before is not None:
            await self.hold_before.wait()
        self._check()
        if self.full:
            raise QuotaExceeded("The project may have 0 things.")
        native = f"t{len(self.rows) + 1}"
        self.orders.append((name, acting))
        if not self.answers and self.late is None:
            raise TimedOut("The workshop did not answer.", backend="c", lost=True)
        self.rows[native] = thing(len(self.rows) + 1, name)
        self.markers[marker] = native
        if self.hold is not None:
            await self.hold.wait()
        if not self.answers:
            raise TimedOut("The workshop did not answer.", backend="c", lost=True)
        return native

    async def find(self, marker: str) -> str | None:
        self._check()
        self.looks += 1
        return self.markers.get(marker) if self.looks > (self.late or 0) else None

    def ready(self, native: str, size: int = 1) -> None:
        self.rows[native] = thing(int(native[1:]), self.rows[native].name, size=size)

    async def list_rows(self) -> Sequence[ThingRow]:
        self._check()
        return list(self.rows.values())

    async def one(self, native: str) -> ThingRow | None:
        self._check()
        return self.rows.get(native)

    def feed(self) -> Feed[ThingRow]:
        return Feed(THING, self.list_rows, self.one)

    def _check(self) -> None:
        if self.down:
            raise Unavailable("The workshop is closed.", backend="c")


@strawberry.input
class ThingMakeInput:
    name: str
    secret: str | None = None


async def _plan(context: Context, given: ThingMakeInput) -> Plan:
    if given.name == "nowhere":
        raise NotFound("There is no such place.")
    if any(row.name == given.name for row in context.inventory.select(context.actor, "thing")):
        raise Conflict(f"There is a `{given.name}` already.")
    return Plan("project:c/a", [Target("thing", given.name)], {"name": given.name, "secret": given.secret})


async def _run(run: Run) -> None:
    shop: Workshop = run.port("things", "c")
    native = await run.once(
        "make",
        "Order it",
        lambda: shop.make(run.credential, run.args["name"], run.record.id),
        lambda: shop.find(run.record.id),
    )
    made = ids.make("thing", "c", native)
    await run.resource(made)
    await run.until(
        "ready", "Wait for it", made, lambda row: row.size == 1, lambda row: "It broke." if row.size < 0 else None
    )


MAKE = Action(
    name="thing.make",
    summary="Make a thing.",
    input=ThingMakeInput,
    plan=_plan,
    run=_run,
    secret=frozenset({"secret"}),
    undo=lambda record: ("thing.make", {"name": f"un{record.args['name']}"}),
)


async def _run_pair(run: Run) -> None:
    shop: Workshop = run.port("things", "c")
    for number in (1, 2):
        native = await run.once(
            f"make-{number}",
            "Order it",
            partial(shop.make, run.credential, run.args["name"], f"{run.record.id}-{number}"),
        )
        await run.resource(ids.make("thing", "c", native))
    for number, made in enumerate(list(run.record.resource_ids), start=1):
        await run.until(f"ready-{number}", "Wait for it", made, lambda row: row.size == 1)


PAIR = dataclasses.replace(MAKE, run=_run_pair)


class Process:
    """One process of 9rum: its own engine and read model over the shared store. `crash` ends it as kill -9 would."""

    def __init__(
        self, redis: RedisClient, shop: Workshop, clock: Clock, owner: str, action: Action = MAKE, deadline: float = 0.0
    ) -> None:
        self.bus = Bus(redis)
        self.inventory = Inventory([THING], clock)
        self.inventory.add_feed("c", shop.feed())
        self.audit = Audit(redis, clock, KEY)
        self.plans = PlanStore(redis, KEY)
        self.events = Events(self.inventory)
        ports = Ports({"things": {"c": shop}}, "c")
        self.store = OperationStore(redis, self.bus, KEY, owner)
        actions = {action.name: action}
        self.engine = Engine(self.store, self.audit, self.inventory, ports, actions, clock, write_deadline=deadline)
        self.action = action
        self._ports, self._clock = ports, clock

    async def start(self) -> "Process":
        await self.bus.start()
        await self.inventory.load()
        self.engine.start_maintenance()
        return self

    async def crash(self) -> None:
        await self.engine.stop()
        await self.bus.stop()

    def context(self, actor: Actor) -> Context:
        return Context(
            known_actor=actor,
            correlation_id="c-1",
            asked_at=self._clock.now(),
            inventory=self.inventory,
            ports=self._ports,
            engine=self.engine,
            audit=self.audit,
            plans=self.plans,
            events=self.events,
            actions={self.action.name: self.action},
        )

    async def make(self, actor: Actor, name: str, **options: Any) -> Any:
        return await self.engine.attempt(self.context(actor), self.action, ThingMakeInput(name=name), **options)


async def ended(process: Process, operation: str) -> Record:
    async def look() -> Record | None:
        record = await process.store.get(operation)
        return record if record is not None and record.state.ended else None

    return await eventually(look, "the operation ends")
