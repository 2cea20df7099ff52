"""Servers of a sandbox from creation to deletion: the states on the way, and what is refused."""

from typing import Any

import pytest

from resolvers.compute.port import (
    FlavorRow,
    HypervisorRow,
    PowerState,
    ServerGroupRow,
    ServerRow,
    ServerStatus,
    ServerVerb,
)
from resolvers.errors import Conflict, Denied, Invalid, NotFound, QuotaExceeded
from resolvers.image.port import ImageRow, ImageStatus
from resolvers.network.port import FloatingIpRow, NetworkRow, NetworkStatus, PortRow, SecurityGroupRow
from resolvers.volume.port import VolumeRow, VolumeSpec, VolumeStatus
from tests.resolvers.sandbox.conftest import Cloud
from tests.resolvers.sandbox.integrity import wrongs

S, V = ServerStatus, ServerVerb


async def test_a_server_is_built_in_steps(cloud: Cloud) -> None:
    jiwoo = await cloud.acting("jiwoo")
    (native,) = await cloud.compute.create_servers(
        jiwoo, cloud.spec(metadata={"a": "b"}, tags=("t",), keypair="jiwoo-laptop")
    )
    seen = []
    for seconds in (0, 1, 3):
        await cloud.pass_time(seconds)
        row = cloud.at(ServerRow, native)
        seen.append((row.status, row.task_state, row.host is not None, bool(row.ips)))
    assert seen == [
        (S.BUILD, "scheduling", False, False), (S.BUILD, "spawning", True, True), (S.ACTIVE, None, True, True),
    ]  # fmt: skip
    row = cloud.at(ServerRow, native)
    assert row.metadata == {"a": "b", "gurum_operation": "op"} and row.tags == ("t",) and row.az
    assert row.power_state is PowerState.RUNNING and row.security_group_names == ("default",)
    (port,) = cloud.world.where(PortRow, "server_id", row.id)
    assert (port.status, port.ips, port.device_owner) == (NetworkStatus.ACTIVE, row.ips, "compute:nova")
    assert await cloud.compute.find_servers("op", jiwoo.project or "") == [native]
    assert await cloud.compute.find_servers("op", "elsewhere") == []
    assert wrongs(cloud.world) == []


async def test_several_servers_get_numbers(cloud: Cloud) -> None:
    made = await cloud.compute.create_servers(await cloud.acting("jiwoo"), cloud.spec(count=3))
    assert [cloud.at(ServerRow, native).name for native in made] == ["web-1", "web-2", "web-3"]


async def test_a_server_named_fail_ends_in_error_with_a_fault(cloud: Cloud) -> None:
    row = await cloud.server(await cloud.acting("jiwoo"), name="fail-demo")
    assert row.status is S.ERROR and row.fault and "No valid host was found" in row.fault
    assert not cloud.world.where(PortRow, "server_id", row.id)
    assert wrongs(cloud.world) == []


VERBS: list[tuple[ServerVerb, ServerStatus, ServerStatus]] = [
    (V.STOP, S.ACTIVE, S.SHUTOFF), (V.START, S.SHUTOFF, S.ACTIVE), (V.REBOOT_SOFT, S.ACTIVE, S.ACTIVE),
    (V.REBOOT_HARD, S.SHUTOFF, S.ACTIVE), (V.PAUSE, S.ACTIVE, S.PAUSED), (V.UNPAUSE, S.PAUSED, S.ACTIVE),
    (V.SUSPEND, S.ACTIVE, S.SUSPENDED), (V.RESUME, S.SUSPENDED, S.ACTIVE), (V.SHELVE, S.ACTIVE, S.SHELVED_OFFLOADED),
    (V.UNSHELVE, S.SHELVED_OFFLOADED, S.ACTIVE),
]  # fmt: skip
TO = {S.SHUTOFF: V.STOP, S.PAUSED: V.PAUSE, S.SUSPENDED: V.SUSPEND, S.SHELVED_OFFLOADED: V.SHELVE}


