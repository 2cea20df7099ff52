"""The sandbox's world: rows by type, timers, and who may touch what. One per sandbox cloud; opened by `gateway/app.py`.

It knows no rule of servers or volumes: those stand in the modules beside it (`servers.py`, `volumes.py`, ...), which are called by the
adapters `resolvers/<domain>/sandbox.py` like this:

    async with world.change("compute", "server.start", acting) as caller:
        server_states.start(world, caller, server)      # no await in here: a change is whole or not at all

What a change puts is stored before the block ends. A transition is a Timer: due timers are run when someone looks, in the order of
their moments, so nothing runs by itself and nothing is lost over a restart.
"""

import contextlib
import heapq
import logging
import random
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from notifications.redis import RedisClient
from resolvers.actor import MEMBER, Credential
from resolvers.checks import CheckResult
from resolvers.clock import Clock
from resolvers.errors import Denied, GurumError, NotFound
from resolvers.names import Names
from resolvers.sandbox import seed
from resolvers.sandbox.failures import READ_DEADLINE, WRITE_DEADLINE, Failure, FailureKind, Failures
from resolvers.sandbox.journal import Journal
from resolvers.sandbox.people import Caller, Directory, People
from resolvers.sandbox.records import Kept, Timer
from resolvers.sandbox.settings import SandboxSettings
from resolvers.sandbox.tables import R, Tables
from resolvers.sandbox.transitions import TRANSITIONS

log = logging.getLogger(__name__)


