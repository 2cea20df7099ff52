"""Security groups and their rules. GraphQL text over the sandbox."""

from typing import Any

import pytest
from msgspec import structs

from resolvers import ids
from resolvers.network.port import SecurityGroupRuleRow, rule_name
from resolvers.sandbox.world import World
from tests.resolvers.network.shop import SHOP, names, planned, refused, undone
from tests.running import Running

pytestmark = pytest.mark.anyio

GROUP = """query($id: ID!) { securityGroup(id: $id) { name description rules { name direction protocol portMin portMax remoteCidr
           ethertype remoteGroup { name } securityGroup { name } } servers { name } ports { totalCount } referringRules { name } } }"""


async def _group(graph: Running, group: str) -> dict[str, Any]:
    found: dict[str, Any] = (await graph.data("jiwoo", GROUP, {"id": group}, SHOP))["securityGroup"]
    return found


async def _made(graph: Running, name: str = "mail") -> str:
    made = await graph.done("jiwoo", "securityGroupCreate", {"name": name, "description": "for mail"}, SHOP)
    return str(made["resourceId"])


async def _id(graph: Running, name: str) -> str:
    query = """query($name: String!) { securityGroups(filter: {name: {eq: $name}, project: {name: {eq: "shop"}}}) {
               nodes { id } } }"""
    found = await graph.data("jiwoo", query, {"name": name})
    return str(found["securityGroups"]["nodes"][0]["id"])


async def test_a_group_is_made_with_its_first_rules_and_taken_back(graph: Running) -> None:
    plan = await planned(graph, "securityGroupCreate", {"name": "mail"})
    assert {"resource": "security_group", "used": 4, "after": 5} in plan["quota"]
    made = await graph.done("jiwoo", "securityGroupCreate", {"name": "mail"}, SHOP)
    found = await _group(graph, made["resourceId"])
    assert {(rule["direction"], rule["ethertype"]) for rule in found["rules"]} == {
        ("egress", "IPv4"),
        ("egress", "IPv6"),
    }
    assert (found["servers"], found["ports"]["totalCount"]) == ([], 0)
    await undone(graph, made)
    assert "mail" not in await names(graph, "securityGroups")
    assert not [rule for rule in await _rules(graph) if rule["securityGroup"] is None]


async def _rules(graph: Running) -> list[dict[str, Any]]:
    found = await graph.data("jiwoo", "{ securityGroupRules(first: 500) { nodes { name securityGroup { name } } } }")
    rules: list[dict[str, Any]] = found["securityGroupRules"]["nodes"]
    return rules


async def test_a_group_is_renamed_and_gets_its_name_back(graph: Running) -> None:
    group = await _made(graph)
    given = {"securityGroup": group, "name": "post", "description": "for post"}
    changed = await graph.done("jiwoo", "securityGroupUpdate", given, SHOP)
    assert ((await _group(graph, group))["name"], (await _group(graph, group))["description"]) == ("post", "for post")
    await undone(graph, changed)
    assert ((await _group(graph, group))["name"], (await _group(graph, group))["description"]) == ("mail", "for mail")


async def test_a_rule_lets_something_in_and_is_taken_back(graph: Running) -> None:
    group = await _made(graph)
    given = {"securityGroup": group, "protocol": "tcp", "portMin": 25}
    plan = await planned(graph, "securityGroupRuleCreate", given)
    assert plan["changes"] == [{"attribute": "rule", "before": None, "after": "ingress tcp 25 from 0.0.0.0/0"}]
    assert plan["warnings"]  # everybody is let in
    made = await graph.done("jiwoo", "securityGroupRuleCreate", given, SHOP)
    (rule,) = [rule for rule in (await _group(graph, group))["rules"] if rule["direction"] == "ingress"]
    assert (rule["protocol"], rule["portMin"], rule["portMax"], rule["remoteCidr"]) == ("tcp", 25, 25, None)
    assert rule["securityGroup"] == {"name": "mail"}
    error = await refused(graph, "securityGroupRuleCreate", {**given, "portMax": 25, "direction": "INGRESS"})
    assert error["code"] == "CONFLICT"
    await undone(graph, made)
    assert not [rule for rule in (await _group(graph, group))["rules"] if rule["direction"] == "ingress"]


async def test_a_removed_rule_comes_back_as_it_was(graph: Running) -> None:
    group = await _made(graph)
    given = {
        "securityGroup": group,
        "protocol": "icmp",
        "ethertype": "IPV6",
        "portMin": 128,
        "portMax": 0,
        "direction": "EGRESS",
        "remoteGroup": "web",
    }
    made = await graph.done("jiwoo", "securityGroupRuleCreate", given, SHOP)
    before = await _group(graph, group)
    (rule,) = [rule for rule in before["rules"] if rule["remoteGroup"]]
    assert (rule["protocol"], rule["ethertype"], rule["remoteGroup"]) == ("ipv6-icmp", "IPv6", {"name": "web"})
    assert len((await _group(graph, await _id(graph, "web")))["referringRules"]) == 1
    removed = await graph.done("jiwoo", "securityGroupRuleDelete", {"rule": made["resourceId"]}, SHOP)
    assert removed["undo"] == {"action": "securityGroupRule.create"}
    assert not [rule for rule in (await _group(graph, group))["rules"] if rule["remoteGroup"]]
    await undone(graph, removed)
    assert await _group(graph, group) == before