@pytest.mark.parametrize(("verb", "before", "after"), VERBS)
async def test_a_verb_leads_from_state_to_state_and_is_refused_elsewhere(
    cloud: Cloud, verb: ServerVerb, before: ServerStatus, after: ServerStatus
) -> None:
    jiwoo = await cloud.acting("jiwoo")
    row = await cloud.server(jiwoo)
    if before is not S.ACTIVE:
        await cloud.compute.change_server(jiwoo, row.native_id, TO[before])
        await cloud.pass_time()
    await cloud.compute.change_server(jiwoo, row.native_id, verb)
    with pytest.raises(Conflict):
        await cloud.compute.change_server(jiwoo, row.native_id, verb)  # it is busy
    await cloud.pass_time()
    row = cloud.at(ServerRow, row.native_id)
    assert (row.status, row.task_state) == (after, None)
    assert (row.host is None) == (after is S.SHELVED_OFFLOADED)
    if before is not after and verb is not V.REBOOT_HARD:
        with pytest.raises(Conflict, match=rf"Server `web` is {after}; to \w+ it, it has to be "):
            await cloud.compute.change_server(jiwoo, row.native_id, verb)
        assert cloud.at(ServerRow, row.native_id) is row
    assert wrongs(cloud.world) == []


@pytest.mark.parametrize(("verb", "flavor"), [(V.CONFIRM_RESIZE, "m1.large"), (V.REVERT_RESIZE, "m1.small")])
@pytest.mark.parametrize("off", [False, True])
async def test_a_resize_is_confirmed_or_taken_back(cloud: Cloud, verb: ServerVerb, flavor: str, off: bool) -> None:
    jiwoo = await cloud.acting("jiwoo")
    row = await cloud.server(jiwoo)
    if off:
        await cloud.compute.change_server(jiwoo, row.native_id, V.STOP)
        await cloud.pass_time()
    await cloud.compute.resize_server(jiwoo, row.native_id, cloud.named(FlavorRow, "m1.large").native_id)
    assert cloud.at(ServerRow, row.native_id).status is S.RESIZE
    await cloud.pass_time()
    row = cloud.at(ServerRow, row.native_id)
    assert (row.status, row.flavor_name) == (S.VERIFY_RESIZE, "m1.large")
    with pytest.raises(Conflict, match="VERIFY_RESIZE"):
        await cloud.compute.change_server(jiwoo, row.native_id, V.STOP)
    await cloud.compute.change_server(jiwoo, row.native_id, verb)
    await cloud.pass_time()
    row = cloud.at(ServerRow, row.native_id)
    assert (row.status, row.flavor_name) == (S.SHUTOFF if off else S.ACTIVE, flavor)
    assert wrongs(cloud.world) == []


async def test_a_resize_that_can_not_be(cloud: Cloud) -> None:
    jiwoo = await cloud.acting("jiwoo")
    row = await cloud.server(jiwoo)
    flavors = {flavor.name: flavor.native_id for flavor in cloud.world.rows(FlavorRow)}
    with pytest.raises(Invalid, match="already has the flavor"):
        await cloud.compute.resize_server(jiwoo, row.native_id, flavors["m1.small"])
    with pytest.raises(NotFound):
        await cloud.compute.resize_server(jiwoo, row.native_id, flavors["gpu.large"])
    with pytest.raises(Conflict):
        await cloud.compute.change_server(jiwoo, row.native_id, V.CONFIRM_RESIZE)
    assert cloud.at(ServerRow, row.native_id) is row


async def test_quota_ends_at_the_limit(cloud: Cloud) -> None:
    sora = await cloud.acting("sora")
    await cloud.compute.create_servers(sora, cloud.spec(count=2))
    with pytest.raises(QuotaExceeded, match="may use 2 instances and uses 2; 1 more do not fit"):
        await cloud.compute.create_servers(sora, cloud.spec())
    quotas = {quota.resource: quota for quota in await cloud.compute.quotas(sora)}
    assert (quotas["instances"].limit, quotas["instances"].used, quotas["cores"].used) == (2, 2, 2)


