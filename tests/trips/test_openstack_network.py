"""The network actions against a real Neutron, by GraphQL alone: made, changed, taken back, refused, and away again."""

import secrets
from collections.abc import Mapping
from typing import Any

import pytest

from tests.running import Running

pytestmark = [pytest.mark.lab, pytest.mark.timeout(900, func_only=True)]


class Shop:
    """Changes as jiwoo in the project shop."""

    def __init__(self, graph: Running) -> None:
        self.graph = graph
        self.tag = secrets.token_hex(3)

    async def done(self, action: str, given: Mapping[str, Any]) -> dict[str, Any]:
        return await self.graph.done("jiwoo", action, given, "shop")

    async def made(self, action: str, given: Mapping[str, Any]) -> str:
        return str((await self.done(action, given))["resourceId"])

    async def undone(self, operation: Mapping[str, Any]) -> None:
        query = "mutation($id: ID!) { undo(operationId: $id) { id } }"
        started = await self.graph.data("jiwoo", query, {"id": operation["id"]}, "shop")
        ended = await self.graph.ended("jiwoo", started["undo"]["id"])
        assert ended["state"] == "SUCCEEDED", ended

    async def refused(self, action: str, given: Mapping[str, Any]) -> str:
        name = action[0].upper() + action[1:] + "Input"
        query = f"mutation($input: {name}!) {{ {action}(input: $input) {{ id }} }}"
        return str((await self.graph.refused("jiwoo", query, {"input": given}, "shop"))["code"])

    async def seen(self, kind: str, row_id: str, fields: str) -> dict[str, Any]:
        query = f"query($id: ID!) {{ {kind}(id: $id) {{ {fields} }} }}"
        found: dict[str, Any] = (await self.graph.data("jiwoo", query, {"id": row_id}))[kind]
        return found


async def test_routers_ports_and_floating_ips(lab_graph: Running) -> None:
    shop = Shop(lab_graph)
    network = await shop.made("networkCreate", {"name": f"n-{shop.tag}", "description": "for a walk"})
    assert (await shop.seen("network", network, "description"))["description"] == "for a walk"
    renamed = await shop.done("networkUpdate", {"network": network, "name": "other", "adminStateUp": False})
    await shop.undone(renamed)
    assert await shop.seen("network", network, "name adminStateUp") == {"name": f"n-{shop.tag}", "adminStateUp": True}
    given = {"name": f"s-{shop.tag}", "network": network, "cidr": "10.78.0.0/24", "dnsNameservers": ["192.0.2.53"]}
    subnet = await shop.made("subnetCreate", given)
    assert await shop.refused("subnetCreate", given) == "CONFLICT"

    router = await shop.made("routerCreate", {"name": f"r-{shop.tag}"})
    await shop.undone(await shop.done("routerSetGateway", {"router": router, "externalNetwork": "public"}))
    assert (await shop.seen("router", router, "externalNetwork { name }"))["externalNetwork"] is None
    joined = {"router": router, "subnet": subnet}
    await shop.undone(await shop.done("routerAddInterface", joined))
    await shop.done("routerAddInterface", joined)
    assert (await shop.seen("router", router, "subnets { id }"))["subnets"] == [{"id": subnet}]
    await shop.undone(await shop.done("routerRemoveInterface", joined))
    assert await shop.refused("routerDelete", {"router": router}) == "CONFLICT"

    port = await shop.made("portCreate", {"name": f"p-{shop.tag}", "network": network, "ip": "10.78.0.50"})
    assert await shop.refused("portCreate", {"name": "q", "network": network, "ip": "10.78.0.50"}) == "CONFLICT"
    await shop.undone(await shop.done("portUpdate", {"port": port, "securityGroups": [], "name": "renamed"}))
    found = await shop.seen("port", port, "name fixedIps { ip subnet { id } } securityGroups { name }")
    assert found["fixedIps"] == [{"ip": "10.78.0.50", "subnet": {"id": subnet}}]
    assert (found["name"], found["securityGroups"]) == (f"p-{shop.tag}", [{"name": "default"}])

    floating = await shop.made("floatingIpCreate", {"description": "for a walk"})
    bind = {"floatingIp": floating, "port": port}
    assert await shop.refused("floatingIpAssociate", bind) == "CONFLICT"  # no router leads outside yet
    await shop.done("routerSetGateway", {"router": router, "externalNetwork": "public"})
    await shop.undone(await shop.done("floatingIpAssociate", bind))
    await shop.done("floatingIpAssociate", bind)
    found = await shop.seen("floatingIp", floating, "fixedIp router { id } port { id floatingIps { id } }")
    assert (found["fixedIp"], found["router"]["id"]) == ("10.78.0.50", router)
    assert found["port"] == {"id": port, "floatingIps": [{"id": floating}]}
    for action, about in (
        ("routerClearGateway", {"router": router}),
        ("routerRemoveInterface", joined),
        ("subnetDelete", {"subnet": subnet}),
        ("networkDelete", {"network": network}),
    ):
        assert await shop.refused(action, about) == "CONFLICT", action
    await shop.undone(await shop.done("floatingIpDisassociate", {"floatingIp": floating}))
    for action, about in (
        ("floatingIpDelete", {"floatingIp": floating}),
        ("portDelete", {"port": port}),
        ("routerRemoveInterface", joined),
        ("routerClearGateway", {"router": router}),
        ("routerDelete", {"router": router}),
        ("networkDelete", {"network": network}),
    ):
        await shop.done(action, about)
    assert (await lab_graph.refused("jiwoo", "query($id: ID!) { subnet(id: $id) { id } }", {"id": subnet}))[
        "code"
    ] == "NOT_FOUND"


