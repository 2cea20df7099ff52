"""Routers and floating IPs of a sandbox. A router holds a port on each subnet and, with a gateway, an address outside."""

import ipaddress
from typing import TYPE_CHECKING

from resolvers.errors import Conflict, Invalid, NotFound
from resolvers.network.port import FloatingIpRow, NetworkRow, NetworkStatus, PortRow, RouterRow, SubnetRow
from resolvers.sandbox import ports, quotas
from resolvers.sandbox.marks import mark
from resolvers.sandbox.networks import overlap
from resolvers.sandbox.people import Caller
from resolvers.sandbox.ports import PortPlan

if TYPE_CHECKING:
    from resolvers.sandbox.world import World

INTERFACE, GATEWAY = "network:router_interface", "network:router_gateway"


def create(world: "World", caller: Caller, name: str, external_network: str | None, marker: str) -> str:
    quotas.require(world, caller.project_id, router=1)
    native = world.uid()
    router = RouterRow(
        id=world.names.id("router", native),
        native_id=native,
        cloud=world.cloud,
        name=name,
        project_id=caller.project_id,
        status=NetworkStatus.ACTIVE,
        admin_state_up=True,
        external_network_id=None,
        external_ips=(),
        description=None,
        created_at=world.now(),
        tags=(),
    )
    world.put(router)
    mark(world, router, marker)
    if external_network is not None:
        set_gateway(world, caller, native, external_network)
    return native


def update(world: "World", caller: Caller, native: str, name: str | None) -> None:
    router = world.owned(RouterRow, native, caller, "router")
    if name is not None:
        world.edit(router, name=name)


def set_gateway(world: "World", caller: Caller, native: str, external_network: str | None) -> None:
    router = world.owned(RouterRow, native, caller, "router")
    network = _external(world, caller, external_network) if external_network is not None else None
    if network is not None and network.id == router.external_network_id:
        return
    if world.where(FloatingIpRow, "router_id", router.id):
        raise Conflict(f"Floating IPs are bound through the router `{router.name}`; release them first.")
    for port in _ports(world, router, GATEWAY):
        ports.remove(world, port)
    if network is None:
        world.edit(router, external_network_id=None, external_ips=())
        return
    plan = PortPlan("", network, owner=GATEWAY, router_id=router.id, status=NetworkStatus.ACTIVE)
    port = ports.make(world, plan)
    world.edit(router, external_network_id=network.id, external_ips=port.ips)


def add_interface(world: "World", caller: Caller, native: str, subnet: str) -> None:
    router = world.owned(RouterRow, native, caller, "router")
    row = world.visible(SubnetRow, subnet, caller, "subnet")
    if row.gateway_ip is None:
        raise Invalid(f"The subnet `{row.name}` has no gateway address, which a router takes.", field="subnet")
    for port in _ports(world, router, INTERFACE):
        for other in (world.at(SubnetRow, subnet_id) for subnet_id in port.subnet_ids):
            if other is not None and overlap(ipaddress.ip_network(other.cidr), ipaddress.ip_network(row.cidr)):
                raise Conflict(f"The router `{router.name}` already has a port on {other.cidr}.", field="subnet")
    if any(row.gateway_ip in port.ips for port in world.where(PortRow, "subnet_ids", row.id)):
        raise Conflict(f"Another router has the gateway address {row.gateway_ip} of the subnet `{row.name}`.")
    network = world.at(NetworkRow, row.network_id)
    if network is None:
        raise NotFound("The network of the subnet is gone.")
    plan = PortPlan(
        router.project_id,
        network,
        subnet=row,
        ip=row.gateway_ip,
        owner=INTERFACE,
        router_id=router.id,
        status=NetworkStatus.ACTIVE,
    )
    ports.make(world, plan)


def remove_interface(world: "World", caller: Caller, native: str, subnet: str) -> None:
    router = world.owned(RouterRow, native, caller, "router")
    subnet_id = world.names.id("subnet", subnet)
    found = [port for port in _ports(world, router, INTERFACE) if subnet_id in port.subnet_ids]
    if not found:
        raise NotFound(f"The router `{router.name}` has no port on that subnet.")
    for floating in world.where(FloatingIpRow, "router_id", router.id):
        port = world.at(PortRow, floating.port_id)
        if port is not None and subnet_id in port.subnet_ids:
            raise Conflict(f"The floating IP {floating.ip} is bound through this router; release it first.")
    for port in found:
        ports.remove(world, port)