async def test_a_locked_server_refuses_everyone_but_operators(cloud: Cloud) -> None:
    jiwoo, operator = await cloud.acting("jiwoo"), await cloud.acting("operator", "shop")
    row = await cloud.server(jiwoo)
    await cloud.compute.change_server(jiwoo, row.native_id, V.LOCK)
    locked = cloud.at(ServerRow, row.native_id)
    assert locked.locked
    for call in (
        cloud.compute.change_server(jiwoo, row.native_id, V.STOP),
        cloud.compute.delete_server(jiwoo, row.native_id),
    ):
        with pytest.raises(Conflict, match="is locked; unlock it first"):
            await call
    assert cloud.at(ServerRow, row.native_id) is locked
    await cloud.compute.change_server(jiwoo, row.native_id, V.UNLOCK)
    await cloud.compute.change_server(operator, row.native_id, V.LOCK)
    with pytest.raises(Denied, match="An operator locked"):
        await cloud.compute.change_server(jiwoo, row.native_id, V.UNLOCK)
    await cloud.compute.change_server(operator, row.native_id, V.STOP)


async def test_rebuild_snapshot_and_history(cloud: Cloud) -> None:
    jiwoo = await cloud.acting("jiwoo")
    row = await cloud.server(jiwoo)
    other = cloud.named(ImageRow, "ubuntu-22.04")
    await cloud.compute.rebuild_server(jiwoo, row.native_id, other.native_id)
    assert cloud.at(ServerRow, row.native_id).status is S.REBUILD
    await cloud.pass_time()
    assert cloud.at(ServerRow, row.native_id).image_id == other.id
    image = await cloud.compute.snapshot_server(jiwoo, row.native_id, "golden", "op-1")
    assert cloud.at(ImageRow, image).status is ImageStatus.QUEUED
    await cloud.pass_time()
    made = cloud.at(ImageRow, image)
    assert (made.status, made.source_server_id, made.name) == (ImageStatus.ACTIVE, row.id, "golden")
    assert await cloud.image.find_images("op-1", jiwoo.project or "") == [image]
    history = await cloud.compute.history(jiwoo, row.native_id)
    assert [entry.action for entry in history] == ["createImage", "rebuild", "create"]
    assert all(entry.request_id.startswith("req-") and entry.user_id == history[0].user_id for entry in history)


async def test_deletion_gives_everything_back(cloud: Cloud) -> None:
    jiwoo = await cloud.acting("jiwoo")
    external = next(row for row in cloud.world.rows(NetworkRow) if row.external)
    given = await cloud.network.create_port(
        jiwoo, cloud.named(NetworkRow, "shop-net").native_id, "mine", None, None, (), ""
    )
    group = await cloud.compute.create_server_group(jiwoo, "apart", "anti-affinity")
    row = await cloud.server(
        jiwoo,
        ports=(given,),
        networks=(cloud.named(NetworkRow, "shop-net").native_id,),
        boot_volume_size=20,
        server_group=group,
    )
    assert row.image_id is None and len(row.volume_ids) == 1 and len(row.ips) == 2
    data = await cloud.volume.create_volume(jiwoo, VolumeSpec("data", 5, ""))
    floating = await cloud.network.create_floating_ip(jiwoo, external.native_id, None, "")
    await cloud.pass_time()
    await cloud.compute.attach_volume(jiwoo, row.native_id, data, None)
    await cloud.network.associate_floating_ip(jiwoo, floating, given)
    await cloud.pass_time()
    row = cloud.at(ServerRow, row.native_id)
    assert len(row.volume_ids) == 2 and cloud.at(FloatingIpRow, floating).ip in row.ips
    assert wrongs(cloud.world) == []
    await cloud.compute.delete_server(jiwoo, row.native_id)
    await cloud.compute.delete_server(jiwoo, row.native_id)  # it is going already; Nova says yes to that too
    await cloud.pass_time()
    with pytest.raises(NotFound):
        await cloud.compute.delete_server(jiwoo, row.native_id)
    assert cloud.at(PortRow, given).server_id is None
    assert [port.native_id for port in cloud.world.where(PortRow, "name", "mine")] == [given]
    assert {cloud.at(VolumeRow, native).status for native in (data, *(v.split("/")[1] for v in row.volume_ids))} == {
        VolumeStatus.AVAILABLE
    }
    assert cloud.at(ServerGroupRow, group).server_ids == ()
    assert wrongs(cloud.world) == []


