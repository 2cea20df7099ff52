"""Ports that people make, change and delete themselves. `ports.py` has what all ports share."""

import contextlib
import ipaddress
from collections.abc import Sequence
from typing import TYPE_CHECKING

from resolvers.errors import Conflict, Invalid
from resolvers.network.port import NetworkRow, PortRow, SecurityGroupRow, SubnetRow
from resolvers.sandbox import firewall, ports
from resolvers.sandbox.people import Caller

if TYPE_CHECKING:
    from resolvers.sandbox.world import World


def create(
    world: "World",
    caller: Caller,
    network: str,
    name: str,
    subnet: str | None,
    ip: str | None,
    security_groups: Sequence[str],
) -> PortRow:
    """A port that a person asks for, bound to nothing yet."""
    row = world.visible(NetworkRow, network, caller, "network")
    if row.external and not caller.admin:
        raise Conflict(f"The network `{row.name}` is external; only operators make ports on it.")
    within = world.visible(SubnetRow, subnet, caller, "subnet") if subnet is not None else None
    if within is not None and within.network_id != row.id:
        raise Invalid(f"The subnet `{within.name}` is not of the network `{row.name}`.", field="subnet")
    if within is None and ip is not None:
        within = _subnet_with(world, row, ip)
    groups = [world.visible(SecurityGroupRow, group, caller, "security group").id for group in security_groups]
    groups = groups or [firewall.default_of(world, caller.project_id).id]
    return ports.make(world, ports.PortPlan(caller.project_id, row, name, within, ip, tuple(groups)))


def update(
    world: "World",
    caller: Caller,
    native: str,
    name: str | None,
    security_groups: Sequence[str] | None,
    admin_state_up: bool | None,
) -> None:
    port = world.owned(PortRow, native, caller, "port")
    if name is not None:
        port = world.edit(port, name=name)
    if security_groups is not None:
        groups = tuple(world.visible(SecurityGroupRow, group, caller, "security group").id for group in security_groups)
        port = world.edit(port, security_group_ids=groups)
    if admin_state_up is not None:
        port = world.edit(port, admin_state_up=admin_state_up)
    if port.server_id is not None:
        ports.refresh(world, port.server_id)


def delete(world: "World", caller: Caller, native: str) -> None:
    port = world.owned(PortRow, native, caller, "port")
    if port.router_id is not None:
        raise Conflict("The port belongs to a router; remove the router's interface instead.")
    ports.remove(world, port)


def _subnet_with(world: "World", network: NetworkRow, ip: str) -> SubnetRow:
    for subnet_id in network.subnet_ids:
        subnet = world.at(SubnetRow, subnet_id)
        with contextlib.suppress(ValueError):
            if subnet is not None and ipaddress.ip_address(ip) in ipaddress.ip_network(subnet.cidr):
                return subnet
    raise Invalid(f"No subnet of the network `{network.name}` has the address {ip}.", field="ip")
