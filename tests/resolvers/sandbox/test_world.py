"""The world itself: changes that are whole, transitions that happen in time, and everything there again after a restart."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from resolvers.clock import Clock
from resolvers.compute.port import KeypairRow, ServerRow, ServerStatus, ServerVerb
from resolvers.errors import QuotaExceeded, Unauthenticated, Unavailable
from resolvers.inventory.feed import Feed
from resolvers.inventory.kinds import Row
from resolvers.names import Names
from resolvers.network.port import PortRow
from resolvers.sandbox.records import Timer
from resolvers.sandbox.world import World
from resolvers.volume.port import VolumeRow, VolumeSpec, VolumeStatus
from tests.dump import dump
from tests.resolvers.sandbox.conftest import Cloud, OpenCloud, settings
from tests.resolvers.sandbox.integrity import wrongs

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPjVgHXJyCs8N4BUDR9kCkk8b0xQYV1mq6Ls5m8sQ0aX someone"
# Another 9rum with the sandbox: makes a server, says so when the call answered, and waits to be killed.
MAKER = """
import asyncio, sys
from redis.asyncio import Redis
from resolvers.clock import Clock
from resolvers.names import Names
from resolvers.sandbox.settings import SandboxSettings
from resolvers.sandbox.world import World
from resolvers.actor import Credential
from resolvers.compute.port import FlavorRow, ServerSpec
from resolvers.compute.sandbox import SandboxCompute
from resolvers.image.port import ImageRow

