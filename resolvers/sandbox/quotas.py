"""Quotas of a sandbox: counted from the rows themselves, so they can not drift. Limits are Nova's, Cinder's and Neutron's words."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from resolvers import ids
from resolvers.compute.port import ServerGroupRow, ServerRow
from resolvers.network.port import (
    FloatingIpRow,
    NetworkRow,
    PortRow,
    RouterRow,
    SecurityGroupRow,
    SecurityGroupRuleRow,
    SubnetRow,
)
from resolvers.quota import Quota
from resolvers.sandbox.people import Caller
from resolvers.volume.port import VolumeBackupRow, VolumeRow, VolumeSnapshotRow

if TYPE_CHECKING:
    from resolvers.inventory.kinds import Row
    from resolvers.sandbox.world import World

Counted = Callable[["World", str], int]


def _count(type_: "type[Row]") -> Counted:
    return lambda world, project_id: len(world.where(type_, "project_id", project_id))


def _cores(world: "World", project_id: str) -> int:
    return sum(row.vcpus for row in world.where(ServerRow, "project_id", project_id))


def _ram(world: "World", project_id: str) -> int:
    return sum(row.ram for row in world.where(ServerRow, "project_id", project_id))


def _gigabytes(world: "World", project_id: str) -> int:
    """Snapshots count too, as in Cinder."""
    volumes = world.where(VolumeRow, "project_id", project_id)
    snapshots = world.where(VolumeSnapshotRow, "project_id", project_id)
    return sum(row.size for row in volumes) + sum(row.size for row in snapshots)


def _backup_gigabytes(world: "World", project_id: str) -> int:
    return sum(row.size for row in world.where(VolumeBackupRow, "project_id", project_id))


# resource -> (service, default limit, how much is used)
RESOURCES: Final[dict[str, tuple[str, int, Counted]]] = {
    "instances": ("compute", 50, _count(ServerRow)),
    "cores": ("compute", 200, _cores),
    "ram": ("compute", 512 * 1024, _ram),
    "server_groups": ("compute", 10, _count(ServerGroupRow)),
    "volumes": ("volume", 50, _count(VolumeRow)),
    "gigabytes": ("volume", 5_000, _gigabytes),
    "snapshots": ("volume", 50, _count(VolumeSnapshotRow)),
    "backups": ("volume", 20, _count(VolumeBackupRow)),
    "backup_gigabytes": ("volume", 2_000, _backup_gigabytes),
    "network": ("network", 20, _count(NetworkRow)),
    "subnet": ("network", 40, _count(SubnetRow)),
    "router": ("network", 10, _count(RouterRow)),
    "port": ("network", 500, _count(PortRow)),
    "floatingip": ("network", 20, _count(FloatingIpRow)),
    "security_group": ("network", 30, _count(SecurityGroupRow)),
    "security_group_rule": ("network", 300, _count(SecurityGroupRuleRow)),
}


def quota(world: "World", project_id: str, resource: str) -> Quota:
    service, limit, used = RESOURCES[resource]
    own = world.limits.get(ids.native(project_id) or "", {})
    return Quota(service, resource, own.get(resource, limit), used(world, project_id))


def quotas(world: "World", caller: Caller, service: str) -> Sequence[Quota]:
    return [quota(world, caller.project_id, name) for name, (of, _, _) in RESOURCES.items() if of == service]


def require(world: "World", project_id: str, **more: int) -> None:
    """Raises QuotaExceeded with the numbers when so much more does not fit."""
    if not world.unlimited:
        for resource, amount in more.items():
            quota(world, project_id, resource).after(amount)
