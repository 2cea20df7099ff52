"""The hand-made world of a demo: sixty servers of a shop, a messenger, the cloud's own project and a partner, in many states."""

import dataclasses
import math
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from resolvers.compute.port import FlavorRow, ServerRow, ServerSpec, ServerVerb
from resolvers.image.port import ImageRow
from resolvers.network.port import NetworkRow
from resolvers.sandbox import catalogue, ports, routers, seed_projects, server_rules, server_states, servers, volumes
from resolvers.sandbox import volume_copies as copies
from resolvers.sandbox.people import Caller
from resolvers.sandbox.seed_people import as_person
from resolvers.sandbox.seed_projects import BASE
from resolvers.volume.port import VolumeRow, VolumeSpec

if TYPE_CHECKING:
    from resolvers.sandbox.world import World


class Service(NamedTuple):
    """So many servers `<project>-<name>-<n>`; `data` GiB each on a volume, `boot` GiB to boot from, `open` of them with floating IPs."""

    project: str
    name: str
    servers: int
    flavor: str
    image: str
    groups: tuple[str, ...] = ()
    data: int = 0
    boot: int | None = None
    open: int = 0
    apart: bool = False


OWNERS: Final = {"shop": "jiwoo", "talk": "minsu", "search": "sora", "admin": "operator", "lab2": "rian"}
SERVICES: Final = (
    Service("shop", "web", 6, "m1.medium", "ubuntu-24.04", ("web", "ssh"), open=2, apart=True),
    Service("shop", "api", 5, "m1.large", "ubuntu-24.04", ("web", "ssh")),
    Service("shop", "cart", 3, "m1.medium", "ubuntu-22.04", ("ssh",)),
    Service("shop", "pay", 2, "m1.medium", "rocky-9", ("ssh",)),
    Service("shop", "db", 3, "m1.xlarge", "rocky-9", ("db", "ssh"), data=200),
    Service("shop", "cache", 2, "m1.large", "ubuntu-24.04", ("db", "ssh")),
    Service("shop", "batch", 2, "m1.large", "ubuntu-22.04", ("ssh",)),
    Service("shop", "bastion", 1, "m1.small", "ubuntu-24.04", ("ssh",), open=1),
    Service("talk", "chat", 8, "m1.large", "ubuntu-24.04", ("web", "ssh"), open=1, apart=True),
    Service("talk", "relay", 4, "m1.medium", "ubuntu-24.04", ("ssh",)),
    Service("talk", "push", 3, "m1.medium", "centos-9", ("ssh",)),
    Service("talk", "db", 3, "m1.xlarge", "rocky-9", ("db", "ssh"), data=400),
    Service("talk", "media", 2, "m1.large", "ubuntu-22.04", ("web",), data=100),
    Service("talk", "bastion", 1, "m1.small", "ubuntu-24.04", ("ssh",), boot=20, open=1),
    Service("admin", "monitor", 2, "m1.large", "rocky-9", ("web", "ssh"), data=100),
    Service("admin", "log", 3, "m1.xlarge", "rocky-9", ("ssh",), data=500),
    Service("admin", "mirror", 2, "m1.medium", "centos-9", ("web", "ssh")),
    Service("admin", "registry", 1, "m1.large", "ubuntu-24.04", ("web", "ssh"), data=300, open=1),
    Service("admin", "dns", 2, "m1.small", "ubuntu-24.04", ("ssh",)),
    Service("lab2", "trial", 4, "m1.small", "ubuntu-24.04", ("ssh",)),
    Service("lab2", "build", 1, "m1.large", "centos-7", ("ssh",)),
)
VERBS: Final = {  # server -> what was done to it
    "shop-batch-2": ServerVerb.STOP,
    "talk-relay-4": ServerVerb.STOP,
    "admin-mirror-2": ServerVerb.STOP,
    "shop-cart-3": ServerVerb.PAUSE,
    "talk-push-3": ServerVerb.SUSPEND,
    "lab2-trial-4": ServerVerb.SHELVE,
    "shop-db-1": ServerVerb.LOCK,
}
BROKEN: Final = "talk-media-2"
RESIZED: Final = "shop-api-5"
STEP: Final = timedelta(hours=19)  # between two services' first days


