"""What is true of every world at every moment: owners exist, references lead somewhere, both ends of a bond agree, nothing is negative."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from resolvers.compute.port import HypervisorRow, ServerGroupRow, ServerRow, ServerStatus
from resolvers.identity.port import ProjectRow
from resolvers.network.port import FloatingIpRow, NetworkRow, PortRow, SubnetRow
from resolvers.sandbox import quotas
from resolvers.sandbox.records import KEPT, ServerNote, Timer, TransferKey
from resolvers.sandbox.world import World
from resolvers.volume.port import VolumeRow, VolumeStatus, VolumeTransferRow

# References that outlive what they name, as in OpenStack: the image of a server, the source of a volume, a backup's volume.
WEAK = {"image_id", "snapshot_id", "source_volume_id", "source_server_id", "router_id"}
KIND = {
    "user_id": "user",
    "hypervisor_id": "hypervisor",
    "external_network_id": "network",
    "remote_group_id": "securityGroup",
}
TUPLES = {
    "volume_ids": "volume",
    "server_ids": "server",
    "server_group_ids": "serverGroup",
    "subnet_ids": "subnet",
    "security_group_ids": "securityGroup",
}
NAMED = {
    "server_id": "server",
    "network_id": "network",
    "port_id": "port",
    "flavor_id": "flavor",
    "volume_id": "volume",
    "security_group_id": "securityGroup",
    "subnet_pool_id": "subnetPool",
    "domain_id": "domain",
    **KIND,
}


def wrongs(world: World) -> list[str]:
    """Sentences about what can not be; empty when the world is sound."""
    return [*_owners(world), *_references(world), *_bonds(world), *_numbers(world), *_states(world)]


def _all(world: World) -> Iterator[Any]:
    for type_ in KEPT.values():
        yield from world.rows(type_)


def _owners(world: World) -> Iterator[str]:
    projects = {row.id for row in world.rows(ProjectRow)}
    for row in _all(world):
        owner = getattr(row, "project_id", None)
        ownerless = isinstance(row, PortRow) and row.device_owner == "network:router_gateway"
        if owner is not None and owner not in projects and not ownerless:
            yield f"{row.id} belongs to the project {owner!r}, which is none"


def _references(world: World) -> Iterator[str]:
    ids = {row.id for row in _all(world) if hasattr(row, "id")}
    for row in _all(world):
        for attribute in getattr(row, "__struct_fields__", ()):
            value = getattr(row, attribute)
            held = value if attribute in TUPLES else (value,) if attribute in NAMED and attribute not in WEAK else ()
            if row.__class__.__name__ == "VolumeBackupRow" and attribute == "volume_id":
                continue
            yield from (f"{row.id}.{attribute} names {other}" for other in held if other and other not in ids)
    keys = {world.key(row) for row in _all(world) if type(row) is not Timer}
    yield from (f"a timer of {row.native_id}" for row in world.rows(Timer) if row.native_id not in keys)
    servers = {row.native_id for row in world.rows(ServerRow)}
    yield from (f"a note of server {row.native_id}" for row in world.rows(ServerNote) if row.native_id not in servers)
    offers = {row.native_id for row in world.rows(VolumeTransferRow)}
    yield from (f"a key of offer {row.native_id}" for row in world.rows(TransferKey) if row.native_id not in offers)


def _bonds(world: World) -> Iterator[str]:
    held = {(row.id, volume) for row in world.rows(ServerRow) for volume in row.volume_ids}
    holds = {(server, row.id) for row in world.rows(VolumeRow) for server in row.server_ids}
    yield from (f"server and volume disagree: {pair}" for pair in held ^ holds)
    grouped = {(row.id, group) for row in world.rows(ServerRow) for group in row.server_group_ids}
    groups = {(server, row.id) for row in world.rows(ServerGroupRow) for server in row.server_ids}
    yield from (f"server and group disagree: {pair}" for pair in grouped ^ groups)
    nets = {(row.id, subnet) for row in world.rows(NetworkRow) for subnet in row.subnet_ids}
    yield from (
        f"network and subnet disagree: {p}" for p in nets ^ {(r.network_id, r.id) for r in world.rows(SubnetRow)}
    )
    addresses = [
        (subnet, entry.ip) for row in world.rows(PortRow) for entry in row.fixed_ips for subnet in (entry.subnet_id,)
    ]
    yield from (f"two ports have {pair}" for pair, count in Counter(addresses).items() if count > 1)
    for floating in world.rows(FloatingIpRow):
        port = world.at(PortRow, floating.port_id)
        server = world.at(ServerRow, port.server_id) if port else None
        if server is not None and server.host is not None and floating.ip not in server.ips:
            yield f"{server.name} does not tell its floating IP {floating.ip}"


def _numbers(world: World) -> Iterator[str]:
    for project in world.rows(ProjectRow):
        for name in quotas.RESOURCES:
            quota = quotas.quota(world, project.id, name)
            if not 0 <= quota.used <= (quota.limit or 0):
                yield f"{project.name} uses {quota.used} of {quota.limit} {name}"
    on: dict[str, int] = {}
    for server in world.rows(ServerRow):
        if server.hypervisor_id:
            on[server.hypervisor_id] = on.get(server.hypervisor_id, 0) + server.vcpus
    for host in world.rows(HypervisorRow):
        if host.vcpus_used != on.get(host.id, 0):
            yield f"{host.name} counts {host.vcpus_used} vCPU, its servers have {on.get(host.id, 0)}"


def _states(world: World) -> Iterator[str]:
    for row in world.rows(VolumeRow):
        if (row.status is VolumeStatus.IN_USE) != bool(row.server_ids) and row.status in (
            VolumeStatus.IN_USE,
            VolumeStatus.AVAILABLE,
        ):
            yield f"the volume {row.name} is {row.status} with servers {row.server_ids}"
    for server in world.rows(ServerRow):
        if server.status is ServerStatus.BUILD and not world.waiting(server):
            yield f"{server.name} builds for ever"
