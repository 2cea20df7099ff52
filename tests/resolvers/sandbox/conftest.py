"""A small world with its five adapters, on a clock that the test moves, over a real store."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from notifications.redis import RedisClient
from resolvers.actor import Credential
from resolvers.compute.port import ComputePort, FlavorRow, ServerRow, ServerSpec
from resolvers.compute.sandbox import SandboxCompute
from resolvers.identity.port import IdentityPort
from resolvers.identity.sandbox import SandboxIdentity
from resolvers.image.port import ImagePort, ImageRow
from resolvers.image.sandbox import SandboxImage
from resolvers.names import Names
from resolvers.network.port import NetworkPort
from resolvers.network.sandbox import SandboxNetwork
from resolvers.sandbox.seed_people import PEOPLE, project_id
from resolvers.sandbox.settings import SandboxSettings
from resolvers.sandbox.world import World
from resolvers.volume.port import VolumePort
from resolvers.volume.sandbox import SandboxVolume
from tests.clock import HandClock

LONG = 60.0  # seconds: longer than anything takes here


def settings(**given: Any) -> SandboxSettings:
    return SandboxSettings(**{"backend": "sandbox", "name": "krane"} | given)


@dataclass
class Cloud:
    """The adapters, the clock, and short ways to say what tests say often."""

    world: World
    redis: RedisClient
    clock: HandClock
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.identity = SandboxIdentity(self.world, self.world.names)
        _: IdentityPort = self.identity  # which has a check beside it
        self.compute: ComputePort = SandboxCompute(self.world, self.world.names)
        self.image: ImagePort = SandboxImage(self.world, self.world.names)
        self.volume: VolumePort = SandboxVolume(self.world, self.world.names)
        self.network: NetworkPort = SandboxNetwork(self.world, self.world.names)

    async def acting(self, person: str, project: str | None = None) -> Credential:
        """As the person, in a project or in the person's first one."""
        domain = next(one.domain for one in PEOPLE if one.name == person)
        roles = next(one.roles for one in PEOPLE if one.name == person)
        if person not in self.tokens:
            self.tokens[person] = await self.identity.sign_in(person, person, domain, None)
        name = project or next(iter(roles), None)
        return Credential(self.tokens[person], project_id(name) if name else None)

    def named(self, type_: type[Any], name: str) -> Any:
        return next(row for row in self.world.rows(type_) if row.name == name)

    def spec(self, **given: Any) -> ServerSpec:
        given = {"name": "web", "marker": "op"} | given
        if "flavor" not in given:
            given["flavor"] = self.named(FlavorRow, "m1.small").native_id
        if "image" not in given:
            given["image"] = self.named(ImageRow, "ubuntu-24.04").native_id
        return ServerSpec(**given)

    async def server(self, acting: Credential, **given: Any) -> ServerRow:
        """One that is ACTIVE (or in ERROR, when that is what was asked for)."""
        (native,) = await self.compute.create_servers(acting, self.spec(**given))
        await self.pass_time()
        row: ServerRow = self.at(ServerRow, native)
        return row

    def at(self, type_: type[Any], native: str) -> Any:
        row = self.world.get(type_, native)
        assert row is not None, f"no {type_.__name__} {native}"
        return row

    async def pass_time(self, seconds: float = LONG) -> None:
        await self.clock.advance(seconds)
        self.world.settle()

    async def restart(self, **given: Any) -> "Cloud":
        """The same cloud as the next process finds it; this one is not closed, as after kill -9."""
        names = Names("krane", "krane")
        return Cloud(await World.open(self.redis, settings(**given), names, self.clock), self.redis, self.clock)


OpenCloud = Callable[..., Awaitable[Cloud]]


@pytest.fixture
def open_cloud(redis: RedisClient) -> OpenCloud:
    async def open_(**given: Any) -> Cloud:
        clock = HandClock()
        await clock.advance(365 * 86_400)  # after the seed, which lies in a fixed past
        return Cloud(await World.open(redis, settings(**given), Names("krane", "krane"), clock), redis, clock)

    return open_


@pytest.fixture
async def cloud(open_cloud: OpenCloud) -> AsyncIterator[Cloud]:
    opened = await open_cloud()
    yield opened
    await opened.world.close()
