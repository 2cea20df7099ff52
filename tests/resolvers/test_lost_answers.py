"""A cloud does what it was asked for, and its answer is lost; what asks for it says what became of it, not that it failed."""

import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from notifications.redis import RedisClient
from resolvers.errors import Conflict, TimedOut
from resolvers.operations import run
from tests.watched import FastClock, Watched, slow_polls, watched

pytestmark = pytest.mark.anyio
SHOP = "shop"
LOOKS = int(run.UNCERTAIN.total_seconds() / run.AGAIN)  # that find nothing, until it counts as not done


@pytest.fixture
async def krane(redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[Watched]:
    async with watched(valkey, tmp_path, FastClock(100.0), inventory=slow_polls()) as it:
        yield it


def lose(
    krane: Watched, monkeypatch: pytest.MonkeyPatch, operation: str, before: Callable[[], None] = lambda: None
) -> None:
    """The next answer to it: the cloud does it, and nobody hears. `before` is done by then."""
    real, left = krane.world.change, [operation]

    @contextlib.asynccontextmanager
    async def change(domain: str, asked: str, *given: Any) -> AsyncIterator[Any]:
        async with real(domain, asked, *given) as caller:
            yield caller
        if asked in left:
            left.remove(asked)
            before()
            raise TimedOut("krane did not answer.", backend="krane", lost=True)

    monkeypatch.setattr(krane.world, "change", change)


async def test_a_backup_is_not_taken_for_failed_while_the_cloud_does_not_list_its_backups(
    krane: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose(krane, monkeypatch, "backup.create")
    krane.world.fail("volumeBackup.list", times=LOOKS + 10)
    done = await krane.graph.done("jiwoo", "volumeBackupCreate", {"volume": "scratch", "name": "nightly"}, SHOP)
    assert done["resourceIds"][-1].startswith("volumeBackup:")
    assert krane.world.calls.count("backup.create") == 1


async def test_a_security_group_is_made_though_the_cloud_does_not_list_its_first_rules(krane: Watched) -> None:
    krane.world.fail("securityGroupRule.list")
    await krane.graph.done("jiwoo", "securityGroupCreate", {"name": "mail"}, SHOP)


@pytest.mark.parametrize(
    ("action", "given", "call"),
    [
        ("serverRename", {"server": "shop-web-1", "name": "renamed"}, "server.rename"),
        ("serverSetTags", {"server": "shop-web-1", "tags": ["blue"]}, "server.set_tags"),
        ("serverLock", {"server": "shop-web-1"}, "server.lock"),
        ("keypairDelete", {"keypair": "jiwoo-laptop"}, "keypair.delete"),
    ],
)
async def test_what_is_harmless_to_repeat_is_asked_for_again(
    krane: Watched, monkeypatch: pytest.MonkeyPatch, action: str, given: dict[str, Any], call: str
) -> None:
    lose(krane, monkeypatch, call)
    await krane.graph.done("jiwoo", action, given, SHOP)
    assert krane.world.calls.count(call) == 2


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3VY4WF1cOvIK6+L0GN4wGvRPGnqZy3hVUOGvMTvS4h jiwoo"


@pytest.mark.parametrize(
    ("action", "given", "call"),
    [
        ("keypairCreate", {"name": "spare", "publicKey": KEY}, "keypair.create"),
        ("imageUnshare", {"image": "shop-web-golden", "project": "talk"}, "image.unshare"),
        ("serverDetachInterface", {"server": "shop-web-1"}, "server.detach_interface"),
        ("serverAddSecurityGroup", {"server": "shop-web-1", "securityGroup": "mail"}, "server.add_security_group"),
        (
            "serverRemoveSecurityGroup",
            {"server": "shop-web-1", "securityGroup": "mail"},
            "server.remove_security_group",
        ),
    ],
)
async def test_what_a_cloud_does_not_take_twice_is_known_for_done(
    krane: Watched, monkeypatch: pytest.MonkeyPatch, action: str, given: dict[str, Any], call: str
) -> None:
    await krane.graph.done("jiwoo", "securityGroupCreate", {"name": "mail"}, SHOP)
    if action == "serverRemoveSecurityGroup":
        await krane.graph.done("jiwoo", "serverAddSecurityGroup", given, SHOP)
    if action == "imageUnshare":
        await krane.graph.done("jiwoo", "imageShare", given, SHOP)
    if action == "serverDetachInterface":
        query = '{ servers(filter: {name: {eq: "shop-web-1"}}) { nodes { ports { id } } } }'
        (web,) = (await krane.graph.data("jiwoo", query))["servers"]["nodes"]
        given = {**given, "port": web["ports"][0]["id"]}
    lose(krane, monkeypatch, call)
    await krane.graph.done("jiwoo", action, given, SHOP)


async def test_what_is_refused_when_it_is_asked_for_again_was_not_done(
    krane: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer was lost, and so was the order; now the server is busy."""
    real, asked = krane.world.change, list[str]()

    @contextlib.asynccontextmanager
    async def change(domain: str, operation: str, *given: Any) -> AsyncIterator[Any]:
        if operation == "server.rename":
            asked.append(operation)
            if len(asked) == 1:
                raise TimedOut("krane did not answer.", backend="krane", lost=True)
            raise Conflict("The server is busy.", backend="krane")
        async with real(domain, operation, *given) as caller:
            yield caller

    monkeypatch.setattr(krane.world, "change", change)
    query = 'mutation { serverRename(input: {server: "shop-web-1", name: "renamed"}) { id } }'
    said = await krane.graph.refused("jiwoo", query, None, SHOP)
    assert (said["code"], said["message"]) == ("CONFLICT", "The server is busy.")
    operation = (
        await krane.graph.data(
            "jiwoo", "query($id: ID!) { operation(id: $id) { state undo { action } } }", {"id": said["operationId"]}
        )
    )["operation"]
    assert operation == {"state": "FAILED", "undo": None}


async def test_a_volume_is_taken_though_its_offer_was_read_away_before_anybody_looked(
    krane: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = krane.graph
    made = await graph.done("jiwoo", "volumeCreate", {"name": "gift", "size": 1}, SHOP)
    offered = await graph.done("jiwoo", "volumeTransferCreate", {"volume": "gift"}, SHOP)
    offer = next(row_id for row_id in offered["resourceIds"] if row_id.startswith("volumeTransfer:"))
    secret = await graph.data("jiwoo", "mutation($id: ID!) { it: operationSecret(operationId: $id) }", offered)
    lose(krane, monkeypatch, "transfer.accept", before=lambda: graph.app.inventory.forget(offer))
    given = {"transfer": offer, "key": secret["it"], "project": "talk"}
    done = await graph.done("jiwoo", "volumeTransferAccept", given)
    assert done["resourceIds"][-1] == made["resourceId"]


async def test_why_it_was_refused_is_told_though_what_was_made_for_it_does_not_go(krane: Watched) -> None:
    krane.world.fail("floating_ip.associate", "reject")
    krane.world.fail("floating_ip.delete", "error500")
    query = 'mutation { serverAddFloatingIp(input: {server: "shop-api-1"}) { id } }'
    said = await krane.graph.refused("jiwoo", query, None, SHOP)
    assert said["message"] == "The policy of krane does not allow `floating_ip.associate`."
