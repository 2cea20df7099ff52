"""Operations and the audit log in the graph: who sees which, what they hide, and the secret that is told once."""

import asyncio
import base64
import contextlib
from typing import Any

import orjson
import pytest

from resolvers.operations import store
from tests.dump import dump
from tests.polling import eventually
from tests.watched import Watched

MINE = "query($all: Boolean!, $n: Int!) { operations(all: $all, first: $n) { id action actorName } }"
ONE = """query($id: ID!) { operation(id: $id) { id action state input actorName origin resourceId resourceNames resource { id name }
  resources { id } undo { action input } correlationId backendRequestIds startedAt finishedAt progress } }"""
SECRET = "mutation($id: ID!) { operationSecret(operationId: $id) }"
AUDIT = """{ auditEntries(first: 200) { id at action result actorName origin projectId operationId resourceIds input
  error message duration correlationId intact } }"""


async def seen(krane: Watched, person: str, everybody: bool, first: int = 200) -> set[str]:
    answer = await krane.graph.data(person, MINE, {"all": everybody, "n": first})
    return {operation["id"] for operation in answer["operations"]}


async def test_operations_are_seen_by_their_person_and_by_who_sees_the_project(krane: Watched) -> None:
    graph = krane.graph
    shop = (await graph.done("jiwoo", "serverStop", {"server": "shop-web-1"}))["id"]
    talk = (await graph.done("jiwoo", "serverStop", {"server": "talk-chat-1"}))["id"]
    key = (await graph.done("jiwoo", "keypairCreate", {"name": "k", "publicKey": "ssh-ed25519 " + "A" * 68}))["id"]
    theirs = (await graph.done("minsu", "serverStop", {"server": "talk-chat-2"}))["id"]
    everything = {shop, talk, key, theirs}
    expected = {  # person -> own, all in sight
        "jiwoo": ({shop, talk, key}, everything),
        "minsu": ({theirs}, {talk, theirs}),
        "haneul": (set(), {shop}),
        "sora": (set(), set()),
        "dohyun": (set(), set()),
        "operator": (set(), {shop, talk, theirs}),  # a keypair belongs to a person and not to a project
    }
    for person, (own, in_sight) in expected.items():
        assert await seen(krane, person, False) == own, person
        assert await seen(krane, person, True) == in_sight, person
        for operation in everything:
            answer = await graph(person, ONE, {"id": operation})
            if operation in in_sight:
                assert answer["data"]["operation"]["id"] == operation
            else:
                assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND"
                assert answer["errors"][0]["message"] == "There is no such operation."
    assert await seen(krane, "jiwoo", True, 0) == set()
    assert len(await seen(krane, "jiwoo", True, 1)) == 1


async def test_an_operation_is_followed_by_those_who_see_it(krane: Watched) -> None:
    query = "subscription($id: ID!) { operation(id: $id) { id state } }"
    done = (await krane.graph.done("jiwoo", "serverStop", {"server": "shop-web-1"}))["id"]
    for person in ("jiwoo", "haneul", "operator"):
        told = [answer async for answer in krane.follow(person, query, {"id": done})]
        assert told == [{"data": {"operation": {"id": done, "state": "SUCCEEDED"}}}]
    for person, operation in (("minsu", done), ("sora", done), ("jiwoo", "0" * 16)):
        (refused,) = [answer async for answer in krane.follow(person, query, {"id": operation})]
        assert refused["errors"][0]["extensions"]["code"] == "NOT_FOUND"
        assert refused["errors"][0]["message"] == "There is no such operation."
        assert not refused.get("data")


async def test_what_somebody_changes_is_told_to_those_who_see_it(krane: Watched) -> None:
    """Both follow all events; minsu's first is of his own project, whatever happened in the shop before."""
    query = 'subscription { resourceEvents(kinds: ["server"]) { change node { name } resume } }'
    async with contextlib.AsyncExitStack() as stack:
        follow = {
            person: await stack.enter_async_context(contextlib.aclosing(krane.follow(person, query)))
            for person in ("haneul", "minsu")
        }
        first = {person: asyncio.ensure_future(anext(events)) for person, events in follow.items()}
        await eventually(lambda: listening(krane, 2), "both listen")
        await krane.graph.done("jiwoo", "serverRename", {"server": "shop-web-1", "name": "web-one"})
        await krane.graph.done("jiwoo", "serverRename", {"server": "talk-chat-1", "name": "chat-one"})
        async with asyncio.timeout(30):
            told = {person: (await event)["data"]["resourceEvents"] for person, event in first.items()}
    assert {person: (event["change"], event["node"]["name"]) for person, event in told.items()} == {
        "haneul": ("UPDATED", "web-one"),
        "minsu": ("UPDATED", "chat-one"),
    }


async def listening(krane: Watched, count: int) -> bool:
    return (krane.graph.app.metrics.registry.get_sample_value("gurum_subscriptions") or 0) >= count


