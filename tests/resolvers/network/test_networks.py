"""Networks, subnets and address pools: made, changed, deleted, taken back, and refused. GraphQL text over the sandbox."""

import pytest

from tests.resolvers.network.shop import SHOP, names, network, planned, refused, undone
from tests.running import Running

pytestmark = pytest.mark.anyio


async def test_a_network_with_a_subnet_is_made_and_seen_by_its_author_at_once(graph: Running) -> None:
    made = await network(graph)
    query = """query($id: ID!) { network(id: $id) { name status shared project { name }
        subnets { name cidr gatewayIp network { name } routers { name } } ports { totalCount } routers { name } } }"""
    found = (await graph.data("jiwoo", query, {"id": made}))["network"]
    assert (found["name"], found["status"], found["project"]["name"]) == ("lab", "ACTIVE", "shop")
    assert found["subnets"] == [
        {"name": "lab-v4", "cidr": "10.9.0.0/24", "gatewayIp": "10.9.0.1", "network": {"name": "lab"}, "routers": []}
    ]
    assert found["ports"]["totalCount"] == 0
    assert found["routers"] == []


async def test_the_plan_of_a_network_shows_its_quota_and_makes_nothing(graph: Running) -> None:
    before = await names(graph, "networks")
    plan = await planned(graph, "networkCreate", {"name": "lab"})
    assert plan["quota"] == [{"resource": "network", "used": 1, "after": 2}]
    assert plan["targets"] == [{"kind": "network", "name": "lab"}]
    assert plan["undo"] == "network.delete"
    assert await names(graph, "networks") == before


async def test_making_a_network_is_taken_back(graph: Running) -> None:
    made = await graph.done("jiwoo", "networkCreate", {"name": "lab"}, SHOP)
    await undone(graph, made)
    assert "lab" not in await names(graph, "networks")


async def test_a_renamed_network_gets_its_name_back(graph: Running) -> None:
    made = await network(graph)
    changed = await graph.done("jiwoo", "networkUpdate", {"network": "lab", "name": "lab-2"}, SHOP)
    query = "query($id: ID!) { network(id: $id) { name adminStateUp } }"
    assert (await graph.data("jiwoo", query, {"id": made}))["network"]["name"] == "lab-2"
    await undone(graph, changed)
    assert (await graph.data("jiwoo", query, {"id": made}))["network"]["name"] == "lab"


async def test_taking_a_network_down_warns_and_names_the_servers(graph: Running) -> None:
    plan = await planned(graph, "networkUpdate", {"network": "shop-net", "adminStateUp": False})
    assert plan["danger"] == "HIGH"
    assert {"kind": "server", "name": "shop-web-1"} in plan["dependants"]
    assert plan["warnings"]
    assert plan["changes"] == [{"attribute": "adminStateUp", "before": "True", "after": "False"}]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"network": "shop-net"}, "INVALID"),
        ({"network": "shop-net", "name": "shop-net"}, "CONFLICT"),
        ({"network": "shop-net", "name": "a\u0007b"}, "INVALID"),
        ({"network": "shop-net", "name": "x" * 10_000}, "INVALID"),
        ({"network": "no-such-net", "name": "y"}, "NOT_FOUND"),
        ({"network": "search-net", "name": "mine"}, "NOT_FOUND"),
        ({"network": "public", "name": "mine"}, "DENIED"),
    ],
)
async def test_a_network_is_not_changed_by_what_can_not_be(graph: Running, given: dict[str, str], code: str) -> None:
    everything = "{ networks { nodes { id name adminStateUp } } }"
    before = await graph.data("operator", everything)
    assert (await refused(graph, "networkUpdate", given))["code"] == code
    assert (await graph.data("operator", everything))["networks"] == before["networks"]


async def test_a_network_in_use_is_not_deleted(graph: Running) -> None:
    error = await refused(graph, "networkDelete", {"network": "shop-net"})
    assert error["code"] == "CONFLICT"
    assert "port" in error["message"]
    assert "shop-net" in await names(graph, "networks")


async def test_a_free_network_is_deleted_with_its_subnets(graph: Running) -> None:
    await network(graph)
    plan = await planned(graph, "networkDelete", {"network": "lab"})
    assert plan["danger"] == "DESTRUCTIVE"
    assert plan["dependants"] == [{"kind": "subnet", "name": "lab-v4"}]
    await graph.done("jiwoo", "networkDelete", {"network": "lab"}, SHOP)
    found = await graph.data("jiwoo", "{ networks { nodes { name } } subnets { nodes { name } } }")
    assert "lab" not in {row["name"] for row in found["networks"]["nodes"]}
    assert "lab-v4" not in {row["name"] for row in found["subnets"]["nodes"]}


