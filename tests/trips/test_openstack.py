"""A real OpenStack, by GraphQL alone: a network, a server on it, what is plugged into it, and everything away again."""

import asyncio
import base64
import secrets
from collections.abc import Mapping
from typing import Any

import pytest

from resolvers import ids
from tests.lab.cloud import LabCloud
from tests.lab.rest import call
from tests.running import Running
from tests.trips.following import followed

pytestmark = [pytest.mark.lab, pytest.mark.timeout(900, func_only=True)]
SCRIPT = "#!/bin/sh\necho 안녕\n"
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl jiwoo@example"


async def change(graph: Running, action: str, given: Mapping[str, Any]) -> str:
    """Run a mutation as jiwoo in `shop`, follow it by subscription to SUCCEEDED, and give the resource's id."""
    states = await followed(graph, "jiwoo", action, given)
    assert states[-1]["state"] == "SUCCEEDED", states[-1]
    return str(states[-1]["resourceId"])


def user_data(lab: LabCloud, server: str) -> str:
    """As Nova would give it to the server's cloud-init; it tells it to admins."""
    admin = lab.token()
    where = f"{admin.endpoints['compute']}/servers/{ids.native(server)}"
    answer = call("GET", where, token=admin.id, headers={"X-OpenStack-Nova-API-Version": "2.3"})
    return base64.b64decode(answer.json()["server"]["OS-EXT-SRV-ATTR:user_data"], validate=True).decode()


async def test_everything_that_a_server_needs_is_made_changed_and_deleted(
    lab_graph: Running, lab_cloud: LabCloud
) -> None:
    graph, tag = lab_graph, secrets.token_hex(3)
    shop = {"project": "shop"}
    network = await change(graph, "networkCreate", {"name": f"net-{tag}", **shop})
    subnet = await change(graph, "subnetCreate", {"name": f"sub-{tag}", "network": network, "cidr": "10.77.0.0/24"})
    router = await change(graph, "routerCreate", {"name": f"router-{tag}", "externalNetwork": "public", **shop})
    await change(graph, "routerAddInterface", {"router": router, "subnet": subnet})
    keypair = await change(graph, "keypairCreate", {"name": f"key-{tag}", "publicKey": PUBLIC_KEY})
    server = await change(
        graph,
        "serverCreate",
        {
            "name": f"vm-{tag}",
            "flavor": "m1.tiny",
            "image": "ubuntu-24.04",
            "networks": [network],
            "keypair": f"key-{tag}",
            "userData": SCRIPT,
            "metadata": {"service": "shop"},
            **shop,
        },
    )
    assert await asyncio.to_thread(user_data, lab_cloud, server) == SCRIPT
    query = """query($id: ID!) { server(id: $id, maxAge: 0) {
      status powerState keyName user { name } project { name } image { name } flavor { name } addresses { ip }
      ports { network { name } fixedIps { ip } } metadata history { action } consoleLog(lines: 5) } }"""
    seen = (await graph.data("jiwoo", query, {"id": server}))["server"]
    assert seen["status"] == "ACTIVE"
    assert (seen["user"]["name"], seen["project"]["name"], seen["flavor"]["name"]) == ("jiwoo", "shop", "m1.tiny")
    assert seen["keyName"] == f"key-{tag}"
    assert seen["ports"][0]["network"]["name"] == f"net-{tag}"
    assert seen["addresses"][0]["ip"].startswith("10.77.0.")
    assert seen["metadata"]["service"] == "shop"
    assert seen["history"][-1]["action"] == "create"
    # Nova's own word for who made it: the person, not 9rum's account
    row = await graph.app.inventory.reread(server)
    me = (await graph.data("jiwoo", "{ me { user { id } } }"))["me"]["user"]["id"]
    assert getattr(row, "user_id", None) == me

    volume = await change(graph, "volumeCreate", {"name": f"vol-{tag}", "size": 1, **shop})
    await change(graph, "serverAttachVolume", {"server": server, "volume": volume})
    floating = await change(graph, "floatingIpCreate", {"network": "public", **shop})
    await change(graph, "serverAddFloatingIp", {"server": server, "floatingIp": floating})
    edges = "query($id: ID!) { server(id: $id) { volumes { name } floatingIps { ip fixedIp } } }"
    seen = (await graph.data("jiwoo", edges, {"id": server}))["server"]
    assert [held["name"] for held in seen["volumes"]] == [f"vol-{tag}"]
    assert seen["floatingIps"][0]["fixedIp"].startswith("10.77.0.")

    snapshot = await graph.done("jiwoo", "serverSnapshot", {"server": server, "name": f"snap-{tag}"})
    image = next(row_id for row_id in snapshot["resourceIds"] if row_id.startswith("image:"))
    await change(graph, "serverResize", {"server": server, "flavor": "m1.small"})
    await change(graph, "serverConfirmResize", {"server": server})
    seen = (await graph.data("jiwoo", "query($id: ID!) { server(id: $id) { flavor { name } vcpus } }", {"id": server}))[
        "server"
    ]
    assert seen["flavor"]["name"] == "m1.small"

    await change(graph, "serverRemoveFloatingIp", {"server": server, "floatingIp": floating})
    await change(graph, "serverDetachVolume", {"server": server, "volume": volume})
    for action, field, row_id in (
        ("serverDelete", "server", server),
        ("floatingIpDelete", "floatingIp", floating),
        ("volumeDelete", "volume", volume),
        ("imageDelete", "image", image),
        ("keypairDelete", "keypair", keypair),
    ):
        await change(graph, action, {field: row_id})
    await change(graph, "routerRemoveInterface", {"router": router, "subnet": subnet})
    for action, field, row_id in (
        ("routerDelete", "router", router),
        ("subnetDelete", "subnet", subnet),
        ("networkDelete", "network", network),
    ):
        await change(graph, action, {field: row_id})
    gone = await graph.refused("jiwoo", "query($id: ID!) { server(id: $id, maxAge: 0) { name } }", {"id": server})
    assert gone["code"] == "NOT_FOUND"
    assert ids.parse(server).cloud == "krane"
