"""Failures on demand: what callers get, when it ends, and that nothing happened meanwhile."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from resolvers.compute.port import ServerRow, ServerVerb
from resolvers.errors import Denied, GurumError, Invalid, TimedOut, Unavailable
from resolvers.image.port import ImageRow, ImageSpec, ImageStatus
from resolvers.sandbox.failures import KNOWN, OPERATIONS
from resolvers.volume.port import VolumeRow, VolumeSpec, VolumeStatus
from tests.clock import settle
from tests.resolvers.sandbox.conftest import Cloud, OpenCloud

RESOLVERS = Path(__file__).parents[3] / "resolvers"


@pytest.mark.parametrize(
    ("kind", "error", "sentence"),
    [
        ("down", Unavailable, r"krane \(compute\) does not answer: it seems to be down\."),
        ("error500", Unavailable, r"krane \(compute\) answered `server\.stop` with an inner error\."),
        ("reject", Denied, r"The policy of krane does not allow `server\.stop`\."),
    ],
)
@pytest.mark.parametrize("what", ["compute", "server.stop"])
async def test_a_backend_that_fails(cloud: Cloud, what: str, kind: Any, error: type[GurumError], sentence: str) -> None:
    jiwoo, server = await cloud.acting("jiwoo"), cloud.named(ServerRow, "shop-web-1")
    cloud.world.fail(what, kind)
    with pytest.raises(error, match=sentence) as caught:
        await cloud.compute.change_server(jiwoo, server.native_id, ServerVerb.STOP)
    assert caught.value.backend == "krane" and cloud.at(ServerRow, server.native_id) is server
    await cloud.volume.quotas(jiwoo)  # the others answer
    cloud.world.heal(what)
    await cloud.compute.change_server(jiwoo, server.native_id, ServerVerb.STOP)


async def test_a_backend_that_is_down_lists_nothing_and_says_so_in_the_check(cloud: Cloud) -> None:
    cloud.world.fail("network")
    for feed in cloud.network.feeds():
        with pytest.raises(Unavailable):
            await feed.full()
    checks = {adapter: (await adapter.check())[0] for adapter in (cloud.compute, cloud.network)}
    assert checks[cloud.compute].ok and not checks[cloud.network].ok
    assert "down" in checks[cloud.network].sentence and checks[cloud.network].mend
    cloud.world.heal()
    for adapter in (cloud.identity, cloud.image, cloud.volume, cloud.network):
        assert [result.ok for result in await adapter.check()] == [True]


async def test_a_backend_that_never_answers_is_ended_by_the_deadline(cloud: Cloud) -> None:
    jiwoo, server = await cloud.acting("jiwoo"), cloud.named(ServerRow, "shop-web-1")
    cloud.world.fail("compute", "slow")
    call = asyncio.create_task(cloud.compute.change_server(jiwoo, server.native_id, ServerVerb.STOP))
    await cloud.clock.advance(29)
    assert not call.done()
    await cloud.clock.advance(1)
    with pytest.raises(TimedOut, match=r"krane \(compute\) did not answer within 30 s\."):
        await call
    assert cloud.at(ServerRow, server.native_id) is server


async def test_a_slow_backend_answers_late(cloud: Cloud) -> None:
    jiwoo = await cloud.acting("jiwoo")
    cloud.world.fail("compute", "slow", seconds=3)
    call = asyncio.create_task(cloud.compute.quotas(jiwoo))
    await cloud.clock.advance(2.9)
    assert not call.done()
    await cloud.clock.advance(0.1)
    await settle(200)
    assert await asyncio.wait_for(call, 10)


async def test_so_many_calls_fail_and_no_more(cloud: Cloud) -> None:
    jiwoo = await cloud.acting("jiwoo")
    cloud.world.fail("server.create", "error500", times=2)
    for _ in range(2):
        with pytest.raises(Unavailable):
            await cloud.compute.create_servers(jiwoo, cloud.spec())
    await cloud.compute.create_servers(jiwoo, cloud.spec())


async def test_a_share_of_calls_fails_by_the_settings(open_cloud: OpenCloud) -> None:
    cloud = await open_cloud(failures={"volume.create": 0.5})
    jiwoo = await cloud.acting("jiwoo")
    results = await asyncio.gather(
        *(cloud.volume.create_volume(jiwoo, VolumeSpec("v", 1, "")) for _ in range(30)), return_exceptions=True
    )
    failed = [result for result in results if isinstance(result, Unavailable)]
    assert 5 < len(failed) < 25 and len(failed) + sum(isinstance(result, str) for result in results) == 30


async def test_names_that_fail(cloud: Cloud) -> None:
    jiwoo = await cloud.acting("jiwoo")
    volume = await cloud.volume.create_volume(jiwoo, VolumeSpec("fail-disk", 1, ""))
    image = await cloud.image.create_image(jiwoo, ImageSpec("fail-image", "", "raw"))
    await cloud.image.import_image(jiwoo, image, "https://example.com/image.raw")
    await cloud.pass_time()
    assert cloud.at(VolumeRow, volume).status is VolumeStatus.ERROR
    assert cloud.at(ImageRow, image).status is ImageStatus.KILLED


async def test_what_is_no_operation_can_not_fail(cloud: Cloud) -> None:
    with pytest.raises(Invalid, match=r"can not let `server\.explode` fail"):
        cloud.world.fail("server.explode")


async def test_the_list_of_operations_is_what_the_adapters_call() -> None:
    verbs = {f"server.{verb}" for verb in ServerVerb}
    for domain, names in OPERATIONS.items():
        source = (RESOLVERS / domain / "sandbox.py").read_text()
        called = {name for name in re.findall(r'"([a-z_]+\.[a-z_]+)"', source) if not name.endswith(".list")}
        assert called | (verbs if domain == "compute" else set()) == set(names.split())
    assert {"server.list", "volumeSnapshot.list", "compute"} <= KNOWN
