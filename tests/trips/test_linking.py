"""From an address of the bot to a command as the person, through the whole application on the sandbox, and to the end of the link."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.people import LinkEnded
from bot.platforms.base import Person, Place
from notifications.redis import RedisClient
from tests.polling import eventually
from tests.running import CLOUD, Running, running

pytestmark = pytest.mark.anyio
ANNA = Person(platform="slack", id="T1/U7", name="Anna Kim")
TEAM = Place(platform="slack", channel="C1")
SERVERS = "{ servers(first: 100) { nodes { id name project { name } } } me { id name operator projects { project { name } roles } } }"
STOP = "mutation($input: ServerStopInput!) { serverStop(input: $input) { id } }"
OPERATION = "query($id: ID!) { operation(id: $id) { state actorName error { code } } }"


@pytest.fixture
async def graph(redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(valkey, tmp_path, identity={"token_cache_seconds": 0}) as it:
        yield it


async def linked(graph: Running) -> None:
    """As the page does it: sign in, look, delegate the first project that is offered by name."""
    secret = await graph.app.chat.people.offer(ANNA, TEAM)
    assert (await graph.http.post("/session", json={"user": "jiwoo", "password": "jiwoo"})).status_code == 200
    offer = (await graph.http.post("/chat/link/look", json={"secret": secret})).json()
    shop = next(found for found in offer["projects"] if found["name"] == "shop")
    chosen = [{"id": shop["id"], "roles": shop["roles"]}]
    answer = await graph.http.post("/chat/link", json={"secret": secret, "projects": chosen, "days": 1})
    assert answer.status_code == 200, answer.text
    assert (await graph.http.delete("/session")).status_code == 204


async def by(graph: Running, token: str, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    response = await graph.http.post(
        "/graphql", json={"query": query, "variables": variables or {}}, headers={"x-auth-token": token}
    )
    answer: dict[str, Any] = response.json()
    return answer


async def test_a_linked_account_acts_as_its_person_in_the_project_and_nowhere_else(graph: Running) -> None:
    await linked(graph)
    token = (await graph.app.chat.people.acting(ANNA, TEAM, None, None)).token
    seen = (await by(graph, token, SERVERS))["data"]
    person = (await graph.data("jiwoo", SERVERS))["me"]
    assert (seen["me"]["id"], seen["me"]["name"], seen["me"]["operator"]) == (person["id"], "jiwoo", False)
    assert [one["project"]["name"] for one in seen["me"]["projects"]] == ["shop"]
    assert {server["project"]["name"] for server in seen["servers"]["nodes"]} == {"shop"}
    web = next(server["id"] for server in seen["servers"]["nodes"] if server["name"] == "shop-web-1")
    operation = (await by(graph, token, STOP, {"input": {"server": web}}))["data"]["serverStop"]["id"]

    async def ended() -> dict[str, Any] | None:
        found: dict[str, Any] = (await by(graph, token, OPERATION, {"id": operation}))["data"]["operation"]
        return found if found["state"] in ("SUCCEEDED", "FAILED") else None

    assert await eventually(ended, "the server stops") == {"state": "SUCCEEDED", "actorName": "jiwoo", "error": None}
    others = (await graph.data("minsu", SERVERS))["servers"]["nodes"]
    refused = await by(graph, token, STOP, {"input": {"server": others[0]["id"]}})
    assert refused["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_who_is_removed_from_the_project_can_do_nothing_more_through_the_link(graph: Running) -> None:
    await linked(graph)
    people = graph.app.chat.people
    acting = await people.acting(ANNA, TEAM, None, None)
    await graph.app.ports.get("identity", CLOUD).world.people.revoke_role("jiwoo", "shop", "member")
    answer = await by(graph, acting.token, SERVERS)
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert await people.forget(acting)
    with pytest.raises(LinkEnded) as ended:
        await people.acting(ANNA, TEAM, None, None)
    assert (ended.value.reason, ended.value.project) == ("role_gone", "shop")


async def test_unlinking_takes_every_token_of_the_link_away(graph: Running) -> None:
    await linked(graph)
    token = (await graph.app.chat.people.acting(ANNA, TEAM, None, None)).token
    assert "errors" not in await by(graph, token, SERVERS)
    assert await graph.app.chat.people.unlink(ANNA)
    assert (await by(graph, token, SERVERS))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