async def test_a_rule_for_an_address_group_is_not_shown_and_not_brought_back_as_one_for_everyone(
    graph: Running,
) -> None:
    """9rum makes none; a colleague made it with another tool."""
    group = await _made(graph)
    given = {"securityGroup": group, "protocol": "tcp", "portMin": 22, "remoteCidr": "10.0.0.0/8"}
    made = await graph.done("jiwoo", "securityGroupRuleCreate", given, SHOP)
    world: World = graph.app.ports.get("identity", "krane").world
    row = world.get(SecurityGroupRuleRow, ids.parse(made["resourceId"]).native)
    assert row is not None
    bare = structs.replace(row, remote_cidr=None, remote_address_group="ag-1")
    world.put(structs.replace(bare, name=rule_name("ingress", "IPv4", "tcp", 22, 22, None, None, "ag-1")))
    await graph.app.inventory.load()
    query = "query($id: ID!) { securityGroupRule(id: $id) { name remoteCidr remoteAddressGroup } }"
    found = (await graph.data("jiwoo", query, {"id": row.id}, SHOP))["securityGroupRule"]
    name = "ingress tcp 22 from address group ag-1"
    assert found == {"name": name, "remoteCidr": None, "remoteAddressGroup": "ag-1"}
    plan = await planned(graph, "securityGroupRuleDelete", {"rule": row.id})
    assert (plan["undo"], plan["warnings"]) == (
        None,
        ["The other side of this rule is an address group, so 9rum can not bring the rule back."],
    )
    open_to_all = {"securityGroup": group, "protocol": "tcp", "portMin": 22}
    await planned(graph, "securityGroupRuleCreate", open_to_all)  # another rule, not refused as one that is there
    removed = await graph.done("jiwoo", "securityGroupRuleDelete", {"rule": row.id}, SHOP)
    assert removed["undo"] is None


async def test_a_rule_of_a_group_in_use_names_the_servers(graph: Running) -> None:
    group = await _id(graph, "db")
    plan = await planned(graph, "securityGroupRuleCreate", {"securityGroup": group, "protocol": "tcp", "portMin": 3306})
    assert {"kind": "server", "name": "shop-db-1"} in plan["dependants"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"protocol": "http"}, "protocol"),
        ({"protocol": "256"}, "protocol"),
        ({"protocol": "tcp", "portMin": 0}, "portMin"),
        ({"protocol": "tcp", "portMin": 1, "portMax": 65_536}, "portMax"),
        ({"protocol": "tcp", "portMin": 90, "portMax": 80}, "portMin"),
        ({"protocol": "tcp", "portMax": 80}, "portMin"),
        ({"portMin": 80}, "portMin"),
        ({"protocol": "gre", "portMin": 80}, "portMin"),
        ({"protocol": "icmp", "portMin": 256}, "portMin"),
        ({"protocol": "icmpv6", "ethertype": "IPV4"}, "ethertype"),
        ({"ethertype": "IPV6", "remoteCidr": "10.0.0.0/8"}, "ethertype"),
        ({"remoteCidr": "10.0.0.1/8"}, "remoteCidr"),
        ({"remoteCidr": "everyone"}, "remoteCidr"),
        ({"remoteCidr": "10.0.0.0/8", "remoteGroup": "web"}, "remoteCidr"),
    ],
)
async def test_a_rule_that_can_not_be_is_refused(graph: Running, given: dict[str, object], field: str) -> None:
    before = await _rules(graph)
    group = await _id(graph, "web")
    error = await refused(graph, "securityGroupRuleCreate", {"securityGroup": group, **given})
    assert (error["code"], error["field"]) == ("INVALID", field), error
    assert await _rules(graph) == before


async def test_groups_in_use_and_the_default_group_stay(graph: Running) -> None:
    error = await refused(graph, "securityGroupDelete", {"securityGroup": await _id(graph, "web")})
    assert error["code"] == "CONFLICT"
    assert "shop-" in error["message"]
    default = await _id(graph, "default")
    assert (await refused(graph, "securityGroupDelete", {"securityGroup": default}))["code"] == "CONFLICT"
    given = {"securityGroup": default, "name": "mine"}
    assert (await refused(graph, "securityGroupUpdate", given))["code"] == "CONFLICT"
    assert (await refused(graph, "securityGroupCreate", {"name": "default"}))["code"] == "CONFLICT"
    assert sorted(await names(graph, "securityGroups")) == ["db", "default", "ssh", "web"]


async def test_deleting_a_group_tells_of_rules_that_go_with_it(graph: Running) -> None:
    group, other = await _made(graph), await _made(graph, "post")
    await graph.done("jiwoo", "securityGroupRuleCreate", {"securityGroup": other, "remoteGroup": group}, SHOP)
    plan = await planned(graph, "securityGroupDelete", {"securityGroup": group})
    assert [held["kind"] for held in plan["dependants"]] == ["securityGroupRule"]
    assert plan["warnings"]
    await graph.done("jiwoo", "securityGroupDelete", {"securityGroup": group}, SHOP)
    assert all(rule["direction"] == "egress" for rule in (await _group(graph, other))["rules"])
