"""Networks, subnets and address pools of a sandbox. Routers and floating IPs stand in `routers.py`, ports in `ports.py`."""

import ipaddress
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from resolvers.errors import Conflict, Invalid
from resolvers.network.port import (
    FloatingIpRow,
    NetworkRow,
    NetworkStatus,
    PortRow,
    RouterRow,
    SubnetPoolRow,
    SubnetRow,
    SubnetSpec,
)
from resolvers.sandbox import ports, quotas
from resolvers.sandbox.marks import mark
from resolvers.sandbox.people import Caller

if TYPE_CHECKING:
    from resolvers.sandbox.world import World

IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
DEFAULT_MTU = 1450  # what Neutron gives a tunnelled network


def create_network(
    world: "World",
    caller: Caller,
    name: str,
    description: str | None,
    mtu: int | None,
    marker: str,
    *,
    shared: bool = False,
    external: bool = False,
) -> str:
    quotas.require(world, caller.project_id, network=1)
    if mtu is not None and not 68 <= mtu <= 9_000:
        raise Invalid("The MTU is between 68 and 9000.", field="mtu")
    native = world.uid()
    row = NetworkRow(
        id=world.names.id("network", native),
        native_id=native,
        cloud=world.cloud,
        name=name,
        project_id=caller.project_id,
        public=shared or external,
        shared=shared,
        external=external,
        status=NetworkStatus.ACTIVE,
        admin_state_up=True,
        mtu=mtu or DEFAULT_MTU,
        description=description,
        subnet_ids=(),
        az=(),
        created_at=world.now(),
        updated_at=world.now(),
        tags=(),
    )
    world.put(row)
    mark(world, row, marker)
    return native


def update_network(world: "World", caller: Caller, native: str, name: str | None, admin_state_up: bool | None) -> None:
    network = world.owned(NetworkRow, native, caller, "network")
    if name is not None:
        network = world.edit(network, name=name)
        for server_id in {port.server_id for port in world.where(PortRow, "network_id", network.id)}:
            if server_id is not None:
                ports.refresh(world, server_id)
    if admin_state_up is not None:
        world.edit(network, admin_state_up=admin_state_up)


def delete_network(world: "World", caller: Caller, native: str) -> None:
    network = world.owned(NetworkRow, native, caller, "network")
    if used := world.where(PortRow, "network_id", network.id):
        raise Conflict(f"The network `{network.name}` has {len(used)} port(s) in use; delete them first.")
    routed = world.where(RouterRow, "external_network_id", network.id)
    floating = world.where(FloatingIpRow, "network_id", network.id)
    if routed or floating:
        raise Conflict(f"Routers or floating IPs use the network `{network.name}`.")
    for subnet_id in network.subnet_ids:
        subnet = world.at(SubnetRow, subnet_id)
        if subnet is not None:
            world.delete(subnet)
    world.delete(network)


def create_subnet(world: "World", caller: Caller, spec: SubnetSpec, marker: str) -> str:
    network = world.owned(NetworkRow, spec.network, caller, "network")
    quotas.require(world, network.project_id, subnet=1)
    others = [row for row in (world.at(SubnetRow, subnet) for subnet in network.subnet_ids) if row is not None]
    pool = world.visible(SubnetPoolRow, spec.subnet_pool, caller, "address pool") if spec.subnet_pool else None
    cidr = _from_pool(world, pool, spec.prefix) if pool else _parsed(spec.cidr, "cidr")
    if cidr.version != (pool.ip_version if pool else spec.ip_version):
        raise Invalid(f"{cidr} is not of IP version {spec.ip_version}.", field="cidr")
    if cidr.num_addresses < 4:
        raise Invalid(f"{cidr} is too small for a subnet.", field="cidr")
    for other in others:
        if overlap(cidr, ipaddress.ip_network(other.cidr)):
            raise Invalid(f"{cidr} overlaps with the subnet `{other.name}` ({other.cidr}).", field="cidr")
    native = world.uid()
    subnet = SubnetRow(
        id=world.names.id("subnet", native),
        native_id=native,
        cloud=world.cloud,
        name=spec.name,
        project_id=network.project_id,
        public=network.public,
        network_id=network.id,
        ip_version=cidr.version,
        cidr=str(cidr),
        gateway_ip=_gateway(spec, cidr),
        dhcp=spec.dhcp,
        dns_nameservers=spec.dns_nameservers,
        subnet_pool_id=pool.id if pool else None,
        description=None,
        created_at=world.now(),
        tags=(),
    )
    world.put(subnet)
    mark(world, subnet, marker)
    world.edit(network, subnet_ids=(*network.subnet_ids, subnet.id))
    return native