async def test_a_reader_may_not_make_a_network(graph: Running) -> None:
    error = await refused(graph, "networkCreate", {"name": "mine", "project": "shop"}, person="haneul")
    assert error["code"] == "DENIED"
    assert "mine" not in await names(graph, "networks")


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({}, "INVALID", "cidr"),
        ({"cidr": "10.5.0.0/24", "subnetPool": "x"}, "INVALID", "cidr"),
        ({"cidr": "10.5.0.7/24"}, "INVALID", "cidr"),
        ({"cidr": "10.5.0.0"}, "INVALID", "cidr"),
        ({"cidr": "none"}, "INVALID", "cidr"),
        ({"cidr": "127.0.0.0/8"}, "INVALID", "cidr"),
        ({"cidr": "0.0.0.0/0"}, "INVALID", "cidr"),
        ({"cidr": "10.5.0.0/24", "gatewayIp": "10.6.0.1"}, "INVALID", "gatewayIp"),
        ({"cidr": "10.5.0.0/24", "gatewayIp": "10.5.0.255"}, "INVALID", "gatewayIp"),
        ({"cidr": "10.5.0.0/24", "gatewayIp": "10.5.0.1", "noGateway": True}, "INVALID", "gatewayIp"),
        ({"cidr": "10.5.0.0/24", "dnsNameservers": ["dns"]}, "INVALID", "dnsNameservers"),
        ({"cidr": "10.5.0.0/24", "prefix": 24}, "INVALID", "prefix"),
        ({"cidr": "10.1.0.128/25"}, "CONFLICT", None),
        ({"subnetPool": "no-such-pool"}, "NOT_FOUND", "subnetPool"),
    ],
)
async def test_a_subnet_that_can_not_be_is_refused(
    graph: Running, given: dict[str, object], code: str, field: str | None
) -> None:
    error = await refused(graph, "subnetCreate", {"name": "bad", "network": "shop-net", **given})
    assert (error["code"], error.get("field")) == (code, field), error
    assert await names(graph, "subnets") == ["shop-v4"]


async def test_a_subnet_without_a_gateway_in_ipv6(graph: Running) -> None:
    await network(graph, cidr=None)
    given = {"name": "v6", "network": "lab", "cidr": "2001:db8::/64", "noGateway": True, "dhcp": False}
    made = await graph.done("jiwoo", "subnetCreate", given, SHOP)
    query = "query($id: ID!) { subnet(id: $id) { ipVersion cidr gatewayIp dhcp } }"
    found = (await graph.data("jiwoo", query, {"id": made["resourceId"]}))["subnet"]
    assert found == {"ipVersion": 6, "cidr": "2001:db8::/64", "gatewayIp": None, "dhcp": False}
    await undone(graph, made)
    assert "v6" not in await names(graph, "subnets")


async def test_a_subnet_in_use_is_not_deleted(graph: Running) -> None:
    assert (await refused(graph, "subnetDelete", {"subnet": "shop-v4"}))["code"] == "CONFLICT"
    assert await names(graph, "subnets") == ["shop-v4"]


async def test_a_subnet_takes_its_range_from_a_pool(graph: Running) -> None:
    await network(graph, cidr=None)
    given = {"name": "ranges", "prefixes": ["10.64.0.0/16"], "defaultPrefix": 26}
    pool = await graph.done("jiwoo", "subnetPoolCreate", given, SHOP)
    made = await graph.done(
        "jiwoo", "subnetCreate", {"name": "piece", "network": "lab", "subnetPool": "ranges", "prefix": 25}, SHOP
    )
    query = "query($id: ID!) { subnet(id: $id) { cidr subnetPool { name subnets { nodes { name } } } } }"
    found = (await graph.data("jiwoo", query, {"id": made["resourceId"]}))["subnet"]
    assert found["cidr"].endswith("/25")
    assert found["subnetPool"] == {"name": "ranges", "subnets": {"nodes": [{"name": "piece"}]}}
    error = await refused(graph, "subnetPoolDelete", {"subnetPool": "ranges"})
    assert error["code"] == "CONFLICT"
    assert "piece" in error["message"]
    await graph.done("jiwoo", "subnetDelete", {"subnet": "piece"}, SHOP)
    await undone(graph, pool)
    assert await names(graph, "subnetPools") == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"prefixes": [], "defaultPrefix": 24}, "INVALID"),
        ({"prefixes": ["10.64.0.0/16", "2001:db8::/32"], "defaultPrefix": 24}, "INVALID"),
        ({"prefixes": ["10.64.0.0/16", "10.64.1.0/24"], "defaultPrefix": 24}, "INVALID"),
        ({"prefixes": ["10.64.0.0/16"], "defaultPrefix": 8}, "INVALID"),
        ({"prefixes": ["10.64.0.0/16"], "defaultPrefix": 33}, "INVALID"),
        ({"prefixes": ["10.64.0.0/16"], "defaultPrefix": 24, "shared": True}, "DENIED"),
    ],
)
async def test_a_pool_that_can_not_be_is_refused(graph: Running, given: dict[str, object], code: str) -> None:
    assert (await refused(graph, "subnetPoolCreate", {"name": "bad", **given}))["code"] == code
    assert await names(graph, "subnetPools") == []