def delete(world: "World", caller: Caller, native: str) -> None:
    router = world.owned(RouterRow, native, caller, "router")
    if _ports(world, router, INTERFACE):
        raise Conflict(f"The router `{router.name}` still has ports on subnets; remove them first.")
    set_gateway(world, caller, native, None)
    world.delete(world.owned(RouterRow, native, caller, "router"))


# -- floating IPs ----------------------------------------------------------------------------------------------------------


def create_floating(world: "World", caller: Caller, network: str, description: str | None, marker: str) -> str:
    outside = _external(world, caller, network)
    quotas.require(world, caller.project_id, floatingip=1)
    subnets = (world.at(SubnetRow, subnet_id) for subnet_id in outside.subnet_ids)
    subnet = next((row for row in subnets if row is not None and row.ip_version == 4), None)
    if subnet is None:
        raise Conflict(f"The network `{outside.name}` has no IPv4 subnet to take an address from.")
    native, ip = world.uid(), ports.free_address(world, subnet)
    floating = FloatingIpRow(
        id=world.names.id("floatingIp", native),
        native_id=native,
        cloud=world.cloud,
        name=ip,
        project_id=caller.project_id,
        ip=ip,
        fixed_ip=None,
        status=NetworkStatus.DOWN,
        network_id=outside.id,
        port_id=None,
        router_id=None,
        description=description,
        created_at=world.now(),
        tags=(),
    )
    world.put(floating)
    mark(world, floating, marker)
    return native


def associate(world: "World", caller: Caller, native: str, port: str | None, fixed_ip: str | None) -> None:
    floating = world.owned(FloatingIpRow, native, caller, "floating IP")
    bound = world.owned(PortRow, port, caller, "port") if port is not None else None
    before = world.at(PortRow, floating.port_id)
    if bound is None:
        world.edit(floating, port_id=None, fixed_ip=None, router_id=None, status=NetworkStatus.DOWN)
    else:
        fixed = _fixed(bound, fixed_ip)
        for other in world.where(FloatingIpRow, "port_id", bound.id):
            if other.id != floating.id and other.fixed_ip == fixed:
                raise Conflict(f"The address {fixed} already has the floating IP {other.ip}.")
        router = _way_out(world, bound, fixed, floating)
        world.edit(floating, port_id=bound.id, fixed_ip=fixed, router_id=router, status=NetworkStatus.ACTIVE)
    for touched in {row.server_id for row in (before, bound) if row is not None and row.server_id}:
        ports.refresh(world, touched)


def delete_floating(world: "World", caller: Caller, native: str) -> None:
    floating = world.owned(FloatingIpRow, native, caller, "floating IP")
    if floating.port_id is not None:
        associate(world, caller, native, None, None)
    world.delete(world.owned(FloatingIpRow, native, caller, "floating IP"))


# -- own -------------------------------------------------------------------------------------------------------------------


def _fixed(port: PortRow, wanted: str | None) -> str:
    v4 = [ip for ip in port.ips if ":" not in ip]
    if wanted is not None and wanted not in v4:
        raise Invalid(f"The port has no address {wanted}.", field="fixed_ip")
    if not v4:
        raise Invalid("The port has no IPv4 address.", field="port")
    return wanted or v4[0]


def _way_out(world: "World", port: PortRow, fixed: str, floating: FloatingIpRow) -> str:
    """The router that joins the port's subnet with the floating IP's network."""
    subnet_id = next(entry.subnet_id for entry in port.fixed_ips if entry.ip == fixed)
    for other in world.where(PortRow, "subnet_ids", subnet_id):
        router = world.at(RouterRow, other.router_id)
        if router is not None and router.external_network_id == floating.network_id:
            return router.id
    raise Conflict("No router joins the port's subnet with the floating IP's network.")


def _external(world: "World", caller: Caller, native: str) -> NetworkRow:
    network = world.visible(NetworkRow, native, caller, "network")
    if not network.external:
        raise Invalid(f"The network `{network.name}` is not external.", field="network")
    return network


def _ports(world: "World", router: RouterRow, owner: str) -> list[PortRow]:
    return [port for port in world.where(PortRow, "router_id", router.id) if port.device_owner == owner]