async def test_an_operation_tells_what_happened(krane: Watched) -> None:
    done = await krane.graph.done("jiwoo", "serverRename", {"server": "shop-web-1", "name": "web-one"})
    told = (await krane.graph.data("jiwoo", ONE, {"id": done["id"]}))["operation"]
    assert (told["state"], told["progress"], told["actorName"], told["origin"]) == ("SUCCEEDED", 1.0, "jiwoo", "http")
    assert told["input"] == {"server": "shop-web-1", "name": "web-one"}
    assert told["resource"] == {"id": told["resourceId"], "name": "web-one"}
    assert told["undo"] == {"action": "server.rename", "input": {"server": told["resourceId"], "name": "shop-web-1"}}
    assert told["startedAt"] <= told["finishedAt"]
    assert told["resourceNames"] == ["shop-web-1"], "as it was when it was planned"
    deleted = await krane.graph.done("jiwoo", "serverDelete", {"server": "web-one"})
    gone = (await krane.graph.data("jiwoo", ONE, {"id": deleted["id"]}))["operation"]
    assert (gone["resource"], gone["resources"], gone["resourceId"]) == (None, [], told["resourceId"])
    assert gone["resourceNames"] == ["web-one"]
    earlier = (await krane.graph.data("jiwoo", ONE, {"id": done["id"]}))["operation"]
    assert (earlier["resource"], earlier["resources"], earlier["resourceId"]) == (None, [], told["resourceId"])


async def test_names_stand_in_the_order_of_the_ids_and_old_records_have_none(krane: Watched) -> None:
    graph = krane.graph
    made = await graph.done("jiwoo", "volumeBackupCreate", {"volume": "scratch", "name": "of-today"})
    told = await graph.data(
        "jiwoo", "query($id: ID!) { operation(id: $id) { resourceIds resourceNames } }", {"id": made["id"]}
    )
    assert [row_id.split(":")[0] for row_id in told["operation"]["resourceIds"]] == ["volume", "volumeBackup"]
    assert told["operation"]["resourceNames"] == ["scratch", "of-today"]
    redis, key = graph.app.store.redis, f"gurum:op:{made['id']}"
    record = orjson.loads(await redis.get(key))
    del record["resource_names"]  # as an earlier version wrote it
    await redis.set(key, orjson.dumps(record))
    old = (await graph.data("jiwoo", ONE, {"id": made["id"]}))["operation"]
    assert (old["resourceNames"], old["resource"]["name"]) == ([], "scratch")


async def test_a_secret_is_told_once_and_only_to_its_person(krane: Watched) -> None:
    graph = krane.graph
    offered = await graph.done("jiwoo", "volumeTransferCreate", {"volume": "scratch"})
    for person in ("operator", "haneul", "minsu", "sora"):
        refused = await graph.refused(person, SECRET, {"id": offered["id"]})
        assert refused["code"] == "NOT_FOUND"
    key = (await graph.data("jiwoo", SECRET, {"id": offered["id"]}))["operationSecret"]
    assert len(key) > 8
    again = await graph.refused("jiwoo", SECRET, {"id": offered["id"]})
    assert again["code"] == "NOT_FOUND"
    assert again["message"].startswith("There is no secret to read")
    assert key not in str(await graph("jiwoo", ONE, {"id": offered["id"]}))

    offer = next(row_id for row_id in offered["resourceIds"] if row_id.startswith("volumeTransfer:"))
    given = {"transfer": offer, "key": key, "project": "search"}
    wrong = await graph("sora", *mutation("volumeTransferAccept", {**given, "key": "wrong"}))
    assert wrong["errors"][0]["extensions"]["code"] in ("NOT_FOUND", "INVALID", "DENIED", "CONFLICT")
    taken = await graph.done("sora", "volumeTransferAccept", given)
    told = (await graph.data("sora", ONE, {"id": taken["id"]}))["operation"]
    assert told["input"]["key"] == "***"
    assert told["resource"]["name"] == "scratch"
    left = (await graph.data("haneul", ONE, {"id": offered["id"]}))["operation"]
    assert (left["resource"], left["resources"]) == (None, []), "the volume is another project's now"
    entries = (await graph.data("operator", AUDIT))["auditEntries"]
    assert key not in str(entries)
    assert {entry["input"]["key"] for entry in entries if entry["action"] == "volumeTransfer.accept"} == {"***"}


