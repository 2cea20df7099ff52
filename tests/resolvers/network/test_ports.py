"""Ports: made with an address that is chosen or asked for, changed, deleted. GraphQL text over the sandbox."""

from typing import Any

import pytest

from tests.resolvers.network.shop import SHOP, network, planned, refused, undone
from tests.running import Running

pytestmark = pytest.mark.anyio

PORT = """query($id: ID!) { port(id: $id) { name adminStateUp fixedIps { ip subnet { name } } network { name } subnets { name }
          securityGroups { name } server { name } router { name } floatingIps { ip } } }"""


async def _port(graph: Running, port: str) -> dict[str, Any]:
    found: dict[str, Any] = (await graph.data("jiwoo", PORT, {"id": port}))["port"]
    return found


async def test_a_port_has_the_address_and_groups_that_were_asked_for(graph: Running) -> None:
    await network(graph)
    given = {"name": "db-vip", "network": "lab", "subnet": "lab-v4", "ip": "10.9.0.50", "securityGroups": ["db"]}
    made = await graph.done("jiwoo", "portCreate", given, SHOP)
    found = await _port(graph, made["resourceId"])
    assert found["fixedIps"] == [{"ip": "10.9.0.50", "subnet": {"name": "lab-v4"}}]
    assert (found["network"], found["securityGroups"]) == ({"name": "lab"}, [{"name": "db"}])
    assert (found["server"], found["router"], found["floatingIps"]) == (None, None, [])
    error = await refused(graph, "portCreate", {**given, "name": "second"})
    assert error["code"] == "CONFLICT"
    await undone(graph, made)
    ports = await graph.data("jiwoo", '{ network(id: "lab") { ports { totalCount } } }')
    assert ports["network"]["ports"]["totalCount"] == 0


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"network": "shop-net", "ip": "10.99.0.1"}, "INVALID", "ip"),
        ({"network": "shop-net", "ip": "10.1.0.0"}, "INVALID", "ip"),
        ({"network": "shop-net", "ip": "ten"}, "INVALID", "ip"),
        ({"network": "shop-net", "ip": "10.1.0.1"}, "CONFLICT", None),
        ({"network": "shop-net", "subnet": "talk-v4"}, "INVALID", "subnet"),
        ({"network": "shop-net", "securityGroups": ["no-such-group"]}, "NOT_FOUND", "securityGroup"),
        ({"network": "talk-net", "project": "shop"}, "INVALID", "network"),
        ({"network": "search-net"}, "NOT_FOUND", "network"),
    ],
)
async def test_a_port_that_can_not_be_is_refused(
    graph: Running, given: dict[str, object], code: str, field: str | None
) -> None:
    total = "{ ports { totalCount } }"
    before = await graph.data("jiwoo", total)
    error = await refused(graph, "portCreate", {"name": "bad", **given})
    assert (error["code"], error.get("field")) == (code, field), error
    assert await graph.data("jiwoo", total) == before


async def test_a_port_of_a_network_without_subnets_is_refused(graph: Running) -> None:
    await network(graph, cidr=None)
    assert (await refused(graph, "portCreate", {"name": "bad", "network": "lab"}))["code"] == "CONFLICT"


async def test_groups_of_a_port_are_replaced_and_come_back(graph: Running) -> None:
    await network(graph)
    made = await graph.done(
        "jiwoo", "portCreate", {"name": "p", "network": "lab", "securityGroups": ["db", "ssh"]}, SHOP
    )
    port = made["resourceId"]
    plan = await planned(graph, "portUpdate", {"port": port, "securityGroups": ["web"]})
    assert plan["changes"] == [{"attribute": "securityGroups", "before": "db, ssh", "after": "web"}]
    changed = await graph.done("jiwoo", "portUpdate", {"port": port, "securityGroups": []}, SHOP)
    assert (await _port(graph, port))["securityGroups"] == []
    await undone(graph, changed)
    assert sorted(row["name"] for row in (await _port(graph, port))["securityGroups"]) == ["db", "ssh"]
    down = await graph.done("jiwoo", "portUpdate", {"port": port, "adminStateUp": False, "name": "q"}, SHOP)
    assert ((await _port(graph, port))["name"], (await _port(graph, port))["adminStateUp"]) == ("q", False)
    await undone(graph, down)
    assert ((await _port(graph, port))["name"], (await _port(graph, port))["adminStateUp"]) == ("p", True)
    assert (await refused(graph, "portUpdate", {"port": port}))["code"] == "INVALID"


async def test_deleting_the_port_of_a_server_names_the_server_and_its_floating_ip(graph: Running) -> None:
    query = '{ server(id: "shop-web-1") { ports { id } floatingIps { ip } } }'
    server = (await graph.data("jiwoo", query))["server"]
    (port,), (floating,) = server["ports"], server["floatingIps"]
    plan = await planned(graph, "portDelete", {"port": port["id"]})
    assert plan["danger"] == "DESTRUCTIVE"
    assert plan["dependants"] == [
        {"kind": "server", "name": "shop-web-1"},
        {"kind": "floatingIp", "name": floating["ip"]},
    ]
    await graph.done("jiwoo", "portDelete", {"port": port["id"]}, SHOP)
    after = await graph.data("jiwoo", '{ server(id: "shop-web-1") { ports { id } floatingIps { ip } } }')
    assert after["server"] == {"ports": [], "floatingIps": []}


async def test_the_port_of_a_router_is_not_deleted(graph: Running) -> None:
    found = await graph.data("jiwoo", '{ router(id: "shop-router") { ports { id } } }')
    error = await refused(graph, "portDelete", {"port": found["router"]["ports"][0]["id"]})
    assert error["code"] == "CONFLICT"
    again = await graph.data("jiwoo", '{ router(id: "shop-router") { ports { id } } }')
    assert again["router"] == found["router"]
