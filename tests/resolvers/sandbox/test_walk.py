"""Whatever people do, in whatever order: no row without an owner, no reference to nothing, no quota overdrawn, and a restart agrees."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies
from redis.asyncio import Redis

from notifications.redis import RedisClient
from resolvers.actor import Credential
from resolvers.compute.port import FlavorRow, ServerGroupRow, ServerRow, ServerSpec, ServerStatus, ServerVerb
from resolvers.errors import GurumError
from resolvers.image.port import ImageRow
from resolvers.names import Names
from resolvers.network.port import (
    FloatingIpRow,
    NetworkRow,
    PortRow,
    RouterRow,
    RuleSpec,
    SecurityGroupRow,
    SubnetRow,
    SubnetSpec,
)
from resolvers.sandbox.server_states import STEPS
from resolvers.sandbox.world import World
from resolvers.volume.port import VolumeBackupRow, VolumeRow, VolumeSnapshotRow, VolumeSpec, VolumeTransferRow
from tests.clock import HandClock
from tests.resolvers.sandbox.conftest import Cloud
from tests.resolvers.sandbox.conftest import settings as sandbox
from tests.resolvers.sandbox.integrity import wrongs

PEOPLE = (
    ("jiwoo", "shop"),
    ("jiwoo", "talk"),
    ("minsu", "talk"),
    ("haneul", "shop"),
    ("sora", "search"),
    ("operator", "shop"),
)
S = ServerStatus
Pick = Callable[..., str]  # a native id of a type, mostly of a row that fits, when something is said about that
Do = Callable[[Cloud, Credential, Pick], Awaitable[Any]]


def _verb(verb: ServerVerb) -> Do:
    fitting = STEPS[verb].allowed if verb in STEPS else {S.VERIFY_RESIZE} if "resize" in verb else set(S)
    return lambda c, a, one: c.compute.change_server(a, one(ServerRow, lambda row: row.status in fitting), verb)


def _spec(cloud: Cloud, one: Pick, **given: Any) -> ServerSpec:
    small = one(FlavorRow, lambda row: row.public and 1_000 < row.ram < 9_000)
    return cloud.spec(**{"flavor": small, "image": one(ImageRow, lambda row: row.public)} | given)


def _free(row: PortRow) -> bool:
    return row.server_id is None and row.router_id is None


def _on(row: ServerRow) -> bool:
    return row.status is S.ACTIVE and row.task_state is None


def _ready(row: Any) -> bool:
    return str(row.status) == "available"


def _outside(row: NetworkRow) -> bool:
    return row.external


def _made(row: Any) -> bool:
    return len(row.name) == 1


async def _detach_volume(cloud: Cloud, acting: Credential, one: Pick) -> None:
    volume = one(VolumeRow, lambda row: row.server_ids and row.attachments[0].device != "/dev/vda")
    servers = getattr(cloud.world.get(VolumeRow, volume), "server_ids", ())
    await cloud.compute.detach_volume(acting, servers[0].split("/")[1] if servers else one(ServerRow), volume)


async def _detach_port(cloud: Cloud, acting: Credential, one: Pick) -> None:
    port = one(PortRow, lambda row: row.server_id)
    server = getattr(cloud.world.get(PortRow, port), "server_id", None)
    await cloud.compute.detach_interface(acting, server.split("/")[1] if server else one(ServerRow), port)


async def _part(cloud: Cloud, acting: Credential, one: Pick) -> None:
    port = cloud.world.get(PortRow, one(PortRow, lambda row: row.device_owner == "network:router_interface"))
    if port is not None and port.router_id and port.subnet_ids:
        router, subnet = port.router_id.split("/")[1], port.subnet_ids[0].split("/")[1]
        await cloud.network.remove_router_interface(acting, router, subnet)


ACTIONS: dict[str, Do] = {
    "create server": lambda c, a, one: c.compute.create_servers(a, _spec(c, one)),
    "create two": lambda c, a, one: c.compute.create_servers(a, _spec(c, one, count=2, networks=(one(NetworkRow),))),
    "create in group": lambda c, a, one: c.compute.create_servers(a, _spec(c, one, server_group=one(ServerGroupRow))),
    "create on port": lambda c, a, one: c.compute.create_servers(a, _spec(c, one, ports=(one(PortRow, _free),))),
    "create failing": lambda c, a, one: c.compute.create_servers(a, _spec(c, one, name="fail-x", boot_volume_size=5)),
    "boot from new": lambda c, a, one: c.compute.create_servers(a, _spec(c, one, boot_volume_size=20)),
    "boot from old": lambda c, a, one: c.compute.create_servers(
        a, _spec(c, one, image=None, boot_volume=one(VolumeRow, lambda row: row.bootable and _ready(row)))
    ),
    "delete server": lambda c, a, one: c.compute.delete_server(a, one(ServerRow)),
    **{verb.value: _verb(verb) for verb in ServerVerb},
    "resize": lambda c, a, one: c.compute.resize_server(a, one(ServerRow, _on), one(FlavorRow)),
    "rebuild": lambda c, a, one: c.compute.rebuild_server(a, one(ServerRow, _on), one(ImageRow)),
    "snapshot server": lambda c, a, one: c.compute.snapshot_server(a, one(ServerRow, _on), "s", ""),
    "attach volume": lambda c, a, one: c.compute.attach_volume(a, one(ServerRow, _on), one(VolumeRow, _ready), None),
    "detach volume": _detach_volume,
    "attach network": lambda c, a, one: c.compute.attach_interface(a, one(ServerRow, _on), one(NetworkRow), None),
    "attach port": lambda c, a, one: c.compute.attach_interface(a, one(ServerRow, _on), None, one(PortRow, _free)),
    "detach port": _detach_port,
    "add group": lambda c, a, one: c.compute.add_security_group(a, one(ServerRow), one(SecurityGroupRow)),
    "remove group": lambda c, a, one: c.compute.remove_security_group(a, one(ServerRow), one(SecurityGroupRow)),
    "group servers": lambda c, a, one: c.compute.create_server_group(a, "g", "affinity"),
    "ungroup": lambda c, a, one: c.compute.delete_server_group(a, one(ServerGroupRow)),
    "delete flavor": lambda c, a, one: c.compute.delete_flavor(a, one(FlavorRow)),
    "delete image": lambda c, a, one: c.image.delete_image(a, one(ImageRow)),
    "create volume": lambda c, a, one: c.volume.create_volume(a, VolumeSpec("v", 3, "")),
    "copy volume": lambda c, a, one: c.volume.create_volume(a, VolumeSpec("v", 500, "", source_volume=one(VolumeRow))),
    "from snapshot": lambda c, a, one: c.volume.create_volume(
        a, VolumeSpec("v", 500, "", snapshot=one(VolumeSnapshotRow, _ready))
    ),
    "delete volume": lambda c, a, one: c.volume.delete_volume(a, one(VolumeRow, _ready)),
    "extend": lambda c, a, one: c.volume.extend_volume(a, one(VolumeRow), 210),
    "snapshot volume": lambda c, a, one: c.volume.create_snapshot(a, one(VolumeRow), "s", None, ""),
    "delete snapshot": lambda c, a, one: c.volume.delete_snapshot(a, one(VolumeSnapshotRow, _ready)),
    "back up": lambda c, a, one: c.volume.create_backup(a, one(VolumeRow), "b", None, False),
    "restore": lambda c, a, one: c.volume.restore_backup(a, one(VolumeBackupRow, _ready), None),
    "restore over": lambda c, a, one: c.volume.restore_backup(a, one(VolumeBackupRow, _ready), one(VolumeRow, _ready)),
    "delete backup": lambda c, a, one: c.volume.delete_backup(a, one(VolumeBackupRow)),
    "offer": lambda c, a, one: c.volume.create_transfer(a, one(VolumeRow, _ready), "t"),
    "take back": lambda c, a, one: c.volume.delete_transfer(a, one(VolumeTransferRow)),
    "create network": lambda c, a, one: c.network.create_network(a, "n", None, None, "m"),
    "delete network": lambda c, a, one: c.network.delete_network(a, one(NetworkRow, _made)),
    "rename network": lambda c, a, one: c.network.update_network(a, one(NetworkRow), "renamed", None),
    "create subnet": lambda c, a, one: c.network.create_subnet(
        a, SubnetSpec("s", one(NetworkRow, _made), "10.99.0.0/29"), "m"
    ),
    "delete subnet": lambda c, a, one: c.network.delete_subnet(a, one(SubnetRow, _made)),
    "create router": lambda c, a, one: c.network.create_router(a, "r", one(NetworkRow, _outside), "m"),
    "close router": lambda c, a, one: c.network.set_gateway(a, one(RouterRow), None),
    "join": lambda c, a, one: c.network.add_router_interface(a, one(RouterRow, _made), one(SubnetRow, _made)),
    "part": _part,
    "delete router": lambda c, a, one: c.network.delete_router(a, one(RouterRow, _made)),
    "create port": lambda c, a, one: c.network.create_port(a, one(NetworkRow), "p", None, None, (), "m"),
    "delete port": lambda c, a, one: c.network.delete_port(a, one(PortRow)),
    "create floating": lambda c, a, one: c.network.create_floating_ip(a, one(NetworkRow, _outside), None, "m"),
    "associate": lambda c, a, one: c.network.associate_floating_ip(a, one(FloatingIpRow), one(PortRow)),
    "release": lambda c, a, one: c.network.associate_floating_ip(a, one(FloatingIpRow), None),
    "delete floating": lambda c, a, one: c.network.delete_floating_ip(a, one(FloatingIpRow)),
    "create group": lambda c, a, one: c.network.create_security_group(a, "g", None, "m"),
    "delete group": lambda c, a, one: c.network.delete_security_group(a, one(SecurityGroupRow, _made)),
    "create rule": lambda c, a, one: c.network.create_rule(
        a, one(SecurityGroupRow), RuleSpec("ingress", remote_group=one(SecurityGroupRow))
    ),
}
STEP = strategies.tuples(
    strategies.sampled_from(sorted(ACTIONS)),
    strategies.sampled_from(PEOPLE),
    strategies.randoms(use_true_random=False),
    strategies.sampled_from(
        [0.0, 0.7, 2.0, 30.0]
    ),  # seconds until the next step: in the middle of things, or after them
)


@given(strategies.lists(STEP, min_size=10, max_size=40))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_people_do_the_world_stays_sound(valkey: str, steps: list[Any]) -> None:
    asyncio.run(_walk(valkey, steps))


async def _walk(address: str, steps: list[Any]) -> None:
    async with Redis.from_url(address) as redis:
        await _walked(redis, steps)


def _picker(cloud: Cloud, project_id: str, random: Any) -> Pick:
    """Mostly something of the project that fits, so that much of it works; sometimes anything."""

    def one(type_: type[Any], fits: Callable[[Any], Any] = lambda row: True) -> str:
        rows = cloud.world.rows(type_)
        seen = [
            row
            for row in rows
            if getattr(row, "project_id", None) in (project_id, None) or getattr(row, "public", False)
        ]
        choice = [row for row in seen if fits(row)] or seen or rows
        choice = choice if random.random() < 0.9 else rows
        return str(random.choice(choice).native_id) if choice else "none"

    return one


async def _walked(redis: RedisClient, steps: list[Any]) -> None:
    """A cloud of its own name for each walk, so that they do not have to wait for each other's end."""
    clock, name = HandClock(), f"walk-{uuid.uuid4().hex}"
    names = Names(name, name)
    cloud = Cloud(await World.open(redis, sandbox(name=name), names, clock), redis, clock)
    done = []
    for action, (person, project), random, seconds in steps:
        acting = await cloud.acting(person, project)

        one = _picker(cloud, names.id("project", acting.project or ""), random)
        before = cloud.world.rows(ServerRow)
        try:
            await ACTIONS[action](cloud, acting, one)
            done.append(action)
        except GurumError as error:
            assert error.message and error.backend == name
            assert cloud.world.rows(ServerRow) == before, f"{action} was refused and changed something"
        assert wrongs(cloud.world) == [], done[-5:]
        await cloud.pass_time(seconds)
        assert wrongs(cloud.world) == [], done[-5:]
    await cloud.world.close()
    again = await World.open(redis, sandbox(name=name), names, clock)
    for type_ in (ServerRow, VolumeRow, PortRow, FloatingIpRow, NetworkRow):
        assert sorted(again.rows(type_), key=repr) == sorted(cloud.world.rows(type_), key=repr)
    assert wrongs(again) == []
    await redis.delete(f"gurum:sandbox:{name}")
