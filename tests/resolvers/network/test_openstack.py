"""Neutron behind the port: pages, fields, sharing, and what is different in clouds that are not like the lab."""

import json
from typing import Any

import pytest
from aiohttp import web

from resolvers.actor import Credential
from resolvers.clients.openstack import OpenStackClient
from resolvers.errors import Denied, Invalid, NotFound, Unavailable
from resolvers.inventory.feed import Feed
from resolvers.names import Names
from resolvers.network.openstack import OpenStackNetwork
from resolvers.network.port import RuleSpec, SubnetSpec
from tests.resolvers.clients.far_cloud import OWN_PROJECT, told
from tests.resolvers.far_krane import FarKrane, refusal
from tests.resolvers.payloads import captured

NETWORKS = json.loads(captured("openstack/network_networks"))["networks"]


@pytest.fixture
def network(client: OpenStackClient) -> OpenStackNetwork:
    return OpenStackNetwork(client, Names("krane", "home"))


def feed(network: OpenStackNetwork, kind: str) -> Feed[Any]:
    return next(feed for feed in network.feeds() if feed.kind.name == kind)


async def pages(request: web.Request) -> web.Response:
    if "marker" in request.query:
        return web.json_response({"networks": NETWORKS[2:]})
    href = f"http://inner.example:9696/v2.0/networks?limit=2&marker={NETWORKS[1]['id']}"
    links = [{"rel": "previous", "href": "x"}, {"rel": "next", "href": href}]
    return web.json_response({"networks": NETWORKS[:2], "networks_links": links})


async def test_all_pages_narrowed_to_what_a_row_keeps(network: OpenStackNetwork, far: FarKrane) -> None:
    fields: list[list[str]] = []

    async def noted(request: web.Request) -> web.Response:
        fields.append(request.query.getall("fields"))
        return await pages(request)

    far.answer("network /networks", noted)
    far.answer("network /rbac-policies", told(captured("openstack/network_rbac_policies")))
    rows = {row.name: row for row in await feed(network, "network").full()}
    assert set(rows) == {body["name"] for body in NETWORKS}
    assert fields[0] == fields[1]
    assert {"id", "router:external", "subnets", "tags"} <= set(fields[0])
    assert "provider:segmentation_id" not in fields[0]
    assert (rows["cap-net"].public, len(rows["cap-net"].shared_with)) == (False, 1)


async def test_a_neutron_too_old_to_share_by_policies(network: OpenStackNetwork, far: FarKrane) -> None:
    far.answer("network /networks", pages)
    rows = {row.name: row for row in await feed(network, "network").full()}
    assert [rows[name].public for name in ("public", "shared-net", "cap-net")] == [True, True, False]


async def test_a_subnet_whose_network_went_away_is_everyones_no_more(network: OpenStackNetwork, far: FarKrane) -> None:
    subnets = json.loads(captured("openstack/network_subnets"))
    del subnets["subnets_links"]
    far.answer("network /subnets", told(subnets))
    far.answer("network /networks", told({"networks": []}))
    assert [row.public for row in await feed(network, "subnet").full()] == [False, False, False]


async def test_a_cloud_without_routers_has_none(network: OpenStackNetwork, far: FarKrane) -> None:
    assert await feed(network, "router").full() == ()
    assert await feed(network, "floatingIp").full() == ()
    with pytest.raises(NotFound):
        await feed(network, "port").full()  # but a cloud without ports is broken, not empty


@pytest.mark.parametrize(("kind", "name"), [("floatingIp", "floatingips"), ("router", "routers")])
async def test_a_list_whose_place_is_deleted_meanwhile_is_not_empty(
    network: OpenStackNetwork, far: FarKrane, kind: str, name: str
) -> None:
    """Neutron says of the next page that there is no such floating IP."""
    body = json.loads(captured(f"openstack/network_{name}"))

    async def page(request: web.Request) -> web.Response:
        if "marker" in request.query:
            return refusal(404, "Floating IP f could not be found", "NeutronError")
        return web.json_response({**body, f"{name}_links": [{"rel": "next", "href": "?marker=f"}]})

    far.answer(f"network /{name}", page)
    with pytest.raises(Unavailable, match="lost its place"):
        await feed(network, kind).full()


