"""What 9rum asks of a network backend (Neutron, the sandbox), and the rows of its resources. See `compute/port.py` for the conventions."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import msgspec

from resolvers.actor import Credential
from resolvers.checks import CheckResult
from resolvers.inventory.feed import Feed
from resolvers.inventory.kinds import Kind, Row, Scope
from resolvers.quota import Quota


class NetworkStatus(enum.StrEnum):
    """Neutron's status of networks, ports, routers and floating IPs (API v2.0)."""

    ACTIVE = "ACTIVE"
    DOWN = "DOWN"
    BUILD = "BUILD"
    ERROR = "ERROR"
    NOT_APPLICABLE = "N/A"
    UNKNOWN = "UNKNOWN"


class FixedIp(msgspec.Struct, frozen=True, gc=False):
    ip: str
    subnet_id: str  # global id


class NetworkRow(Row, frozen=True, kw_only=True, gc=False):
    """`public` is `shared` or `external`: everyone sees it. `shared_with` are the projects that an RBAC policy names, here and below."""

    project_id: str
    public: bool
    shared_with: tuple[str, ...] = ()
    shared: bool
    external: bool
    status: NetworkStatus
    admin_state_up: bool
    mtu: int | None
    description: str | None
    subnet_ids: tuple[str, ...]
    az: tuple[str, ...]
    created_at: datetime | None
    updated_at: datetime | None
    tags: tuple[str, ...]


class SubnetRow(Row, frozen=True, kw_only=True, gc=False):
    project_id: str
    public: bool  # as its network
    shared_with: tuple[str, ...] = ()
    network_id: str
    ip_version: int
    cidr: str
    gateway_ip: str | None
    dhcp: bool
    dns_nameservers: tuple[str, ...]
    subnet_pool_id: str | None
    description: str | None
    created_at: datetime | None
    tags: tuple[str, ...]


class PortRow(Row, frozen=True, kw_only=True, gc=False):
    project_id: str
    network_id: str
    status: NetworkStatus
    admin_state_up: bool
    mac: str
    fixed_ips: tuple[FixedIp, ...]
    ips: tuple[str, ...]
    subnet_ids: tuple[str, ...]
    device_owner: str
    server_id: str | None  # when the device is a server
    router_id: str | None  # when the device is a router
    security_group_ids: tuple[str, ...]
    port_security: bool
    description: str | None
    created_at: datetime | None
    tags: tuple[str, ...]


class RouterRow(Row, frozen=True, kw_only=True, gc=False):
    project_id: str
    status: NetworkStatus
    admin_state_up: bool
    external_network_id: str | None
    external_ips: tuple[str, ...]
    description: str | None
    created_at: datetime | None
    tags: tuple[str, ...]


class FloatingIpRow(Row, frozen=True, kw_only=True, gc=False):
    """`name` is the address itself."""

    project_id: str
    ip: str
    fixed_ip: str | None
    status: NetworkStatus
    network_id: str
    port_id: str | None
    router_id: str | None
    description: str | None
    created_at: datetime | None
    tags: tuple[str, ...]


class SecurityGroupRow(Row, frozen=True, kw_only=True, gc=False):
    project_id: str
    public: bool  # shared with everyone
    shared_with: tuple[str, ...] = ()
    description: str | None
    stateful: bool
    created_at: datetime | None
    tags: tuple[str, ...]


class SecurityGroupRuleRow(Row, frozen=True, kw_only=True, gc=False):
    """`name` is a summary such as `ingress tcp 22 from 0.0.0.0/0`."""

    project_id: str
    security_group_id: str
    direction: str
    ethertype: str
    protocol: str | None
    port_min: int | None
    port_max: int | None
    remote_cidr: str | None
    remote_group_id: str | None
    remote_address_group: str | None = None  # native id; 9rum knows nothing more of address groups
    description: str | None


def rule_name(
    direction: str,
    ethertype: str,
    protocol: str | None,
    port_min: int | None,
    port_max: int | None,
    remote_cidr: str | None,
    remote_group: str | None,
    remote_address_group: str | None = None,
) -> str:
    """`ingress tcp 80-90 from 10.0.0.0/8`. No remote means everyone; for ICMP the numbers are type and code."""
    ports = [str(port) for port in dict.fromkeys((port_min, port_max)) if port is not None]
    what = (protocol or "any") + (" " + ("/" if "icmp" in (protocol or "") else "-").join(ports) if ports else "")
    everyone = "::/0" if ethertype == "IPv6" else "0.0.0.0/0"
    where = remote_cidr or everyone
    if remote_group or remote_address_group:
        where = f"group {remote_group}" if remote_group else f"address group {remote_address_group}"
    return f"{direction} {what} {'from' if direction == 'ingress' else 'to'} {where}"


