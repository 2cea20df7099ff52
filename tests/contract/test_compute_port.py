"""What every compute backend does: the same tests on the sandbox and on a real Nova."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from resolvers.compute.port import KINDS, MARKER, PowerState, ServerStatus, ServerVerb
from resolvers.errors import Conflict, Denied, GurumError, Invalid, NotFound, QuotaExceeded
from tests.contract.compute_room import Room
from tests.contract.conftest import Cloud
from tests.contract.steps import UNKNOWN, gone, refused, removing, unique

pytestmark = pytest.mark.timeout(600, func_only=True)
S, V = ServerStatus, ServerVerb
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl jiwoo@example"


@pytest.fixture
async def room(cloud: Cloud) -> AsyncIterator[Room]:
    flavors = {row.name: row.native_id for row in await cloud.rows("compute", "flavor")}
    images = {row.name: row.native_id for row in await cloud.rows("image", "image")}
    networks = [row for row in await cloud.rows("network", "network") if row.shared and not row.external]
    async with removing() as removal:
        yield Room(
            cloud,
            cloud.ports["compute"],
            await cloud.credential("jiwoo", "shop"),
            removal,
            flavors["m1.tiny"],
            flavors["m1.small"],
            images["ubuntu-24.04"],
            networks[0].native_id,
        )


# -- reading -----------------------------------------------------------------------------------------------------------


async def test_every_kind_is_listed_and_each_row_can_be_read_alone(room: Room) -> None:
    native = await room.resting()
    await room.port.create_keypair(room.jiwoo, (name := unique("key")), KEY)
    group = await room.port.create_server_group(room.jiwoo, unique("group"), "anti-affinity")
    room.removal.later(lambda: room.port.delete_keypair(room.jiwoo, name))
    room.removal.later(lambda: room.port.delete_server_group(room.jiwoo, group))
    ours = {"server": native, "serverGroup": group, "flavor": room.flavor}  # others of these come and go
    for kind in KINDS:
        rows = {row.native_id: row for row in await room.cloud.rows("compute", kind.name)}
        assert rows, kind.name
        row = rows[ours[kind.name]] if kind.name in ours else next(reversed(rows.values()))
        if kind.name == "keypair":
            (row,) = [each for each in rows.values() if each.name == name]
        alone = await room.cloud.row("compute", kind.name, row.native_id)
        assert alone is not None
        assert (alone.id, alone.name) == (row.id, row.name)
        assert await room.cloud.row("compute", kind.name, UNKNOWN) is None


async def test_changes_tell_what_was_made_and_what_is_gone(room: Room) -> None:
    feed = next(feed for feed in room.port.feeds() if feed.kind.name == "server")
    assert feed.changes is not None
    native = await room.server()
    row = await room.row(native)
    since = row.created_at
    assert native in [changed.native_id for changed in (await feed.changes(since)).rows]
    await room.port.delete_server(room.jiwoo, native)
    await gone(room.cloud, "compute", "server", native)

    async def told() -> bool:
        assert feed.changes is not None
        return row.id in (await feed.changes(since)).deleted

    await room.cloud.eventually(told, "the deletion is among the changes")


# -- making ------------------------------------------------------------------------------------------------------------


async def test_a_server_has_what_it_was_made_with_and_belongs_to_who_made_it(room: Room) -> None:
    name, marker = unique("vm"), unique("m")
    hypervisors = {held.id for held in await room.cloud.rows("compute", "hypervisor")}
    native = await room.server(
        name=name, marker=marker, metadata={"service": "talk"}, tags=("web",), description="front"
    )
    row = await room.row(native)
    assert (row.name, row.status, row.power_state, row.locked) == (name, S.ACTIVE, PowerState.RUNNING, False)
    assert row.project_id == room.cloud.id("project", room.cloud.native_project("shop"))
    jiwoo = (await room.cloud.ports["identity"].identify(await room.cloud.token("jiwoo"))).user_id
    assert row.user_id == room.cloud.id("user", jiwoo)
    assert row.image_id == room.cloud.id("image", room.image)
    assert row.flavor_id == room.cloud.id("flavor", room.flavor)
    assert (row.vcpus, row.ram) == (1, 512)
    assert row.metadata == {"service": "talk", MARKER: marker}
    assert row.tags == ("web",)
    assert row.description == "front"
    assert row.host
    assert row.hypervisor_id in hypervisors
    assert len(row.ips) == 1
    ports = [port for port in await room.cloud.rows("network", "port") if port.server_id == row.id]
    assert [port.ips for port in ports] == [row.ips]


async def test_several_servers_are_made_at_once_and_found_by_their_marker(room: Room) -> None:
    marker = unique("m")
    made = await room.begun(marker=marker, count=2)
    assert len(set(made)) == 2
    for native in made:
        await room.settled(native, S.ACTIVE)
    found = await room.port.find_servers(marker, room.cloud.native_project("shop"))
    assert sorted(found) == sorted(made)
    assert await room.port.find_servers(unique("m"), room.cloud.native_project("shop")) == []


async def test_a_server_boots_from_a_new_volume(room: Room) -> None:
    native = await room.server(boot_volume_size=1)
    row = await room.row(native)
    assert row.image_id is None
    assert len(row.volume_ids) == 1
    volume = row.volume_ids[0].split("/", 1)[1]
    await room.port.delete_server(room.jiwoo, native)
    await gone(room.cloud, "compute", "server", native)
    if await room.cloud.row("volume", "volume", volume) is not None:
        await room.cloud.ports["volume"].delete_volume(room.jiwoo, volume)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"flavor": UNKNOWN}, (Invalid, NotFound)),
        ({"image": UNKNOWN}, (Invalid, NotFound)),
        ({"networks": (UNKNOWN,)}, (Invalid, NotFound)),
        ({"keypair": "no-such-key"}, (Invalid, NotFound)),
        ({"az": "no-such-zone"}, (Invalid, NotFound)),
        ({"name": ""}, (Invalid,)),
        ({"name": "x" * 300}, (Invalid,)),
    ],
)
async def test_a_server_that_can_not_be_is_refused(
    room: Room, given: dict[str, Any], error: tuple[type[GurumError], ...]
) -> None:
    marker = unique("m")
    with pytest.raises(error):
        await room.begun(marker=marker, **given)
    assert await room.port.find_servers(marker, room.cloud.native_project("shop")) == []


async def test_more_than_the_quota_is_refused(room: Room) -> None:
    sora = await room.cloud.credential("sora", "search")
    quota = next(quota for quota in await room.port.quotas(sora) if quota.resource == "instances")
    assert (quota.limit, quota.service) == (2, "compute")
    marker = unique("m")
    with pytest.raises(QuotaExceeded):
        await room.begun(sora, marker=marker, count=3)
    assert await room.port.find_servers(marker, room.cloud.native_project("search")) == []


async def test_a_reader_makes_nothing(room: Room) -> None:
    haneul, marker = await room.cloud.credential("haneul", "shop"), unique("m")
    with pytest.raises(Denied):
        await room.begun(haneul, marker=marker)
    assert await room.port.find_servers(marker, room.cloud.native_project("shop")) == []


# -- changing ----------------------------------------------------------------------------------------------------------


async def test_a_server_goes_through_its_states_and_back(room: Room) -> None:
    native = await room.server()
    assert (await room.change(native, V.STOP, S.SHUTOFF)).power_state is PowerState.SHUTDOWN
    await room.change(native, V.START, S.ACTIVE)
    await room.change(native, V.REBOOT_SOFT, S.ACTIVE)
    await room.change(native, V.REBOOT_HARD, S.ACTIVE)
    await room.change(native, V.PAUSE, S.PAUSED)
    await room.change(native, V.UNPAUSE, S.ACTIVE)
    await room.change(native, V.SUSPEND, S.SUSPENDED)
    await room.change(native, V.RESUME, S.ACTIVE)
    await room.change(native, V.SHELVE, S.SHELVED, S.SHELVED_OFFLOADED)
    await room.settled(native, S.SHELVED_OFFLOADED)
    await room.change(native, V.UNSHELVE, S.ACTIVE)
    history = await room.port.history(room.jiwoo, native)
    done = [event.action for event in history]
    assert done[-1] == "create"
    assert {"stop", "start", "reboot", "pause", "unpause", "suspend", "resume", "shelve", "unshelve"} <= set(done)
    assert {event.user_id for event in history} == {(await room.row(native)).user_id}


async def test_a_resize_waits_to_be_kept_or_taken_back(room: Room) -> None:
    native = await room.server()
    await room.port.resize_server(room.jiwoo, native, room.bigger)
    await room.settled(native, S.VERIFY_RESIZE)
    flavors = {row.native_id: row.ram for row in await room.cloud.rows("compute", "flavor")}
    assert (await room.change(native, V.REVERT_RESIZE, S.ACTIVE)).ram == flavors[room.flavor]
    await room.port.resize_server(room.jiwoo, native, room.bigger)
    await room.settled(native, S.VERIFY_RESIZE)
    assert (await room.change(native, V.CONFIRM_RESIZE, S.ACTIVE)).ram == flavors[room.bigger]


async def test_a_rebuild_keeps_the_server_and_a_snapshot_makes_an_image(room: Room) -> None:
    native = await room.server()
    images = {row.name: row.native_id for row in await room.cloud.rows("image", "image")}
    await room.port.rebuild_server(room.jiwoo, native, images["centos-9"])
    await room.settled(native, S.ACTIVE)
    assert (await room.row(native)).image_id == room.cloud.id("image", images["centos-9"])
    image = await room.port.snapshot_server(room.jiwoo, native, (name := unique("snap")), (marker := unique("op")))
    room.removal.later(lambda: room.cloud.ports["image"].delete_image(room.jiwoo, image))

    async def active() -> Any:
        row = await room.cloud.row("image", "image", image)
        return row if row is not None and row.status == "active" else None

    row = await room.cloud.eventually(active, "the snapshot is active", 120)
    assert (row.name, row.source_server_id) == (name, room.cloud.id("server", native))
    assert await room.cloud.ports["image"].find_images(marker, room.jiwoo.project) == [image]
    await room.settled(native, S.ACTIVE)


async def test_names_labels_and_tags_are_set_and_removed(room: Room) -> None:
    native = await room.server(metadata={"old": "1", "stays": "2"})
    await room.port.rename_server(room.jiwoo, native, (name := unique("renamed")))
    await room.port.set_metadata(room.jiwoo, native, {"new": "3", "stays": "4"}, ["old"])
    await room.port.set_tags(room.jiwoo, native, ["b", "a"])
    row = await room.row(native)
    assert row.name == name
    assert {key: value for key, value in row.metadata.items() if key != MARKER} == {"new": "3", "stays": "4"}
    assert sorted(row.tags) == ["a", "b"]
    await room.port.set_tags(room.jiwoo, native, [])
    assert (await room.row(native)).tags == ()


async def test_a_server_is_locked_and_unlocked_again(room: Room) -> None:
    native = await room.resting()
    await room.port.change_server(room.jiwoo, native, V.LOCK)
    assert (await room.row(native)).locked
    await room.port.change_server(room.jiwoo, native, V.UNLOCK)
    assert not (await room.row(native)).locked


@pytest.mark.parametrize("verb", [V.START, V.UNPAUSE, V.RESUME, V.UNSHELVE, V.CONFIRM_RESIZE, V.REVERT_RESIZE])
async def test_a_change_that_the_state_does_not_allow_is_a_conflict(room: Room, verb: ServerVerb) -> None:
    native = await room.resting()
    with pytest.raises(Conflict):
        await room.port.change_server(room.jiwoo, native, verb)
    assert (await room.row(native)).status is S.ACTIVE


# -- what is plugged in ------------------------------------------------------------------------------------------------


async def test_an_interface_comes_and_goes(room: Room) -> None:
    native = await room.resting()
    port = await room.port.attach_interface(room.jiwoo, native, room.network, None)

    async def plugged() -> Any:
        row = await room.cloud.row("network", "port", port)
        return row if row is not None and row.server_id == room.cloud.id("server", native) else None

    await room.cloud.eventually(plugged, "the port is at the server")
    await room.port.detach_interface(room.jiwoo, native, port)

    async def unplugged() -> bool:
        row = await room.cloud.row("network", "port", port)
        return row is None or row.server_id is None

    await room.cloud.eventually(unplugged, "the port has left")


async def test_a_security_group_comes_and_goes(room: Room) -> None:
    native = await room.resting()
    network = room.cloud.ports["network"]
    group = await network.create_security_group(room.jiwoo, (name := unique("sg")), None, unique("m"))
    room.removal.later(lambda: network.delete_security_group(room.jiwoo, group))
    await room.port.add_security_group(room.jiwoo, native, group)
    assert name in (await room.row(native)).security_group_names
    await room.port.remove_security_group(room.jiwoo, native, group)
    assert name not in (await room.row(native)).security_group_names


# -- looking in --------------------------------------------------------------------------------------------------------


async def test_the_console_can_be_read_and_opened(room: Room) -> None:
    native = await room.resting()
    assert await room.port.console_log(room.jiwoo, native, 5)
    console = await room.port.console(room.jiwoo, native, "novnc")
    assert console.type == "novnc"
    assert console.url.startswith("http")


# -- whose it is -------------------------------------------------------------------------------------------------------


async def test_servers_of_another_project_are_not_there(room: Room) -> None:
    native = await room.resting()
    sora = await room.cloud.credential("sora", "search")

    async def look() -> Any:
        row = await room.row(native)
        return row.name, row.status

    await refused(NotFound, room.port.delete_server(sora, native), look)
    await refused(NotFound, room.port.change_server(sora, native, V.STOP), look)
    await refused(NotFound, room.port.rename_server(sora, native, "mine"), look)
    await refused(NotFound, room.port.console_log(sora, native, 5), look)


async def test_what_is_unknown_is_not_found(room: Room) -> None:
    port, jiwoo = room.port, room.jiwoo
    for call in (
        port.delete_server(jiwoo, UNKNOWN),
        port.change_server(jiwoo, UNKNOWN, V.STOP),
        port.delete_keypair(jiwoo, unique("key")),
        port.delete_server_group(jiwoo, UNKNOWN),
        port.console_log(jiwoo, UNKNOWN, 5),
    ):
        with pytest.raises(NotFound):
            await call


async def test_keypairs_belong_to_a_person(room: Room) -> None:
    name = unique("key")
    await room.port.create_keypair(room.jiwoo, name, KEY)
    with pytest.raises(Conflict):
        await room.port.create_keypair(room.jiwoo, name, KEY)
    rows = [row for row in await room.cloud.rows("compute", "keypair") if row.name == name]
    jiwoo = (await room.cloud.ports["identity"].identify(room.jiwoo.token)).user_id
    assert [row.user_id for row in rows] == [room.cloud.id("user", jiwoo)]
    minsu = await room.cloud.credential("minsu", "talk")

    async def look() -> Any:
        return [row.id for row in await room.cloud.rows("compute", "keypair") if row.name == name]

    await refused(NotFound, room.port.delete_keypair(minsu, name), look)
    await room.port.delete_keypair(room.jiwoo, name)
    with pytest.raises(Invalid):
        await room.port.create_keypair(room.jiwoo, unique("key"), "no key at all")


async def test_flavors_are_made_by_operators_alone(room: Room) -> None:
    name = unique("flavor")

    async def look() -> Any:
        return [row.id for row in await room.cloud.rows("compute", "flavor") if row.name == name]

    await refused(Denied, room.port.create_flavor(room.jiwoo, name, 1, 64, 1, True), look)
    operator = await room.cloud.credential("operator", "admin")
    made = await room.port.create_flavor(operator, name, 1, 64, 1, True)
    row = await room.cloud.row("compute", "flavor", made)
    assert (row.name, row.vcpus, row.ram, row.disk, row.public) == (name, 1, 64, 1, True)
    await refused(Denied, room.port.delete_flavor(room.jiwoo, made), look)
    await room.port.delete_flavor(operator, made)
    assert await room.cloud.row("compute", "flavor", made) is None


async def test_what_the_check_says_is_well(cloud: Cloud) -> None:
    results = await cloud.ports["compute"].check()
    assert results
    assert [result.sentence for result in results if not result.ok] == []
