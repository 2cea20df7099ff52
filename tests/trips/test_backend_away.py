"""A cloud's service that is down, hangs or answers nonsense: its lists go STALE and name it, all else answers, and nothing is half-done.

Compute is the service that fails here. What the wire can bring (HTML, truncated JSON, 30 MB) is tests/resolvers/clients.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from notifications.redis import RedisClient
from resolvers.sandbox.failures import FailureKind
from tests.polling import eventually
from tests.watched import FastClock, Watched, slow_polls, watched

POLL = 0.2  # seconds between two polls of servers
FAST = 20.0  # times as fast: a deadline of 5 s is over in a quarter of a second
LIST = "{ servers(first: 3) { totalCount nodes { name project { name } } freshness { asOf source backends { name kind status error } } } }"
OTHERS = "{ volumes { totalCount freshness { source } } networks { totalCount freshness { source } } me { name } }"
STOP = 'mutation { serverStop(input: {server: "shop-web-1"}) { id } }'


@pytest.fixture
async def krane(redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[Watched]:
    inventory = slow_polls({"server": POLL}) | {"read_deadline": 0.3}
    async with watched(valkey, tmp_path, FastClock(FAST), inventory=inventory) as it:
        yield it


async def servers(krane: Watched) -> dict[str, Any]:
    found: dict[str, Any] = (await krane.graph.data("jiwoo", LIST))["servers"]
    return found


async def until_source(krane: Watched, source: str) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        found = await servers(krane)
        said = source != "STALE" or found["freshness"]["backends"][0]["error"]  # not only because nobody came to look
        return found if found["freshness"]["source"] == source and said else None

    return await eventually(look, f"the servers are {source}", 20)


@pytest.mark.parametrize(
    ("way", "code", "says"),
    [
        ("down", "UNAVAILABLE", "does not answer: it seems to be down"),
        ("error500", "UNAVAILABLE", "with an inner error"),
        ("slow", "TIMED_OUT", "did not answer within 5 s"),
    ],
)
async def test_it_is_named_the_rest_answers_and_it_is_back_within_one_poll(
    krane: Watched, way: FailureKind, code: str, says: str
) -> None:
    known = await until_source(krane, "CACHE")
    before = await krane.everything()
    krane.world.fail("compute", way)
    stale = await until_source(krane, "STALE")
    assert (stale["nodes"], stale["totalCount"]) == (known["nodes"], known["totalCount"])
    assert known["freshness"]["asOf"] <= stale["freshness"]["asOf"]
    (backend,) = stale["freshness"]["backends"]
    assert (backend["name"], backend["kind"], backend["status"]) == ("krane", "server", "DOWN")
    assert says in backend["error"]

    others = await krane.graph.data("jiwoo", OTHERS)
    assert {others[root]["freshness"]["source"] for root in ("volumes", "networks")} == {"CACHE"}
    live = (await krane.graph.data("jiwoo", "{ servers(maxAge: 0) { totalCount freshness { source } } }"))["servers"]
    assert live == {"totalCount": known["totalCount"], "freshness": {"source": "STALE"}}

    refused = await krane.graph.refused("jiwoo", STOP)
    assert (refused["code"], refused["retryable"], refused["backend"]) == (code, True, "krane")
    assert says in refused["message"]
    assert refused["correlationId"]
    assert await krane.everything() == before
    row = (await krane.graph.data("operator", "{ auditEntries(first: 1) { action result error } }"))["auditEntries"][0]
    assert row == {"action": "server.stop", "result": "REFUSED", "error": code}

    krane.world.heal()
    failed = krane.world.failed.count("server.list")
    back = await until_source(krane, "CACHE")
    assert back["freshness"]["backends"][0]["error"] is None
    assert krane.world.failed.count("server.list") - failed <= 1, (
        "a poll may have been on its way; the next one is good"
    )
    assert (await krane.graph.done("jiwoo", "serverStop", {"server": "shop-web-1"}))["state"] == "SUCCEEDED"


async def test_a_change_that_the_backend_never_answers_ends_as_timed_out(krane: Watched) -> None:
    before = krane.world.state()["server"]
    krane.world.fail("server.stop", "slow")
    refused = await krane.graph.refused("jiwoo", STOP)
    assert (refused["code"], refused["retryable"]) == ("TIMED_OUT", True)
    assert "did not answer within 30 s" in refused["message"]
    assert krane.world.state()["server"] == before
    operation = await krane.graph.ended("jiwoo", refused["operationId"])
    assert (operation["state"], operation["error"]["code"]) == ("FAILED", "TIMED_OUT")
    assert [step["state"] for step in operation["steps"]] == ["FAILED"]


async def test_a_change_that_the_backend_refuses_leaves_its_sentence(krane: Watched) -> None:
    before = krane.world.state()["server"]
    krane.world.fail("server.stop", "reject")
    refused = await krane.graph.refused("jiwoo", STOP)
    assert (refused["code"], refused["backend"], refused["retryable"]) == ("DENIED", "krane", False)
    assert "The policy of krane does not allow" in refused["message"]
    assert krane.world.state()["server"] == before
    audit = "{ auditEntries(first: 2) { result error operationId } }"
    ended, started = (await krane.graph.data("operator", audit))["auditEntries"]
    assert (started["result"], ended["result"], ended["error"]) == ("STARTED", "FAILED", "DENIED")
    assert started["operationId"] == ended["operationId"] == refused["operationId"]


async def test_an_operation_under_way_waits_for_a_backend_that_went_away(krane: Watched) -> None:
    query = 'mutation { serverCreate(input: {name: "new", flavor: "m1.small", image: "ubuntu-24.04", project: "shop"}) { id } }'
    krane.world.fail("server.list")  # made, and then nobody tells how it fares
    started = (await krane.graph.data("jiwoo", query))["serverCreate"]["id"]

    async def told() -> bool:
        query = "query($id: ID!) { operation(id: $id) { state steps { detail } } }"
        operation = (await krane.graph.data("jiwoo", query, {"id": started}))["operation"]
        assert operation["state"] == "RUNNING"
        return any("does not answer" in (step["detail"] or "") for step in operation["steps"])

    await eventually(told, "the operation says what it waits for", 20)
    krane.world.heal()
    assert (await krane.graph.ended("jiwoo", started))["state"] == "SUCCEEDED"
    made = [row for row in krane.world.state()["server"].values() if row.name == "new"]
    assert len(made) == 1


async def test_keystone_away_lets_known_people_read_on_and_others_try_again(krane: Watched) -> None:
    await servers(krane)
    fresh = await krane.graph.token("minsu")
    krane.world.fail("identity")
    assert (await servers(krane))["totalCount"] > 0  # jiwoo's token was checked a moment ago
    unknown = await krane.send(None, {"query": LIST}, {"x-auth-token": fresh})
    error = unknown.json()["errors"][0]
    assert (unknown.status_code, error["extensions"]["code"]) == (503, "UNAVAILABLE")
    assert error["extensions"]["retryable"] is True
    krane.world.heal()
    again = await krane.send(None, {"query": LIST}, {"x-auth-token": fresh})
    assert again.status_code == 200


async def test_one_quota_service_that_is_away_takes_nothing_from_the_others(krane: Watched) -> None:
    krane.world.fail("volume")
    query = '{ project(id: "shop") { quotas { usage { service } errors { service code message } } } }'
    quotas = (await krane.graph.data("jiwoo", query))["project"]["quotas"]
    assert {usage["service"] for usage in quotas["usage"]} == {"compute", "network"}
    assert [(error["service"], error["code"]) for error in quotas["errors"]] == [("volume", "UNAVAILABLE")]