async def test_a_volume_that_a_server_boots_from_stays_with_it(cloud: Cloud) -> None:
    jiwoo = await cloud.acting("jiwoo")
    row = await cloud.server(jiwoo, boot_volume_size=20)
    volume = row.volume_ids[0].split("/")[1]
    with pytest.raises(Conflict, match="boots from the volume"):
        await cloud.compute.detach_volume(jiwoo, row.native_id, volume)
    with pytest.raises(Conflict, match="in-use"):
        await cloud.volume.delete_volume(jiwoo, volume)
    await cloud.compute.delete_server(jiwoo, row.native_id)
    await cloud.pass_time()
    again = await cloud.server(jiwoo, image=None, boot_volume=volume)
    assert (again.status, again.volume_ids) == (S.ACTIVE, row.volume_ids)
    with pytest.raises(Conflict, match="in-use"):
        await cloud.compute.create_servers(jiwoo, cloud.spec(image=None, boot_volume=volume))


async def test_attaching_and_detaching_a_volume(cloud: Cloud) -> None:
    jiwoo, minsu = await cloud.acting("jiwoo"), await cloud.acting("minsu")
    row = await cloud.server(jiwoo)
    volume = await cloud.volume.create_volume(jiwoo, VolumeSpec("data", 5, ""))
    with pytest.raises(Conflict, match="creating"):
        await cloud.compute.attach_volume(jiwoo, row.native_id, volume, None)
    await cloud.pass_time()
    await cloud.compute.attach_volume(jiwoo, row.native_id, volume, None)
    assert cloud.at(VolumeRow, volume).status is VolumeStatus.ATTACHING
    await cloud.pass_time()
    attached = cloud.at(VolumeRow, volume)
    assert (attached.status, attached.server_ids, attached.attachments[0].device) == (
        VolumeStatus.IN_USE,
        (row.id,),
        "/dev/vdb",
    )
    with pytest.raises(NotFound):
        await cloud.compute.detach_volume(minsu, row.native_id, volume)
    await cloud.compute.detach_volume(jiwoo, row.native_id, volume)
    assert cloud.at(VolumeRow, volume).status is VolumeStatus.DETACHING
    await cloud.pass_time()
    assert cloud.at(VolumeRow, volume).status is VolumeStatus.AVAILABLE
    assert cloud.at(ServerRow, row.native_id).volume_ids == ()
    theirs = await cloud.volume.create_volume(minsu, VolumeSpec("theirs", 5, ""))
    await cloud.pass_time()
    with pytest.raises(NotFound):
        await cloud.compute.attach_volume(jiwoo, row.native_id, theirs, None)


async def test_interfaces_and_security_groups(cloud: Cloud) -> None:
    jiwoo = await cloud.acting("jiwoo")
    row = await cloud.server(jiwoo)
    shared = cloud.named(NetworkRow, "shared-net")
    port = await cloud.compute.attach_interface(jiwoo, row.native_id, shared.native_id, None)
    assert [address.network for address in cloud.at(ServerRow, row.native_id).addresses] == ["shop-net", "shared-net"]
    web = next(g for g in cloud.world.rows(SecurityGroupRow) if g.name == "web" and g.project_id == row.project_id)
    await cloud.compute.add_security_group(jiwoo, row.native_id, web.native_id)
    assert cloud.at(ServerRow, row.native_id).security_group_names == ("default", "web")
    with pytest.raises(Conflict, match=r"holds on 2 port\(s\)"):
        await cloud.network.delete_security_group(jiwoo, (await _own_group(cloud, jiwoo, row)))
    await cloud.compute.remove_security_group(jiwoo, row.native_id, web.native_id)
    with pytest.raises(Conflict, match="does not hold"):
        await cloud.compute.remove_security_group(jiwoo, row.native_id, web.native_id)
    await cloud.compute.detach_interface(jiwoo, row.native_id, port)
    with pytest.raises(NotFound):
        await cloud.compute.detach_interface(jiwoo, row.native_id, port)
    assert cloud.at(ServerRow, row.native_id).ips == row.ips
    assert wrongs(cloud.world) == []


async def _own_group(cloud: Cloud, acting: Any, row: ServerRow) -> str:
    group = await cloud.network.create_security_group(acting, "extra", None, "")
    await cloud.compute.add_security_group(acting, row.native_id, group)
    return group