async def test_a_list_that_is_not_there(network: OpenStackNetwork, far: FarKrane) -> None:
    bodies: tuple[Any, ...] = ({}, {"ports": None}, {"ports": [{"id": 7}]}, [], b"<html>", b'{"ports": [')
    for body in bodies:
        far.answer("network /ports", told(body))
        with pytest.raises(Unavailable, match="krane"):
            await feed(network, "port").full()


async def test_denied_for_what_is_not_seen_is_not_found(
    network: OpenStackNetwork, far: FarKrane, jiwoo: Credential
) -> None:
    async def refuse(request: web.Request) -> web.Response:
        return refusal(403, "rule:create_subnet is disallowed by policy", "NeutronError")

    for where in ("subnets", "ports", "security-group-rules"):
        far.answer(f"network /{where}", refuse)

    async def make(unseen: type[Exception]) -> None:
        for call in (
            network.create_subnet(jiwoo, SubnetSpec("a", "n", cidr="10.0.0.0/24"), "m"),
            network.create_port(jiwoo, "n", "a", None, None, (), "m"),
            network.create_rule(jiwoo, "g", RuleSpec("ingress")),
        ):
            with pytest.raises(unseen):
                await call

    await make(NotFound)
    far.answer("network /networks/n", told({"network": {"id": "n"}}))
    far.answer("network /security-groups/g", told({"security_group": {"id": "g"}}))
    await make(Denied)


async def test_a_description_too_long_for_its_marker_is_refused_before_anything_is_sent(
    network: OpenStackNetwork, far: FarKrane, jiwoo: Credential
) -> None:
    with pytest.raises(Invalid, match="characters"):
        await network.create_network(jiwoo, "a", "x" * 255, None, "marker")
    assert far.asked == []


async def test_a_neutron_that_does_not_tell_what_is_used_of_quotas(
    network: OpenStackNetwork, far: FarKrane, jiwoo: Credential
) -> None:
    """It is no reason to make nothing: what is too much Neutron refuses itself."""
    assert await network.quotas(jiwoo) == ()


async def test_changes_that_change_nothing_are_not_sent(
    network: OpenStackNetwork, far: FarKrane, jiwoo: Credential
) -> None:
    await network.update_network(jiwoo, "n", None, None)
    await network.update_port(jiwoo, "p", None, None, None)
    assert far.asked == []


async def test_check(network: OpenStackNetwork, far: FarKrane) -> None:
    (away,) = await network.check()
    assert not away.ok and away.mend
    far.answer("network /networks", told({"networks": []}))
    offered = ["router", "security-group", "quota_details", "l3"]
    far.answer("network /extensions", told({"extensions": [{"alias": alias} for alias in offered]}))
    assert all(result.ok for result in await network.check())
    far.answer("network /extensions", told({"extensions": [{"alias": "security-group"}]}))
    _, extensions = await network.check()
    assert not extensions.ok and "routers and floating IPs" in extensions.sentence and extensions.mend


@pytest.mark.parametrize(("others", "narrow"), [((), True), (("p-2",), False)])
async def test_check_sees_that_neutron_shows_the_own_project_alone(
    network: OpenStackNetwork, far: FarKrane, others: tuple[str, ...], narrow: bool
) -> None:
    """It does not refuse a list over all projects, it narrows it."""
    far.own_roles = ["reader"]
    far.answer("network /networks", told({"networks": []}))
    offered = ["router", "security-group", "quota_details"]
    far.answer("network /extensions", told({"extensions": [{"alias": alias} for alias in offered]}))
    groups = [{"project_id": project} for project in (OWN_PROJECT, *others)]
    far.answer("network /security-groups", told({"security_groups": groups}))
    failed = [result for result in await network.check() if not result.ok]
    assert bool(failed) is narrow
    for result in failed:
        assert result.sentence == (
            "Neutron (network) of krane shows 9rum's own account security groups of its own project alone."
        )
        assert result.mend.startswith("Give 9rum's account the role `admin`")
