"""A world of any size, written directly so that 25,000 servers take about a second: what `bench/` and tests of scale run on.

Servers lie over up to 650 projects by a power law: a few projects are big, most are small. To keep the world small in memory, servers
have port rows in the demo people's projects only; the others have their addresses and no ports.
"""

import itertools
import random
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from resolvers.compute.port import Address, FlavorRow, HypervisorRow, PowerState, ServerRow, ServerStatus
from resolvers.image.port import ImageRow
from resolvers.network.port import FixedIp, NetworkRow, NetworkStatus, PortRow, SecurityGroupRow
from resolvers.sandbox import hosts, seed_people, seed_projects
from resolvers.sandbox.people import Caller, Directory
from resolvers.sandbox.seed_projects import BASE
from resolvers.volume.port import Attachment, VolumeRow, VolumeStatus

if TYPE_CHECKING:
    from resolvers.sandbox.world import World

MOST_PROJECTS, USERS, SERVICES = 650, 200, 1_200
POWER: Final = 0.7  # the weight of the n-th project is n ** -POWER
STATUSES: Final = (
    *(ServerStatus.ACTIVE,) * 87,
    *(ServerStatus.SHUTOFF,) * 9,
    *(ServerStatus.ERROR,) * 3,
    ServerStatus.PAUSED,
)
POWERS: Final = {
    ServerStatus.ACTIVE: PowerState.RUNNING,
    ServerStatus.PAUSED: PowerState.PAUSED,
    ServerStatus.SHUTOFF: PowerState.SHUTDOWN,
}
FIRST_NETWORK = 10 << 24 | 64 << 16  # 10.64.0.0; each project has a /18
PORTS_FOR: Final = ("shop", "talk")


class Home:
    """A project and the network that its servers lie on."""

    def __init__(self, world: "World", owner: Caller, name: str, place: int) -> None:
        self.owner = owner
        self.name = name
        self.ported = name in PORTS_FOR
        base = FIRST_NETWORK + (place << 14)
        native = seed_projects.network(world, owner, name, f"{_dotted(base)}/18")
        if self.ported:
            seed_projects.way_out(world, owner, name, native)
            seed_projects.keypair(world, owner, f"{name}-laptop")
        self.network = world.visible(NetworkRow, native, owner, "network")
        self.subnet_id = self.network.subnet_ids[0]
        self.group_ids = tuple(row.id for row in world.where(SecurityGroupRow, "project_id", owner.project_id))
        # From the top of the range downwards, so that new ports, which count upwards, do not meet servers without a port row.
        self.addresses = (_dotted(base + (1 << 14) - 2 - place) for place in itertools.count())


def fill(world: "World", directory: Directory, size: int) -> None:
    users = [seed_people.add_user(world, f"user-{number:03d}") for number in range(USERS)]
    homes = [
        Home(world, owner, name, place) for place, (name, owner) in enumerate(_projects(world, directory, size, users))
    ]
    rng = random.Random(world.settings.seed)  # noqa: S311 - a world for tests of scale, not a secret
    places = rng.choices(homes, [(place + 1) ** -POWER for place in range(len(homes))], k=size)
    names = [_uid(rng) for _ in range(size)]
    held = _volumes(world, rng, places, names)
    _servers(world, rng, places, names, held)
    for home in homes:
        _limits(world, home)


