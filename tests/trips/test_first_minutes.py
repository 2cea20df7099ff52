"""The first minutes of somebody new, on the sandbox: look around, make a server, follow it, break nothing."""

import asyncio

from tests.polling import eventually
from tests.running import CLOUD, Running
from tests.trips.following import followed

OVERVIEW = """{ servers(first: 10, orderBy: [{field: CREATED_AT, direction: DESC}]) {
  totalCount freshness { source asOf backends { name status } }
  nodes { id name status project { name } image { name } flavor { name } addresses { ip } volumes { name } }
} }"""


async def test_look_around(graph: Running) -> None:
    answer = await graph("jiwoo", OVERVIEW)
    assert "errors" not in answer
    servers = answer["data"]["servers"]
    assert servers["freshness"]["source"] == "CACHE"
    assert len(servers["nodes"]) == 10 < servers["totalCount"]
    assert {server["project"]["name"] for server in servers["nodes"]} <= {"shop", "talk"}
    assert answer["extensions"]["freshness"]["backends"][0]["status"] == "OK"


async def test_make_follow_change_and_delete_a_server(graph: Running) -> None:
    given = {"name": "web-new", "flavor": "m1.small", "image": "ubuntu-24.04", "project": "shop"}
    made = await graph.done("jiwoo", "serverCreate", given)
    server = (
        await graph.data(
            "jiwoo", "query($id: ID!) { server(id: $id) { name status user { name } } }", {"id": made["resourceId"]}
        )
    )["server"]
    assert server == {"name": "web-new", "status": "ACTIVE", "user": {"name": "jiwoo"}}
    stopped = await graph.done("jiwoo", "serverStop", {"server": "web-new"})
    assert stopped["undo"] == {"action": "server.start"}
    undone = await graph.data("jiwoo", "mutation($id: ID!) { undo(operationId: $id) { id } }", {"id": stopped["id"]})
    assert (await graph.ended("jiwoo", undone["undo"]["id"]))["state"] == "SUCCEEDED"
    refused = await graph.refused("jiwoo", 'mutation { serverStart(input: {server: "web-new"}) { id } }')
    assert refused["code"] == "CONFLICT"
    assert refused["message"] == "`web-new` is ACTIVE; this needs it to be SHUTOFF."
    await graph.done("jiwoo", "serverDelete", {"server": "web-new"})
    gone = await graph.refused("jiwoo", "query($id: ID!) { server(id: $id) { name } }", {"id": made["resourceId"]})
    assert gone["code"] == "NOT_FOUND"


async def test_follow_an_operation_by_subscription(graph: Running) -> None:
    world = graph.app.ports.get("identity", CLOUD).world
    world.fail("server.list")  # nobody tells of the server before somebody follows the operation
    given = {"name": "web-live", "flavor": "m1.tiny", "image": "ubuntu-24.04", "project": "talk"}
    following = asyncio.create_task(followed(graph, "jiwoo", "serverCreate", given))

    async def listens() -> bool:
        return any(topic.startswith("operation:") for topic in graph.app.bus.topics)

    await eventually(listens, "the operation is followed", pause=0.01)
    world.heal()
    states = await following
    assert states[0]["state"] == "RUNNING"
    assert states[-1]["state"] == "SUCCEEDED"
    assert states[-1]["progress"] == 1.0
    assert [step["state"] for step in states[-1]["steps"]] == ["DONE", "DONE"]
