"""Whatever people do, in whatever order: no row without an owner, no reference to nothing, no quota overdrawn, and a restart agrees."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies
from redis.asyncio import Redis

from resolvers.actor import Credential
from resolvers.compute.port import FlavorRow, ServerGroupRow, ServerRow, ServerVerb
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
from resolvers.sandbox.world import World
from resolvers.volume.port import VolumeBackupRow, VolumeRow, VolumeSnapshotRow, VolumeSpec, VolumeTransferRow
from tests.clock import HandClock
from tests.resolvers.sandbox.conftest import Cloud
from tests.resolvers.sandbox.conftest import settings as sandbox
from tests.resolvers.sandbox.integrity import wrongs

PEOPLE = (("jiwoo", "shop"), ("jiwoo", "talk"), ("minsu", "talk"), ("haneul", "shop"), ("sora", "search"), ("operator", "shop"))
Do = Callable[[Cloud, Credential, Callable[[type[Any]], str]], Awaitable[Any]]


def _verb(verb: ServerVerb) -> Do:
    return lambda c, a, one: c.compute.change_server(a, one(ServerRow), verb)


ACTIONS: dict[str, Do] = {
    "create server": lambda c, a, one: c.compute.create_servers(a, c.spec()),
    "create two": lambda c, a, one: c.compute.create_servers(a, c.spec(count=2, networks=(one(NetworkRow),))),
    "create in group": lambda c, a, one: c.compute.create_servers(a, c.spec(server_group=one(ServerGroupRow))),
    "create on port": lambda c, a, one: c.compute.create_servers(a, c.spec(ports=(one(PortRow),))),
    "create failing": lambda c, a, one: c.compute.create_servers(a, c.spec(name="fail-x", boot_volume_size=5)),
    "boot from new": lambda c, a, one: c.compute.create_servers(a, c.spec(boot_volume_size=20)),
    "boot from old": lambda c, a, one: c.compute.create_servers(a, c.spec(image=None, boot_volume=one(VolumeRow))),
    "delete server": lambda c, a, one: c.compute.delete_server(a, one(ServerRow)),
    **{verb.value: _verb(verb) for verb in ServerVerb},
    "resize": lambda c, a, one: c.compute.resize_server(a, one(ServerRow), one(FlavorRow)),
    "rebuild": lambda c, a, one: c.compute.rebuild_server(a, one(ServerRow), one(ImageRow)),
    "snapshot server": lambda c, a, one: c.compute.snapshot_server(a, one(ServerRow), "s"),
    "attach volume": lambda c, a, one: c.compute.attach_volume(a, one(ServerRow), one(VolumeRow), None),
    "detach volume": lambda c, a, one: c.compute.detach_volume(a, one(ServerRow), one(VolumeRow)),
    "attach network": lambda c, a, one: c.compute.attach_interface(a, one(ServerRow), one(NetworkRow), None),
    "attach port": lambda c, a, one: c.compute.attach_interface(a, one(ServerRow), None, one(PortRow)),
    "detach port": lambda c, a, one: c.compute.detach_interface(a, one(ServerRow), one(PortRow)),
    "add group": lambda c, a, one: c.compute.add_security_group(a, one(ServerRow), one(SecurityGroupRow)),
    "remove group": lambda c, a, one: c.compute.remove_security_group(a, one(ServerRow), one(SecurityGroupRow)),
    "group servers": lambda c, a, one: c.compute.create_server_group(a, "g", "affinity"),
    "ungroup": lambda c, a, one: c.compute.delete_server_group(a, one(ServerGroupRow)),
    "delete flavor": lambda c, a, one: c.compute.delete_flavor(a, one(FlavorRow)),
    "delete image": lambda c, a, one: c.image.delete_image(a, one(ImageRow)),
    "create volume": lambda c, a, one: c.volume.create_volume(a, VolumeSpec("v", 3, "")),
    "copy volume": lambda c, a, one: c.volume.create_volume(a, VolumeSpec("v", 500, "", source_volume=one(VolumeRow))),
    "from snapshot": lambda c, a, one: c.volume.create_volume(a, VolumeSpec("v", 500, "", snapshot=one(VolumeSnapshotRow))),
    "delete volume": lambda c, a, one: c.volume.delete_volume(a, one(VolumeRow)),
    "extend": lambda c, a, one: c.volume.extend_volume(a, one(VolumeRow), 210),
    "snapshot volume": lambda c, a, one: c.volume.create_snapshot(a, one(VolumeRow), "s", None, ""),
    "delete snapshot": lambda c, a, one: c.volume.delete_snapshot(a, one(VolumeSnapshotRow)),
    "back up": lambda c, a, one: c.volume.create_backup(a, one(VolumeRow), "b", None, False),
    "restore": lambda c, a, one: c.volume.restore_backup(a, one(VolumeBackupRow), None),
    "restore over": lambda c, a, one: c.volume.restore_backup(a, one(VolumeBackupRow), one(VolumeRow)),
    "delete backup": lambda c, a, one: c.volume.delete_backup(a, one(VolumeBackupRow)),
    "offer": lambda c, a, one: c.volume.create_transfer(a, one(VolumeRow), "t"),
    "take back": lambda c, a, one: c.volume.delete_transfer(a, one(VolumeTransferRow)),
    "create network": lambda c, a, one: c.network.create_network(a, "n", None, None, "m"),
    "delete network": lambda c, a, one: c.network.delete_network(a, one(NetworkRow)),
    "rename network": lambda c, a, one: c.network.update_network(a, one(NetworkRow), "renamed", None),
    "create subnet": lambda c, a, one: c.network.create_subnet(a, SubnetSpec("s", one(NetworkRow), "10.99.0.0/29"), "m"),
    "delete subnet": lambda c, a, one: c.network.delete_subnet(a, one(SubnetRow)),
    "create router": lambda c, a, one: c.network.create_router(a, "r", one(NetworkRow), "m"),
    "close router": lambda c, a, one: c.network.set_gateway(a, one(RouterRow), None),
    "join": lambda c, a, one: c.network.add_router_interface(a, one(RouterRow), one(SubnetRow)),
    "part": lambda c, a, one: c.network.remove_router_interface(a, one(RouterRow), one(SubnetRow)),
    "delete router": lambda c, a, one: c.network.delete_router(a, one(RouterRow)),
    "create port": lambda c, a, one: c.network.create_port(a, one(NetworkRow), "p", None, None, (), "m"),
    "delete port": lambda c, a, one: c.network.delete_port(a, one(PortRow)),
    "create floating": lambda c, a, one: c.network.create_floating_ip(a, one(NetworkRow), None, "m"),
    "associate": lambda c, a, one: c.network.associate_floating_ip(a, one(FloatingIpRow), one(PortRow)),
    "release": lambda c, a, one: c.network.associate_floating_ip(a, one(FloatingIpRow), None),
    "delete floating": lambda c, a, one: c.network.delete_floating_ip(a, one(FloatingIpRow)),
    "create group": lambda c, a, one: c.network.create_security_group(a, "g", None, "m"),
    "delete group": lambda c, a, one: c.network.delete_security_group(a, one(SecurityGroupRow)),
    "create rule": lambda c, a, one: c.network.create_rule(
        a, one(SecurityGroupRow), RuleSpec("ingress", remote_group=one(SecurityGroupRow))
    ),
}
STEP = strategies.tuples(
    strategies.sampled_from(sorted(ACTIONS)),
    strategies.sampled_from(PEOPLE),
    strategies.randoms(use_true_random=False),
    strategies.sampled_from([0.0, 0.7, 2.0, 30.0]),  # seconds until the next step: in the middle of things, or after them
)


@given(strategies.lists(STEP, min_size=10, max_size=60))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_people_do_the_world_stays_sound(valkey: str, steps: list[Any]) -> None:
    asyncio.run(_walk(valkey, steps))


async def _walk(address: str, steps: list[Any]) -> None:
    """A cloud of its own name for each walk, so that they do not have to wait for each other's end."""
    redis = Redis.from_url(address)
    clock, name = HandClock(), f"walk-{uuid.uuid4().hex}"
    names = Names(name, name)
    cloud = Cloud(await World.open(redis, sandbox(name=name), names, clock), redis, clock)
    done = []
    for action, (person, project), random, seconds in steps:
        acting = await cloud.acting(person, project)

        def one(type_: type[Any], mine: str = names.id("project", acting.project or ""), random: Any = random) -> str:
            """Mostly something of the project, so that much of it works; sometimes anything."""
            rows = [row for row in cloud.world.rows(type_) if getattr(row, "project_id", None) in (mine, None)]
            rows = rows if rows and random.random() < 0.9 else list(cloud.world.rows(type_))
            return str(random.choice(rows).native_id) if rows else "none"

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
    await redis.aclose()