def mutation(name: str, given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    query = f"mutation($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ id }} }}"
    return query, {"input": given}


async def test_what_is_refused_is_kept_in_short_and_a_pasted_private_key_not_at_all(krane: Watched) -> None:
    await krane.graph.refused("jiwoo", *mutation("serverRename", {"server": "x" * 100_000, "name": "\u0000" * 100_000}))
    key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----"
    refused = await krane.graph.refused("jiwoo", *mutation("keypairCreate", {"name": "k", "publicKey": key}))
    assert refused["message"].endswith("This looks like a private key: keep it to yourself.")
    pasted, renamed = (await krane.graph.data("operator", AUDIT))["auditEntries"]
    assert pasted["input"] == {"name": "k", "publicKey": "***"}
    assert {name: len(value) for name, value in renamed["input"].items()} == {"server": 200, "name": 200}
    assert "\u0000" not in renamed["input"]["name"]


async def test_user_data_is_shown_nowhere(krane: Watched) -> None:
    secret = "#!/bin/sh\necho s3cr3t-of-jiwoo"
    coded = base64.b64encode(secret.encode()).decode()  # as it goes to a cloud

    def shown(found: object) -> bool:
        return any(form in str(found) for form in ("s3cr3t", coded[:-4]))

    given = {"name": "new", "flavor": "m1.small", "image": "ubuntu-24.04", "project": "shop", "userData": secret}
    query = "query($i: ServerCreateInput!) { plan { serverCreate(input: $i) { id hash changes { after } warnings } } }"
    planned = await krane.graph("jiwoo", query, {"i": given})
    assert not shown(planned)
    made = await krane.graph.done("jiwoo", "serverCreate", given)
    told = await krane.graph("jiwoo", ONE, {"id": made["id"]})
    assert told["data"]["operation"]["input"]["userData"] == "***"
    assert not shown(told)
    assert not shown(await krane.graph("operator", AUDIT))
    # The cloud itself keeps it, as Nova does.
    assert not shown(await dump(krane.graph.app.store.redis, but="gurum:sandbox"))


async def test_the_audit_log_is_for_operators_and_tells_every_attempt(krane: Watched) -> None:
    graph = krane.graph
    for person in ("jiwoo", "haneul", "dohyun"):
        assert (await graph.refused(person, AUDIT))["code"] == "DENIED"
    assert (await graph.refused(None, AUDIT))["code"] == "UNAUTHENTICATED"
    await graph.done("jiwoo", "serverStop", {"server": "shop-web-1"})
    await graph.refused("jiwoo", *mutation("serverStop", {"server": "shop-web-1"}))
    await graph.refused("haneul", *mutation("serverStart", {"server": "shop-web-1"}))
    entries = (await graph.data("operator", AUDIT))["auditEntries"]
    assert [(e["action"], e["result"], e["actorName"], e["error"]) for e in reversed(entries)] == [
        ("server.stop", "STARTED", "jiwoo", None),
        ("server.stop", "SUCCEEDED", "jiwoo", None),
        ("server.stop", "REFUSED", "jiwoo", "CONFLICT"),
        ("server.start", "DENIED", "haneul", "DENIED"),
    ]
    denied, refused, succeeded, started = entries
    assert started["operationId"] == succeeded["operationId"] is not None
    assert (refused["operationId"], denied["operationId"]) == (None, None)
    assert succeeded["duration"] > 0
    assert succeeded["resourceIds"] == started["resourceIds"] != []
    assert all(entry["intact"] and entry["correlationId"] and entry["input"] for entry in entries)
    assert "is SHUTOFF" in refused["message"]
    older = "query($b: ID!) { auditEntries(first: 2, before: $b) { id } }"
    page = (await graph.data("operator", older, {"b": refused["id"]}))["auditEntries"]
    assert [entry["id"] for entry in page] == [succeeded["id"], started["id"]]
    assert (await graph.data("operator", "{ auditEntries(first: 0) { id } }"))["auditEntries"] == []


@pytest.mark.parametrize("by", ["id", "name"])
async def test_a_server_lets_a_keypair_in_however_it_was_named(krane: Watched, by: str) -> None:
    """As every reference; Nova itself knows keypairs by their names alone."""
    listed = await krane.graph.data("jiwoo", "{ keypairs { nodes { id name } } }")
    keypair = next(row for row in listed["keypairs"]["nodes"] if row["name"] == "jiwoo-laptop")
    given = {"name": "let-in", "image": "ubuntu-24.04", "flavor": "m1.small", "keypair": keypair[by]}
    made = await krane.graph.done("jiwoo", "serverCreate", given, "shop")
    query = "query($id: ID!) { server(id: $id) { keyName } }"
    server = (await krane.graph.data("jiwoo", query, {"id": made["resourceId"]}))["server"]
    assert server["keyName"] == "jiwoo-laptop"


async def test_of_many_operations_no_more_are_read_than_are_told(
    krane: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each may hold 64 kB of input, and its arguments beside it."""
    monkeypatch.setattr(store, "READ_AT_ONCE", 2)
    for number in range(5):
        await krane.graph.done("jiwoo", "serverSetTags", {"server": "shop-web-2", "tags": [f"t{number}"]})
    redis, read = krane.graph.app.store.redis, list[int]()
    real = redis.mget

    async def mget(names: list[str]) -> Any:
        read.append(len(names))
        return await real(names)

    monkeypatch.setattr(redis, "mget", mget)
    assert len(await seen(krane, "operator", everybody=True, first=3)) == 3
    assert read == [2, 2]
    assert await seen(krane, "operator", everybody=True, first=0) == set()
    assert len(await seen(krane, "haneul", everybody=True)) == 5
    assert sum(read) == 9
