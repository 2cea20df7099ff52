"""Neutron's resources as it writes them (API v2.0), narrowed, and their mapping to our rows. Used by `openstack_feeds.py`.

The fields of each Struct are also what is asked for by `fields=`, so that an answer holds little more than what a row keeps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from resolvers.names import Names
from resolvers.network.openstack_marker import unmarked
from resolvers.network.port import (
    FixedIp,
    FloatingIpRow,
    NetworkRow,
    NetworkStatus,
    PortRow,
    RouterRow,
    SecurityGroupRow,
    SecurityGroupRuleRow,
    SubnetPoolRow,
    SubnetRow,
    rule_name,
)

SERVER_OWNER: Final = "compute:"  # and the zone: `compute:nova`
ROUTER_OWNERS: Final = ("network:router", "network:ha_router")  # interfaces, gateways, distributed and replicated ones
_STATUS: Final = {status.value: status for status in NetworkStatus}


class _Body(msgspec.Struct, gc=False, kw_only=True):
    """What all of them have. The project is empty for ports that Neutron made for itself; some plugins write null for what is empty."""

    id: str
    name: str | None = None
    project_id: str | None = None
    description: str | None = None
    created_at: datetime | None = None
    tags: tuple[str, ...] = ()


class NetworkBody(_Body, gc=False, kw_only=True):
    shared: bool = False
    external: bool = msgspec.field(name="router:external", default=False)
    status: str
    admin_state_up: bool
    mtu: int | None = None
    subnets: tuple[str, ...] = ()
    availability_zones: tuple[str, ...] = ()
    updated_at: datetime | None = None


class NetworkFlags(msgspec.Struct, gc=False):
    """As much of a network as its subnets need."""

    id: str
    shared: bool = False
    external: bool = msgspec.field(name="router:external", default=False)


class SubnetBody(_Body, gc=False, kw_only=True):
    network_id: str
    ip_version: int
    cidr: str
    gateway_ip: str | None = None
    enable_dhcp: bool = False
    dns_nameservers: tuple[str, ...] = ()
    subnetpool_id: str | None = None


class FixedIpBody(msgspec.Struct, gc=False):
    ip_address: str
    subnet_id: str


class PortBody(_Body, gc=False, kw_only=True):
    network_id: str
    status: str
    admin_state_up: bool
    mac_address: str
    fixed_ips: tuple[FixedIpBody, ...] = ()
    device_owner: str | None = None
    device_id: str | None = None
    security_groups: tuple[str, ...] = ()
    port_security_enabled: bool = True


class GatewayBody(msgspec.Struct, gc=False):
    network_id: str | None = None
    external_fixed_ips: tuple[FixedIpBody, ...] = ()


class RouterBody(_Body, gc=False, kw_only=True):
    status: str
    admin_state_up: bool
    external_gateway_info: GatewayBody | None = None


class FloatingIpBody(_Body, gc=False, kw_only=True):
    floating_ip_address: str
    floating_network_id: str
    fixed_ip_address: str | None = None
    port_id: str | None = None
    router_id: str | None = None
    status: str


class SecurityGroupBody(_Body, gc=False, kw_only=True):
    shared: bool = False
    stateful: bool = True


class RuleBody(msgspec.Struct, gc=False):
    id: str
    security_group_id: str
    direction: str
    ethertype: str
    project_id: str | None = None
    protocol: str | None = None
    port_range_min: int | None = None
    port_range_max: int | None = None
    remote_ip_prefix: str | None = None
    remote_group_id: str | None = None
    remote_address_group_id: str | None = None
    description: str | None = None


class SubnetPoolBody(_Body, gc=False, kw_only=True):
    shared: bool = False
    prefixes: tuple[str, ...] = ()
    default_prefixlen: int | str  # Neutron writes this number as a text
    ip_version: int


class PolicyBody(msgspec.Struct, gc=False):
    """An RBAC policy: `target_tenant` is a project or `*`."""

    object_id: str
    action: str
    target_tenant: str


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may use a resource beside its project. `public`: everyone; `projects` are global ids."""

    shared: bool = False
    public: bool = False
    projects: tuple[str, ...] = ()


def audience(names: Names, shared: bool, external: bool, policies: Sequence[PolicyBody]) -> Audience:
    """The flags are as 9rum's own account sees them, so a network shared with that account's project alone bears `shared`.

    What the policies say therefore counts more; where they are hidden or unknown the flags must do.
    """
    shared = _for_all(shared, policies, "access_as_shared")
    external = _for_all(external, policies, "access_as_external")
    projects = dict.fromkeys(policy.target_tenant for policy in policies if policy.target_tenant != "*")
    return Audience(shared, shared or external, tuple(names.id("project", project) for project in projects))


def _for_all(flag: bool, policies: Sequence[PolicyBody], action: str) -> bool:
    targets = {policy.target_tenant for policy in policies if policy.action == action}
    return "*" in targets if targets else flag


