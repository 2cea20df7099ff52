"""Routers with their gateways and interfaces. GraphQL text over the sandbox."""

from typing import Any

import pytest

from tests.resolvers.network.shop import SHOP, names, network, planned, refused, undone
from tests.running import Running

pytestmark = pytest.mark.anyio

ROUTER = """query($id: ID!) { router(id: $id) { name status externalNetwork { name external } externalIps
            subnets { name } networks { name } ports { network { name } router { name } } } }"""


async def _router(graph: Running, router: str) -> dict[str, Any]:
    found: dict[str, Any] = (await graph.data("jiwoo", ROUTER, {"id": router}))["router"]
    return found


async def test_a_router_joins_a_network_to_the_outside(graph: Running) -> None:
    await network(graph)
    made = await graph.done("jiwoo", "routerCreate", {"name": "lab-router", "externalNetwork": "public"}, SHOP)
    joined = await graph.done("jiwoo", "routerAddInterface", {"router": "lab-router", "subnet": "lab-v4"}, SHOP)
    found = await _router(graph, made["resourceId"])
    assert found["externalNetwork"] == {"name": "public", "external": True}
    assert len(found["externalIps"]) == 1
    assert (found["subnets"], found["networks"]) == ([{"name": "lab-v4"}], [{"name": "lab"}])
    assert found["ports"] == [{"network": {"name": "lab"}, "router": {"name": "lab-router"}}]
    both = '{ network(id: "lab") { routers { name } } subnet(id: "lab-v4") { routers { name } } }'
    back = await graph.data("jiwoo", both)
    assert back["network"]["routers"] == back["subnet"]["routers"] == [{"name": "lab-router"}]
    await undone(graph, joined)
    assert (await _router(graph, made["resourceId"]))["subnets"] == []


async def test_a_gateway_is_set_and_cleared_and_both_are_taken_back(graph: Running) -> None:
    made = await graph.done("jiwoo", "routerCreate", {"name": "lab-router"}, SHOP)
    router = made["resourceId"]
    assert (await _router(graph, router))["externalNetwork"] is None
    given = {"router": "lab-router", "externalNetwork": "public"}
    was_set = await graph.done("jiwoo", "routerSetGateway", given, SHOP)
    assert (await refused(graph, "routerSetGateway", given))["code"] == "CONFLICT"
    await undone(graph, was_set)
    assert (await _router(graph, router))["externalNetwork"] is None
    assert (await refused(graph, "routerClearGateway", {"router": "lab-router"}))["code"] == "CONFLICT"
    await graph.done("jiwoo", "routerSetGateway", given, SHOP)
    cleared = await graph.done("jiwoo", "routerClearGateway", {"router": "lab-router"}, SHOP)
    await undone(graph, cleared)
    assert (await _router(graph, router))["externalNetwork"] == {"name": "public", "external": True}


async def test_a_gateway_that_serves_floating_ips_stays(graph: Running) -> None:
    error = await refused(graph, "routerClearGateway", {"router": "shop-router"})
    assert error["code"] == "CONFLICT"
    assert "floating" in error["message"]
    found = await graph.data("jiwoo", '{ router(id: "shop-router") { externalNetwork { name } floatingIps { ip } } }')
    assert found["router"]["externalNetwork"] == {"name": "public"}
    assert len(found["router"]["floatingIps"]) == 3


async def test_leaving_a_subnet_names_the_servers_behind_it(graph: Running) -> None:
    await network(graph)
    await graph.done("jiwoo", "routerCreate", {"name": "lab-router"}, SHOP)
    given = {"router": "lab-router", "subnet": "lab-v4"}
    await graph.done("jiwoo", "routerAddInterface", given, SHOP)
    assert (await refused(graph, "routerAddInterface", given))["code"] == "CONFLICT"
    plan = await planned(graph, "routerRemoveInterface", given)
    assert (plan["danger"], plan["undo"]) == ("HIGH", "router.addInterface")
    assert plan["changes"] == [{"attribute": "interface", "before": "lab-v4 (10.9.0.1)", "after": None}]
    left = await graph.done("jiwoo", "routerRemoveInterface", given, SHOP)
    assert (await refused(graph, "routerRemoveInterface", given))["code"] == "CONFLICT"
    await undone(graph, left)
    found = await graph.data("jiwoo", '{ subnet(id: "lab-v4") { routers { name } } }')
    assert found["subnet"]["routers"] == [{"name": "lab-router"}]


async def test_an_interface_that_serves_floating_ips_stays(graph: Running) -> None:
    error = await refused(graph, "routerRemoveInterface", {"router": "shop-router", "subnet": "shop-v4"})
    assert error["code"] == "CONFLICT"
    assert "floating" in error["message"]


async def test_interfaces_that_can_not_be_are_refused(graph: Running) -> None:
    await network(graph, "twin", "10.1.0.0/24")
    await network(graph, "closed", None)
    given = {"name": "no-way", "network": "closed", "cidr": "10.8.0.0/24", "noGateway": True}
    await graph.done("jiwoo", "subnetCreate", given, SHOP)
    for subnet in ("twin-v4", "no-way"):  # the same range as shop-v4; no gateway address
        error = await refused(graph, "routerAddInterface", {"router": "shop-router", "subnet": subnet})
        assert error["code"] == "CONFLICT", error
    await graph.done("jiwoo", "routerCreate", {"name": "second"}, SHOP)
    error = await refused(graph, "routerAddInterface", {"router": "second", "subnet": "shop-v4"})
    assert error["code"] == "CONFLICT"  # the first router has the gateway address
    error = await refused(graph, "routerSetGateway", {"router": "second", "externalNetwork": "shop-net"})
    assert (error["code"], error["field"]) == ("INVALID", "externalNetwork")
    found = await graph.data("jiwoo", '{ router(id: "second") { ports { id } externalNetwork { name } } }')
    assert found["router"] == {"ports": [], "externalNetwork": None}


async def test_a_router_with_interfaces_is_not_deleted(graph: Running) -> None:
    error = await refused(graph, "routerDelete", {"router": "shop-router"})
    assert error["code"] == "CONFLICT"
    assert "shop-v4" in error["message"]
    assert await names(graph, "routers") == ["shop-router"]


async def test_a_router_is_renamed_and_deleted(graph: Running) -> None:
    await graph.done("jiwoo", "routerCreate", {"name": "lab-router", "externalNetwork": "public"}, SHOP)
    renamed = await graph.done("jiwoo", "routerUpdate", {"router": "lab-router", "name": "other"}, SHOP)
    await undone(graph, renamed)
    assert await names(graph, "routers") == ["lab-router", "shop-router"]
    await graph.done("jiwoo", "routerDelete", {"router": "lab-router"}, SHOP)
    assert await names(graph, "routers") == ["shop-router"]
