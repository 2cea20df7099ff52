"""Where servers are put: the hypervisor with the most room in the wanted zone, as far as the server group allows."""

from typing import TYPE_CHECKING

from resolvers.compute.port import ComputeServiceRow, HypervisorRow, ServerGroupRow, ServerRow

if TYPE_CHECKING:
    from resolvers.sandbox.world import World

CPU_OVERCOMMIT = 4


def zone_of(world: "World", host: str) -> str | None:
    return next((service.az for service in world.where(ComputeServiceRow, "host", host)), None)


def choose(world: "World", server: ServerRow) -> HypervisorRow | None:
    """None when no host has room, is up, and fits zone and group."""
    near, far = _neighbours(world, server)
    fitting = [
        row
        for row in world.rows(HypervisorRow)
        if row.state == "up"
        and row.status == "enabled"
        and (row.vcpus_used or 0) + server.vcpus <= (row.vcpus or 0) * CPU_OVERCOMMIT
        and (row.ram_used or 0) + server.ram <= (row.ram or 0)
        and (server.az is None or zone_of(world, row.host) == server.az)
        and row.host not in far
        and (not near or row.host in near)
    ]
    return min(fitting, key=lambda row: ((row.ram_used or 0) / (row.ram or 1), row.name), default=None)


def occupy(world: "World", server: ServerRow, sign: int = 1) -> None:
    """Count the server on its hypervisor; -1 takes it off again."""
    row = world.at(HypervisorRow, server.hypervisor_id)
    if row is not None:
        world.edit(
            row,
            vcpus_used=(row.vcpus_used or 0) + sign * server.vcpus,
            ram_used=(row.ram_used or 0) + sign * server.ram,
            disk_used=(row.disk_used or 0) + sign * server.disk,
            server_count=(row.server_count or 0) + sign,
        )


def _neighbours(world: "World", server: ServerRow) -> tuple[set[str], set[str]]:
    """Hosts that the group wants, and hosts that it forbids. The soft policies are wishes, and get no answer here."""
    near: set[str] = set()
    far: set[str] = set()
    for group_id in server.server_group_ids:
        group = world.at(ServerGroupRow, group_id)
        if group is None:
            continue
        others = (world.at(ServerRow, other) for other in group.server_ids)
        hosts = {row.host for row in others if row is not None and row.host is not None}
        if group.policy == "affinity":
            near |= hosts
        elif group.policy == "anti-affinity":
            far |= hosts
    return near, far
