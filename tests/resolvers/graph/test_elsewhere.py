"""Plans do not refuse because of what somebody changed elsewhere a moment ago: no poll has told of it, so the cloud is asked."""

from typing import Any

import pytest

from resolvers import ids
from resolvers import planning as planning_of
from resolvers.actor import Credential
from resolvers.network.port import SubnetSpec
from tests.polling import eventually
from tests.running import CLOUD
from tests.watched import Watched


async def acting(krane: Watched) -> Credential:
    project = (await krane.graph.data("jiwoo", '{ project(id: "shop") { id } }'))["project"]["id"]
    return Credential(await krane.graph.token("jiwoo", "shop"), ids.native(project))


def planning(action: str) -> str:
    name = action[0].upper() + action[1:] + "Input"
    return f"query($i: {name}!) {{ plan {{ {action}(input: $i) {{ hash }} }} }}"


async def planned(krane: Watched, action: str, given: dict[str, Any]) -> None:
    """Soon, without any poll: the cloud itself needs a moment for what was asked elsewhere."""

    async def look() -> bool:
        return "errors" not in await krane.graph("jiwoo", planning(action), {"i": given}, "shop")

    await eventually(look, f"{action} is planned", 10)


async def test_a_snapshot_that_was_deleted_elsewhere(krane: Watched) -> None:
    graph = krane.graph
    volume = (await graph.done("jiwoo", "volumeCreate", {"name": "v", "size": 1}, "shop"))["resourceId"]
    taken = await graph.done("jiwoo", "volumeSnapshotCreate", {"volume": "v", "name": "s"}, "shop")
    snapshot = next(row_id for row_id in taken["resourceIds"] if row_id.startswith("volumeSnapshot:"))
    port = graph.app.ports.get("volume", CLOUD)
    await port.delete_snapshot(await acting(krane), ids.native(snapshot))
    await planned(krane, "volumeDelete", {"volume": volume})


async def test_a_full_backup_that_was_made_elsewhere(krane: Watched) -> None:
    graph = krane.graph
    volume = (await graph.done("jiwoo", "volumeCreate", {"name": "v", "size": 1}, "shop"))["resourceId"]
    port = graph.app.ports.get("volume", CLOUD)
    await port.create_backup(await acting(krane), ids.native(volume), "b", None, False)
    await planned(krane, "volumeBackupCreate", {"volume": "v", "name": "more", "incremental": True})


async def test_a_subnet_that_was_made_elsewhere(krane: Watched) -> None:
    graph = krane.graph
    network = (await graph.done("jiwoo", "networkCreate", {"name": "lab"}, "shop"))["resourceId"]
    spec = SubnetSpec(
        name="lab-v4",
        network=ids.native(network) or "",
        cidr="10.9.0.0/24",
        subnet_pool=None,
        prefix=None,
        ip_version=4,
        gateway_ip=None,
        no_gateway=False,
        dhcp=True,
        dns_nameservers=(),
    )
    await graph.app.ports.get("network", CLOUD).create_subnet(await acting(krane), spec, "")
    await planned(krane, "portCreate", {"name": "p", "network": "lab"})


async def test_a_security_group_that_was_made_elsewhere(krane: Watched) -> None:
    port = krane.graph.app.ports.get("network", CLOUD)
    group = await port.create_security_group(await acting(krane), "made-elsewhere", None, "")
    wanted = ["made-elsewhere", ids.make("securityGroup", CLOUD, group)]
    await planned(krane, "portCreate", {"name": "p", "network": "shop-net", "securityGroups": wanted})
    refused = await krane.graph.refused(
        "jiwoo",
        'query { plan { portCreate(input: {name: "p", network: "shop-net", securityGroups: ["nowhere"]}) { hash } } }',
        project="shop",
    )
    assert refused["code"] == "NOT_FOUND"


async def test_a_port_that_was_deleted_elsewhere(krane: Watched) -> None:
    """Neutron deletes a port at once: so the plan is made at once, however short ago the port was read."""
    graph = krane.graph
    network = (await graph.done("jiwoo", "networkCreate", {"name": "lab"}, "shop"))["resourceId"]
    given = {"name": "lab-v4", "network": network, "cidr": "10.9.0.0/24"}
    subnet = (await graph.done("jiwoo", "subnetCreate", given, "shop"))["resourceId"]
    port = (await graph.done("jiwoo", "portCreate", {"network": network, "name": "p"}, "shop"))["resourceId"]
    refused = await graph.refused("jiwoo", planning("subnetDelete"), {"i": {"subnet": subnet}}, "shop")
    assert refused["code"] == "CONFLICT"
    await graph.app.ports.get("network", CLOUD).delete_port(await acting(krane), ids.native(port))
    await graph.data("jiwoo", planning("subnetDelete"), {"i": {"subnet": subnet}}, "shop")


@pytest.mark.parametrize("few", [16, 0])
async def test_what_stands_in_the_way_is_read_by_itself_in_however_large_a_cloud(
    krane: Watched, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """A list of all ports of 20,000 servers takes longer than a plan waits."""
    monkeypatch.setattr(planning_of, "FEW", few)
    graph = krane.graph
    (ports,) = graph.app.inventory.collections("port")
    network = (await graph.done("jiwoo", "networkCreate", {"name": "lab"}, "shop"))["resourceId"]
    given = {"name": "lab-v4", "network": network, "cidr": "10.9.0.0/24"}
    subnet = (await graph.done("jiwoo", "subnetCreate", given, "shop"))["resourceId"]
    port = (await graph.done("jiwoo", "portCreate", {"network": network, "name": "p"}, "shop"))["resourceId"]
    await graph.app.ports.get("network", CLOUD).delete_port(await acting(krane), ids.native(port))
    polls = ports.polls
    await graph.data("jiwoo", planning("subnetDelete"), {"i": {"subnet": subnet}}, "shop")
    assert (ports.polls == polls) is (few > 0)
