"""What every network backend does: the same tests on the sandbox and on a real Neutron."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from resolvers.errors import Conflict, Denied, Invalid, NotFound
from resolvers.inventory.feed import Feed
from resolvers.network.port import KINDS, FixedIp, NetworkStatus, RuleSpec, SubnetSpec
from tests.contract.conftest import Cloud
from tests.contract.network_room import NET, Room, changes, everything, furnished, network_room
from tests.contract.steps import OTHERS, UNKNOWN, refused, unique

SUBNETS_THAT_CAN_NOT_BE: tuple[dict[str, Any], ...] = (
    {"cidr": "10.300.0.0/24"},
    {"cidr": "10.77.0.128/25"},  # overlaps the network's other subnet
    {"cidr": "10.79.0.0/24", "gateway_ip": "10.79.0.999"},
    {"cidr": "10.79.0.0/24", "ip_version": 6},
)
RULES_THAT_CAN_NOT_BE = (
    RuleSpec("sideways"),
    RuleSpec("ingress", protocol="tcp", port_min=90, port_max=80),
    RuleSpec("ingress", protocol="tcp", port_min=80, port_max=70_000),
    RuleSpec("ingress", protocol="tcp", port_min=1, port_max=2, remote_cidr="10.0.0.0/99"),
)


@pytest.fixture
async def room(cloud: Cloud) -> AsyncIterator[Room]:
    async with network_room(cloud) as room:
        yield room


# -- networks and subnets ----------------------------------------------------------------------------------------------


async def test_a_network_from_its_making_to_its_end(room: Room) -> None:
    name, marker = unique("net"), unique("m")
    native = await room.port.create_network(room.jiwoo, name, "front", 1400, marker)
    row = await room.row("network", native)
    assert (row.name, row.description, row.mtu, row.admin_state_up) == (name, "front", 1400, True)
    assert row.project_id == room.row_project
    assert (row.public, row.shared, row.external, row.subnet_ids) == (False, False, False, ())
    assert row.created_at is not None and row.created_at.tzinfo is not None
    await room.port.update_network(room.jiwoo, native, name + "-2", False)
    changed = await room.row("network", native)
    assert (changed.name, changed.admin_state_up, changed.description) == (name + "-2", False, "front")
    await room.port.update_network(room.jiwoo, native, None, True)
    assert (await room.row("network", native)).admin_state_up
    await room.port.delete_network(room.jiwoo, native)
    assert await room.cloud.row(NET, "network", native) is None


async def test_a_subnet(room: Room) -> None:
    row = await room.row("subnet", room.subnet)
    assert (row.cidr, row.ip_version, row.gateway_ip, row.dhcp) == ("10.77.0.0/24", 4, "10.77.0.1", True)
    assert (row.dns_nameservers, row.description, row.public) == (("10.0.0.53",), None, False)
    assert row.network_id == room.cloud.id("network", room.network)
    assert row.id in (await room.row("network", room.network)).subnet_ids


async def test_a_subnet_without_gateway_and_dhcp(room: Room) -> None:
    spec = SubnetSpec(unique("subnet"), room.network, cidr="10.78.0.0/24", no_gateway=True, dhcp=False)
    native = await room.port.create_subnet(room.jiwoo, spec, unique("m"))
    row = await room.row("subnet", native)
    assert (row.gateway_ip, row.dhcp) == (None, False)
    await room.port.delete_subnet(room.jiwoo, native)
    assert await room.cloud.row(NET, "subnet", native) is None


async def test_a_subnet_out_of_an_address_pool(room: Room) -> None:
    port, jiwoo = room.port, room.jiwoo
    pool = await port.create_subnet_pool(jiwoo, unique("pool"), ["10.90.0.0/16"], 26, False, unique("m"))
    room.removal.later(lambda: port.delete_subnet_pool(jiwoo, pool))
    row = await room.row("subnetPool", pool)
    assert (row.prefixes, row.default_prefix, row.ip_version, row.public) == (("10.90.0.0/16",), 26, 4, False)
    network = await port.create_network(jiwoo, unique("net"), None, None, unique("m"))
    room.removal.later(lambda: port.delete_network(jiwoo, network))
    by_default = await port.create_subnet(jiwoo, SubnetSpec(unique("subnet"), network, subnet_pool=pool), unique("m"))
    wider = await port.create_subnet(
        jiwoo, SubnetSpec(unique("subnet"), network, subnet_pool=pool, prefix=24), unique("m")
    )
    rows = [await room.row("subnet", native) for native in (by_default, wider)]
    assert [row.cidr.split("/")[1] for row in rows] == ["26", "24"]
    assert all(
        row.cidr.startswith("10.90.") and row.subnet_pool_id == room.cloud.id("subnetPool", pool) for row in rows
    )
    await refused(Conflict, port.delete_subnet_pool(jiwoo, pool), room.seen("subnetPool", pool))


async def test_subnets_that_can_not_be(room: Room) -> None:
    for given in SUBNETS_THAT_CAN_NOT_BE:
        spec = SubnetSpec(name=unique("subnet"), network=room.network, **given)
        call = room.port.create_subnet(room.jiwoo, spec, unique("m"))
        await refused((Invalid, Conflict), call, room.seen("network", room.network))


async def test_a_network_in_use_stays(room: Room) -> None:
    await room.nic()
    await refused(Conflict, room.port.delete_network(room.jiwoo, room.network), room.seen("network", room.network))
    await refused(Conflict, room.port.delete_subnet(room.jiwoo, room.subnet), room.seen("subnet", room.subnet))


# -- ports -------------------------------------------------------------------------------------------------------------


async def test_a_port_with_an_address_and_a_security_group(room: Room) -> None:
    group, name = await room.group(), unique("port")
    native = await room.nic(name=name, ip="10.77.0.77", security_groups=(group,))
    row = await room.row("port", native)
    assert (row.name, row.ips, row.admin_state_up) == (name, ("10.77.0.77",), True)
    assert row.fixed_ips == (FixedIp("10.77.0.77", room.cloud.id("subnet", room.subnet)),)
    assert row.security_group_ids == (room.cloud.id("securityGroup", group),)
    assert (row.server_id, row.router_id, row.device_owner, row.description) == (None, None, "", None)
    assert len(row.mac.split(":")) == 6
    await refused(Conflict, room.port.delete_security_group(room.jiwoo, group), room.seen("securityGroup", group))
    await room.port.update_port(room.jiwoo, native, name + "-2", (), False)
    changed = await room.row("port", native)
    assert (changed.name, changed.security_group_ids, changed.admin_state_up) == (name + "-2", (), False)
    await room.port.delete_port(room.jiwoo, native)
    assert await room.cloud.row(NET, "port", native) is None


async def test_a_port_gets_an_address_and_the_default_group(room: Room) -> None:
    row = await room.row("port", await room.nic(subnet=None))
    assert len(row.ips) == 1 and row.ips[0].startswith("10.77.0.")
    assert len(row.security_group_ids) == 1


async def test_an_address_is_given_once(room: Room) -> None:
    first = await room.nic(ip="10.77.0.80")
    for address, error in (("10.77.0.80", Conflict), ("192.0.2.1", Invalid)):
        await refused(error, room.nic(ip=address), room.seen("port", first))


# -- routers and floating IPs ------------------------------------------------------------------------------------------


async def test_a_router_between_two_networks(room: Room) -> None:
    router, external = await room.router(), await room.external()
    row = await room.row("router", router)
    assert (row.external_network_id, row.external_ips, row.description) == (None, (), None)
    await room.joined(router)
    ports = [row for row in await room.cloud.rows(NET, "port") if row.router_id == room.cloud.id("router", router)]
    assert [port.ips for port in ports] == [("10.77.0.1",)]
    look = room.seen("router", router)
    await refused(Conflict, room.port.add_router_interface(room.jiwoo, router, room.subnet), look)
    await refused(Conflict, room.port.delete_router(room.jiwoo, router), look)
    await room.port.set_gateway(room.jiwoo, router, external)
    row = await room.row("router", router)
    assert row.external_network_id == room.cloud.id("network", external) and len(row.external_ips) == 1
    await room.port.update_router(room.jiwoo, router, name := unique("router"))
    assert (await room.row("router", router)).name == name
    await room.port.set_gateway(room.jiwoo, router, None)
    assert (await room.row("router", router)).external_network_id is None
    await room.port.remove_router_interface(room.jiwoo, router, room.subnet)
    await refused(NotFound, room.port.remove_router_interface(room.jiwoo, router, room.subnet), look)
    await room.port.delete_router(room.jiwoo, router)
    assert await room.cloud.row(NET, "router", router) is None


async def test_a_gateway_is_an_external_network(room: Room) -> None:
    router = await room.router()
    await refused(
        (Invalid, NotFound, Conflict),
        room.port.set_gateway(room.jiwoo, router, room.network),
        room.seen("router", router),
    )


async def test_a_floating_ip_finds_its_port(room: Room) -> None:
    external, nic = await room.external(), await room.nic()
    floating = await room.port.create_floating_ip(room.jiwoo, external, "shop front", unique("m"))
    room.removal.later(lambda: room.port.delete_floating_ip(room.jiwoo, floating))
    row = await room.row("floatingIp", floating)
    assert row.name == row.ip
    assert (row.port_id, row.fixed_ip, row.description) == (None, None, "shop front")
    assert row.network_id == room.cloud.id("network", external)
    look = room.seen("floatingIp", floating)
    # No router leads from the port to the outside yet.
    await refused(Conflict, room.port.associate_floating_ip(room.jiwoo, floating, nic), look)
    await room.joined(router := await room.router(external))
    await room.port.associate_floating_ip(room.jiwoo, floating, nic)
    row = await room.row("floatingIp", floating)
    assert (row.port_id, row.router_id) == (room.cloud.id("port", nic), room.cloud.id("router", router))
    assert (row.fixed_ip,) == (await room.row("port", nic)).ips
    await refused(NotFound, room.port.associate_floating_ip(room.jiwoo, floating, UNKNOWN), look)
    await room.port.associate_floating_ip(room.jiwoo, floating, None)
    row = await room.row("floatingIp", floating)
    assert (row.port_id, row.fixed_ip, row.router_id) == (None, None, None)
    await room.port.delete_floating_ip(room.jiwoo, floating)
    assert await room.cloud.row(NET, "floatingIp", floating) is None


async def test_a_floating_ip_comes_from_an_external_network(room: Room) -> None:
    marker, shop = unique("m"), room.cloud.native_project("shop")
    call = room.port.create_floating_ip(room.jiwoo, room.network, None, marker)
    await refused((Invalid, NotFound), call, lambda: room.port.find("floatingIp", marker, shop))
    assert not await room.port.find("floatingIp", marker, shop)


# -- security groups ---------------------------------------------------------------------------------------------------


async def test_a_security_group_and_its_rules(room: Room) -> None:
    group = await room.group()
    row = await room.row("securityGroup", group)
    assert (row.description, row.public) == ("web", False)
    before = await room.rules(group)
    spec = RuleSpec("ingress", protocol="tcp", port_min=80, port_max=90, remote_cidr="10.0.0.0/8")
    rule = await room.port.create_rule(room.jiwoo, group, spec)
    found = await room.row("securityGroupRule", rule)
    assert (found.direction, found.protocol, found.port_min, found.port_max) == ("ingress", "tcp", 80, 90)
    assert (found.remote_cidr, found.ethertype, found.remote_group_id) == ("10.0.0.0/8", "IPv4", None)
    assert await room.rules(group) == before | {"ingress tcp 80-90 from 10.0.0.0/8"}
    await refused(Conflict, room.port.create_rule(room.jiwoo, group, spec), lambda: room.rules(group))
    of_group = await room.port.create_rule(room.jiwoo, group, RuleSpec("ingress", remote_group=group))
    assert (await room.row("securityGroupRule", of_group)).remote_group_id == row.id
    await room.port.delete_rule(room.jiwoo, rule)
    assert await room.cloud.row(NET, "securityGroupRule", rule) is None
    await room.port.update_security_group(room.jiwoo, group, name := unique("group"), "shop")
    row = await room.row("securityGroup", group)
    assert (row.name, row.description) == (name, "shop")
    await room.port.delete_security_group(room.jiwoo, group)
    assert await room.cloud.row(NET, "securityGroup", group) is None
    assert await room.rules(group) == set()


async def test_rules_that_can_not_be(room: Room) -> None:
    group = await room.group()
    for spec in RULES_THAT_CAN_NOT_BE:
        await refused(Invalid, room.port.create_rule(room.jiwoo, group, spec), lambda: room.rules(group))


# -- markers, quotas, feeds --------------------------------------------------------------------------------------------


async def test_what_was_made_is_found_by_its_marker(room: Room) -> None:
    """After a crash this is how 9rum learns whether the backend took a request."""
    port, jiwoo, shop = room.port, room.jiwoo, room.cloud.native_project("shop")
    marker = unique("m")
    network = await port.create_network(jiwoo, unique("net"), "front", None, marker)
    room.removal.later(lambda: port.delete_network(jiwoo, network))
    spec = SubnetSpec(unique("subnet"), network, cidr="10.80.0.0/24")
    subnet = await port.create_subnet(jiwoo, spec, marker)
    room.removal.later(lambda: port.delete_subnet(jiwoo, subnet))
    nic = await room.nic(marker=marker)
    router = await port.create_router(jiwoo, unique("router"), None, marker)
    room.removal.later(lambda: port.delete_router(jiwoo, router))
    floating = await port.create_floating_ip(jiwoo, await room.external(), None, marker)
    room.removal.later(lambda: port.delete_floating_ip(jiwoo, floating))
    group = await port.create_security_group(jiwoo, unique("group"), None, marker)
    room.removal.later(lambda: port.delete_security_group(jiwoo, group))
    pool = await port.create_subnet_pool(jiwoo, unique("pool"), ["10.91.0.0/16"], 24, False, marker)
    room.removal.later(lambda: port.delete_subnet_pool(jiwoo, pool))
    made_by_kind = {
        "network": network,
        "subnet": subnet,
        "port": nic,
        "router": router,
        "floatingIp": floating,
        "securityGroup": group,
        "subnetPool": pool,
    }
    for kind, native in made_by_kind.items():
        assert list(await port.find(kind, marker, shop)) == [native]
        assert not await port.find(kind, unique("m"), shop)
        assert not await port.find(kind, marker, room.cloud.native_project("talk"))
        assert marker not in ((await room.row(kind, native)).description or "")


async def test_quotas_count_what_is_there(room: Room) -> None:
    before = {quota.resource: quota for quota in await room.port.quotas(room.jiwoo)}
    assert {"network", "subnet", "port", "router", "floatingip", "security_group", "security_group_rule"} <= set(before)
    assert all(quota.service == NET for quota in before.values())
    nic, haneul = await room.nic(), await room.cloud.credential("haneul", "shop")

    async def counted() -> bool:
        """Others may make something in the project meanwhile."""
        ports = [row for row in await room.cloud.rows(NET, "port") if row.project_id == room.row_project]
        networks = [row for row in await room.cloud.rows(NET, "network") if row.project_id == room.row_project]
        used = {quota.resource: quota.used for quota in await room.port.quotas(haneul)}
        assert nic in [row.native_id for row in ports]
        return (used["port"], used["network"]) == (len(ports), len(networks))

    await room.cloud.eventually(counted, "the quotas count the ports and networks that are there")


async def test_feeds_agree_with_single_reads(room: Room) -> None:
    await room.nic(security_groups=(await room.group(),))
    feeds: dict[str, Feed[Any]] = {feed.kind.name: feed for feed in room.port.feeds()}
    assert set(feeds) == {kind.name for kind in KINDS}
    for name, feed in feeds.items():
        assert await feed.one(UNKNOWN) is None
        assert await feed.one("../networks?x=") is None
        for row in await feed.full():
            assert isinstance(row, feed.kind.row) and row.cloud == "krane"
            assert getattr(row, "status", None) is not NetworkStatus.UNKNOWN

        async def agree(feed: Feed[Any] = feed) -> bool:
            """Neighbours of an earlier test may still be on their way out, so one reading may be newer than the other."""
            own = [row for row in await feed.full() if row.project_id == room.row_project]
            return all([await feed.one(row.native_id) == row for row in own])

        await room.cloud.eventually(agree, f"lists and single reads of {name} agree")


async def test_check_is_content(cloud: Cloud) -> None:
    results = await cloud.ports[NET].check()
    assert results
    assert all(result.ok and result.sentence for result in results), results


# -- refusals ----------------------------------------------------------------------------------------------------------


async def test_unknown_ids(room: Room) -> None:
    unknown = dict.fromkeys((kind.name for kind in KINDS), UNKNOWN)
    for method, call in changes(room.port, room.jiwoo, unknown).items():
        with pytest.raises(NotFound) as caught:
            await call()
        assert caught.value.message, method


async def test_others_and_readers_change_nothing(room: Room) -> None:
    ids = await furnished(room)
    before = await everything(room, ids)
    for person, project, error in OTHERS:
        acting = await room.cloud.credential(person, project)
        for method, call in changes(room.port, acting, ids).items():
            with pytest.raises(error):
                await call()
                pytest.fail(f"{method} was let through for {person}")
    assert await everything(room, ids) == before


async def test_readers_make_nothing(room: Room) -> None:
    haneul = await room.cloud.credential("haneul", "shop")
    marker, shop = unique("m"), room.cloud.native_project("shop")
    calls = (
        room.port.create_network(haneul, unique("net"), None, None, marker),
        room.port.create_router(haneul, unique("router"), None, marker),
        room.port.create_security_group(haneul, unique("group"), None, marker),
        room.port.create_floating_ip(haneul, await room.external(), None, marker),
        room.port.create_subnet_pool(haneul, unique("pool"), ["10.93.0.0/16"], 24, False, marker),
    )
    for call in calls:
        with pytest.raises(Denied):
            await call
    for kind in ("network", "router", "securityGroup", "floatingIp", "subnetPool"):
        assert not await room.port.find(kind, marker, shop)


async def test_only_operators_share_an_address_pool(room: Room) -> None:
    marker = unique("m")
    with pytest.raises(Denied):
        await room.port.create_subnet_pool(room.jiwoo, unique("pool"), ["10.94.0.0/16"], 24, True, marker)
    assert not await room.port.find("subnetPool", marker, room.cloud.native_project("shop"))