class SubnetPoolRow(Row, frozen=True, kw_only=True, gc=False):
    """An address pool from which subnets take their ranges."""

    project_id: str
    public: bool
    shared_with: tuple[str, ...] = ()
    prefixes: tuple[str, ...]
    default_prefix: int
    ip_version: int
    description: str | None
    created_at: datetime | None


_PROJECT = {"project": ("project_id", "project")}
NETWORK = Kind(
    name="network",
    row=NetworkRow,
    scope=Scope.PROJECT,
    plural="networks",
    title="network",
    indexes=("name", "project_id", "public", "shared_with", "subnet_ids"),
    filters=("name", "status", "shared", "external", "admin_state_up", "mtu", "created_at", "tags"),
    edges=_PROJECT,
    orders=("name", "status", "created_at"),
    facets=("status", "shared", "external"),
    search=("name", "native_id", "tags"),
    interval=20.0,
)
SUBNET = Kind(
    name="subnet",
    row=SubnetRow,
    scope=Scope.PROJECT,
    plural="subnets",
    title="subnet",
    indexes=("name", "project_id", "public", "shared_with", "network_id", "subnet_pool_id"),
    filters=("name", "ip_version", "cidr", "gateway_ip", "dhcp", "tags"),
    edges=_PROJECT | {"network": ("network_id", "network")},
    orders=("name", "cidr", "created_at"),
    facets=("ip_version",),
    search=("name", "native_id", "cidr"),
    interval=20.0,
)
PORT = Kind(
    name="port",
    row=PortRow,
    scope=Scope.PROJECT,
    plural="ports",
    title="port",
    indexes=("name", "project_id", "network_id", "server_id", "router_id", "security_group_ids", "subnet_ids", "ips"),
    filters=("name", "status", "mac", "ips", "device_owner", "admin_state_up", "port_security", "tags"),
    edges=_PROJECT
    | {"network": ("network_id", "network"), "server": ("server_id", "server"), "router": ("router_id", "router")},
    orders=("name", "status", "created_at"),
    facets=("status", "device_owner"),
    search=("name", "native_id", "mac", "ips"),
    interval=20.0,
)
ROUTER = Kind(
    name="router",
    row=RouterRow,
    scope=Scope.PROJECT,
    plural="routers",
    title="router",
    indexes=("name", "project_id", "external_network_id"),
    filters=("name", "status", "admin_state_up", "tags"),
    edges=_PROJECT | {"external_network": ("external_network_id", "network")},
    orders=("name", "status", "created_at"),
    facets=("status",),
    search=("name", "native_id", "external_ips"),
    interval=20.0,
)
FLOATING_IP = Kind(
    name="floatingIp",
    row=FloatingIpRow,
    scope=Scope.PROJECT,
    plural="floatingIps",
    title="floating IP",
    indexes=("name", "project_id", "network_id", "port_id", "router_id"),
    filters=("ip", "fixed_ip", "status", "tags"),
    edges=_PROJECT | {"network": ("network_id", "network"), "port": ("port_id", "port")},
    orders=("name", "status", "created_at"),
    facets=("status",),
    search=("ip", "native_id", "fixed_ip"),
    interval=20.0,
)
SECURITY_GROUP = Kind(
    name="securityGroup",
    row=SecurityGroupRow,
    scope=Scope.PROJECT,
    plural="securityGroups",
    title="security group",
    indexes=("name", "project_id", "public", "shared_with"),
    filters=("name", "stateful", "tags"),
    edges=_PROJECT,
    orders=("name", "created_at"),
    search=("name", "native_id", "tags"),
    interval=20.0,
)
SECURITY_GROUP_RULE = Kind(
    name="securityGroupRule",
    row=SecurityGroupRuleRow,
    scope=Scope.PROJECT,
    plural="securityGroupRules",
    title="security group rule",
    indexes=("project_id", "security_group_id", "remote_group_id"),
    filters=("direction", "ethertype", "protocol", "port_min", "port_max", "remote_cidr"),
    edges=_PROJECT | {"security_group": ("security_group_id", "securityGroup")},
    orders=("name", "direction", "protocol"),
    facets=("direction", "protocol"),
    search=("name", "native_id", "remote_cidr"),
    interval=20.0,
)
SUBNET_POOL = Kind(
    name="subnetPool",
    row=SubnetPoolRow,
    scope=Scope.PROJECT,
    plural="subnetPools",
    title="address pool",
    indexes=("name", "project_id", "public", "shared_with"),
    filters=("name", "ip_version", "prefixes"),
    edges=_PROJECT,
    orders=("name", "created_at"),
    interval=60.0,
)
KINDS = (NETWORK, SUBNET, PORT, ROUTER, FLOATING_IP, SECURITY_GROUP, SECURITY_GROUP_RULE, SUBNET_POOL)