async def test_anti_affinity_keeps_servers_apart_until_there_is_no_host_left(cloud: Cloud) -> None:
    jiwoo = await cloud.acting("jiwoo")
    group = await cloud.compute.create_server_group(jiwoo, "apart", "anti-affinity")
    made = await cloud.compute.create_servers(jiwoo, cloud.spec(count=9, server_group=group))
    await cloud.pass_time()
    rows = [cloud.at(ServerRow, native) for native in made]
    assert len({row.host for row in rows if row.host}) == len(cloud.world.rows(HypervisorRow)) == 8
    assert [row.status for row in rows].count(S.ERROR) == 1
    with pytest.raises(Invalid, match="no policy"):
        await cloud.compute.create_server_group(jiwoo, "odd", "together")
    await cloud.compute.delete_server_group(jiwoo, group)
    assert wrongs(cloud.world) == []


async def test_a_flavor_that_goes_leaves_its_servers_their_size(cloud: Cloud) -> None:
    operator, jiwoo = await cloud.acting("operator"), await cloud.acting("jiwoo")
    flavor = await cloud.compute.create_flavor(operator, "odd", 3, 3_000, 30, True)
    row = await cloud.server(jiwoo, flavor=flavor)
    await cloud.compute.delete_flavor(operator, flavor)
    row = cloud.at(ServerRow, row.native_id)
    assert (row.flavor_id, row.flavor_name, row.vcpus, row.ram) == (None, "odd", 3, 3_000)
    await cloud.compute.resize_server(jiwoo, row.native_id, cloud.named(FlavorRow, "m1.large").native_id)
    await cloud.pass_time()
    await cloud.compute.change_server(jiwoo, row.native_id, V.REVERT_RESIZE)
    await cloud.pass_time()
    assert cloud.at(ServerRow, row.native_id).vcpus == 3
    assert wrongs(cloud.world) == []


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"flavor": "none"}, NotFound),
        ({"image": "none"}, NotFound),
        ({"image": None}, Invalid),
        ({"keypair": "none"}, Invalid),
        ({"az": "mars"}, Invalid),
        ({"networks": ("none",)}, NotFound),
        ({"security_groups": ("none",)}, NotFound),
        ({"server_group": "none"}, NotFound),
        ({"ports": ("none",)}, NotFound),
        ({"name": "x" * 300}, Invalid),
        ({"count": 60}, QuotaExceeded),
        ({"boot_volume_size": 9_000}, QuotaExceeded),
    ],
)
async def test_a_server_that_can_not_be(cloud: Cloud, given: dict[str, Any], error: type[Exception]) -> None:
    jiwoo = await cloud.acting("jiwoo")
    before = cloud.world.rows(ServerRow), cloud.world.rows(PortRow), cloud.world.rows(VolumeRow)
    with pytest.raises(error):
        await cloud.compute.create_servers(jiwoo, cloud.spec(**given))
    assert (cloud.world.rows(ServerRow), cloud.world.rows(PortRow), cloud.world.rows(VolumeRow)) == before


async def test_an_image_that_needs_more_than_the_flavor_has(cloud: Cloud) -> None:
    jiwoo = await cloud.acting("jiwoo")
    tiny, rocky = cloud.named(FlavorRow, "m1.tiny").native_id, cloud.named(ImageRow, "rocky-9").native_id
    with pytest.raises(Invalid, match="The image needs 10 GiB of disk; there would be 1"):
        await cloud.compute.create_servers(jiwoo, cloud.spec(flavor=tiny, image=rocky))


async def test_metadata_tags_and_consoles(cloud: Cloud) -> None:
    jiwoo = await cloud.acting("jiwoo")
    row = await cloud.server(jiwoo, metadata={"a": "1", "b": "2"})
    await cloud.compute.set_metadata(jiwoo, row.native_id, {"c": "3"}, ["a", "unknown"])
    await cloud.compute.set_tags(jiwoo, row.native_id, ["x", "y", "x"])
    await cloud.compute.rename_server(jiwoo, row.native_id, "other")
    changed = cloud.at(ServerRow, row.native_id)
    assert changed.metadata == {"b": "2", "c": "3", "gurum_operation": "op"}
    assert (changed.tags, changed.name) == (("x", "y"), "other")
    console = await cloud.compute.console(jiwoo, row.native_id, "novnc")
    assert console.url.startswith("https://") and console.url not in repr(console)
    with pytest.raises(Invalid):
        await cloud.compute.console(jiwoo, row.native_id, "telnet")
    assert len((await cloud.compute.console_log(jiwoo, row.native_id, 2)).splitlines()) == 2
