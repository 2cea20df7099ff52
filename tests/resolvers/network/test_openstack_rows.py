"""Neutron's answers, as captured from a real one, become rows."""

import msgspec

from resolvers.names import Names
from resolvers.network import openstack_feeds as feeds
from resolvers.network import openstack_rows as rows
from resolvers.network.port import NetworkStatus
from tests.resolvers.payloads import captured, listed

NAMES = Names("krane", "home")
POLICIES = listed("openstack/network_rbac_policies", "rbac_policies", feeds.POLICIES.many)
NETWORKS = {body.name: body for body in listed("openstack/network_networks", "networks", feeds.NETWORKS.many)}


def audience(body: rows.NetworkBody, shared: bool | None = None) -> rows.Audience:
    policies = [policy for policy in POLICIES if policy.object_id == body.id]
    return rows.audience(NAMES, body.shared if shared is None else shared, body.external, policies)


def test_networks_and_who_sees_them() -> None:
    public = rows.network_row(NAMES, NETWORKS["public"], audience(NETWORKS["public"]))
    assert (public.external, public.shared, public.public, public.shared_with) == (True, False, True, ())
    shared = rows.network_row(NAMES, NETWORKS["shared-net"], audience(NETWORKS["shared-net"]))
    assert (shared.external, shared.shared, shared.public, shared.mtu) == (False, True, True, 1450)
    assert shared.subnet_ids == tuple(f"subnet:krane/{subnet}" for subnet in NETWORKS["shared-net"].subnets)
    assert shared.status is NetworkStatus.ACTIVE
    assert shared.created_at is not None and shared.created_at.tzinfo is not None


def test_a_network_shared_with_one_project_is_not_everyones() -> None:
    """Neutron shows `shared` by who asks: true for 9rum's account when the one project is its own."""
    body = NETWORKS["cap-net"]
    row = rows.network_row(NAMES, body, audience(body, shared=True))
    assert (row.shared, row.public, row.description) == (False, False, "front")
    target = next(policy.target_tenant for policy in POLICIES if policy.object_id == body.id)
    assert row.shared_with == (f"project:home/{target}",)


def test_flags_do_where_policies_are_hidden() -> None:
    assert rows.audience(NAMES, True, False, ()) == rows.Audience(shared=True, public=True)
    assert rows.audience(NAMES, False, True, ()) == rows.Audience(shared=False, public=True)
    assert rows.audience(NAMES, False, False, ()) == rows.Audience()


def test_a_subnet_is_seen_as_its_network() -> None:
    body = next(s for s in listed("openstack/network_subnets", "subnets", feeds.SUBNETS.many) if s.name == "cap-sub")
    row = rows.subnet_row(NAMES, body, audience(NETWORKS["cap-net"]))
    assert (row.cidr, row.gateway_ip, row.dhcp, row.ip_version) == ("10.77.0.0/24", "10.77.0.1", True, 4)
    assert (row.dns_nameservers, row.subnet_pool_id, row.description) == (("10.0.0.53",), None, None)
    assert row.network_id == f"network:krane/{body.network_id}"
    assert not row.public and len(row.shared_with) == 1


def test_ports_of_servers_routers_and_of_neutron_itself() -> None:
    bodies = listed("openstack/network_ports", "ports", feeds.PORTS.many)
    by_owner = {body.device_owner: rows.port_row(NAMES, body) for body in bodies}
    server = by_owner["compute:nova"]
    assert (server.server_id or "").startswith("server:krane/") and server.router_id is None
    assert (server.name, server.status, server.port_security) == ("cap-port", NetworkStatus.ACTIVE, True)
    assert server.ips == tuple(at.ip for at in server.fixed_ips)
    assert server.subnet_ids == (server.fixed_ips[0].subnet_id,)
    assert server.security_group_ids[0].startswith("securityGroup:krane/")
    router = by_owner["network:router_interface"]
    assert (router.router_id or "").startswith("router:krane/") and router.server_id is None
    gateway = by_owner["network:router_gateway"]
    assert gateway.project_id == ""  # nobody's, so only operators see it
    assert by_owner["network:floatingip"].status is NetworkStatus.NOT_APPLICABLE


def test_a_router_with_a_gateway_and_one_without() -> None:
    (body,) = listed("openstack/network_routers", "routers", feeds.ROUTERS.many)
    row = rows.router_row(NAMES, body)
    assert row.external_network_id == f"network:krane/{NETWORKS['public'].id}"
    assert row.external_ips[0].startswith("198.51.100.")
    inner = rows.router_row(NAMES, msgspec.structs.replace(body, external_gateway_info=None))
    assert (inner.external_network_id, inner.external_ips) == (None, ())


def test_a_floating_ip_is_named_by_its_address() -> None:
    (body,) = listed("openstack/network_floatingips", "floatingips", feeds.FLOATING_IPS.many)
    row = rows.floating_ip_row(NAMES, body)
    assert row.name == row.ip == body.floating_ip_address
    assert (row.port_id or "").startswith("port:krane/") and (row.router_id or "").startswith("router:krane/")
    assert row.fixed_ip is not None and row.description == "x"


def test_security_groups_and_summaries_of_their_rules() -> None:
    groups = listed("openstack/network_security_groups", "security_groups", feeds.SECURITY_GROUPS.many)
    group = next(g for g in groups if g.name == "cap-sg")
    row = rows.security_group_row(NAMES, group, rows.Audience())
    assert (row.description, row.stateful, row.public) == ("web", True, False)
    bodies = listed("openstack/network_security_group_rules", "security_group_rules", feeds.RULES.many)
    rules = {r.name: r for r in (rows.rule_row(NAMES, body) for body in bodies) if r.security_group_id == row.id}
    assert set(rules) == {
        "ingress tcp 22 from 0.0.0.0/0",
        f"ingress udp 53-60 from group {group.id}",
        "egress any to 0.0.0.0/0",
        "egress any to ::/0",
    }
    assert rules[f"ingress udp 53-60 from group {group.id}"].remote_group_id == row.id


def test_an_address_pool_whose_prefix_neutron_writes_as_a_text() -> None:
    (body,) = listed("openstack/network_subnetpools", "subnetpools", feeds.SUBNET_POOLS.many)
    row = rows.subnet_pool_row(NAMES, body, rows.Audience())
    assert (row.default_prefix, row.prefixes, row.ip_version) == (24, ("10.90.0.0/16",), 4)


def test_a_status_that_is_newer_than_this_program() -> None:
    body = msgspec.structs.replace(NETWORKS["public"], status="TELEPORTING")
    assert rows.network_row(NAMES, body, rows.Audience()).status is NetworkStatus.UNKNOWN


def test_a_rule_for_an_address_group_is_not_one_for_everyone() -> None:
    body = rows.RuleBody(
        id="r-1", security_group_id="g-1", direction="ingress", ethertype="IPv4", remote_address_group_id="ag-1"
    )
    row = rows.rule_row(NAMES, body)
    assert (row.name, row.remote_address_group) == ("ingress any from address group ag-1", "ag-1")


def test_what_is_empty_may_be_null() -> None:
    """As plugins other than Neutron's own write it."""
    (body, *_) = msgspec.json.decode(captured("openstack/network_ports"))["ports"]
    empty = {"name": None, "project_id": None, "device_id": None, "device_owner": None, "description": None}
    (port,) = feeds.PORTS.many.decode(msgspec.json.encode([body | empty]))
    row = rows.port_row(NAMES, port)
    assert (row.name, row.project_id, row.device_owner, row.server_id, row.router_id) == ("", "", "", None, None)