@dataclass(frozen=True)
class RuleSpec:
    direction: str
    ethertype: str = "IPv4"
    protocol: str | None = None
    port_min: int | None = None
    port_max: int | None = None
    remote_cidr: str | None = None
    remote_group: str | None = None
    description: str | None = None


@dataclass(frozen=True)
class SubnetSpec:
    """`cidr` or `subnet_pool` (with `prefix` or the pool's default)."""

    name: str
    network: str
    cidr: str | None = None
    subnet_pool: str | None = None
    prefix: int | None = None
    ip_version: int = 4
    gateway_ip: str | None = None
    no_gateway: bool = False
    dhcp: bool = True
    dns_nameservers: tuple[str, ...] = ()


MAX_DESCRIPTION = 230  # characters, of what is made with a marker: Neutron takes 255 with the marker in it


class NetworkPort(Protocol):
    """Creations take a `marker`, by which `find` finds what they made. Neutron takes no tags in a creating request, so its adapter keeps
    the marker at the end of the description, and rows show the description without it."""

    def feeds(self) -> Sequence[Feed[Row]]: ...
    async def check(self) -> Sequence[CheckResult]: ...
    async def quotas(self, acting: Credential) -> Sequence[Quota]: ...
    async def find(self, kind: str, marker: str, project: str) -> Sequence[str]:
        """Native ids of resources of a kind (by its name) that carry the marker, read with the installation's own account."""
        ...

    async def create_network(
        self, acting: Credential, name: str, description: str | None, mtu: int | None, marker: str
    ) -> str: ...
    async def update_network(
        self, acting: Credential, network: str, name: str | None, admin_state_up: bool | None
    ) -> None: ...
    async def delete_network(self, acting: Credential, network: str) -> None: ...
    async def create_subnet(self, acting: Credential, spec: SubnetSpec, marker: str) -> str: ...
    async def delete_subnet(self, acting: Credential, subnet: str) -> None: ...
    async def create_router(self, acting: Credential, name: str, external_network: str | None, marker: str) -> str: ...
    async def update_router(self, acting: Credential, router: str, name: str | None) -> None: ...
    async def set_gateway(self, acting: Credential, router: str, external_network: str | None) -> None: ...
    async def add_router_interface(self, acting: Credential, router: str, subnet: str) -> None: ...
    async def remove_router_interface(self, acting: Credential, router: str, subnet: str) -> None: ...
    async def delete_router(self, acting: Credential, router: str) -> None: ...
    async def create_port(
        self,
        acting: Credential,
        network: str,
        name: str,
        subnet: str | None,
        ip: str | None,
        security_groups: Sequence[str],
        marker: str,
    ) -> str: ...
    async def update_port(
        self,
        acting: Credential,
        port: str,
        name: str | None,
        security_groups: Sequence[str] | None,
        admin_state_up: bool | None,
    ) -> None: ...
    async def delete_port(self, acting: Credential, port: str) -> None: ...
    async def create_floating_ip(
        self, acting: Credential, network: str, description: str | None, marker: str
    ) -> str: ...
    async def associate_floating_ip(
        self, acting: Credential, floating_ip: str, port: str | None, fixed_ip: str | None = None
    ) -> None:
        """Bind to a port, or release it from its port when `port` is None."""
        ...

    async def delete_floating_ip(self, acting: Credential, floating_ip: str) -> None: ...
    async def create_security_group(
        self, acting: Credential, name: str, description: str | None, marker: str
    ) -> str: ...
    async def update_security_group(
        self, acting: Credential, group: str, name: str | None, description: str | None
    ) -> None: ...
    async def delete_security_group(self, acting: Credential, group: str) -> None: ...
    async def create_rule(self, acting: Credential, group: str, spec: RuleSpec) -> str: ...
    async def delete_rule(self, acting: Credential, rule: str) -> None: ...
    async def create_subnet_pool(
        self, acting: Credential, name: str, prefixes: Sequence[str], default_prefix: int, shared: bool, marker: str
    ) -> str: ...
    async def delete_subnet_pool(self, acting: Credential, pool: str) -> None: ...