class World(Tables):
    people: People

    def __init__(self, redis: RedisClient, settings: SandboxSettings, names: Names, clock: Clock) -> None:
        super().__init__(names, clock, Journal(redis, names.cloud))
        self.settings = settings
        self.rng = random.Random(settings.seed)  # noqa: S311 - a world for demos and tests, not a secret
        self.limits: dict[str, dict[str, int]] = {}  # native project -> resource -> quota, where it is not the default
        self._failures = Failures(names.cloud, settings.failures, clock, random.Random(settings.seed))  # noqa: S311 - chance for a demo, not a secret
        self._due: list[tuple[float, str]] = []
        self.unlimited = False  # quotas do not count: the seed itself

    @classmethod
    async def open(cls, redis: RedisClient, settings: SandboxSettings, names: Names, clock: Clock) -> "World":
        """The world as it was left: the seed, with what the store says has changed. Raises Unavailable without a store."""
        world = cls(redis, settings, names, clock)
        world._seeding = True
        directory = Directory()
        seed.fill(world, directory)
        world._seeding, world._moment = False, None
        world.people = People(directory, redis, names, clock)
        changed = await world._journal.load(f"{settings.size} {settings.seed}", world._tables)
        for (type_, native), row in changed.items():
            world._set(type_, native, row)
        world._due = [(timer.due, timer.native_id) for timer in world.rows(Timer)]
        heapq.heapify(world._due)
        return world

    async def close(self) -> None:
        """Store what timers have changed since the last call. The client is its opener's to close."""
        self.settle()
        await self._journal.flush()

    # -- calls ---------------------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def change(
        self, domain: str, operation: str, acting: Credential, role: str | None = MEMBER
    ) -> AsyncIterator[Caller]:
        """A changing call: failures on demand, then the caller, then the block as a whole, then stored."""
        with self._named():
            await self._failures.meet(domain, operation, WRITE_DEADLINE)
            caller = await self.people.caller(acting, role)
            self.settle()
            with self._whole():
                yield caller
            await self._journal.flush()

    @contextlib.asynccontextmanager
    async def look(
        self, domain: str, operation: str, acting: Credential, role: str | None = "reader"
    ) -> AsyncIterator[Caller]:
        """A reading call of a person."""
        with self._named():
            await self._failures.meet(domain, operation, READ_DEADLINE)
            caller = await self.people.caller(acting, role)
            self.settle()
            yield caller

    async def enter(self, domain: str, operation: str) -> None:
        """A reading call of the installation itself."""
        await self._failures.meet(domain, operation, READ_DEADLINE)
        self.settle()

    async def check(self, domain: str) -> list[CheckResult]:
        """What `9rum check` prints of one domain."""
        name = f"{self.cloud} {domain}"
        try:
            await self.enter(domain, f"{domain}.check")
            await self._journal.flush()
        except GurumError as error:
            return [CheckResult(name, False, error.message, "The sandbox was told to fail, or its store is away.")]
        return [CheckResult(name, True, f"The sandbox answers for {domain}.")]

    def fail(
        self,
        what: str,
        kind: FailureKind = "down",
        *,
        seconds: float | None = None,
        times: int | None = None,
    ) -> None:
        """Let a domain (`compute`) or an operation (`server.create`) fail from now on: see `failures.Failure`."""
        self._failures.set(what, Failure(kind, seconds, times))

    def heal(self, what: str | None = None) -> None:
        """End what `fail` began: for one domain or operation, or for all."""
        self._failures.end(what)

    # -- rights --------------------------------------------------------------------------------------------------------

    def visible(self, type_: type[R], native: str, caller: Caller, title: str) -> R:
        """The row, if the caller's project may see it; NotFound otherwise, as if there were none."""
        row: R | None = self.get(type_, native)
        if row is None or not self._sees(caller, row):
            raise NotFound(f"There is no {title} `{native}` in your project.")
        return row

    def owned(self, type_: type[R], native: str, caller: Caller, title: str) -> R:
        """The row, if it belongs to the caller's project; Denied when it is only shared with it."""
        row = self.visible(type_, native, caller, title)
        if not caller.admin and getattr(row, "project_id", None) != caller.project_id:
            raise Denied(f"The {title} `{row.name}` belongs to another project; you may use it, not change it.")
        return row

    @staticmethod
    def _sees(caller: Caller, row: Any) -> bool:
        owner = getattr(row, "project_id", None)
        shared = getattr(row, "public", False) or caller.project_id in getattr(row, "shared_with", ())
        return caller.admin or owner == caller.project_id or shared

    # -- time and names ------------------------------------------------------------------------------------------------

    def later(self, row: Kept, seconds: float, transition: str, **args: Any) -> None:
        """Run a transition (a name in transitions.py) on the row; replaces what was to happen to it before."""
        due = (self.now() + timedelta(seconds=self.settings.delay(seconds))).timestamp()
        timer = Timer(native_id=self.key(row), due=due, transition=transition, args=args)
        self.put(timer)
        heapq.heappush(self._due, (due, timer.native_id))

    def waiting(self, row: Kept) -> bool:
        """Whether something is still to happen to the row."""
        return self.get(Timer, self.key(row)) is not None

    def settle(self, until: float | None = None) -> None:
        """Run the transitions that are due (seconds since the epoch; now, when nothing is said)."""
        until = self.clock.now().timestamp() if until is None else until
        while self._due and self._due[0][0] <= until:
            due, key = heapq.heappop(self._due)
            timer = self.get(Timer, key)
            if timer is None or timer.due != due:
                continue  # the row is gone, or something else is to happen to it
            self._moment = datetime.fromtimestamp(due, UTC)
            self._store(Timer, key, None)
            try:
                with self._whole():
                    TRANSITIONS[timer.transition](self, key.split("/", 1)[1], timer.args)
            except Exception:  # one row that can not go on shall not stop the world
                log.exception("the transition %s of %s in the sandbox %s failed", timer.transition, key, self.cloud)
            finally:
                self._moment = None

    def seed_at(self, moment: datetime) -> None:
        """For the seed: what follows happened then."""
        self._moment = moment

    def uid(self) -> str:
        """A new native id. In the seed it follows from the settings, so that equal seeds have equal ids."""
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4)) if self._seeding else str(uuid.uuid4())

    def ref(self, kind: str, native: str) -> str:
        return self.names.ref(kind, native) or ""

    # -- own -----------------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except GurumError as error:
            error.backend = error.backend or self.cloud
            raise