def delete_subnet(world: "World", caller: Caller, native: str) -> None:
    subnet = world.owned(SubnetRow, native, caller, "subnet")
    if used := world.where(PortRow, "subnet_ids", subnet.id):
        raise Conflict(f"The subnet `{subnet.name}` has {len(used)} address(es) in use; delete the ports first.")
    network = world.at(NetworkRow, subnet.network_id)
    if network is not None:
        if network.external and world.where(FloatingIpRow, "network_id", network.id):
            raise Conflict(f"Floating IPs use the subnet `{subnet.name}`.")
        world.edit(network, subnet_ids=tuple(other for other in network.subnet_ids if other != subnet.id))
    world.delete(subnet)


def create_pool(
    world: "World", caller: Caller, name: str, prefixes: Sequence[str], default_prefix: int, shared: bool, marker: str
) -> str:
    if shared:
        caller.require_admin("share an address pool with everyone")
    parsed = sorted((_parsed(prefix, "prefixes") for prefix in prefixes), key=str)
    if not parsed or len({network.version for network in parsed}) != 1:
        raise Invalid("An address pool has one or more prefixes, all of one IP version.", field="prefixes")
    if any(overlap(one, other) for one, other in pairwise(parsed)):
        raise Invalid("The prefixes of the pool overlap.", field="prefixes")
    if not max(network.prefixlen for network in parsed) <= default_prefix <= parsed[0].max_prefixlen - 2:
        raise Invalid("The default prefix does not fit the prefixes of the pool.", field="default_prefix")
    native = world.uid()
    pool = SubnetPoolRow(
        id=world.names.id("subnetPool", native),
        native_id=native,
        cloud=world.cloud,
        name=name,
        project_id=caller.project_id,
        public=shared,
        prefixes=tuple(str(network) for network in parsed),
        default_prefix=default_prefix,
        ip_version=parsed[0].version,
        description=None,
        created_at=world.now(),
    )
    world.put(pool)
    mark(world, pool, marker)
    return native


def delete_pool(world: "World", caller: Caller, native: str) -> None:
    pool = world.owned(SubnetPoolRow, native, caller, "address pool")
    if used := world.where(SubnetRow, "subnet_pool_id", pool.id):
        raise Conflict(f"{len(used)} subnet(s) use the address pool `{pool.name}`.")
    world.delete(pool)


def _parsed(text: str | None, field: str) -> IpNetwork:
    if not text:
        raise Invalid("A subnet needs a range (`cidr`) or an address pool.", field=field)
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        raise Invalid(f"`{text}` is no range of addresses, such as 10.0.0.0/24.", field=field) from error


def _gateway(spec: SubnetSpec, cidr: IpNetwork) -> str | None:
    if spec.no_gateway:
        return None
    if spec.gateway_ip is None:
        return str(cidr[1])
    try:
        fits = ipaddress.ip_address(spec.gateway_ip) in cidr
    except ValueError:
        fits = False
    if not fits:
        raise Invalid(f"The gateway `{spec.gateway_ip}` is no address of {cidr}.", field="gateway_ip")
    return spec.gateway_ip


def _from_pool(world: "World", pool: SubnetPoolRow, prefix: int | None) -> IpNetwork:
    wanted = prefix or pool.default_prefix
    used = [ipaddress.ip_network(row.cidr) for row in world.where(SubnetRow, "subnet_pool_id", pool.id)]
    for cidr in _pieces(pool, wanted):
        if not any(overlap(cidr, other) for other in used):
            return cidr
    raise Conflict(f"The address pool `{pool.name}` has no free /{wanted} left.")


def _pieces(pool: SubnetPoolRow, prefix: int) -> Iterator[IpNetwork]:
    for text in pool.prefixes:
        network = ipaddress.ip_network(text)
        if network.prefixlen <= prefix <= network.max_prefixlen:
            yield from network.subnets(new_prefix=prefix)


def overlap(one: IpNetwork, other: IpNetwork) -> bool:
    if isinstance(one, ipaddress.IPv4Network):
        return isinstance(other, ipaddress.IPv4Network) and one.overlaps(other)
    return isinstance(other, ipaddress.IPv6Network) and one.overlaps(other)