def fill(world: "World") -> None:
    owners = {project: as_person(world, person, project) for project, person in OWNERS.items()}
    groups: dict[str, dict[str, str]] = {}
    for number, (project, owner) in enumerate(owners.items()):
        inside = seed_projects.network(world, owner, project, f"10.{number + 1}.0.0/24")
        seed_projects.way_out(world, owner, project, inside)
        groups[project] = seed_projects.security_groups(world, owner)
        seed_projects.keypair(world, owner, f"{OWNERS[project]}-laptop")
    for number, service in enumerate(SERVICES):
        world.settle(math.inf)
        world.seed_at(BASE + number * STEP)
        _service(world, owners[service.project], service, groups[service.project])
    world.settle(math.inf)
    world.seed_at(BASE + len(SERVICES) * STEP)
    _states(world)
    _loose_things(world, owners)


def _service(world: "World", owner: Caller, service: Service, groups: dict[str, str]) -> None:
    label = f"{service.project}-{service.name}"
    group = catalogue.create_group(world, owner, label, "soft-anti-affinity") if service.apart else None
    spec = ServerSpec(
        name=label,
        flavor=_named(world, FlavorRow, service.flavor),
        marker="",
        image=_named(world, ImageRow, service.image),
        boot_volume_size=service.boot,
        security_groups=tuple(groups[name] for name in service.groups),
        keypair=f"{OWNERS[service.project]}-laptop",
        server_group=group,
        metadata={"service": label, "env": "trial" if service.project == "lab2" else "prod"},
        tags=(service.name,),
    )
    for number in range(1, service.servers + 1):
        made = servers.create(world, owner, dataclasses.replace(spec, name=f"{label}-{number}"))
        world.settle(world.now().timestamp() + 60)
        world.seed_at(BASE + SERVICES.index(service) * STEP + timedelta(minutes=number))
        if service.data:
            _data(world, owner, made[0], f"{label}-{number}-data", service.data)
        if number <= service.open:
            _open(world, owner, made[0])


def _data(world: "World", owner: Caller, server: str, name: str, size: int) -> None:
    moment = world.now()
    volume = volumes.create(world, owner, VolumeSpec(name, size, "", type="fast" if size > 150 else None))
    world.settle(math.inf)
    world.seed_at(moment)
    volumes.attach(world, owner, server, volume, None)
    world.settle(math.inf)
    world.seed_at(moment)


def _open(world: "World", owner: Caller, server: str) -> None:
    public = next(row for row in world.rows(NetworkRow) if row.external)
    floating = routers.create_floating(world, owner, public.native_id, None, "")
    port = ports.of_server(world, world.names.id("server", server))[0]
    routers.associate(world, owner, floating, port.native_id, None)


def _states(world: "World") -> None:
    by_name = {row.name: row for row in world.rows(ServerRow)}
    for name, verb in VERBS.items():
        row = by_name[name]
        person = as_person(world, OWNERS[name.split("-")[0]], name.split("-")[0])
        server_states.change(world, dataclasses.replace(person, admin=False), row.native_id, verb)
    person = as_person(world, "jiwoo", "shop")
    server_states.resize(world, person, by_name[RESIZED].native_id, _named(world, FlavorRow, "m1.xlarge"))
    world.settle(math.inf)
    world.seed_at(BASE + (len(SERVICES) + 1) * STEP)
    sentence = "Build of the instance was aborted: its volume did not become available within 187 seconds."
    server_rules.error(world, by_name[BROKEN], sentence)


def _loose_things(world: "World", owners: dict[str, Caller]) -> None:
    """What belongs to no server: free volumes and addresses, a snapshot, a backup, an image of a server, an offer."""
    shop, search = owners["shop"], owners["search"]
    for owner, name, size in (
        (shop, "scratch", 50),
        (shop, "old-catalogue", 120),
        (search, "index-a", 80),
        (search, "index-b", 80),
    ):
        volumes.create(world, owner, VolumeSpec(name, size, ""))
    public = next(row for row in world.rows(NetworkRow) if row.external)
    routers.create_floating(world, shop, public.native_id, "kept for the next sale", "")
    world.settle(math.inf)
    world.seed_at(BASE + (len(SERVICES) + 2) * STEP)
    by_name = {row.name: row.native_id for row in world.rows(VolumeRow)}
    copies.create_snapshot(world, shop, by_name["shop-db-1-data"], "before-upgrade", None, "")
    copies.create_backup(world, shop, by_name["shop-db-2-data"], "weekly", None, False)
    copies.create_transfer(world, shop, by_name["old-catalogue"], "for search")
    web = next(row for row in world.rows(ServerRow) if row.name == "shop-web-1")
    server_states.snapshot(world, shop, web.native_id, "shop-web-golden", "")


def _named(world: "World", type_: type[FlavorRow] | type[ImageRow], name: str) -> str:
    return next(row.native_id for row in world.rows(type_) if row.name == name)
