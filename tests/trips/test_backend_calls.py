"""How many calls reach the cloud: none for what the read model knows, one for what is read live, a few for a change."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.limits import LimitSettings
from notifications.redis import RedisClient
from resolvers.graph.lists import FRESH_COST
from resolvers.inventory.collector import FORCED_LISTS
from tests.watched import Watched, slow_polls, watched

EDGES = (
    "project",
    "user",
    "image",
    "flavor",
    "volumes",
    "ports",
    "networks",
    "securityGroups",
    "floatingIps",
    "hypervisor",
)
PAGE = f"""{{ servers(first: 50) {{ totalCount freshness {{ source }} nodes {{
  id name status addresses {{ ip }} {" ".join(f"{edge} {{ id name }}" for edge in EDGES)} }} }} }}"""


@pytest.fixture
async def krane(redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[Watched]:
    """Without polls, so that every call is one that a request has caused; people are known already."""
    inventory = slow_polls() | {"forced_lists": FORCED_LISTS}
    async with watched(valkey, tmp_path, inventory=inventory, identity={"token_cache_seconds": 300}) as it:
        for person in ("jiwoo", "operator"):
            await it.graph.data(person, "{ me { name } }")
        it.world.calls.clear()
        yield it


async def test_a_page_of_50_servers_with_their_edges_makes_no_call(krane: Watched) -> None:
    response = await krane.send("operator", {"query": PAGE})
    answer, cost = response.json(), int(response.headers["x-query-cost"])
    assert cost <= 50 * (1 + len(EDGES)) + 100 < LimitSettings().cost
    page = answer["data"]["servers"]
    assert len(page["nodes"]) == 50 < page["totalCount"]
    assert page["freshness"]["source"] == "CACHE"
    walked = {edge for node in page["nodes"] for edge in EDGES if node[edge]}
    assert walked == set(EDGES), "each edge leads to something on this page"
    kinds = {backend["kind"] for backend in answer["extensions"]["freshness"]["backends"]}
    assert {"server", "project", "user", "image", "flavor", "volume", "port", "network", "securityGroup"} <= kinds
    assert krane.world.calls == []


@pytest.mark.parametrize(
    "query",
    [
        '{ search(text: "web", first: 100) { node { id name } } }',
        "{ serverFacets { status { value count } } volumeFacets { status { value count } } }",
        '{ servers(filter: {volumes: {name: {contains: "data"}}, project: {name: {eq: "shop"}}}) { nodes { id } } }',
        "{ me { name projects { project { name servers { totalCount } } } } commands { name } }",
        """{ projects { nodes { servers(first: 10) { nodes { id } } volumes(first: 10) { nodes { id } }
          networks(first: 10) { nodes { subnets { id } } } } } }""",
    ],
)
async def test_what_the_read_model_knows_makes_no_call(krane: Watched, query: str) -> None:
    assert all((await krane.graph.data("jiwoo", query)).values())
    assert krane.world.calls == []


async def test_what_is_not_there_is_not_looked_for(krane: Watched) -> None:
    refused = await krane.graph.refused("jiwoo", '{ node(id: "server:krane/nowhere") { id } }')
    assert refused["code"] == "NOT_FOUND"
    assert krane.world.calls == []


async def test_a_live_list_is_one_call_however_many_ask(krane: Watched) -> None:
    asked = " ".join(f"again{number}: servers(maxAge: 0) {{ totalCount }}" for number in range(8))
    answer = await krane.graph.data("jiwoo", f"{{ servers(maxAge: 0) {{ freshness {{ source }} }} {asked} }}")
    assert answer["servers"]["freshness"]["source"] == "LIVE"
    assert krane.world.calls == ["server.list"]


async def test_one_caller_who_wants_everything_live_does_not_keep_the_cloud_listing(krane: Watched) -> None:
    """And those who change something are not kept from the truth by it."""
    query = "{ servers(maxAge: 0) { totalCount freshness { source warnings } } }"
    answers = [await krane.graph("jiwoo", query) for _ in range(FORCED_LISTS + 3)]
    told = [answer["data"]["servers"]["freshness"] for answer in answers]
    assert [each["source"] for each in told] == ["LIVE"] * FORCED_LISTS + ["CACHE"] * 3
    assert krane.world.calls == ["server.list"] * FORCED_LISTS
    assert [bool(each["warnings"]) for each in told] == [False] * FORCED_LISTS + [True] * 3
    for answer in answers:
        assert answer["data"]["servers"]["freshness"]["warnings"] == answer["extensions"]["freshness"]["warnings"]
    assert re.fullmatch(
        r"The servers of krane are \d+ s old, older than `maxAge` says; ask again in \d+ s\.", told[-1]["warnings"][0]
    )
    krane.world.calls.clear()
    unknown = 'query { plan { serverStop(input: {server: "made-elsewhere"}) { hash } } }'
    assert (await krane.graph.refused("jiwoo", unknown))["code"] == "NOT_FOUND"
    await krane.graph.done("jiwoo", "serverRename", {"server": "shop-web-1", "name": "web-one"})
    answer = await krane.graph.data("jiwoo", '{ server(id: "web-one", maxAge: 0) { name } }')
    assert answer["server"] == {"name": "web-one"}


async def test_a_list_that_is_read_live_has_a_price(krane: Watched) -> None:
    async def cost(max_age: str) -> str:
        query = f"{{ servers(first: 10, maxAge: {max_age}) {{ nodes {{ id }} }} }}"
        return str((await krane.send("jiwoo", {"query": query})).headers["x-query-cost"])

    assert await cost('"1h"') == "11"
    assert await cost("0") == str(10 + FRESH_COST)


async def test_what_is_read_live_is_one_call_for_each_server(krane: Watched) -> None:
    query = '{ servers(filter: {name: {startsWith: "shop-web"}}) { nodes { history { action } } } }'
    nodes = (await krane.graph.data("jiwoo", query))["servers"]["nodes"]
    assert krane.world.calls == ["server.history"] * len(nodes)


@pytest.mark.parametrize(
    ("action", "given", "most"),
    [
        ("serverRename", {"server": "shop-web-1", "name": "web-1"}, 3),
        ("serverSetTags", {"server": "shop-web-1", "tags": ["a"]}, 3),
        ("serverStop", {"server": "shop-web-1"}, 5),
        ("keypairCreate", {"name": "k", "publicKey": "ssh-ed25519 " + "A" * 68}, 2),
        ("securityGroupCreate", {"name": "g", "project": "shop"}, 4),
        ("volumeCreate", {"name": "v", "size": 1, "project": "shop"}, 5),
        ("serverCreate", {"name": "new", "flavor": "m1.small", "image": "ubuntu-24.04", "project": "shop"}, 9),
    ],
)
async def test_a_change_makes_a_bounded_number_of_calls(
    krane: Watched, action: str, given: dict[str, Any], most: int
) -> None:
    """The first look at a row comes a quarter of a second after the change was accepted, and this sandbox is done by then."""
    await krane.graph.done("jiwoo", action, given)
    assert 0 < len(krane.world.calls) <= most, krane.world.calls


async def test_a_plan_and_a_refusal_change_nothing_and_ask_little(krane: Watched) -> None:
    plan = 'query { plan { serverStop(input: {server: "shop-web-1"}) { hash } } }'
    await krane.graph.data("jiwoo", plan)
    await krane.graph.refused("jiwoo", 'mutation { serverStart(input: {server: "shop-web-1"}) { id } }')
    assert krane.world.calls == ["server.list"] * 2  # the server as it is right now, once for each


async def test_the_author_reads_the_change_at_once_and_without_a_call(krane: Watched) -> None:
    await krane.graph.done("jiwoo", "serverRename", {"server": "shop-web-1", "name": "web-one"})
    krane.world.calls.clear()
    answer = await krane.graph.data("jiwoo", '{ server(id: "web-one") { name } }')
    assert answer["server"] == {"name": "web-one"}
    assert krane.world.calls == []
