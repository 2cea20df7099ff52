"""The GraphQL types of network: sources are the rows of `port.py`, edges come from the read model.

A port is the joint of everything: servers, routers, groups and floating IPs meet networks and subnets through it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers.context import Context
from resolvers.graph.connection import Connection
from resolvers.graph.edges import computed, connected, many, one, selected_once, some, through
from resolvers.graph.nodes import Node, resource
from resolvers.inventory.table import name_key
from resolvers.inventory.where import Where
from resolvers.network.port import (
    FLOATING_IP,
    NETWORK,
    PORT,
    ROUTER,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
    SUBNET,
    SUBNET_POOL,
    NetworkStatus,
)

if TYPE_CHECKING:
    from resolvers.compute.types import Server
    from resolvers.identity.types import Project

strawberry.enum(NetworkStatus, description=NetworkStatus.__doc__)
_compute, _identity = strawberry.lazy("resolvers.compute.types"), strawberry.lazy("resolvers.identity.types")
_own = strawberry.lazy("resolvers.network.types")


def _routers(row: Any, context: Context) -> Sequence[Any]:
    """By a gateway or by an interface. Only router ports are looked at, because a shared network may have thousands of others."""
    context.touched.update(("router", "port"))
    inventory, actor = context.inventory, context.actor

    def select() -> list[Any]:
        found = {router.id: router for router in inventory.related(actor, "router", "external_network_id", row.id)}
        interfaces = Where(
            lambda port: port.network_id == row.id and port.router_id is not None, {"network_id": frozenset([row.id])}
        )
        for port in inventory.select(actor, "port", interfaces):
            if (router := inventory.get(actor, "router", port.router_id)) is not None:
                found[router.id] = router
        return sorted(found.values(), key=name_key)

    versions = inventory.table("port").version, inventory.table("router").version
    return selected_once(context, ("network.routers", row.id, *versions), select)


def _server_of_address(row: Any, context: Context) -> Any:
    context.touched.update(("port", "server"))
    port = context.inventory.get(context.actor, "port", row.port_id)
    return None if port is None else context.inventory.get(context.actor, "server", port.server_id)


@strawberry.type(name="FixedIp", description="An address of a port.")
class FixedIpType:
    ip: str
    subnet_id: strawberry.ID
    subnet: Annotated["Subnet", _own] | None = one("subnet", "subnet_id", "The subnet that it is from.")


@resource(NETWORK, "Network", "A layer 2 network.")
class Network(Node):
    status: NetworkStatus
    admin_state_up: bool
    shared: bool = strawberry.field(description="Whether every project may use it.")
    external: bool = strawberry.field(description="Whether routers have their gateways and floating IPs there.")
    mtu: int | None
    description: str | None
    az: list[str] = strawberry.field(description="Availability zones.")
    created_at: datetime | None
    updated_at: datetime | None
    tags: list[str]
    project_id: strawberry.ID
    project: Annotated["Project", _identity] | None = one("project", "project_id", "The project that owns it.")
    subnets: list[Annotated["Subnet", _own]] = many("subnet", "network_id", "Its subnets.")
    ports: Connection[Annotated["Port", _own]] = connected("port", "network_id", "Its ports that you see.")
    floating_ips: Connection[Annotated["FloatingIp", _own]] = connected(
        "floatingIp", "network_id", "Floating IPs taken from it that you see."
    )
    routers: list[Annotated["Router", _own]] = computed(
        _routers, "Routers that have an interface or their gateway there."
    )


@resource(SUBNET_POOL, "SubnetPool", "An address pool from which subnets take their ranges.")
class SubnetPool(Node):
    prefixes: list[str]
    default_prefix: int = strawberry.field(description="Prefix length of a subnet that names none.")
    ip_version: int
    public: bool = strawberry.field(description="Whether every project may use it.")
    description: str | None
    created_at: datetime | None
    project_id: strawberry.ID
    project: Annotated["Project", _identity] | None = one("project", "project_id", "The project that owns it.")
    subnets: Connection[Annotated["Subnet", _own]] = connected(
        "subnet", "subnet_pool_id", "Subnets that took their range from it."
    )


@resource(SUBNET, "Subnet", "A range of addresses on a network.")
class Subnet(Node):
    ip_version: int
    cidr: str
    gateway_ip: str | None
    dhcp: bool
    dns_nameservers: list[str]
    description: str | None
    created_at: datetime | None
    tags: list[str]
    project_id: strawberry.ID
    network_id: strawberry.ID
    project: Annotated["Project", _identity] | None = one("project", "project_id", "The project that owns it.")
    network: Network | None = one("network", "network_id", "The network that it is on.")
    subnet_pool: SubnetPool | None = one("subnetPool", "subnet_pool_id", "Where its range is from.")
    ports: Connection[Annotated["Port", _own]] = connected("port", "subnet_ids", "Ports with an address of it.")
    routers: list[Annotated["Router", _own]] = through(
        "port", "subnet_ids", "router", "router_id", "Routers that have an interface there."
    )


@resource(SECURITY_GROUP, "SecurityGroup", "Rules about who may talk to a port; everything else is dropped.")
class SecurityGroup(Node):
    description: str | None
    stateful: bool
    public: bool = strawberry.field(description="Whether every project may use it.")
    created_at: datetime | None
    tags: list[str]
    project_id: strawberry.ID
    project: Annotated["Project", _identity] | None = one("project", "project_id", "The project that owns it.")
    rules: list[Annotated["SecurityGroupRule", _own]] = many("securityGroupRule", "security_group_id", "Its rules.")
    referring_rules: list[Annotated["SecurityGroupRule", _own]] = many(
        "securityGroupRule", "remote_group_id", "Rules that let the members of this group in or out."
    )
    ports: Connection[Annotated["Port", _own]] = connected("port", "security_group_ids", "Ports that it applies to.")
    servers: list[Annotated["Server", _compute]] = through(
        "port", "security_group_ids", "server", "server_id", "Servers that it applies to."
    )


@resource(SECURITY_GROUP_RULE, "SecurityGroupRule", "One thing that a security group allows.")
class SecurityGroupRule(Node):
    direction: str = strawberry.field(description="ingress or egress.")
    ethertype: str = strawberry.field(description="IPv4 or IPv6.")
    protocol: str | None = strawberry.field(description="Null is any.")
    port_min: int | None = strawberry.field(description="For ICMP the type.")
    port_max: int | None = strawberry.field(description="For ICMP the code.")
    remote_cidr: str | None
    remote_address_group: str | None = strawberry.field(
        description="The backend's id of the address group that is the other side."
    )
    description: str | None
    project_id: strawberry.ID
    security_group_id: strawberry.ID
    project: Annotated["Project", _identity] | None = one("project", "project_id", "The project that owns it.")
    security_group: SecurityGroup | None = one("securityGroup", "security_group_id", "The group that it is in.")
    remote_group: SecurityGroup | None = one("securityGroup", "remote_group_id", "Whose members are the other side.")


@resource(ROUTER, "Router", "Joins networks, and leads out by its gateway.")
class Router(Node):
    status: NetworkStatus
    admin_state_up: bool
    external_ips: list[str] = strawberry.field(description="Its addresses on the external network.")
    description: str | None
    created_at: datetime | None
    tags: list[str]
    project_id: strawberry.ID
    project: Annotated["Project", _identity] | None = one("project", "project_id", "The project that owns it.")
    external_network: Network | None = one("network", "external_network_id", "Where its gateway is.")
    ports: list[Annotated["Port", _own]] = many("port", "router_id", "Its interfaces.")
    subnets: list[Subnet] = through("port", "router_id", "subnet", "subnet_ids", "Subnets that it has an interface on.")
    networks: list[Network] = through(
        "port", "router_id", "network", "network_id", "Networks that it has an interface on."
    )
    floating_ips: list[Annotated["FloatingIp", _own]] = many("floatingIp", "router_id", "Floating IPs that it serves.")


@resource(PORT, "Port", "A plug on a network: of a server, of a router, or still free.")
class Port(Node):
    status: NetworkStatus
    admin_state_up: bool
    mac: str
    fixed_ips: list[FixedIpType]
    device_owner: str = strawberry.field(description="What uses it, such as `compute:nova`; empty when nothing does.")
    port_security: bool = strawberry.field(description="Whether security groups and address checks apply.")
    description: str | None
    created_at: datetime | None
    tags: list[str]
    project_id: strawberry.ID
    network_id: strawberry.ID
    project: Annotated["Project", _identity] | None = one("project", "project_id", "The project that owns it.")
    network: Network | None = one("network", "network_id", "The network that it is on.")
    subnets: list[Subnet] = some("subnet", "subnet_ids", "Subnets that it has addresses of.")
    server: Annotated["Server", _compute] | None = one("server", "server_id", "The server that uses it.")
    router: Router | None = one("router", "router_id", "The router that uses it.")
    security_groups: list[SecurityGroup] = some("securityGroup", "security_group_ids", "Groups that apply to it.")
    floating_ips: list[Annotated["FloatingIp", _own]] = many("floatingIp", "port_id", "Floating IPs that lead to it.")


@resource(FLOATING_IP, "FloatingIp", "An address of an external network that can be bound to a port.")
class FloatingIp(Node):
    ip: str
    fixed_ip: str | None = strawberry.field(description="The address that it leads to.")
    status: NetworkStatus
    description: str | None
    created_at: datetime | None
    tags: list[str]
    project_id: strawberry.ID
    project: Annotated["Project", _identity] | None = one("project", "project_id", "The project that owns it.")
    network: Network | None = one("network", "network_id", "The external network that it is from.")
    port: Port | None = one("port", "port_id", "The port that it leads to.")
    router: Router | None = one("router", "router_id", "The router that serves it.")
    server: Annotated["Server", _compute] | None = computed(_server_of_address, "The server that it leads to.")


TYPES: dict[Any, Any] = {
    NETWORK.name: Network,
    SUBNET.name: Subnet,
    PORT.name: Port,
    ROUTER.name: Router,
    FLOATING_IP.name: FloatingIp,
    SECURITY_GROUP.name: SecurityGroup,
    SECURITY_GROUP_RULE.name: SecurityGroupRule,
    SUBNET_POOL.name: SubnetPool,
}