async def test_security_groups_and_address_pools(lab_graph: Running) -> None:
    shop = Shop(lab_graph)
    group = await shop.made("securityGroupCreate", {"name": f"g-{shop.tag}"})
    other = await shop.made("securityGroupCreate", {"name": f"h-{shop.tag}"})
    fields = "name description rules { direction ethertype protocol portMin portMax remoteCidr remoteGroup { name } }"
    first = await shop.seen("securityGroup", group, fields)
    assert {rule["direction"] for rule in first["rules"]} == {"egress"}
    await shop.undone(await shop.done("securityGroupUpdate", {"securityGroup": group, "description": "new"}))
    assert await shop.seen("securityGroup", group, fields) == first
    rules: list[dict[str, Any]] = [
        {"protocol": "tcp", "portMin": 22},
        {"protocol": "udp", "portMin": 1, "portMax": 65_535},
        {"protocol": "icmp", "ethertype": "IPV6", "portMin": 128},
        {"protocol": "tcp", "portMin": 80, "portMax": 90, "remoteCidr": "10.0.0.0/8"},
        {"remoteGroup": f"h-{shop.tag}"},
        {"protocol": "112", "direction": "EGRESS", "remoteCidr": "2001:db8::/32"},
    ]
    for rule in rules:
        made = await shop.done("securityGroupRuleCreate", {"securityGroup": group, **rule})
        assert await shop.refused("securityGroupRuleCreate", {"securityGroup": group, **rule}) == "CONFLICT", rule
        before = await shop.seen("securityGroup", group, fields)
        await shop.undone(await shop.done("securityGroupRuleDelete", {"rule": made["resourceId"]}))
        after = await shop.seen("securityGroup", group, fields)
        assert sorted(map(str, after["rules"])) == sorted(map(str, before["rules"])), rule
    await shop.done("securityGroupDelete", {"securityGroup": other})
    assert not [rule for rule in (await shop.seen("securityGroup", group, fields))["rules"] if rule["remoteGroup"]]
    await shop.done("securityGroupDelete", {"securityGroup": group})

    network = await shop.made("networkCreate", {"name": f"n-{shop.tag}"})
    given = {"name": f"pool-{shop.tag}", "prefixes": ["10.88.0.0/16"], "defaultPrefix": 26}
    pool = await shop.made("subnetPoolCreate", given)
    given = {"name": f"s-{shop.tag}", "network": network, "subnetPool": pool, "prefix": 27}
    subnet = await shop.made("subnetCreate", given)
    found = await shop.seen("subnet", subnet, "cidr subnetPool { id }")
    assert found["cidr"].endswith("/27")
    assert found["subnetPool"] == {"id": pool}
    assert await shop.refused("subnetPoolDelete", {"subnetPool": pool}) == "CONFLICT"
    await shop.done("networkDelete", {"network": network})
    await shop.done("subnetPoolDelete", {"subnetPool": pool})


async def test_quotas_of_a_project(lab_graph: Running) -> None:
    query = '{ project(id: "shop") { quotas { usage { service resource limit used } errors { service message } } } }'
    quotas = (await lab_graph.data("jiwoo", query))["project"]["quotas"]
    assert quotas["errors"] == []
    known = {(usage["service"], usage["resource"]) for usage in quotas["usage"]}
    assert {("compute", "instances"), ("volume", "gigabytes"), ("network", "floatingip")} <= known
