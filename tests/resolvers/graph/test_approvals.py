"""A second person: who may approve, what that person sees, and that a plan runs once, when it was approved and as it was seen."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from resolvers.actor import Origin
from resolvers.policy import Policy
from tests.polling import eventually
from tests.resolvers.graph.chatting import HTTP, SHOP, ask, enforce, newest_row, refused, told, write
from tests.watched import Watched

RULES = """
rules:
  - allow: [server.stop, keypair.delete]
    approval: {role: member}
  - allow: ["*"]
"""
SHOWN = """id hash action danger requires projectId projectName actorId actorName input confirmation expiresAt
  targets { kind name } changes { target attribute before after } warnings undo dependants { name } quota { resource }
  approval { role state byId byName at reason }"""
PLAN = f"query($s: String!) {{ plan {{ serverStop(input: {{server: $s}}) {{ {SHOWN} }} }} }}"
PLANNED = f"query($id: ID!) {{ planned(id: $id) {{ {SHOWN} }} }}"
APPROVE = f"mutation($id: ID!, $hash: String!) {{ approvePlan(planId: $id, hash: $hash) {{ {SHOWN} }} }}"
REFUSE = f"mutation($id: ID!, $hash: String!, $reason: String) {{ refusePlan(planId: $id, hash: $hash, reason: $reason) {{ {SHOWN} }} }}"
APPLY = "mutation($id: ID!, $hash: String!, $key: String) { apply(planId: $id, hash: $hash, idempotencyKey: $key) { id action } }"
STOP = "mutation($s: String!) { serverStop(input: {server: $s}) { id } }"
CHAT = "talk-chat-1"  # jiwoo and minsu are members of talk


@pytest.fixture
async def plan(krane: Watched, tmp_path: Path) -> dict[str, Any]:
    """Asked for by jiwoo."""
    enforce(krane, tmp_path, RULES)
    found: dict[str, Any] = (await told(krane, "jiwoo", PLAN, {"s": CHAT}))["plan"]["serverStop"]
    return found


def these(plan: dict[str, Any]) -> dict[str, Any]:
    return {"id": plan["id"], "hash": plan["hash"]}


def stops(krane: Watched) -> int:
    return krane.world.calls.count("server.stop")


async def test_a_plan_tells_who_asked_and_that_it_waits(krane: Watched, plan: dict[str, Any]) -> None:
    assert plan["approval"] == {
        **dict.fromkeys(("byId", "byName", "at", "reason")),
        "role": "member",
        "state": "WAITING",
    }
    assert (plan["actorName"], plan["projectName"], plan["input"]) == ("jiwoo", "talk", {"server": CHAT})
    assert re.match(r"user:krane/", plan["actorId"])
    assert re.match(r"project:krane/", plan["projectId"])
    assert (plan["confirmation"], plan["action"]) == ("BUTTON", "server.stop")


@pytest.mark.parametrize("origin", [SHOP, HTTP])
async def test_what_needs_an_approval_runs_from_nowhere_without_one(
    krane: Watched, plan: dict[str, Any], origin: Any
) -> None:
    direct = await ask(krane, "jiwoo", STOP, {"s": CHAT}, origin=origin)
    assert direct["errors"][0]["extensions"]["code"] == "DENIED"
    assert "approval of somebody else with the role `member`" in direct["errors"][0]["message"]
    waiting = await refused(krane, "jiwoo", APPLY, these(plan), origin=origin)
    assert (waiting["code"], "waits for the approval" in waiting["message"]) == ("DENIED", True)
    row = await newest_row(krane)
    assert (row.action, row.result, row.input) == ("plan.apply", "DENIED", {"plan_id": plan["id"]})
    assert stops(krane) == 0


async def test_nobody_approves_by_writing_to_the_store(krane: Watched, plan: dict[str, Any]) -> None:
    """Neither what an approval looks like, nor the one of another plan."""
    redis, place = krane.graph.app.store.redis, f"gurum:plan:{plan['id']}:approval"
    other = (await told(krane, "jiwoo", PLAN, {"s": "talk-chat-2"}))["plan"]["serverStop"]
    await told(krane, "minsu", APPROVE, these(other))
    minsu = next(row for row in krane.graph.app.inventory.table("user").all() if row.name == "minsu")
    await redis.hset(
        place, mapping={"state": "APPROVED", "by_id": minsu.id, "by_name": "minsu", "at": "2026-01-01T00:00Z"}
    )
    for _ in range(2):
        shown = (await told(krane, "jiwoo", PLANNED, {"id": plan["id"]}))["planned"]
        assert (shown["approval"]["state"], shown["approval"]["byName"]) == ("WAITING", None)
        refused_so = await refused(krane, "jiwoo", APPLY, these(plan))
        assert (refused_so["code"], "waits for the approval" in refused_so["message"]) == ("DENIED", True)
        await redis.copy(f"gurum:plan:{other['id']}:approval", place, replace=True)
    await redis.delete(place)
    await redis.hset(place, "state", "WAITING")
    await told(krane, "minsu", APPROVE, these(plan))
    await told(krane, "jiwoo", APPLY, these(plan))
    assert stops(krane) == 1


async def test_the_approver_sees_the_same_plan_and_the_asker_applies_it_once(
    krane: Watched, plan: dict[str, Any]
) -> None:
    assert (await told(krane, "minsu", PLANNED, {"id": plan["id"]}))["planned"] == plan
    approved = (await told(krane, "minsu", APPROVE, these(plan)))["approvePlan"]
    assert {**approved, "approval": None} == {**plan, "approval": None}
    assert (approved["approval"]["state"], approved["approval"]["byName"]) == ("APPROVED", "minsu")
    assert (approved["approval"]["at"] is not None, approved["approval"]["reason"]) == (True, None)
    row = await newest_row(krane)
    assert (row.action, row.result, row.actor_name, row.plan_hash) == (
        "plan.approve",
        "SUCCEEDED",
        "minsu",
        plan["hash"],
    )
    assert (row.channel, row.said) == (SHOP.channel, SHOP.message)
    assert (await told(krane, "minsu", APPROVE, these(plan)))["approvePlan"] == approved  # twice is harmless
    other = await refused(krane, "minsu", APPLY, these(plan))
    assert other["code"] == "NOT_FOUND"  # only the asker applies it
    given = [{**these(plan), "key": key} for key in (None, None, "mine", "other")]
    answers = await asyncio.gather(*(told(krane, "jiwoo", APPLY, variables) for variables in given))
    ids = {answer["apply"]["id"] for answer in answers}
    assert len(ids) == 1
    assert (await krane.graph.ended("jiwoo", ids.pop()))["state"] == "SUCCEEDED"
    assert stops(krane) == 1
    late = await refused(krane, "minsu", REFUSE, these(plan))
    assert (late["code"], "applied" in late["message"]) == ("CONFLICT", True)


@pytest.mark.parametrize("person", ["jiwoo", "haneul", "sora", "dohyun"])
async def test_neither_the_asker_nor_who_has_not_the_role_approves(
    krane: Watched, plan: dict[str, Any], person: str
) -> None:
    said = await refused(krane, person, APPROVE, these(plan))
    assert said["code"] == ("DENIED" if person == "jiwoo" else "NOT_FOUND")
    row = await newest_row(krane)
    assert (row.action, row.actor_name, row.error) == ("plan.approve", person, said["code"])
    assert (await told(krane, "jiwoo", PLANNED, {"id": plan["id"]}))["planned"]["approval"]["state"] == "WAITING"
    if person != "jiwoo":
        assert (await refused(krane, person, PLANNED, {"id": plan["id"]}))["code"] == "NOT_FOUND"


async def test_a_refused_plan_stays_refused(krane: Watched, plan: dict[str, Any]) -> None:
    reason = {**these(plan), "reason": "not during the sale"}
    refusal = (await told(krane, "minsu", REFUSE, reason))["refusePlan"]
    assert (refusal["approval"]["state"], refusal["approval"]["reason"]) == ("REFUSED", "not during the sale")
    again = await refused(krane, "operator", APPROVE, these(plan))
    assert (again["code"], "minsu" in again["message"]) == ("CONFLICT", True)
    applied = await refused(krane, "jiwoo", APPLY, these(plan))
    assert (applied["code"], "refused by minsu" in applied["message"]) == ("DENIED", True)
    assert stops(krane) == 0


async def test_the_asker_may_refuse_it(krane: Watched, plan: dict[str, Any]) -> None:
    assert (await told(krane, "jiwoo", REFUSE, these(plan)))["refusePlan"]["approval"]["byName"] == "jiwoo"
    assert (await refused(krane, "minsu", APPROVE, these(plan)))["code"] == "CONFLICT"


async def test_an_approval_may_be_withdrawn_before_it_is_used(krane: Watched, plan: dict[str, Any]) -> None:
    await told(krane, "minsu", APPROVE, these(plan))
    await told(krane, "minsu", REFUSE, these(plan))
    assert (await refused(krane, "jiwoo", APPLY, these(plan)))["code"] == "DENIED"


async def test_of_approving_and_refusing_at_once_one_stands(krane: Watched, plan: dict[str, Any]) -> None:
    await asyncio.gather(
        ask(krane, "minsu", APPROVE, these(plan)), ask(krane, "operator", REFUSE, these(plan)), return_exceptions=True
    )
    stands = (await told(krane, "jiwoo", PLANNED, {"id": plan["id"]}))["planned"]["approval"]
    assert (stands["state"], stands["byName"]) == ("REFUSED", "operator")
    assert (await refused(krane, "jiwoo", APPLY, these(plan)))["code"] == "DENIED"


async def test_another_hash_approves_nothing(krane: Watched, plan: dict[str, Any]) -> None:
    for query in (APPROVE, REFUSE):
        said = await refused(krane, "minsu", query, {"id": plan["id"], "hash": "0" * 32})
        assert (said["code"], said["field"]) == ("CONFLICT", "hash")
    for unknown in ("0" * 16, "*", ""):
        assert (await refused(krane, "minsu", APPROVE, {"id": unknown, "hash": plan["hash"]}))["code"] == "NOT_FOUND"
    assert (await told(krane, "jiwoo", PLANNED, {"id": plan["id"]}))["planned"]["approval"]["state"] == "WAITING"


async def test_a_state_that_changed_after_the_approval_is_not_acted_on(krane: Watched, plan: dict[str, Any]) -> None:
    await told(krane, "minsu", APPROVE, these(plan))
    rename = 'mutation { serverRename(input: {server: "talk-chat-1", name: "talk-chat-one"}) { id } }'
    done = await told(krane, "minsu", rename)
    await krane.graph.ended("minsu", done["serverRename"]["id"])
    again = 'mutation { serverRename(input: {server: "talk-chat-2", name: "talk-chat-1"}) { id } }'
    done = await told(krane, "minsu", again)
    await krane.graph.ended("minsu", done["serverRename"]["id"])
    before = await krane.everything()
    said = await ask(krane, "jiwoo", APPLY, these(plan))
    assert said["errors"][0]["extensions"]["code"] == "CONFLICT"
    assert "The state changed" in said["errors"][0]["message"]
    assert await krane.everything() == before
    assert stops(krane) == 0
    withdrawn = (await told(krane, "minsu", REFUSE, these(plan)))["refusePlan"]  # it did not run, so it may be refused
    assert withdrawn["approval"]["state"] == "REFUSED"


@pytest.mark.parametrize("ends", ["refused by the cloud", "cut off by the end of the process"])
async def test_a_plan_that_began_to_run_can_not_be_refused_any_more(
    krane: Watched, plan: dict[str, Any], ends: str
) -> None:
    await told(krane, "minsu", APPROVE, these(plan))
    if ends == "refused by the cloud":
        krane.world.fail("server.stop", "reject")
        said = (await ask(krane, "jiwoo", APPLY, these(plan)))["errors"][0]["extensions"]
        assert (said["code"], said["operationId"] is None) == ("DENIED", False)
    else:
        krane.world.fail("server.stop", "slow")
        applying = asyncio.create_task(ask(krane, "jiwoo", APPLY, these(plan)))

        async def runs() -> bool:
            return stops(krane) == 1

        await eventually(runs, "the operation runs")
        applying.cancel()
        await asyncio.gather(applying, return_exceptions=True)
    late = await refused(krane, "minsu", REFUSE, these(plan))
    assert (late["code"], "applied" in late["message"]) == ("CONFLICT", True)


@pytest.mark.parametrize("reason", ["x" * 501, "two\nlines"])
async def test_a_reason_is_one_line_of_bounded_length(krane: Watched, plan: dict[str, Any], reason: str) -> None:
    said = await refused(krane, "minsu", REFUSE, {**these(plan), "reason": reason})
    assert (said["code"], said["field"]) == ("INVALID", "reason")
    assert (await told(krane, "jiwoo", PLANNED, {"id": plan["id"]}))["planned"]["approval"]["state"] == "WAITING"
    assert (await told(krane, "minsu", REFUSE, {**these(plan), "reason": "x" * 500}))["refusePlan"]


async def test_a_change_of_the_file_stops_an_approval(krane: Watched, tmp_path: Path) -> None:
    path = enforce(krane, tmp_path, RULES)
    plan = (await told(krane, "jiwoo", PLAN, {"s": CHAT}))["plan"]["serverStop"]
    write(path, 'rules: [{allow: ["*.list"]}]')
    said = await refused(krane, "minsu", APPROVE, these(plan))
    assert (said["code"], "Nobody may run `server.stop`" in said["message"]) == ("DENIED", True)


async def test_where_there_is_no_policy_file_any_more_chat_approves_nothing(
    krane: Watched, plan: dict[str, Any]
) -> None:
    krane.graph.app.engine.policy = Policy()
    said = await refused(krane, "minsu", APPROVE, these(plan))
    assert (said["code"], "policy.file" in said["message"]) == ("DENIED", True)
    approved = (await told(krane, "minsu", APPROVE, these(plan), origin=HTTP))["approvePlan"]
    assert approved["approval"]["state"] == "APPROVED"


async def test_a_plan_that_needs_nobody_is_approved_by_nobody(krane: Watched, plan: dict[str, Any]) -> None:
    query = 'query { plan { serverRename(input: {server: "talk-chat-1", name: "x"}) { id hash approval { role } } } }'
    own = (await told(krane, "jiwoo", query))["plan"]["serverRename"]
    assert own["approval"] is None
    assert (await refused(krane, "operator", APPROVE, these(own)))["code"] == "NOT_FOUND"
    assert (await refused(krane, "jiwoo", APPROVE, these(own)))["code"] == "INVALID"


async def test_plans_live_for_their_time_and_no_longer(krane: Watched, plan: dict[str, Any]) -> None:
    store = krane.graph.app.store.redis
    hours = await store.ttl(f"gurum:plan:{plan['id']}")
    assert 23 * 3600 < hours <= 24 * 3600
    assert 23 * 3600 < await store.ttl(f"gurum:plan:{plan['id']}:approval") <= 24 * 3600
    query = 'query { plan { serverRename(input: {server: "talk-chat-1", name: "x"}) { id hash } } }'
    own = (await told(krane, "jiwoo", query))["plan"]["serverRename"]
    assert 0 < await store.ttl(f"gurum:plan:{own['id']}") <= 15 * 60
    await store.delete(f"gurum:plan:{plan['id']}", f"gurum:plan:{plan['id']}:approval")  # as its end does
    assert (await refused(krane, "minsu", APPROVE, these(plan)))["code"] == "NOT_FOUND"
    assert (await refused(krane, "jiwoo", APPLY, these(plan)))["code"] == "NOT_FOUND"


async def test_secrets_of_an_input_are_masked_in_what_the_approver_sees(krane: Watched, tmp_path: Path) -> None:
    enforce(krane, tmp_path, 'rules: [{allow: ["*"], approval: {role: admin}}]')
    query = f"""query {{ plan {{ serverCreate(input: {{name: "n", flavor: "m1.small", image: "ubuntu-24.04", project: "shop",
      userData: "#!/bin/sh\\necho hunter2"}}) {{ {SHOWN} }} }} }}"""
    plan = (await told(krane, "jiwoo", query))["plan"]["serverCreate"]
    seen = (await told(krane, "operator", PLANNED, {"id": plan["id"]}))["planned"]
    assert seen == plan
    assert seen["input"]["userData"] == "***"
    await told(krane, "operator", APPROVE, these(plan))
    assert (await newest_row(krane)).resource_ids == [], "what it would make is not there yet"
    kept = await krane.graph.app.store.redis.get(f"gurum:plan:{plan['id']}")
    assert b"hunter2" not in kept


@pytest.mark.parametrize(
    "query",
    [
        '{ planned(id: "0") { id } }',
        '{ replay(auditId: "1-1") { id } }',
        '{ command(name: "server.list") { name } }',
        "{ commands(all: true) { name } }",
        "{ quotas { usage { used } } }",
        'mutation { apply(planId: "0", hash: "0") { id } }',
        'mutation { approvePlan(planId: "0", hash: "0") { id } }',
        'mutation { refusePlan(planId: "0", hash: "0") { id } }',
    ],
)
async def test_nobody_asks_without_signing_in(krane: Watched, query: str) -> None:
    assert (await krane.graph.refused(None, query))["code"] == "UNAUTHENTICATED"


ELSEWHERE = """
rules:
  - deny: [server.stop]
    channels: ["slack:C-LOUD"]
  - allow: [server.stop]
    people: [jiwoo]
    channels: ["slack:C-SHOP"]
    approval: {role: member}
  - allow: ["*"]
    channels: [http]
"""


@pytest.mark.parametrize("channel", ["C-LOUD", "C-OTHER"])
async def test_nobody_approves_from_where_the_command_is_not_allowed(
    krane: Watched, tmp_path: Path, channel: str
) -> None:
    enforce(krane, tmp_path, ELSEWHERE)
    plan = (await told(krane, "jiwoo", PLAN, {"s": CHAT}))["plan"]["serverStop"]
    said = await refused(krane, "minsu", APPROVE, these(plan), origin=Origin("slack", channel=channel))
    assert (said["code"], channel in said["message"]) == ("DENIED", True)
    row = await newest_row(krane)
    assert (row.action, row.result, row.actor_name, row.channel) == ("plan.approve", "DENIED", "minsu", channel)
    assert (await told(krane, "jiwoo", PLANNED, {"id": plan["id"]}))["planned"]["approval"]["state"] == "WAITING"
    approved = await told(krane, "minsu", APPROVE, these(plan))  # who may not ask for it may approve it
    assert approved["approvePlan"]["approval"]["byName"] == "minsu"
