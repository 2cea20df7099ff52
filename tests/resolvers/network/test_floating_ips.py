"""Floating IPs: taken, bound to ports and servers, released, given back. GraphQL text over the sandbox."""

from typing import Any

import pytest

from tests.resolvers.network.shop import SHOP, names, network, planned, refused, undone
from tests.running import Running

pytestmark = pytest.mark.anyio

FLOATING = """query($id: ID!) { floatingIp(id: $id) { ip fixedIp status network { name } port { server { name } } router { name }
              server { name floatingIps { ip } } } }"""


async def _floating(graph: Running, floating: str) -> dict[str, Any]:
    found: dict[str, Any] = (await graph.data("jiwoo", FLOATING, {"id": floating}))["floatingIp"]
    return found


async def _port_of(graph: Running, server: str) -> str:
    found = await graph.data("jiwoo", "query($id: ID!) { server(id: $id) { ports { id } } }", {"id": server})
    return str(found["server"]["ports"][0]["id"])


async def _taken(graph: Running) -> dict[str, Any]:
    return await graph.done("jiwoo", "floatingIpCreate", {"network": "public"}, SHOP)


async def test_a_floating_ip_is_taken_bound_released_and_given_back(graph: Running) -> None:
    plan = await planned(graph, "floatingIpCreate", {})
    assert plan["quota"] == [{"resource": "floatingip", "used": 4, "after": 5}]
    made = await _taken(graph)
    floating = made["resourceId"]
    free = await _floating(graph, floating)
    assert (free["fixedIp"], free["port"], free["server"], free["network"]) == (None, None, None, {"name": "public"})
    port = await _port_of(graph, "shop-api-1")
    bound = await graph.done("jiwoo", "floatingIpAssociate", {"floatingIp": free["ip"], "port": port}, SHOP)
    now = await _floating(graph, floating)
    assert now["server"] == {"name": "shop-api-1", "floatingIps": [{"ip": free["ip"]}]}
    assert (now["status"], now["router"]) == ("ACTIVE", {"name": "shop-router"})
    error = await refused(graph, "floatingIpAssociate", {"floatingIp": floating, "port": port})
    assert error["code"] == "CONFLICT"
    released = await undone(graph, bound)
    assert (await _floating(graph, floating))["server"] is None
    assert (await refused(graph, "floatingIpDisassociate", {"floatingIp": floating}))["code"] == "CONFLICT"
    await undone(graph, released)
    assert (await _floating(graph, floating))["fixedIp"] == now["fixedIp"]
    plan = await planned(graph, "floatingIpDelete", {"floatingIp": floating})
    assert plan["danger"] == "DESTRUCTIVE"
    assert plan["dependants"] == [{"kind": "server", "name": "shop-api-1"}]
    await graph.done("jiwoo", "floatingIpDelete", {"floatingIp": floating}, SHOP)
    assert (await graph.refused("jiwoo", FLOATING, {"id": floating}))["code"] == "NOT_FOUND"


async def test_floating_ips_that_can_not_be_bound_are_refused(graph: Running) -> None:
    await network(graph)
    alone = (await graph.done("jiwoo", "portCreate", {"name": "alone", "network": "lab"}, SHOP))["resourceId"]
    floating = (await _taken(graph))["resourceId"]
    plan = await planned(graph, "floatingIpAssociate", {"floatingIp": floating, "port": alone})
    assert "router" in plan["warnings"][0]
    error = await refused(graph, "floatingIpAssociate", {"floatingIp": floating, "port": alone})
    assert error["code"] == "CONFLICT"  # the backend's own word: no router leads there
    port = await _port_of(graph, "shop-web-1")
    error = await refused(graph, "floatingIpAssociate", {"floatingIp": floating, "port": port})
    assert error["code"] == "CONFLICT"  # it has one already
    port = await _port_of(graph, "shop-api-1")
    given = {"floatingIp": floating, "port": port, "fixedIp": "10.1.0.99"}
    error = await refused(graph, "floatingIpAssociate", given)
    assert (error["code"], error["field"]) == ("INVALID", "fixedIp")
    talk = await _port_of(graph, "talk-chat-1")
    error = await refused(graph, "floatingIpAssociate", {"floatingIp": floating, "port": talk})
    assert error["code"] == "NOT_FOUND"  # of another project
    assert (await refused(graph, "floatingIpCreate", {"network": "shop-net"}))["code"] == "INVALID"
    assert (await _floating(graph, floating))["fixedIp"] is None