def network_row(names: Names, body: NetworkBody, seen_by: Audience) -> NetworkRow:
    return NetworkRow(
        **_common(names, "network", body),
        public=seen_by.public,
        shared_with=seen_by.projects,
        shared=seen_by.shared,
        external=body.external,
        status=_status(body.status),
        admin_state_up=body.admin_state_up,
        mtu=body.mtu,
        subnet_ids=tuple(names.id("subnet", subnet) for subnet in body.subnets),
        az=body.availability_zones,
        updated_at=body.updated_at,
        tags=body.tags,
    )


def subnet_row(names: Names, body: SubnetBody, seen_by: Audience) -> SubnetRow:
    return SubnetRow(
        **_common(names, "subnet", body),
        public=seen_by.public,
        shared_with=seen_by.projects,
        network_id=_ref(names, "network", body.network_id),
        ip_version=body.ip_version,
        cidr=body.cidr,
        gateway_ip=body.gateway_ip,
        dhcp=body.enable_dhcp,
        dns_nameservers=body.dns_nameservers,
        subnet_pool_id=names.ref("subnetPool", body.subnetpool_id),
        tags=body.tags,
    )


def port_row(names: Names, body: PortBody) -> PortRow:
    owner = body.device_owner or ""
    fixed = tuple(FixedIp(at.ip_address, _ref(names, "subnet", at.subnet_id)) for at in body.fixed_ips)
    return PortRow(
        **_common(names, "port", body),
        network_id=_ref(names, "network", body.network_id),
        status=_status(body.status),
        admin_state_up=body.admin_state_up,
        mac=body.mac_address,
        fixed_ips=fixed,
        ips=tuple(at.ip for at in fixed),
        subnet_ids=tuple(dict.fromkeys(at.subnet_id for at in fixed)),
        device_owner=owner,
        server_id=names.ref("server", body.device_id) if owner.startswith(SERVER_OWNER) else None,
        router_id=names.ref("router", body.device_id) if owner.startswith(ROUTER_OWNERS) else None,
        security_group_ids=tuple(_ref(names, "securityGroup", group) for group in body.security_groups),
        port_security=body.port_security_enabled,
        tags=body.tags,
    )


def router_row(names: Names, body: RouterBody) -> RouterRow:
    gateway = body.external_gateway_info or GatewayBody()
    return RouterRow(
        **_common(names, "router", body),
        status=_status(body.status),
        admin_state_up=body.admin_state_up,
        external_network_id=names.ref("network", gateway.network_id),
        external_ips=tuple(at.ip_address for at in gateway.external_fixed_ips),
        tags=body.tags,
    )


def floating_ip_row(names: Names, body: FloatingIpBody) -> FloatingIpRow:
    return FloatingIpRow(
        **_common(names, "floatingIp", body) | {"name": body.floating_ip_address},
        ip=body.floating_ip_address,
        fixed_ip=body.fixed_ip_address,
        status=_status(body.status),
        network_id=_ref(names, "network", body.floating_network_id),
        port_id=names.ref("port", body.port_id),
        router_id=names.ref("router", body.router_id),
        tags=body.tags,
    )


def security_group_row(names: Names, body: SecurityGroupBody, seen_by: Audience) -> SecurityGroupRow:
    return SecurityGroupRow(
        **_common(names, "securityGroup", body),
        public=seen_by.public,
        shared_with=seen_by.projects,
        stateful=body.stateful,
        tags=body.tags,
    )


def rule_row(names: Names, body: RuleBody) -> SecurityGroupRuleRow:
    return SecurityGroupRuleRow(
        id=names.id("securityGroupRule", body.id),
        native_id=body.id,
        cloud=names.cloud,
        name=rule_name(
            body.direction,
            body.ethertype,
            body.protocol,
            body.port_range_min,
            body.port_range_max,
            body.remote_ip_prefix,
            body.remote_group_id,
            body.remote_address_group_id,
        ),
        project_id=_ref(names, "project", body.project_id),
        security_group_id=_ref(names, "securityGroup", body.security_group_id),
        direction=body.direction,
        ethertype=body.ethertype,
        protocol=body.protocol,
        port_min=body.port_range_min,
        port_max=body.port_range_max,
        remote_cidr=body.remote_ip_prefix,
        remote_group_id=names.ref("securityGroup", body.remote_group_id),
        remote_address_group=body.remote_address_group_id,
        description=body.description,
    )


def subnet_pool_row(names: Names, body: SubnetPoolBody, seen_by: Audience) -> SubnetPoolRow:
    return SubnetPoolRow(
        **_common(names, "subnetPool", body),
        public=seen_by.public,
        shared_with=seen_by.projects,
        prefixes=body.prefixes,
        default_prefix=int(body.default_prefixlen),
        ip_version=body.ip_version,
    )


def _common(names: Names, kind: str, body: _Body) -> dict[str, Any]:
    return {
        "id": names.id(kind, body.id),
        "native_id": body.id,
        "cloud": names.cloud,
        "name": body.name or "",
        "project_id": _ref(names, "project", body.project_id),
        "description": unmarked(body.description),
        "created_at": body.created_at,
    }


def _ref(names: Names, kind: str, native: str | None) -> str:
    return names.ref(kind, native) or ""


def _status(text: str) -> NetworkStatus:
    return _STATUS.get(text, NetworkStatus.UNKNOWN)
