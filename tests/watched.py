"""The whole application on a sandbox that is watched from outside: which calls reach it, and whether anything in it has changed.

The sandbox stands where a cloud stands, behind the connector; everything of ours above it is as it is in service.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from gateway import clouds
from gateway.documents import GraphQLRequest
from gateway.executor import Outcome
from gateway.media import GRAPHQL
from gateway.request import RequestFacts
from notifications.redis import RedisClient
from resolvers.actor import MEMBER, Credential
from resolvers.clock import Clock
from resolvers.errors import GurumError
from resolvers.names import Names
from resolvers.sandbox.people import Caller
from resolvers.sandbox.records import KEPT
from resolvers.sandbox.settings import SandboxSettings
from resolvers.sandbox.world import World
from tests.running import CLOUD, Running, running

NEVER = 3600.0  # seconds between two polls, where a test wants none
State = dict[str, dict[str, Any]]


class FastClock(Clock):
    """Real time, `times` as fast for those who sleep."""

    def __init__(self, times: float) -> None:
        self._times = times

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._times)


class WatchedWorld(World):
    """`calls` are the operations that reached the cloud, in order; `failed` the reads of the installation that it failed to answer."""

    def __init__(self, redis: RedisClient, settings: SandboxSettings, names: Names, clock: Clock) -> None:
        super().__init__(redis, settings, names, clock)
        self.calls: list[str] = []
        self.failed: list[str] = []

    @contextlib.asynccontextmanager
    async def change(
        self, domain: str, operation: str, acting: Credential, role: str | None = MEMBER
    ) -> AsyncIterator[Caller]:
        self.calls.append(operation)
        async with super().change(domain, operation, acting, role) as caller:
            yield caller

    @contextlib.asynccontextmanager
    async def look(
        self, domain: str, operation: str, acting: Credential, role: str | None = "reader"
    ) -> AsyncIterator[Caller]:
        self.calls.append(operation)
        async with super().look(domain, operation, acting, role) as caller:
            yield caller

    async def enter(self, domain: str, operation: str) -> None:
        self.calls.append(operation)
        try:
            await super().enter(domain, operation)
        except GurumError:
            self.failed.append(operation)
            raise

    def state(self) -> State:
        return state_of(self)


class Watched:
    """`graph` asks, `world` is what is behind it."""

    def __init__(self, graph: Running, world: WatchedWorld) -> None:
        self.graph = graph
        self.world = world

    async def send(
        self, person: str | None, content: bytes | dict[str, Any], headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """One POST as it goes over the wire, for answers by status; a dict is sent as JSON."""
        given = {"accept": GRAPHQL, "content-type": "application/json", **(headers or {})}
        if person is not None:
            given.setdefault("x-auth-token", await self.graph.token(person))
        body: dict[str, Any] = {"json": content} if isinstance(content, dict) else {"content": content}
        return await self.graph.http.post("/graphql", headers=given, **body)

    async def follow(
        self, person: str, query: str, variables: dict[str, Any] | None = None
    ) -> AsyncGenerator[dict[str, Any]]:
        """Each answer of a subscription, as the transports send them on; the one that refuses it, when it is refused."""
        app = self.graph.app
        context = await app.context_of(RequestFacts("a-test-00", await self.graph.token(person)))
        executor, request = app.transport.executor, GraphQLRequest(query=query, variables=variables)
        found = await executor.subscribe(executor.prepare(request, context, person), context, "ws")
        if isinstance(found, Outcome):
            yield found.payload
            return
        async for outcome in found:
            yield outcome.payload

    async def everything(self) -> tuple[State, State, int]:
        return await everything_of(self.graph)


async def everything_of(graph: Running) -> tuple[State, State, int]:
    """What may not have changed after a refusal: the cloud, the read model, and how many operations there are."""
    inventory = graph.app.inventory
    rows = {kind: {row.id: row for row in inventory.table(kind).all()} for kind in inventory.kinds}
    operations = await graph.app.store.redis.zcard("gurum:ops:all")
    return state_of(graph.app.ports.get("identity", CLOUD).world), rows, operations


def state_of(world: World) -> State:
    """Every row of a sandbox, by type and id; what was to happen by now has happened."""
    world.settle()
    return {name: {row.native_id: row for row in world.rows(type_)} for name, type_ in KEPT.items()}


@contextlib.asynccontextmanager
async def watched(
    store_url: str, folder: Path, clock: Clock | None = None, speed: float = 50.0, **settings: Any
) -> AsyncIterator[Watched]:
    """`settings` replace sections of the settings."""
    opened: list[WatchedWorld] = []

    async def connect(cloud: Any, names: Names, redis: RedisClient, clock: Clock) -> World:
        world = await WatchedWorld.open(redis, cloud, names, clock)
        opened.append(cast(WatchedWorld, world))
        return world

    sandbox = {"backend": "sandbox", "name": CLOUD, "speed": speed}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clouds, "CONNECTORS", {**clouds.CONNECTORS, "sandbox": connect})
        async with running(store_url, folder, clock=clock, **{"clouds": [sandbox], **settings}) as graph:
            yield Watched(graph, opened[0])


def slow_polls(but: dict[str, float] | None = None) -> dict[str, Any]:
    """Settings of the read model without polls, but for some kinds: lists come when a request asks for them, as often as it does."""
    return {"intervals": dict.fromkeys(KINDS_POLLED, NEVER) | (but or {}), "forced_lists": 10_000}


KINDS_POLLED = tuple(name for name in KEPT if name not in ("timer", "serverNote", "transferKey", "marked"))
