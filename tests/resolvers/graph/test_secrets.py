"""What may be a secret in an input rests nowhere in the store and is shown to nobody; the cloud gets it whole, after a restart too."""

import dataclasses
import json
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from notifications.redis import RedisClient
from resolvers import DOMAINS
from resolvers.errors import Unavailable
from resolvers.graph.schema import actions_of
from resolvers.sandbox import images
from tests.dump import dump
from tests.polling import eventually
from tests.running import KEY, Running, running
from tests.watched import FastClock, Watched

SIGNED = "https://images.test/shop/golden.qcow2?X-Amz-Signature=5i9n4tur3&X-Amz-Expires=600#5i9n4tur3"
SHOWN = "https://images.test/shop/golden.qcow2?***"
SECRET = "5i9n4tur3"
DATA = "#cloud-config\nchpasswd: {list: 'root:5i9n4tur3'}\n"
LOG = "{ auditEntries(first: 20) { id action result input message intact } }"
OPERATIONS = "{ operations(first: 20) { action input steps { title detail } error { message } } }"
PLAN = "query($input: ImageCreateInput!) { plan { imageCreate(input: $input) { id hash input changes { before after } } } }"
APPLY = "mutation($id: ID!, $hash: String!) { apply(planId: $id, hash: $hash) { id input } }"
REPLAY = "query($id: ID!) { replay(auditId: $id) { id } }"
TOLD = "mutation($id: ID!) { operationSecret(operationId: $id) }"
IMAGE = {"name": "golden", "address": SIGNED, "project": "shop"}


