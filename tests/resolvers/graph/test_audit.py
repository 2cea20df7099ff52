"""`auditEntries` by every filter, who reads what, and `replay`: a new plan of what was asked for once."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from resolvers.audit import AuditResult, AuditRow
from tests.architecture.project import ROOT
from tests.resolvers.graph.chatting import HTTP, SHOP, ask, enforce, project, told
from tests.watched import Watched

NOW = datetime.now(UTC)
FIND = """query($actor: String, $action: String, $resource: String, $channel: String, $project: String, $result: AuditResult,
  $since: DateTime, $until: DateTime, $first: Int! = 50, $before: ID) {
  auditEntries(actor: $actor, action: $action, resource: $resource, channel: $channel, project: $project, result: $result,
    since: $since, until: $until, first: $first, before: $before) { id correlationId said channel planHash input } }"""
REPLAY = """query($id: ID!) { replay(auditId: $id) { id hash action actorName input changes { before after } } }"""
NEWEST = "{ auditEntries(first: 1) { id action result } }"
RENAME = 'mutation($s: String!) { serverRename(input: {server: $s, name: "renamed"}) { id } }'


@pytest.fixture
async def log(krane: Watched) -> Watched:
    """Six rows, named a to f by their correlation ids, the newest last."""
    web = next(row.id for row in krane.graph.app.inventory.table("server").all() if row.name == "shop-web-1")
    shop, talk = project(krane, "shop"), project(krane, "talk")
    common: dict[str, Any] = {
        "result": AuditResult.SUCCEEDED,
        "actor_id": "user:krane/1",
        "actor_name": "jiwoo",
        "origin": "http",
    }
    rows: list[dict[str, Any]] = [
        {"action": "server.stop", "project_id": shop, "resource_ids": [web], "at": NOW - timedelta(minutes=50)},
        {"action": "server.start", "project_id": talk, "origin": "slack", "channel": "C024", "said": "m-7"},
        {"action": "volume.delete", "project_id": shop, "input": {"volume": "gone-1"}, "plan_hash": "h"},
        {"action": "server.delete", "result": AuditResult.DENIED, "origin": "slack", "channel": "C999"},
        {"action": "plan.approve", "actor_id": "user:krane/2", "actor_name": "minsu", "project_id": talk},
        {"action": "server.setTags", "project_id": shop, "input": {"server": "x", "tags": ["gone-1", "b"]}},
    ]
    for name, given in zip("abcdef", rows, strict=True):
        await krane.graph.app.audit.append(AuditRow(**(common | {"at": NOW, "correlation_id": name} | given)))
    return krane


async def names(log: Watched, person: str = "operator", **given: Any) -> str:
    answer = await told(log, person, FIND, given, origin=HTTP)
    return "".join(entry["correlationId"] for entry in answer["auditEntries"])


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, "fedcba"),
        ({"first": 2}, "fe"),
        ({"actor": "minsu"}, "e"),
        ({"actor": "user:krane/1"}, "fdcba"),
        ({"actor": "nobody"}, ""),
        ({"action": "server.stop"}, "a"),
        ({"action": "server.*"}, "fdba"),
        ({"action": "*.delete"}, "dc"),
        ({"resource": "shop-web-1"}, "a"),
        ({"resource": "gone-1"}, "fc"),
        ({"channel": "slack:C024"}, "b"),
        ({"channel": "slack:*"}, "db"),
        ({"channel": "C9*"}, "d"),
        ({"channel": "http"}, "feca"),
        ({"project": "talk"}, "eb"),
        ({"project": "nowhere"}, ""),
        ({"result": "DENIED"}, "d"),
        ({"since": (NOW - timedelta(minutes=5)).isoformat()}, "fedcb"),
        ({"until": (NOW - timedelta(minutes=5)).isoformat()}, "a"),
        ({"since": (NOW + timedelta(days=1)).isoformat()}, ""),
        ({"until": (NOW - timedelta(days=30)).isoformat()}, ""),
        ({"action": "server.*", "project": "shop", "actor": "jiwoo", "result": "SUCCEEDED", "channel": "http"}, "fa"),
    ],
)
async def test_rows_are_found_by_what_they_tell(log: Watched, given: dict[str, Any], found: str) -> None:
    assert await names(log, **given) == found


async def test_pages_of_a_search_go_on_where_the_last_one_ended(log: Watched) -> None:
    seen, before = "", None
    for _ in range(3):
        page = await told(log, "operator", FIND, {"action": "server.*", "first": 2, "before": before}, origin=HTTP)
        seen += "".join(entry["correlationId"] for entry in page["auditEntries"])
        before = page["auditEntries"][-1]["id"] if page["auditEntries"] else before
    assert seen == "fdba"


async def test_a_row_tells_the_channel_the_message_and_the_plan(log: Watched) -> None:
    entries = (await told(log, "operator", FIND, origin=HTTP))["auditEntries"]
    by_name = {entry["correlationId"]: entry for entry in entries}
    assert (by_name["b"]["channel"], by_name["b"]["said"]) == ("C024", "m-7")
    assert (by_name["c"]["planHash"], by_name["a"]["planHash"]) == ("h", None)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"since": "2026-09-01T12:00:00"}, "since"),
        ({"until": "2026-09-01T12:00:00"}, "until"),
        ({"since": "0001-01-01T00:00:00Z"}, "since"),
        ({"until": "9999-12-31T23:30:00Z"}, "until"),
        ({"actor": "x" * 256}, "actor"),
        ({"first": 201}, "first"),
        ({"before": "yesterday"}, "before"),
    ],
)
async def test_what_can_not_be_asked_is_refused(log: Watched, given: dict[str, Any], field: str) -> None:
    error = (await ask(log, "operator", FIND, given, origin=HTTP))["errors"][0]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("INVALID", field)


async def test_a_search_that_finds_nothing_in_reach_says_where_to_go_on(
    log: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.audit.PAGE", 2)
    monkeypatch.setattr("resolvers.graph.audit.MAX_SCANNED", 4)
    error = (await ask(log, "operator", FIND, {"actor": "nobody"}, origin=HTTP))["errors"][0]
    assert error["extensions"]["code"] == "TOO_EXPENSIVE"
    before = error["message"].split('"')[1]
    assert await names(log, action="server.stop", before=before) == "a"


async def test_admins_of_a_project_read_what_was_attempted_in_it(log: Watched) -> None:
    """An operator who works in one project is an admin there, and no more."""
    answer = await told(log, "operator", FIND, origin=HTTP, within="shop")
    assert [entry["correlationId"] for entry in answer["auditEntries"]] == ["f", "c", "a"]
    for person in ("jiwoo", "haneul", "dohyun"):
        error = (await ask(log, person, FIND, origin=HTTP))["errors"][0]
        assert error["extensions"]["code"] == "DENIED"


async def test_what_was_asked_for_once_is_planned_anew_as_whoever_asks_now(krane: Watched, tmp_path: Path) -> None:
    enforce(krane, tmp_path, 'rules: [{allow: ["*"]}]')
    done = await told(krane, "jiwoo", RENAME, {"s": "shop-web-1"})
    await krane.graph.ended("jiwoo", done["serverRename"]["id"])
    row = (await told(krane, "operator", NEWEST))["auditEntries"][0]
    assert row["action"] == "server.rename"
    gone = (await ask(krane, "jiwoo", REPLAY, {"id": row["id"]}))["errors"][0]
    assert gone["extensions"]["code"] == "NOT_FOUND"  # `shop-web-1` has another name now
    back = 'mutation { serverRename(input: {server: "renamed", name: "shop-web-1"}) { id } }'
    undone = await told(krane, "jiwoo", back)
    await krane.graph.ended("jiwoo", undone["serverRename"]["id"])
    for person in ("jiwoo", "operator"):
        plan = (await told(krane, person, REPLAY, {"id": row["id"]}))["replay"]
        assert (plan["action"], plan["actorName"]) == ("server.rename", person)
        assert plan["input"] == {"server": "shop-web-1", "name": "renamed"}
        assert plan["changes"] == [{"before": "shop-web-1", "after": "renamed"}]
    apply = "mutation($id: ID!, $hash: String!) { apply(planId: $id, hash: $hash) { id } }"
    assert (await told(krane, "operator", apply, {"id": plan["id"], "hash": plan["hash"]}))["apply"]["id"]
    for person in ("minsu", "haneul"):
        error = (await ask(krane, person, REPLAY, {"id": row["id"]}))["errors"][0]
        assert error["extensions"]["code"] == "NOT_FOUND"


async def test_the_policy_is_asked_for_a_replay_too(krane: Watched, tmp_path: Path) -> None:
    await ask(krane, "jiwoo", RENAME, {"s": "shop-web-1"}, origin=SHOP)  # denied, because there is no policy file
    row = (await told(krane, "operator", NEWEST, origin=HTTP))["auditEntries"][0]
    assert row["result"] == "DENIED"
    assert (await ask(krane, "jiwoo", REPLAY, {"id": row["id"]}))["errors"][0]["extensions"]["code"] == "DENIED"
    assert (await told(krane, "jiwoo", REPLAY, {"id": row["id"]}, origin=HTTP))["replay"]["action"] == "server.rename"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"action": "chat", "input": {"text": "hello"}}, "`chat` is nothing that can be planned"),
        (
            {"action": "server.create", "input": {"name": "x", "flavor": "f", "user_data": "***"}},
            "`user_data` was a secret",
        ),
        ({"action": "server.rename", "input": {"server": "x"}}, "no whole command of today"),
        ({"action": "server.rename", "input": {"server": 7, "name": "y"}}, "no whole command of today"),
        ({"action": "server.rename", "input": {"server": "x…", "name": "y"}, "cut": True}, "only the beginning"),
    ],
)
async def test_what_the_log_does_not_hold_whole_is_not_replayed(
    krane: Watched, values: dict[str, Any], said: str
) -> None:
    common: dict[str, Any] = {
        "at": NOW,
        "result": AuditResult.REFUSED,
        "actor_id": "user:krane/1",
        "actor_name": "jiwoo",
        "origin": "http",
        "correlation_id": "c",
    }
    await krane.graph.app.audit.append(AuditRow(**(common | values)))
    row = (await told(krane, "operator", NEWEST, origin=HTTP))["auditEntries"][0]
    calls = len(krane.world.calls)
    error = (await ask(krane, "operator", REPLAY, {"id": row["id"]}, origin=HTTP))["errors"][0]
    assert (error["extensions"]["code"], said in error["message"]) == ("INVALID", True)
    assert krane.world.calls[calls:] == []


async def test_an_input_that_was_cut_is_marked(krane: Watched) -> None:
    await ask(krane, "jiwoo", RENAME, {"s": "x" * 5_000}, origin=HTTP)
    row = (await told(krane, "operator", NEWEST, origin=HTTP))["auditEntries"][0]
    error = (await ask(krane, "jiwoo", REPLAY, {"id": row["id"]}, origin=HTTP))["errors"][0]
    assert "only the beginning" in error["message"]


@pytest.mark.parametrize("row", ["1-1", "*", "", "0-0", "-", "+"])
async def test_a_row_that_is_none_is_not_found(krane: Watched, row: str) -> None:
    error = (await ask(krane, "operator", REPLAY, {"id": row}, origin=HTTP))["errors"][0]
    assert error["extensions"]["code"] == "NOT_FOUND"


async def test_the_query_of_the_page_is_answered(krane: Watched) -> None:
    page = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
    await ask(krane, "jiwoo", RENAME, {"s": "shop-web-1"}, origin=SHOP)
    answer = await told(krane, "operator", re.findall(r"```graphql\n(.*?)```", page, re.DOTALL)[0], origin=HTTP)
    assert [entry["action"] for entry in answer["auditEntries"]] == ["server.rename"]
