"""Ports and their addresses: what joins servers and routers to networks. Used by servers, routers and the network adapter."""

import ipaddress
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from resolvers.compute.port import Address, ServerRow
from resolvers.errors import Conflict, Invalid
from resolvers.network.port import (
    FixedIp,
    FloatingIpRow,
    NetworkRow,
    NetworkStatus,
    PortRow,
    SecurityGroupRow,
    SubnetRow,
)
from resolvers.sandbox import quotas

if TYPE_CHECKING:
    from resolvers.sandbox.world import World

FIRST_HOST = 10  # below it are gateways and what a network's owner wants to place by hand
MOST_TRIED = 70_000  # addresses looked at before a subnet counts as full; more than a /16 has


@dataclass(frozen=True)
class PortPlan:
    """What a port shall be. Ids are global; `project_id` is empty for gateways, which belong to nobody, as in Neutron."""

    project_id: str
    network: NetworkRow
    name: str = ""
    subnet: SubnetRow | None = None
    ip: str | None = None
    group_ids: tuple[str, ...] = ()
    owner: str = ""
    server_id: str | None = None
    router_id: str | None = None
    tags: tuple[str, ...] = ()
    status: NetworkStatus = NetworkStatus.DOWN


def make(world: "World", plan: PortPlan) -> PortRow:
    """Raises Conflict when there is no address left or the wanted one is taken, Invalid when it is not of the subnet."""
    if plan.project_id:
        quotas.require(world, plan.project_id, port=1)
    native = world.uid()
    subnets = [plan.subnet] if plan.subnet else _default_subnets(world, plan.network)
    fixed = tuple(
        FixedIp(free_address(world, subnet, plan.ip, gateway=plan.router_id is not None), subnet.id)
        for subnet in subnets
    )
    row = PortRow(
        id=world.names.id("port", native),
        native_id=native,
        cloud=world.cloud,
        name=plan.name,
        project_id=plan.project_id,
        network_id=plan.network.id,
        status=plan.status,
        admin_state_up=True,
        mac=f"fa:16:3e:{native[0:2]}:{native[2:4]}:{native[4:6]}",
        fixed_ips=fixed,
        ips=tuple(entry.ip for entry in fixed),
        subnet_ids=tuple(entry.subnet_id for entry in fixed),
        device_owner=plan.owner,
        server_id=plan.server_id,
        router_id=plan.router_id,
        security_group_ids=plan.group_ids,
        port_security=plan.router_id is None,
        description=None,
        created_at=world.now(),
        tags=plan.tags,
    )
    world.put(row)
    return row


def remove(world: "World", port: PortRow) -> None:
    """The port goes; its floating IP stays, released; its server forgets the addresses."""
    for floating in world.where(FloatingIpRow, "port_id", port.id):
        world.edit(floating, port_id=None, fixed_ip=None, router_id=None, status=NetworkStatus.DOWN)
    world.delete(port)
    if port.server_id is not None:
        refresh(world, port.server_id, gone=(port.mac,))


def free_address(world: "World", subnet: SubnetRow, wanted: str | None = None, *, gateway: bool = False) -> str:
    network = ipaddress.ip_network(subnet.cidr)
    used = used_addresses(world, subnet)
    if wanted is not None:
        try:
            fits = ipaddress.ip_address(wanted) in network
        except ValueError as error:
            raise Invalid(f"`{wanted}` is no address.", field="ip") from error
        if not fits:
            raise Invalid(f"The address {wanted} is not in {subnet.cidr}.", field="ip")
        if wanted in used - ({subnet.gateway_ip} if gateway else set()):
            raise Conflict(f"The address {wanted} is taken.", field="ip")
        return wanted
    last = network.num_addresses - (1 if network.version == 4 else 0)  # IPv4 keeps its last one for broadcasts
    first = min(FIRST_HOST, max(1, last - 1)) if network.num_addresses > 2 * FIRST_HOST else 1
    for offset in range(first, min(last, first + MOST_TRIED)):
        address = str(network[offset])
        if address not in used:
            return address
    raise Conflict(f"No address is left in the subnet `{subnet.name}` ({subnet.cidr}).")


def used_addresses(world: "World", subnet: SubnetRow) -> set[str]:
    used = {subnet.gateway_ip} if subnet.gateway_ip else set()
    for port in world.where(PortRow, "subnet_ids", subnet.id):
        used.update(port.ips)
    used.update(row.ip for row in world.where(FloatingIpRow, "network_id", subnet.network_id))
    return used


def refresh(world: "World", server_id: str, gone: Collection[str] = ()) -> None:
    """Write the addresses and security groups of a server's ports into its row. `gone`: MACs of ports that it had.

    Addresses of no known port stay: most servers of a large seed have addresses and no port rows, to keep the world small.
    """
    server = world.at(ServerRow, server_id)
    if server is None:
        return
    ports = sorted(world.where(PortRow, "server_id", server_id), key=lambda port: (port.created_at, port.id))
    macs = {port.mac for port in ports} | set(gone)
    addresses = [address for address in server.addresses if address.mac not in macs]
    groups: set[str] = set()
    for port in ports:
        addresses += _addresses(world, port)
        groups.update(port.security_group_ids)
    names = [row.name for row in (world.at(SecurityGroupRow, group) for group in sorted(groups)) if row is not None]
    world.edit(
        server,
        addresses=tuple(addresses),
        ips=tuple(address.ip for address in addresses),
        security_group_names=tuple(sorted(set(names))) if ports or gone else server.security_group_names,
    )


def of_server(world: "World", server_id: str) -> Sequence[PortRow]:
    return world.where(PortRow, "server_id", server_id)


def _addresses(world: "World", port: PortRow) -> list[Address]:
    network = world.at(NetworkRow, port.network_id)
    name = network.name if network else ""
    found = []
    for fixed in port.fixed_ips:
        found.append(Address(fixed.ip, 6 if ":" in fixed.ip else 4, name, port.mac, False))
        found += [
            Address(floating.ip, 4, name, port.mac, True)
            for floating in world.where(FloatingIpRow, "port_id", port.id)
            if floating.fixed_ip == fixed.ip
        ]
    return found


def _default_subnets(world: "World", network: NetworkRow) -> list[SubnetRow]:
    """One subnet of each IP version, as Neutron does."""
    first: dict[int, SubnetRow] = {}
    for subnet_id in network.subnet_ids:
        subnet = world.at(SubnetRow, subnet_id)
        if subnet is not None:
            first.setdefault(subnet.ip_version, subnet)
    return list(first.values())


def bind(world: "World", port: PortRow, server_id: str) -> PortRow:
    """Give a free port to a server."""
    if port.server_id or port.router_id:
        raise Conflict(f"The port `{port.name or port.native_id}` is in use.")
    bound = msgspec.structs.replace(port, server_id=server_id, device_owner="compute:nova")
    world.put(bound)
    return bound