class Fetched:
    """What the cloud was told to fetch images from. `away`: it breaks the connection off so often before it has done it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.addresses: list[str] = []
        self.away = 0
        real = images.start_import

        def fetch(world: Any, caller: Any, native: str, address: str) -> None:
            self.addresses.append(address)
            if self.away:
                self.away -= 1
                raise Unavailable(f"The cloud ended the connection at {address}.", backend="krane", lost=True)
            real(world, caller, native, address)

        monkeypatch.setattr(images, "start_import", fetch)


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> Fetched:
    return Fetched(monkeypatch)


async def clean(graph: Running, redis: RedisClient, *secrets: str) -> list[dict[str, Any]]:
    """None of the secrets is in the store, in the operations or in the log, of which the rows are answered, and which is whole."""
    rows: list[dict[str, Any]] = (await graph.data("operator", LOG))["auditEntries"]
    told = json.dumps([rows, await graph.data("jiwoo", OPERATIONS)])
    held = (await dump(redis)).decode(errors="replace")
    for secret in (SECRET, *secrets):
        assert secret not in held
        assert secret not in told
    assert all(row["intact"] for row in rows)
    assert (await graph.app.audit.verify()).fault is None
    return rows


async def test_a_signed_address_reaches_the_cloud_and_nobody_else(
    krane: Watched, redis: RedisClient, fetched: Fetched
) -> None:
    await krane.graph.done("jiwoo", "imageCreate", IMAGE)
    assert fetched.addresses == [SIGNED]
    operations = (await krane.graph.data("jiwoo", OPERATIONS))["operations"]
    assert operations[0]["input"]["address"] == SHOWN
    rows = await clean(krane.graph, redis)
    assert [(row["result"], row["input"]["address"]) for row in rows] == [("SUCCEEDED", SHOWN), ("STARTED", SHOWN)]
    for row in rows:
        refused = await krane.graph.refused("jiwoo", REPLAY, {"id": row["id"]})
        assert (refused["code"], "`address` was a secret" in refused["message"]) == ("INVALID", True)


async def test_an_address_that_hides_nothing_is_kept_as_it_is(krane: Watched, fetched: Fetched) -> None:
    plain = SIGNED.partition("?")[0]
    await krane.graph.done("jiwoo", "imageCreate", {**IMAGE, "address": plain})
    rows = (await krane.graph.data("operator", LOG))["auditEntries"]
    assert {row["input"]["address"] for row in rows} == {plain}
    assert (await krane.graph.data("jiwoo", REPLAY, {"id": rows[0]["id"]}))["replay"]["id"]


async def test_a_plan_of_a_signed_address_shows_none_and_runs_with_it(
    krane: Watched, redis: RedisClient, fetched: Fetched
) -> None:
    graph = krane.graph
    plan = (await graph.data("jiwoo", PLAN, {"input": IMAGE}))["plan"]["imageCreate"]
    assert plan["input"]["address"] == SHOWN
    assert SECRET not in json.dumps(plan)
    await clean(graph, redis)
    other = (await graph.data("jiwoo", PLAN, {"input": {**IMAGE, "address": f"{SIGNED}x"}}))["plan"]["imageCreate"]
    assert other["hash"] != plan["hash"], "another key is another change"
    begun = (await graph.data("jiwoo", APPLY, {"id": plan["id"], "hash": plan["hash"]}))["apply"]
    assert begun["input"]["address"] == SHOWN
    assert (await graph.ended("jiwoo", begun["id"]))["state"] == "SUCCEEDED"
    assert fetched.addresses == [SIGNED]
    await clean(graph, redis)


@pytest.mark.parametrize(
    "address",
    [
        f"https://user:{SECRET}@images.test/golden.img",
        f"user:{SECRET}@images.test/golden.img",
        f"ftp://images.test/golden.img?token={SECRET}",
        f"no address?token={SECRET}",
        f"https://[images.test/golden.img?token={SECRET}",
        f"https://images.test/golden.img#{SECRET}\n{SECRET}",
    ],
)
async def test_of_an_address_that_is_refused_the_log_holds_no_secret_either(
    krane: Watched, redis: RedisClient, address: str
) -> None:
    given = {"input": {**IMAGE, "address": address}}
    query = "mutation($input: ImageCreateInput!) { imageCreate(input: $input) { id } }"
    refused = await krane.graph.refused("jiwoo", query, given)
    assert (refused["code"], refused["field"]) == ("INVALID", "address")
    assert SECRET not in json.dumps(refused)
    (row,) = await clean(krane.graph, redis)
    assert row["result"] == "REFUSED" and "***" in row["input"]["address"]


async def test_a_sentence_of_the_cloud_that_repeats_a_secret_is_kept_without_it(
    krane: Watched, redis: RedisClient, fetched: Fetched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.operations.run.UNCERTAIN", 0 * FastClock(1.0).now().resolution)
    fetched.away = 100
    ended = await krane.graph.change("jiwoo", "imageCreate", IMAGE)
    assert ended["error"]["message"] == "The cloud ended the connection at ***."
    await clean(krane.graph, redis)


async def test_a_restart_in_the_middle_has_the_cloud_fetch_the_whole_address(
    redis: RedisClient, valkey: str, tmp_path: Path, fetched: Fetched
) -> None:
    fetched.away = 100
    query = "mutation($input: ImageCreateInput!) { imageCreate(input: $input) { id } }"
    async with running(valkey, tmp_path, clock=FastClock(20.0)) as before:
        begun = (await before.data("jiwoo", query, {"input": IMAGE}))["imageCreate"]["id"]
        await clean(before, redis)

        async def asked() -> bool:
            return len(fetched.addresses) > 1

        await eventually(asked, "the cloud was asked and did not answer")
    await redis.delete(f"gurum:op:{begun}:lease")
    fetched.addresses.clear()
    fetched.away = 0
    async with running(valkey, tmp_path, clock=FastClock(20.0)) as after:
        assert (await after.ended("jiwoo", begun))["state"] == "SUCCEEDED"
        assert fetched.addresses == [SIGNED]
        await clean(after, redis)


async def server(graph: Running) -> None:
    given = {"name": "s", "flavor": "m1.small", "image": "ubuntu-24.04", "networks": ["shop-net"], "userData": DATA}
    await graph.done("jiwoo", "serverCreate", given, "shop")


async def keypair(graph: Running) -> None:
    private = {"name": "k", "publicKey": f"-----BEGIN OPENSSH PRIVATE KEY-----\n{SECRET}\n"}
    query = "mutation($input: KeypairCreateInput!) { keypairCreate(input: $input) { id } }"
    refused = await graph.refused("jiwoo", query, {"input": private})
    assert "keep it to yourself" in refused["message"] and SECRET not in json.dumps(refused)


async def wrong_key(graph: Running) -> None:
    offered = await graph.done("jiwoo", "volumeTransferCreate", {"volume": "scratch"})
    offer = next(row_id for row_id in offered["resourceIds"] if row_id.startswith("volumeTransfer:"))
    query = "mutation($input: VolumeTransferAcceptInput!) { volumeTransferAccept(input: $input) { id } }"
    given = {"transfer": offer, "key": SECRET, "project": "search"}
    await graph.refused("sora", query, {"input": given})


@pytest.mark.parametrize("used", [server, keypair, wrong_key])
async def test_no_secret_of_an_input_rests_in_the_store(
    krane: Watched, redis: RedisClient, used: Callable[[Running], Awaitable[None]]
) -> None:
    await used(krane.graph)
    await clean(krane.graph, redis)


async def test_the_key_of_an_offered_volume_rests_sealed_for_its_person(krane: Watched, redis: RedisClient) -> None:
    graph = krane.graph
    await graph.done("jiwoo", "volumeCreate", {"name": "second", "size": 1}, "shop")
    offers = [await graph.done("jiwoo", "volumeTransferCreate", {"volume": name}) for name in ("scratch", "second")]
    one, other = (f"gurum:op:{offer['id']}:secret" for offer in offers)
    held = await redis.get(one)
    assert held is not None
    await redis.set(other, held)
    refused = await graph.refused("jiwoo", TOLD, {"id": offers[1]["id"]})
    assert (refused["code"], refused["message"][:27]) == ("NOT_FOUND", "There is no secret to read:")
    record = json.loads(await redis.get(f"gurum:op:{offers[0]['id']}"))
    await redis.set(f"gurum:op:{offers[0]['id']}", json.dumps({**record, "actor_id": (await me(graph, "minsu"))}))
    refused = await graph.refused("minsu", TOLD, {"id": offers[0]["id"]})
    assert refused["code"] == "NOT_FOUND"


async def test_what_another_version_sealed_is_too_old_and_no_fault(krane: Watched, redis: RedisClient) -> None:
    graph = krane.graph
    offer = await graph.done("jiwoo", "volumeTransferCreate", {"volume": "scratch"})
    await redis.set(f"gurum:op:{offer['id']}:secret", Fernet(KEY).encrypt(b"key"))
    assert (await graph.refused("jiwoo", TOLD, {"id": offer["id"]}))["code"] == "NOT_FOUND"
    plan = (await graph.data("jiwoo", PLAN, {"input": IMAGE}))["plan"]["imageCreate"]
    await redis.set(f"gurum:plan:{plan['id']}", Fernet(KEY).encrypt(b"{}"))
    refused = await graph.refused("jiwoo", APPLY, {"id": plan["id"], "hash": plan["hash"]})
    assert (refused["code"], refused["message"][:25]) == ("NOT_FOUND", "There is no such plan, or")


def test_every_address_that_an_action_takes_is_known_for_one() -> None:
    for action in actions_of(DOMAINS).values():
        names = {field.name for field in dataclasses.fields(action.input)}
        told = {name for name in names if name == "address" or name.endswith(("url", "uri"))}
        assert action.addresses == told, action.name


async def me(graph: Running, person: str) -> str:
    return str((await graph.data(person, "{ me { id } }"))["me"]["id"])


async def test_a_plan_that_was_put_in_the_place_of_another_is_none(krane: Watched, redis: RedisClient) -> None:
    """A plan of somebody else's, for instance one that was approved."""
    graph, ask = krane.graph, partial(krane.graph.data, "jiwoo", PLAN)
    harmless, harmful = [(await ask({"input": {**IMAGE, "name": n}}))["plan"]["imageCreate"] for n in ("one", "two")]
    await redis.copy(f"gurum:plan:{harmful['id']}", f"gurum:plan:{harmless['id']}", replace=True)
    before = await krane.everything()
    for digest in (harmless["hash"], harmful["hash"]):
        refused = await graph.refused("jiwoo", APPLY, {"id": harmless["id"], "hash": digest})
        assert (refused["code"], refused["message"][:25]) == ("NOT_FOUND", "There is no such plan, or")
    assert await krane.everything() == before