def _projects(world: "World", directory: Directory, size: int, users: list[str]) -> list[tuple[str, Caller]]:
    found = [
        ("shop", seed_people.as_person(world, "jiwoo", "shop")),
        ("talk", seed_people.as_person(world, "minsu", "talk")),
    ]
    for number in range(2, max(2, min(MOST_PROJECTS, size // 10))):
        name = f"proj-{number:03d}"
        seed_people.add_project(world, directory, name, "default", "")
        found.append((name, seed_people.as_person(world, f"user-{number % len(users):03d}", name)))
    return found


def _volumes(world: "World", rng: random.Random, places: list[Home], names: list[str]) -> dict[int, list[str]]:
    """A volume for every fifth server; nine of ten are attached. Global ids by the number of the server."""
    held: dict[int, list[str]] = {}
    for number in range(len(names) // 5):
        server = rng.randrange(len(names)) if number % 10 else None
        home = places[server] if server is not None else places[0]
        native = _uid(rng)
        row = VolumeRow(
            id=world.names.id("volume", native),
            native_id=native,
            cloud=world.cloud,
            name=f"vol-{number}",
            project_id=home.owner.project_id,
            user_id=home.owner.user_id,
            status=VolumeStatus.AVAILABLE if server is None else VolumeStatus.IN_USE,
            size=10 * (1 + number % 50),
            bootable=False,
            encrypted=False,
            multiattach=False,
            description=None,
            type_name="fast" if number % 3 == 0 else "standard",
            az="az-a",
            attachments=(),
            server_ids=(),
            image_id=None,
            snapshot_id=None,
            source_volume_id=None,
            created_at=BASE,
            updated_at=BASE,
            metadata={},
        )
        if server is not None:
            server_id = world.names.id("server", names[server])
            attachments = held.setdefault(server, [])
            attachments.append(row.id)
            device = f"/dev/vd{'bcdefghijklmnopqrstuvwxyz'[len(attachments) - 1]}"
            world.edit(row, attachments=(Attachment(server_id, device),), server_ids=(server_id,))
        else:
            world.put(row)
    return held


def _servers(
    world: "World", rng: random.Random, places: list[Home], names: list[str], held: dict[int, list[str]]
) -> None:
    public_flavors = [row for row in world.rows(FlavorRow) if row.public]
    image_ids = [row.id for row in world.rows(ImageRow)]
    hypervisors = world.rows(HypervisorRow)
    zones = {row.host: hosts.zone_of(world, row.host) for row in hypervisors}
    labels = [
        {"service": f"svc-{number:04d}", "team": f"team-{number % 77}", "env": "prod"} for number in range(SERVICES)
    ]
    used = {row.id: [0, 0, 0, 0] for row in hypervisors}
    # All choices at once: a call of `choice` for each would be a third of the whole seed's time.
    flavors, on = rng.choices(public_flavors, k=len(names)), rng.choices(hypervisors, k=len(names))
    statuses, images = rng.choices(STATUSES, k=len(names)), rng.choices(image_ids, k=len(names))
    rows = zip(places, names, flavors, on, statuses, images, strict=True)
    for number, (home, native, flavor, host, status, image) in enumerate(rows):
        created = BASE + timedelta(minutes=number * 7 % 300_000)
        mac = f"fa:16:3e:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"
        address = Address(next(home.addresses), 4, home.network.name, mac, False)
        server_id = world.names.id("server", native)
        world.put(
            ServerRow(
                id=server_id,
                native_id=native,
                cloud=world.cloud,
                name=f"vm-{home.name}-{number:05d}",
                project_id=home.owner.project_id,
                user_id=home.owner.user_id,
                status=status,
                task_state=None,
                power_state=POWERS.get(status, PowerState.NOSTATE),
                locked=False,
                description=None,
                image_id=image,
                flavor_id=flavor.id,
                flavor_name=flavor.name,
                vcpus=flavor.vcpus,
                ram=flavor.ram,
                disk=flavor.disk,
                key_name=None,
                az=zones[host.host],
                host=host.host,
                hypervisor_id=host.id,
                created_at=created,
                updated_at=created,
                launched_at=created,
                addresses=(address,),
                ips=(address.ip,),
                security_group_names=("default",),
                volume_ids=tuple(held.get(number, ())),
                server_group_ids=(),
                tags=(),
                metadata=labels[number % SERVICES],
                fault="The host was lost." if status is ServerStatus.ERROR else None,
            )
        )
        if home.ported:
            _port(world, rng, home, server_id, address)
        for place, amount in enumerate((flavor.vcpus, flavor.ram, flavor.disk, 1)):
            used[host.id][place] += amount
    for host in hypervisors:
        vcpus, ram, disk, count = used[host.id]
        world.edit(host, vcpus_used=vcpus, ram_used=ram, disk_used=disk, server_count=count)


def _port(world: "World", rng: random.Random, home: Home, server_id: str, address: Address) -> None:
    native = _uid(rng)
    world.put(
        PortRow(
            id=world.names.id("port", native),
            native_id=native,
            cloud=world.cloud,
            name="",
            project_id=home.owner.project_id,
            network_id=home.network.id,
            status=NetworkStatus.ACTIVE,
            admin_state_up=True,
            mac=address.mac or "",
            fixed_ips=(FixedIp(address.ip, home.subnet_id),),
            ips=(address.ip,),
            subnet_ids=(home.subnet_id,),
            device_owner="compute:nova",
            server_id=server_id,
            router_id=None,
            security_group_ids=home.group_ids,
            port_security=True,
            description=None,
            created_at=BASE,
            tags=(),
        )
    )


def _limits(world: "World", home: Home) -> None:
    """Twice what the project uses, so that there is room in every project."""
    rows = world.where(ServerRow, "project_id", home.owner.project_id)
    volumes = world.where(VolumeRow, "project_id", home.owner.project_id)
    world.limits[home.owner.project] = {
        "instances": 2 * len(rows) + 50,
        "cores": 2 * sum(row.vcpus for row in rows) + 200,
        "ram": 2 * sum(row.ram for row in rows) + 512 * 1024,
        "volumes": 2 * len(volumes) + 50,
        "gigabytes": 2 * sum(row.size for row in volumes) + 5_000,
        "port": 2 * len(rows) + 500,
    }


def _uid(rng: random.Random) -> str:
    text = f"{rng.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def _dotted(number: int) -> str:
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
