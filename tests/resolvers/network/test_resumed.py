"""Operations that a crash cut off between the backend's doing and our knowing: they are found again and nothing is done twice."""

from typing import Any

import pytest

from tests.resolvers.cut_off import cut_off
from tests.resolvers.network.shop import SHOP, network
from tests.running import Running

pytestmark = pytest.mark.anyio

EVERYTHING = """{ networks(maxAge: 0) { nodes { id } } subnets(maxAge: 0) { nodes { id } } routers(maxAge: 0) { nodes { id } }
    ports(maxAge: 0, first: 500) { nodes { id } } floatingIps(maxAge: 0) { nodes { id } } subnetPools(maxAge: 0) { nodes { id } }
    securityGroups(maxAge: 0) { nodes { id } } securityGroupRules(maxAge: 0, first: 500) { nodes { id } } }"""


async def test_what_the_backend_did_before_a_crash_is_not_done_again(graph: Running) -> None:
    await network(graph)
    rule = {"securityGroup": "mail", "protocol": "tcp", "portMin": 25}
    joined = {"router": "lab-router", "subnet": "lab-v4"}
    steps: list[tuple[str, dict[str, Any]]] = [
        ("networkCreate", {"name": "again"}),
        ("subnetCreate", {"name": "again-v4", "network": "again", "cidr": "10.20.0.0/24"}),
        ("subnetPoolCreate", {"name": "ranges", "prefixes": ["10.64.0.0/16"], "defaultPrefix": 24}),
        ("portCreate", {"name": "p", "network": "lab"}),
        ("floatingIpCreate", {}),
        ("routerCreate", {"name": "lab-router"}),
        ("securityGroupCreate", {"name": "mail"}),
        ("securityGroupRuleCreate", rule),
        ("serverAddFloatingIp", {"server": "shop-api-1"}),
        ("routerAddInterface", joined),
    ]
    operations = [await graph.done("jiwoo", action, given, SHOP) for action, given in steps]
    before = await graph.data("jiwoo", EVERYTHING)
    for operation in operations:
        await cut_off(graph, operation, SHOP)
    ended = [await graph.ended("jiwoo", operation["id"]) for operation in operations]
    assert [operation["state"] for operation in ended] == ["SUCCEEDED"] * len(steps), ended
    made = slice(0, len(steps) - 2)  # the last two are about what was there before
    assert [operation["resourceId"] for operation in ended[made]] == [done["resourceId"] for done in operations[made]]
    assert await graph.data("jiwoo", EVERYTHING) == before


async def test_what_was_taken_away_before_a_crash_stays_away(graph: Running) -> None:
    await network(graph)
    joined = {"router": "lab-router", "subnet": "lab-v4"}
    await graph.done("jiwoo", "routerCreate", {"name": "lab-router"}, SHOP)
    await graph.done("jiwoo", "routerAddInterface", joined, SHOP)
    steps: list[tuple[str, dict[str, Any]]] = [
        ("routerRemoveInterface", joined),
        ("routerDelete", {"router": "lab-router"}),
        ("networkDelete", {"network": "lab"}),
        ("serverRemoveFloatingIp", {"server": "shop-web-1", "release": True}),
    ]
    operations = [await graph.done("jiwoo", action, given, SHOP) for action, given in steps]
    before = await graph.data("jiwoo", EVERYTHING)
    for operation in operations:
        await cut_off(graph, operation, SHOP)
    ended = [await graph.ended("jiwoo", operation["id"]) for operation in operations]
    assert [operation["state"] for operation in ended] == ["SUCCEEDED"] * len(steps), ended
    assert await graph.data("jiwoo", EVERYTHING) == before
