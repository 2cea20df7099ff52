"""Security groups and their rules in a sandbox. Every project has a group `default`, which stays."""

import ipaddress
from typing import TYPE_CHECKING

from resolvers import ids
from resolvers.errors import Conflict, Invalid
from resolvers.network.port import PortRow, RuleSpec, SecurityGroupRow, SecurityGroupRuleRow, rule_name
from resolvers.sandbox import ports, quotas
from resolvers.sandbox.marks import mark
from resolvers.sandbox.people import Caller

if TYPE_CHECKING:
    from resolvers.sandbox.world import World

DEFAULT = "default"
WITH_PORTS = frozenset({"tcp", "udp", "sctp", "dccp", "udplite"})
PROTOCOLS = WITH_PORTS | {"icmp", "ipv6-icmp", "icmpv6", "ah", "esp", "gre", "igmp", "ospf", "vrrp", "any"}


def create(world: "World", caller: Caller, name: str, description: str | None, marker: str) -> str:
    default_of(world, caller.project_id)
    if name == DEFAULT:
        raise Conflict("The project already has its security group `default`.", field="name")
    quotas.require(world, caller.project_id, security_group=1, security_group_rule=2)
    group = _make(world, caller.project_id, name, description)
    mark(world, group, marker)
    return group.native_id


def default_of(world: "World", project_id: str) -> SecurityGroupRow:
    """The project's group `default`, made when it is first needed, as Neutron does: its members may reach each other."""
    for row in world.where(SecurityGroupRow, "project_id", project_id):
        if row.name == DEFAULT:
            return row
    group = _make(world, project_id, DEFAULT, "Default security group")
    for ethertype in ("IPv4", "IPv6"):
        _put(world, group, RuleSpec("ingress", ethertype), group.id)
    return group


def _make(world: "World", project_id: str, name: str, description: str | None) -> SecurityGroupRow:
    """With the two rules that let everything out, as Neutron makes them."""
    native = world.uid()
    group = SecurityGroupRow(
        id=world.names.id("securityGroup", native),
        native_id=native,
        cloud=world.cloud,
        name=name,
        project_id=project_id,
        public=False,
        description=description,
        stateful=True,
        created_at=world.now(),
        tags=(),
    )
    world.put(group)
    for ethertype in ("IPv4", "IPv6"):
        _put(world, group, RuleSpec("egress", ethertype), None)
    return group


def update(world: "World", caller: Caller, native: str, name: str | None, description: str | None) -> None:
    group = world.owned(SecurityGroupRow, native, caller, "security group")
    if name is not None and name != group.name:
        if DEFAULT in (name, group.name):
            raise Conflict("The security group `default` keeps its name, and no other takes it.", field="name")
        group = world.edit(group, name=name)
        for server_id in {port.server_id for port in world.where(PortRow, "security_group_ids", group.id)}:
            if server_id is not None:
                ports.refresh(world, server_id)
    if description is not None:
        world.edit(group, description=description)


def delete(world: "World", caller: Caller, native: str) -> None:
    group = world.owned(SecurityGroupRow, native, caller, "security group")
    if group.name == DEFAULT and not caller.admin:
        raise Conflict("The security group `default` stays with its project.")
    if used := world.where(PortRow, "security_group_ids", group.id):
        raise Conflict(f"The security group `{group.name}` holds on {len(used)} port(s); take it off first.")
    own = world.where(SecurityGroupRuleRow, "security_group_id", group.id)
    for rule in (*own, *world.where(SecurityGroupRuleRow, "remote_group_id", group.id)):
        world.delete(rule)
    world.delete(group)


def create_rule(world: "World", caller: Caller, native: str, spec: RuleSpec) -> str:
    group = world.owned(SecurityGroupRow, native, caller, "security group")
    remote = world.visible(SecurityGroupRow, spec.remote_group, caller, "security group") if spec.remote_group else None
    _checked(spec)
    quotas.require(world, group.project_id, security_group_rule=1)
    return _put(world, group, spec, remote.id if remote else None)


def delete_rule(world: "World", caller: Caller, native: str) -> None:
    world.delete(world.owned(SecurityGroupRuleRow, native, caller, "security group rule"))


def _checked(spec: RuleSpec) -> None:
    if spec.direction not in ("ingress", "egress"):
        raise Invalid("The direction of a rule is ingress or egress.", field="direction")
    if spec.ethertype not in ("IPv4", "IPv6"):
        raise Invalid("The ethertype of a rule is IPv4 or IPv6.", field="ethertype")
    if spec.remote_cidr is not None and spec.remote_group is not None:
        raise Invalid("A rule names a range or a group, not both.", field="remote_cidr")
    protocol = spec.protocol
    if protocol is not None and protocol not in PROTOCOLS and not (protocol.isdigit() and int(protocol) < 256):
        raise Invalid(f"`{protocol}` is no protocol that a rule can name.", field="protocol")
    _checked_ports(spec)
    if spec.remote_cidr is not None:
        try:
            version = ipaddress.ip_network(spec.remote_cidr, strict=False).version
        except ValueError as error:
            raise Invalid(f"`{spec.remote_cidr}` is no range of addresses.", field="remote_cidr") from error
        if f"IPv{version}" != spec.ethertype:
            raise Invalid(f"{spec.remote_cidr} is not {spec.ethertype}.", field="remote_cidr")


def _checked_ports(spec: RuleSpec) -> None:
    given = [port for port in (spec.port_min, spec.port_max) if port is not None]
    if not given:
        return
    if spec.protocol is None or spec.protocol == "any":
        raise Invalid("A rule with ports names a protocol, such as tcp.", field="protocol")
    if spec.protocol not in WITH_PORTS:
        most = 255  # type and code of ICMP
    else:
        most = 65_535
        if len(given) == 1 or given[0] > given[1]:
            raise Invalid("A rule names both ends of its ports, the smaller one first.", field="port_min")
    if any(not 0 <= port <= most for port in given):
        raise Invalid(f"The ports of a rule are between 0 and {most}.", field="port_min")


def _put(world: "World", group: SecurityGroupRow, spec: RuleSpec, remote_id: str | None) -> str:
    native = world.uid()
    protocol = None if spec.protocol == "any" else spec.protocol
    row = SecurityGroupRuleRow(
        id=world.names.id("securityGroupRule", native),
        native_id=native,
        cloud=world.cloud,
        name=rule_name(
            spec.direction,
            spec.ethertype,
            protocol,
            spec.port_min,
            spec.port_max,
            spec.remote_cidr,
            ids.native(remote_id),
        ),
        project_id=group.project_id,
        security_group_id=group.id,
        direction=spec.direction,
        ethertype=spec.ethertype,
        protocol=protocol,
        port_min=spec.port_min,
        port_max=spec.port_max,
        remote_cidr=spec.remote_cidr,
        remote_group_id=remote_id,
        description=spec.description,
    )
    if any(_same(row, other) for other in world.where(SecurityGroupRuleRow, "security_group_id", group.id)):
        raise Conflict(f"The security group `{group.name}` already has this rule ({row.name}).")
    world.put(row)
    return native


def _same(one: SecurityGroupRuleRow, other: SecurityGroupRuleRow) -> bool:
    attributes = ("direction", "ethertype", "protocol", "port_min", "port_max", "remote_cidr", "remote_group_id")
    return all(getattr(one, attribute) == getattr(other, attribute) for attribute in attributes)
