"""A process dies between the cloud's taking an order and the step being stored, and comes back ten minutes later: nothing is done twice."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from notifications.redis import RedisClient
from tests.resolvers.cut_off import cut_off, leave
from tests.watched import FastClock, Watched, watched

pytestmark = pytest.mark.anyio
SHOP = "shop"
IDS = "query($kind: String!, $name: String!) { search(text: $name, kinds: [$kind]) { node { id name } } }"


@pytest.fixture
async def krane(redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[Watched]:
    async with watched(valkey, tmp_path, FastClock(5.0)) as it:
        yield it


async def id_of(krane: Watched, kind: str, name: str) -> str:
    found = (await krane.graph.data("jiwoo", IDS, {"kind": kind, "name": name}))["search"]
    return next(str(hit["node"]["id"]) for hit in found if hit["node"]["name"] == name)


async def resumed(
    krane: Watched, operation: dict[str, Any], step: str | None = None, ends: str = "SUCCEEDED", **args: Any
) -> Counter[str]:
    """What reached the cloud again after the crash, by the time that the operation has ended all the same."""
    await cut_off(krane.graph, operation, SHOP, step, **args)
    krane.world.calls.clear()
    ended = await krane.graph.ended("jiwoo", operation["id"])
    assert ended["state"] == ends, ended
    looks = (".list", ".history", ".interfaces", ".show")
    return Counter(call for call in krane.world.calls if not call.endswith(looks))


@pytest.mark.parametrize(
    ("action", "given", "call"),
    [
        ("serverRebuild", {"server": "shop-web-1", "image": "ubuntu-22.04"}, "server.rebuild"),
        ("serverRebootSoft", {"server": "shop-web-1"}, "server.reboot_soft"),
        ("serverRebootHard", {"server": "shop-web-1"}, "server.reboot_hard"),
        ("serverStop", {"server": "shop-web-1"}, "server.stop"),
        ("serverResize", {"server": "shop-web-1", "flavor": "m1.large"}, "server.resize"),
    ],
)
async def test_what_a_server_was_asked_for_stands_in_its_history(
    krane: Watched, action: str, given: dict[str, Any], call: str
) -> None:
    done = await krane.graph.done("jiwoo", action, given, SHOP)
    assert await resumed(krane, done) == {}
    other = await id_of(krane, "server", "shop-web-2")
    assert await resumed(krane, done, server=other) == {call: 1}, "what never arrived is sent"


async def test_what_somebody_else_did_meanwhile_is_not_what_was_asked_for(krane: Watched) -> None:
    web = await id_of(krane, "server", "shop-web-1")
    done = await krane.graph.done("jiwoo", "serverRebootHard", {"server": "shop-web-2"}, SHOP)
    await krane.graph.done("operator", "serverRebootHard", {"server": web})
    assert await resumed(krane, done, server=web) == {"server.reboot_hard": 1}


async def test_a_snapshot_of_a_server_is_found_by_its_image(krane: Watched) -> None:
    done = await krane.graph.done("jiwoo", "serverSnapshot", {"server": "shop-web-1", "name": "golden"}, SHOP)
    image = next(row_id for row_id in done["resourceIds"] if row_id.startswith("image:"))
    assert await resumed(krane, done) == {}
    found = await krane.graph.data("jiwoo", '{ images(filter: {name: {eq: "golden"}}, maxAge: 0) { nodes { id } } }')
    assert found["images"]["nodes"] == [{"id": image}]
    ended = await krane.graph.ended("jiwoo", done["id"])
    assert ended["resourceId"] == image
    assert ended["undo"] == {"action": "image.delete"}


async def test_a_volume_is_extended_once(krane: Watched) -> None:
    done = await krane.graph.done("jiwoo", "volumeExtend", {"volume": "scratch", "size": 60}, SHOP)
    assert await resumed(krane, done) == {}
    await krane.graph.done("jiwoo", "volumeCreate", {"name": "small", "size": 1}, SHOP)
    small = await id_of(krane, "volume", "small")
    assert await resumed(krane, done, volume=small) == {"volume.extend": 1}


async def test_a_restore_makes_one_volume_and_writes_it_once(krane: Watched) -> None:
    graph = krane.graph
    made = await graph.done("jiwoo", "volumeBackupRestore", {"backup": "weekly"}, SHOP)
    assert await resumed(krane, made, "request") == {}
    assert await resumed(krane, made, "create") == {"backup.restore": 1}, "the crash came before the second step"
    query = '{ volumes(filter: {name: {contains: "restore_backup"}}, maxAge: 0) { nodes { id size status } } }'
    (volume,) = (await graph.data("jiwoo", query))["volumes"]["nodes"]
    assert (volume["id"], volume["status"]) == (made["resourceIds"][-1], "AVAILABLE")

    given = {"backup": "weekly", "volume": volume["id"]}
    onto = await graph.done("jiwoo", "volumeBackupRestore", given, SHOP)
    assert await resumed(krane, onto) == {}
    scratch = await id_of(krane, "volume", "scratch")  # too small, so the cloud refuses it; but it was asked
    assert await resumed(krane, onto, ends="FAILED", volume=scratch) == {"backup.restore": 1}


@pytest.mark.parametrize(
    ("action", "given"),
    [
        ("volumeDelete", {"volume": "scratch"}),
        ("volumeSnapshotDelete", {"snapshot": "before-upgrade"}),
        ("volumeBackupDelete", {"backup": "weekly"}),
        ("imageDelete", {"image": "shop-web-golden"}),
        ("serverDelete", {"server": "shop-web-2"}),
        ("serverDetachVolume", {"server": "shop-db-2", "volume": "shop-db-2-data"}),
    ],
)
async def test_what_was_deleted_is_not_asked_for_again(krane: Watched, action: str, given: dict[str, Any]) -> None:
    done = await krane.graph.done("jiwoo", action, given, SHOP)
    assert await resumed(krane, done) == {}


@pytest.mark.parametrize(
    ("kind", "name", "call"), [("volume", "scratch", "volume.delete"), ("server", "shop-web-2", "server.delete")]
)
async def test_what_is_on_its_way_out_is_not_asked_for_again(
    redis: RedisClient, valkey: str, tmp_path: Path, kind: str, name: str, call: str
) -> None:
    """A cloud refuses to delete what it is deleting already, and that would be told as a failure."""
    query = f"mutation($name: String!) {{ {kind}Delete(input: {{{kind}: $name}}) {{ id }} }}"
    async with watched(valkey, tmp_path, FastClock(5.0), speed=0.4) as krane:
        started = (await krane.graph.data("jiwoo", query, {"name": name}, SHOP))[f"{kind}Delete"]["id"]
        await leave(krane.graph, started, "f" * 16, SHOP)
        for operation in (started, "f" * 16):
            ended = await krane.graph.ended("jiwoo", operation)
            assert ended["state"] == "SUCCEEDED", ended
        assert krane.world.calls.count(call) == 1