async def test_a_server_gets_a_new_floating_ip_and_undoing_gives_it_back(graph: Running) -> None:
    given = {"server": "shop-api-1"}
    plan = await planned(graph, "serverAddFloatingIp", given)
    assert plan["quota"] == [{"resource": "floatingip", "used": 4, "after": 5}]
    assert plan["warnings"] == []
    added = await graph.done("jiwoo", "serverAddFloatingIp", given, SHOP)
    server = '{ server(id: "shop-api-1") { floatingIps { id ip network { name } } addresses { ip floating } } }'
    found = (await graph.data("jiwoo", server))["server"]
    (floating,) = found["floatingIps"]
    assert floating["network"] == {"name": "public"}
    assert {"ip": floating["ip"], "floating": True} in found["addresses"]
    error = await refused(graph, "serverAddFloatingIp", given)
    assert error["code"] == "CONFLICT"
    await undone(graph, added)
    assert (await graph.data("jiwoo", server))["server"]["floatingIps"] == []
    assert (await graph.refused("jiwoo", FLOATING, {"id": floating["id"]}))["code"] == "NOT_FOUND"


async def test_a_server_gets_a_given_floating_ip_and_loses_it(graph: Running) -> None:
    free = (await _floating(graph, (await _taken(graph))["resourceId"]))["ip"]
    given = {"server": "shop-api-1", "floatingIp": free}
    error = await refused(graph, "serverAddFloatingIp", {**given, "network": "public"})
    assert error["code"] == "INVALID"
    await graph.done("jiwoo", "serverAddFloatingIp", given, SHOP)
    removed = await graph.done("jiwoo", "serverRemoveFloatingIp", {"server": "shop-api-1"}, SHOP)
    assert (await refused(graph, "serverRemoveFloatingIp", {"server": "shop-api-1"}))["code"] == "CONFLICT"
    assert (await refused(graph, "serverRemoveFloatingIp", given))["code"] == "INVALID"
    await undone(graph, removed)
    found = await graph.data("jiwoo", '{ server(id: "shop-api-1") { floatingIps { ip } } }')
    assert found["server"]["floatingIps"] == [{"ip": free}]


async def test_a_released_floating_ip_is_given_back_when_asked(graph: Running) -> None:
    query = '{ server(id: "shop-web-1") { floatingIps { id } } }'
    before = (await graph.data("jiwoo", query))["server"]["floatingIps"]
    given = {"server": "shop-web-1", "release": True}
    plan = await planned(graph, "serverRemoveFloatingIp", given)
    assert plan["undo"] is None
    ended = await graph.done("jiwoo", "serverRemoveFloatingIp", given, SHOP)
    assert ended["undo"] is None
    assert (await graph.data("jiwoo", query))["server"]["floatingIps"] == []
    assert (await graph.refused("jiwoo", FLOATING, {"id": before[0]["id"]}))["code"] == "NOT_FOUND"


async def test_a_floating_ip_that_was_taken_for_a_server_out_of_reach_is_given_back(graph: Running) -> None:
    await network(graph)
    given = {"name": "hidden", "flavor": "m1.small", "image": "ubuntu-24.04", "networks": ["lab"]}
    await graph.done("jiwoo", "serverCreate", given, SHOP)
    before = await names(graph, "floatingIps")
    assert "router" in (await planned(graph, "serverAddFloatingIp", {"server": "hidden"}))["warnings"][0]
    assert (await refused(graph, "serverAddFloatingIp", {"server": "hidden"}))["code"] == "CONFLICT"
    assert await names(graph, "floatingIps") == before