async def main():
    names = Names("krane", "krane")
    world = await World.open(Redis.from_url(sys.argv[1]), SandboxSettings(backend="sandbox", name="krane"), names, Clock())
    token = await world.people.sign_in("jiwoo", "jiwoo", "Default", "shop")
    flavor = next(row.native_id for row in world.rows(FlavorRow) if row.name == "m1.small")
    image = next(row.native_id for row in world.rows(ImageRow) if row.name == "ubuntu-24.04")
    made = await SandboxCompute(world, names).create_servers(Credential(token), ServerSpec("web", flavor, "op", image=image))
    print(made[0], token, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


def feed(cloud: Cloud, kind: str) -> Feed[Row]:
    return next(feed for feed in cloud.compute.feeds() if feed.kind.name == kind)


async def test_a_change_that_fails_in_the_middle_changes_nothing(cloud: Cloud) -> None:
    sora = await cloud.acting("sora")
    before = {type_: cloud.world.rows(type_) for type_ in (ServerRow, PortRow, VolumeRow, Timer)}
    with pytest.raises(QuotaExceeded, match="may use 2 instances and uses 0; 3 more do not fit"):
        await cloud.compute.create_servers(sora, cloud.spec(count=3))
    # This one fails late: servers and ports are made when the second volume does not fit any more.
    with pytest.raises(QuotaExceeded, match="gigabytes"):
        await cloud.compute.create_servers(sora, cloud.spec(count=2, boot_volume_size=4_000))
    assert {type_: cloud.world.rows(type_) for type_ in before} == before
    assert wrongs(cloud.world) == []


async def test_a_transition_happens_at_its_moment_and_not_before(cloud: Cloud) -> None:
    jiwoo = await cloud.acting("jiwoo")
    (native,) = await cloud.compute.create_servers(jiwoo, cloud.spec())
    asked = cloud.clock.now()
    await cloud.clock.advance(2.9)
    building = await feed(cloud, "server").one(native)
    assert isinstance(building, ServerRow) and building.status is ServerStatus.BUILD
    await cloud.clock.advance(500.0)  # nobody looks for a long time
    active = await feed(cloud, "server").one(native)
    assert isinstance(active, ServerRow) and active.status is ServerStatus.ACTIVE
    assert active.launched_at == asked + timedelta(seconds=3)


async def test_a_faster_world_needs_less_time(open_cloud: OpenCloud) -> None:
    cloud = await open_cloud(speed=1_000)
    (native,) = await cloud.compute.create_servers(await cloud.acting("jiwoo"), cloud.spec())
    await cloud.pass_time(0.004)
    assert cloud.at(ServerRow, native).status is ServerStatus.ACTIVE


async def test_changes_tells_what_changed_and_what_is_gone_since_a_moment(cloud: Cloud) -> None:
    jiwoo = await cloud.acting("jiwoo")
    servers = feed(cloud, "server")
    assert servers.changes is not None
    kept, going = await cloud.server(jiwoo, name="kept"), await cloud.server(jiwoo, name="going")
    since = cloud.clock.now()
    assert {row.name for row in (await servers.changes(since - timedelta(seconds=100))).rows} == {"kept"} | {"going"}
    await cloud.clock.advance(1)
    since = cloud.clock.now()
    assert not (await servers.changes(since)).rows
    await cloud.compute.delete_server(jiwoo, going.native_id)
    await cloud.pass_time()
    await cloud.compute.rename_server(jiwoo, kept.native_id, "renamed")
    changes = await servers.changes(since)
    assert [row.name for row in changes.rows] == ["renamed"]
    assert list(changes.deleted) == [going.id]
    assert len(await servers.full()) == 61


async def test_only_what_differs_from_the_seed_is_stored(cloud: Cloud) -> None:
    assert await cloud.redis.hlen("gurum:sandbox:krane") == 1  # which seed it is
    await cloud.compute.create_keypair(await cloud.acting("jiwoo"), "new", KEY)
    assert await cloud.redis.hlen("gurum:sandbox:krane") == 2
    await cloud.compute.delete_keypair(await cloud.acting("jiwoo"), "new")
    assert await cloud.redis.hlen("gurum:sandbox:krane") == 1


async def test_a_restart_finds_everything_as_it_was_left(cloud: Cloud) -> None:
    jiwoo = await cloud.acting("jiwoo")
    made = await cloud.server(jiwoo)
    volume = await cloud.volume.create_volume(jiwoo, VolumeSpec("data", 10, "op"))
    await cloud.pass_time()
    await cloud.compute.attach_volume(jiwoo, made.native_id, volume, None)
    seeded = cloud.named(ServerRow, "shop-web-2")
    await cloud.compute.delete_server(jiwoo, seeded.native_id)
    keypair = cloud.named(KeypairRow, "jiwoo-laptop")
    await cloud.compute.delete_keypair(jiwoo, keypair.name)
    await cloud.pass_time()
    await cloud.world.close()

    again = await cloud.restart()
    assert again.world.rows(ServerRow) and again.world.get(ServerRow, seeded.native_id) is None
    assert again.world.get(KeypairRow, keypair.native_id) is None
    for type_ in (ServerRow, VolumeRow, PortRow, Timer):
        assert sorted(again.world.rows(type_), key=repr) == sorted(cloud.world.rows(type_), key=repr)
    assert again.at(VolumeRow, volume).status is VolumeStatus.IN_USE
    assert wrongs(again.world) == []


async def test_a_row_of_the_seed_that_came_and_went_stays_away(cloud: Cloud) -> None:
    """Deleted, made again under the same id, deleted again: three processes, one answer."""
    jiwoo = await cloud.acting("jiwoo")
    native = cloud.named(KeypairRow, "jiwoo-laptop").native_id
    await cloud.compute.delete_keypair(jiwoo, "jiwoo-laptop")
    second = await cloud.restart()
    await second.compute.create_keypair(await second.acting("jiwoo"), "jiwoo-laptop", KEY)
    third = await second.restart()
    assert third.at(KeypairRow, native).public_key == KEY
    await third.compute.delete_keypair(await third.acting("jiwoo"), "jiwoo-laptop")
    assert (await third.restart()).world.get(KeypairRow, native) is None


async def test_what_was_under_way_goes_on_after_a_restart(cloud: Cloud) -> None:
    jiwoo = await cloud.acting("jiwoo")
    (native,) = await cloud.compute.create_servers(jiwoo, cloud.spec())
    await cloud.clock.advance(1)
    again = await cloud.restart()  # the first was not closed: what its timers did since the last call is not stored
    assert again.at(ServerRow, native).status is ServerStatus.BUILD
    await again.pass_time()
    assert again.at(ServerRow, native).status is ServerStatus.ACTIVE
    assert wrongs(again.world) == []


async def test_a_sign_in_survives_a_restart_and_a_sign_out_too(cloud: Cloud) -> None:
    staying, leaving = [await cloud.identity.sign_in("minsu", "minsu", "Default", "talk") for _ in range(2)]
    await cloud.identity.sign_out(leaving)
    again = await cloud.restart()
    assert (await again.identity.identify(staying)).user_name == "minsu"
    with pytest.raises(Unauthenticated):
        await again.identity.identify(leaving)


async def test_another_size_begins_anew(cloud: Cloud) -> None:
    await cloud.server(await cloud.acting("jiwoo"), name="mine")
    other = await cloud.restart(size=10)
    assert len(other.world.rows(ServerRow)) == 10
    assert await cloud.redis.hlen("gurum:sandbox:krane") == 1


async def test_no_secret_is_stored_readably(cloud: Cloud) -> None:
    jiwoo = await cloud.acting("jiwoo")
    volume = await cloud.volume.create_volume(jiwoo, VolumeSpec("data", 10, "op"))
    await cloud.pass_time()
    offer = await cloud.volume.create_transfer(jiwoo, volume, "offer")
    stored = await dump(cloud.redis)
    assert volume.encode() in stored
    assert jiwoo.token.encode() not in stored and offer.key.encode() not in stored


async def test_what_a_method_answered_is_there_after_kill_9(cloud: Cloud, valkey: str) -> None:
    root = Path(__file__).parents[3]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MAKER, valkey, stdout=asyncio.subprocess.PIPE, cwd=root
    )
    assert process.stdout is not None
    try:
        native, token = (await asyncio.wait_for(process.stdout.readline(), 60)).decode().split()
    finally:
        process.kill()
        await process.wait()
    names = Names("krane", "krane")
    again = Cloud(await World.open(cloud.redis, settings(), names, Clock()), cloud.redis, cloud.clock)
    assert again.at(ServerRow, native).status is ServerStatus.BUILD
    assert (await again.identity.identify(token)).user_name == "jiwoo"
    assert wrongs(again.world) == []


async def test_calls_at_the_same_time_are_all_kept(cloud: Cloud) -> None:
    jiwoo, minsu = await cloud.acting("jiwoo"), await cloud.acting("minsu")
    made = await asyncio.gather(
        *(
            cloud.compute.create_servers(who, cloud.spec(name=f"n{number}"))
            for number in range(10)
            for who in (jiwoo, minsu)
        )
    )
    again = await cloud.restart()
    assert all(again.world.get(ServerRow, native) for (native,) in made)
    assert wrongs(again.world) == []


async def test_a_store_that_is_away_is_one_sentence_and_what_was_asked_is_kept_later(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    jiwoo = await cloud.acting("jiwoo")
    server = cloud.named(ServerRow, "shop-web-1")

    async def away(*_: object) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(type(cloud.world._journal._redis.connection_pool), "get_connection", away)
        with pytest.raises(Unavailable, match="The sandbox krane can not reach its store"):
            await cloud.compute.change_server(jiwoo, server.native_id, ServerVerb.STOP)
    await cloud.compute.change_server(jiwoo, server.native_id, ServerVerb.STOP)
    await cloud.pass_time()
    await cloud.world.close()
    assert (await cloud.restart()).at(ServerRow, server.native_id).status is ServerStatus.SHUTOFF
