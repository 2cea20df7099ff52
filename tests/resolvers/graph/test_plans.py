"""Plans and what comes of them: `plan`, `apply`, `undo`, idempotency keys; each refusal leaves everything as it was."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from resolvers.sandbox.seed_people import project_id, user_id
from tests.watched import Watched

PLAN = """query($s: String!) { plan { serverStop(input: {server: $s}) {
  id hash action danger requires undo warnings
  targets { kind name id } changes { target attribute before after } dependants { kind } quota { resource } } } }"""
APPLY = """mutation($id: ID!, $hash: String!, $key: String) {
  apply(planId: $id, hash: $hash, idempotencyKey: $key) { id action state input } }"""
UNDO = "mutation($id: ID!, $key: String) { undo(operationId: $id, idempotencyKey: $key) { id action } }"
STOP = "mutation($s: String!, $key: String) { serverStop(input: {server: $s}, idempotencyKey: $key) { id action } }"
START = "mutation($s: String!, $key: String) { serverStart(input: {server: $s}, idempotencyKey: $key) { id action } }"
WEB = "shop-web-1"


async def planned(krane: Watched, server: str = WEB, person: str = "jiwoo") -> dict[str, Any]:
    found: dict[str, Any] = (await krane.graph.data(person, PLAN, {"s": server}))["plan"]["serverStop"]
    return found


async def status(krane: Watched, name: str = WEB) -> str:
    return str(next(row.status for row in krane.world.state()["server"].values() if row.name == name))


async def test_a_plan_tells_what_would_happen_and_nothing_happens(krane: Watched) -> None:
    before = await krane.everything()
    plan = await planned(krane)
    server = (await krane.graph.data("jiwoo", '{ server(id: "shop-web-1") { id } }'))["server"]["id"]
    assert plan["targets"] == [{"kind": "server", "name": WEB, "id": server}]
    assert plan["changes"] == [{"target": WEB, "attribute": "status", "before": "ACTIVE", "after": "SHUTOFF"}]
    assert (plan["action"], plan["danger"], plan["requires"]) == ("server.stop", "HIGH", "member")
    assert plan["undo"] == "server.start"
    assert plan["warnings"] == ["`shop-web-1` does not answer meanwhile."]
    assert (await planned(krane))["hash"] == plan["hash"]
    assert await krane.everything() == before


async def test_a_plan_of_what_costs_quota_tells_before_and_after(krane: Watched) -> None:
    query = """query { plan { serverCreate(input: {name: "new", flavor: "m1.small", image: "ubuntu-24.04", project: "shop", count: 2}) {
      quota { service resource limit used after } targets { kind name id } } } }"""
    plan = (await krane.graph.data("jiwoo", query))["plan"]["serverCreate"]
    instances = next(effect for effect in plan["quota"] if effect["resource"] == "instances")
    assert instances["after"] == instances["used"] + 2 <= instances["limit"]
    assert all(target["id"] is None for target in plan["targets"] if target["kind"] == "server")


async def test_apply_runs_the_plan_that_was_seen(krane: Watched) -> None:
    plan = await planned(krane)
    started = (await krane.graph.data("jiwoo", APPLY, {"id": plan["id"], "hash": plan["hash"]}))["apply"]
    assert (started["action"], started["input"]) == ("server.stop", {"server": WEB})
    assert (await krane.graph.ended("jiwoo", started["id"]))["state"] == "SUCCEEDED"
    assert await status(krane) == "SHUTOFF"


async def test_a_plan_of_a_state_that_is_gone_is_refused(krane: Watched) -> None:
    plan = await planned(krane)
    await krane.graph.done("jiwoo", "serverRename", {"server": WEB, "name": "web-one"})
    before = await krane.everything()
    by_name = await krane.graph.refused("jiwoo", APPLY, {"id": plan["id"], "hash": plan["hash"]})
    assert by_name["code"] == "NOT_FOUND"  # the plan was made for a name that is gone
    assert await krane.everything() == before

    plan = await planned(krane, "web-one")
    await krane.graph.done("jiwoo", "serverStop", {"server": "web-one"})
    before = await krane.everything()
    stopped = await krane.graph.refused("jiwoo", APPLY, {"id": plan["id"], "hash": plan["hash"]})
    assert (stopped["code"], "is SHUTOFF" in stopped["message"]) == ("CONFLICT", True)
    assert await krane.everything() == before


async def test_a_plan_whose_consequences_changed_is_refused_and_a_new_one_runs(krane: Watched) -> None:
    """The deletion itself is still possible, but it would touch more than what was confirmed."""
    query = 'query { plan { serverDelete(input: {server: "shop-web-1"}) { id hash dependants { kind name } } } }'
    plan = (await krane.graph.data("jiwoo", query))["plan"]["serverDelete"]
    await krane.graph.done("jiwoo", "serverAttachVolume", {"server": WEB, "volume": "scratch"})
    before = await krane.everything()
    refused = await krane.graph.refused("jiwoo", APPLY, {"id": plan["id"], "hash": plan["hash"]})
    assert refused["code"] == "CONFLICT"
    assert refused["message"].startswith("The state changed since this plan was made")
    assert await krane.everything() == before
    new = (await krane.graph.data("jiwoo", query))["plan"]["serverDelete"]
    assert new["hash"] != plan["hash"]
    assert {"kind": "volume", "name": "scratch"} in new["dependants"]
    started = (await krane.graph.data("jiwoo", APPLY, {"id": new["id"], "hash": new["hash"]}))["apply"]
    assert (await krane.graph.ended("jiwoo", started["id"]))["state"] == "SUCCEEDED"


async def test_a_plan_is_for_its_person_and_its_hash(krane: Watched) -> None:
    plan = await planned(krane, "talk-chat-1")
    before = await krane.everything()
    for person, given, code in (
        (
            "minsu",
            {"id": plan["id"], "hash": plan["hash"]},
            "NOT_FOUND",
        ),  # of the same project, and not the same person
        ("operator", {"id": plan["id"], "hash": plan["hash"]}, "NOT_FOUND"),
        ("jiwoo", {"id": plan["id"], "hash": "0" * 32}, "CONFLICT"),
        ("jiwoo", {"id": plan["id"], "hash": "구름"}, "CONFLICT"),
        ("jiwoo", {"id": "0" * 16, "hash": plan["hash"]}, "NOT_FOUND"),
        ("jiwoo", {"id": "*", "hash": plan["hash"]}, "NOT_FOUND"),
    ):
        assert (await krane.graph.refused(person, APPLY, given))["code"] == code
    assert await krane.everything() == before


async def test_who_may_not_act_gets_no_plan(krane: Watched) -> None:
    assert (await krane.graph.refused("haneul", PLAN, {"s": WEB}))["code"] == "DENIED"
    assert (await krane.graph.refused("minsu", PLAN, {"s": WEB}))["code"] == "NOT_FOUND"
    assert (await krane.graph.refused(None, PLAN, {"s": WEB}))["code"] == "UNAUTHENTICATED"


async def test_a_role_on_one_project_is_none_on_another(krane: Watched) -> None:
    """9rum decides it by itself; the cloud, which would refuse it too, is not asked."""
    directory = krane.world.people._directory  # who has which role is the fake cloud's own
    haneul = directory.accounts[user_id("haneul")]
    roles = {project_id("shop"): frozenset({"reader"}), project_id("talk"): frozenset({"member"})}
    directory.accounts[haneul.native] = replace(haneul, roles=roles)
    before, calls = await krane.everything(), len(krane.world.calls)
    for query in (PLAN, STOP):
        refused = await krane.graph.refused("haneul", query, {"s": WEB})
        assert refused["message"] == "`server.stop` needs the role `member` on the project, which you do not have."
        row = (await krane.graph.app.audit.newest(1))[0].row
        assert (row.result, row.actor_name, row.project_id) == (
            "DENIED",
            "haneul",
            f"project:krane/{project_id('shop')}",
        )
    assert await krane.everything() == before
    assert "server.stop" not in krane.world.calls[calls:]
    assert (await krane.graph.done("haneul", "serverStop", {"server": "talk-chat-1"}))["state"] == "SUCCEEDED"


async def test_a_plan_of_an_input_without_bounds_is_refused(krane: Watched) -> None:
    refused = await krane.graph.refused("jiwoo", PLAN, {"s": "x" * 70_000})
    assert (refused["code"], "at most 65536 are taken" in refused["message"]) == ("INVALID", True)


async def test_undo_takes_back_once_by_the_same_rules(krane: Watched) -> None:
    stopped = await krane.graph.done("jiwoo", "serverStop", {"server": WEB})
    stranger = await krane.graph.refused("minsu", UNDO, {"id": stopped["id"]})
    assert stranger["code"] == "NOT_FOUND"
    row = (await krane.graph.app.audit.newest(1))[0].row
    assert (row.action, row.result, row.actor_name) == ("operation.undo", "REFUSED", "minsu")
    assert row.input == {"operation_id": stopped["id"]}
    reader = await krane.graph.refused("haneul", UNDO, {"id": stopped["id"]})
    assert reader["code"] == "DENIED"
    assert await status(krane) == "SHUTOFF"
    undone = (await krane.graph.data("jiwoo", UNDO, {"id": stopped["id"]}))["undo"]
    assert undone["action"] == "server.start"
    assert (await krane.graph.ended("jiwoo", undone["id"]))["state"] == "SUCCEEDED"
    before = await krane.everything()
    twice = await krane.graph.refused("jiwoo", UNDO, {"id": stopped["id"]})
    assert (twice["code"], "is ACTIVE" in twice["message"]) == ("CONFLICT", True)
    deleted = await krane.graph.done("jiwoo", "keypairCreate", {"name": "k", "publicKey": "ssh-ed25519 " + "A" * 68})
    nothing = await krane.graph.refused("jiwoo", UNDO, {"id": "0" * 16})
    assert nothing["code"] == "NOT_FOUND"
    assert deleted["undo"] is None or deleted["undo"]["action"] == "keypair.delete"
    assert krane.world.state()["server"] == before[0]["server"]


async def test_what_can_not_be_taken_back_says_so(krane: Watched) -> None:
    done = await krane.graph.done("jiwoo", "serverRebootHard", {"server": WEB})
    assert done["undo"] is None
    refused = await krane.graph.refused("jiwoo", UNDO, {"id": done["id"]})
    assert (refused["code"], refused["message"]) == ("INVALID", "This operation can not be undone.")


async def test_a_key_gives_the_same_operation_however_often_it_is_sent(krane: Watched) -> None:
    given = {"s": WEB, "key": "once-1"}
    answers = await asyncio.gather(*(krane.graph.data("jiwoo", STOP, given) for _ in range(5)))
    ids = {answer["serverStop"]["id"] for answer in answers}
    assert len(ids) == 1
    assert (await krane.graph.ended("jiwoo", ids.pop()))["state"] == "SUCCEEDED"
    assert krane.world.calls.count("server.stop") == 1
    later = await krane.graph.data("jiwoo", STOP, given)
    assert later["serverStop"]["action"] == "server.stop"
    assert krane.world.calls.count("server.stop") == 1


@pytest.mark.parametrize(("query", "server"), [(STOP, "shop-web-2"), (START, WEB)])
async def test_a_key_with_another_input_or_for_another_action_is_refused(
    krane: Watched, query: str, server: str
) -> None:
    first = (await krane.graph.data("jiwoo", STOP, {"s": WEB, "key": "twice-1"}))["serverStop"]
    await krane.graph.ended("jiwoo", first["id"])
    before = await krane.everything()
    refused = await krane.graph.refused("jiwoo", query, {"s": server, "key": "twice-1"})
    assert (refused["code"], refused["field"]) == ("CONFLICT", "idempotencyKey")
    assert "another" in refused["message"]
    assert await krane.everything() == before
    row = (await krane.graph.data("operator", "{ auditEntries(first: 1) { action result error } }"))["auditEntries"][0]
    assert row == {
        "action": "server.stop" if query is STOP else "server.start",
        "result": "REFUSED",
        "error": "CONFLICT",
    }


async def test_labels_in_another_order_are_the_same_input(krane: Watched) -> None:
    query = """mutation($m: JSON!) { serverSetMetadata(input: {server: "shop-web-1", metadata: $m}, idempotencyKey: "labels") { id } }"""
    given = {"tier": "web", "service": "shop"}
    ran = {
        (await krane.graph.data("jiwoo", query, {"m": dict(labels)}))["serverSetMetadata"]["id"]
        for labels in (given.items(), reversed(given.items()))
    }
    assert len(ran) == 1


async def test_a_key_of_what_was_made_in_one_project_makes_nothing_seem_made_in_another(krane: Watched) -> None:
    """The project of the token is where things are made unless said, so with another one it is another call."""
    query = 'mutation { volumeCreate(input: {name: "disk", size: 1}, idempotencyKey: "nightly") { id } }'
    first = (await krane.graph.data("jiwoo", query, project="shop"))["volumeCreate"]["id"]
    assert (await krane.graph.data("jiwoo", query, project="shop"))["volumeCreate"]["id"] == first
    refused = await krane.graph.refused("jiwoo", query, project="talk")
    assert (refused["code"], refused["field"]) == ("CONFLICT", "idempotencyKey")


async def test_a_plan_that_was_applied_is_the_same_operation_with_another_token(krane: Watched) -> None:
    shown = (await krane.graph.data("jiwoo", PLAN, {"s": WEB}))["plan"]["serverStop"]
    ran = {
        (await krane.graph.data("jiwoo", APPLY, {"id": shown["id"], "hash": shown["hash"]}, project))["apply"]["id"]
        for project in (None, "shop", None)
    }
    assert len(ran) == 1


async def test_a_key_is_its_persons_own_and_free_after_a_refusal(krane: Watched) -> None:
    assert (await krane.graph.refused("jiwoo", START, {"s": "talk-chat-1", "key": "k-1"}))["code"] == "CONFLICT"
    mine = (await krane.graph.data("jiwoo", STOP, {"s": "talk-chat-1", "key": "k-1"}))["serverStop"]["id"]
    theirs = (await krane.graph.data("minsu", STOP, {"s": "talk-chat-2", "key": "k-1"}))["serverStop"]["id"]
    assert mine != theirs


@pytest.mark.parametrize("key", ["", " \n", "x" * 129])
async def test_a_key_that_is_none_is_refused(krane: Watched, key: str) -> None:
    before = await krane.everything()
    refused = await krane.graph.refused("jiwoo", STOP, {"s": WEB, "key": key})
    assert (refused["code"], refused["field"]) == ("INVALID", "idempotencyKey")
    assert await krane.everything() == before
