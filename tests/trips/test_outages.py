"""A real Nova that goes away, and a 9rum that is killed in the middle of a creation: nothing is lost, nothing is made twice."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from notifications.redis import RedisClient
from resolvers import ids
from tests.lab.cloud import LabCloud
from tests.polling import eventually
from tests.running import Running
from tests.trips.conftest import lab_passwords, lab_settings
from tests.trips.killable import Gateway

pytestmark = [pytest.mark.lab, pytest.mark.timeout(900, func_only=True)]
LISTS = "{ servers(first: 3) { totalCount freshness { source backends { name status error } } } networks(first: 3) { nodes { name } } }"


@pytest.mark.alone
async def test_nova_goes_away_during_traffic_and_comes_back(lab_graph: Running, lab_cloud: LabCloud) -> None:
    graph = lab_graph
    before = (await graph.data("jiwoo", LISTS))["servers"]
    assert before["freshness"]["source"] == "CACHE"
    await asyncio.to_thread(lab_cloud.stop_service, "nova-api")
    try:

        async def stale() -> dict[str, Any] | None:
            answer = await graph.data("jiwoo", LISTS)
            assert answer["networks"]["nodes"], "other roots answer all the while"
            return answer if answer["servers"]["freshness"]["source"] == "STALE" else None

        answer = await eventually(stale, "the list of servers goes stale", 60, pause=0.2)
        state = answer["servers"]["freshness"]["backends"][0]
        assert (state["name"], state["status"]) == ("krane", "DOWN")
        assert state["error"]
        assert answer["servers"]["totalCount"] == before["totalCount"]
        given = {
            "name": "never",
            "flavor": "m1.tiny",
            "image": "ubuntu-24.04",
            "networks": ["shared-net"],
            "project": "shop",
        }
        refused = await graph.refused(
            "jiwoo", "mutation($input: ServerCreateInput!) { serverCreate(input: $input) { id } }", {"input": given}
        )
        assert refused["code"] == "UNAVAILABLE"
        assert refused["retryable"] is True
        assert refused["backend"] == "krane"
    finally:
        await asyncio.to_thread(lab_cloud.start_service, "nova-api")

    async def fresh() -> bool:
        source: str = (await graph.data("jiwoo", LISTS))["servers"]["freshness"]["source"]
        return source == "CACHE"

    await eventually(fresh, "the list of servers is fresh again", 60, pause=0.2)
    names = await graph.data("jiwoo", '{ servers(filter: {name: {eq: "never"}}) { totalCount } }')
    assert names["servers"]["totalCount"] == 0


@pytest.fixture
async def killable(lab_cloud: LabCloud, redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[Gateway]:
    async with Gateway(tmp_path, valkey, lab_settings(lab_cloud)) as it:
        yield it


@pytest.mark.parametrize("moment", ["the order is on its way", "the order was taken"])
async def test_killed_in_the_middle_of_a_creation_it_makes_one_server(
    killable: Gateway, lab_cloud: LabCloud, redis: RedisClient, moment: str
) -> None:
    passwords, name = lab_passwords(lab_cloud), f"killed-{secrets.token_hex(3)}"
    async with httpx.AsyncClient(base_url=killable.url, timeout=60) as http:
        await http.post("/session", json={"user": "jiwoo", "password": passwords["jiwoo"]})

        async def ask(query: str, **variables: Any) -> dict[str, Any]:
            answer: dict[str, Any] = (await http.post("/graphql", json={"query": query, "variables": variables})).json()
            assert "errors" not in answer, answer
            found: dict[str, Any] = answer["data"]
            return found

        given = {
            "name": name,
            "flavor": "m1.tiny",
            "image": "ubuntu-24.04",
            "networks": ["shared-net"],
            "project": "shop",
        }
        create = "mutation($input: ServerCreateInput!) { serverCreate(input: $input) { id } }"
        call = asyncio.ensure_future(ask(create, input=given))
        operation = await eventually(_reached(redis, moment), f"{moment}", 60, pause=0.002)
        await killable.kill()
        await asyncio.gather(call, return_exceptions=True)
        await killable.start()
        follow = "query($id: ID!) { operation(id: $id) { state resourceIds error { message } } }"

        async def ended() -> dict[str, Any] | None:
            """Of the operation that is looked at now."""
            found: dict[str, Any] = (await ask(follow, id=operation))["operation"]
            return found if found["state"] in ("SUCCEEDED", "FAILED") else None

        found = await eventually(ended, "the operation reaches its end", 240, pause=0.5)
        assert found["state"] == "SUCCEEDED", found
        rows = (
            await ask(
                "query($n: String!) { servers(filter: {name: {eq: $n}}, maxAge: 0) { nodes { id status } } }", n=name
            )
        )["servers"]
        assert [row["status"] for row in rows["nodes"]] == ["ACTIVE"]
        assert found["resourceIds"] == [rows["nodes"][0]["id"]]
        assert ids.parse(rows["nodes"][0]["id"]).cloud == "krane"
        delete = "mutation($s: String!) { serverDelete(input: {server: $s}) { id } }"
        operation = (await ask(delete, s=rows["nodes"][0]["id"]))["serverDelete"]["id"]
        found = await eventually(ended, "the server is deleted", 120, pause=0.2)
        assert found["state"] == "SUCCEEDED", found


def _reached(redis: RedisClient, moment: str) -> Callable[[], Any]:
    """The id of the operation once its first step has begun, or has an answer."""

    async def look() -> str | None:
        for member in await redis.smembers("gurum:ops:open"):
            document = await redis.get(f"gurum:op:{member.decode()}")
            if document is not None and b'"steps":[{' in document:
                taken = b'"state":"DONE"' in document
                if taken == (moment == "the order was taken"):
                    return str(member.decode())
        return None

    return look
