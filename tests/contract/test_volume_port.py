"""What every block-storage backend does: the same tests on the sandbox and on a real Cinder."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import msgspec
import pytest

from resolvers.actor import Credential
from resolvers.errors import Conflict, Denied, GurumError, Invalid, NotFound, QuotaExceeded
from resolvers.inventory.feed import Feed
from resolvers.volume.port import KINDS, MARKER, VolumePort, VolumeSpec, VolumeStatus
from tests.contract.conftest import Cloud
from tests.contract.steps import OTHERS, UNKNOWN, Shop, gone, made, refused, removing, unique

VOL = "volume"
VOLUMES_THAT_CAN_NOT_BE: tuple[tuple[dict[str, Any], type[GurumError]], ...] = (
    ({"size": 0}, Invalid),
    ({"size": -1}, Invalid),
    ({"type": "no-such-type"}, NotFound),
    ({"image": UNKNOWN}, NotFound),
    ({"snapshot": UNKNOWN}, NotFound),
    ({"source_volume": UNKNOWN}, NotFound),
    ({"az": "no-such-zone"}, Invalid),
    ({"name": "x" * 300}, Invalid),
)


class Room(Shop[VolumePort]):
    """Short ways to make what the tests need."""

    async def found(self, marker: str) -> list[str]:
        """What a refused creation must not have made."""
        return list(await self.port.find_volumes(marker, self.cloud.native_project("shop")))

    async def row(self, kind: str, native: str) -> Any:
        return await made(self.cloud, VOL, kind, native)

    async def settled(self, kind: str, native: str, status: str = "available") -> Any:
        """The row when it is as wanted; an error of the backend ends the waiting."""

        async def look() -> Any:
            row = await self.cloud.row(VOL, kind, native)
            assert row is None or not str(row.status).startswith("error") or status.startswith("error"), row
            return row if row is not None and row.status == status else None

        return await self.cloud.eventually(look, f"the {kind} is {status}")

    async def begun(self, **given: Any) -> str:
        """A volume that is being made."""
        wanted: dict[str, Any] = {"name": unique("vol"), "size": 1, "marker": unique("m"), **given}
        native = await self.port.create_volume(self.jiwoo, VolumeSpec(**wanted))
        self.removal.later(lambda: self._removed(native))
        return native

    async def volume(self, **given: Any) -> str:
        """A volume that can be used."""
        native = await self.begun(**given)
        await self.settled("volume", native)
        return native

    async def snapshot(self, volume: str, marker: str | None = None) -> str:
        native = await self.port.create_snapshot(self.jiwoo, volume, unique("snap"), "before", marker or unique("m"))
        self.removal.later(lambda: self._dropped("volumeSnapshot", native, self.port.delete_snapshot))
        await self.settled("volumeSnapshot", native)
        return native

    async def backup(self, volume: str) -> str:
        native = await self.port.create_backup(self.jiwoo, volume, unique("backup"), "nightly", False)
        self.removal.later(lambda: self._dropped("volumeBackup", native, self.port.delete_backup))
        await self.settled("volumeBackup", native)
        return native

    async def _removed(self, native: str) -> None:
        await self._dropped("volume", native, self.port.delete_volume)

    async def _dropped(self, kind: str, native: str, delete: Any) -> None:
        await delete(self.jiwoo, native)
        await gone(self.cloud, VOL, kind, native)


@pytest.fixture
async def room(cloud: Cloud) -> AsyncIterator[Room]:
    async with removing() as removal:
        yield Room(cloud, cloud.ports[VOL], await cloud.credential("jiwoo", "shop"), removal)


def seen(room: Room, kind: str, native: str) -> Any:
    """What a refused call must leave as it was; when it was written last is no part of it, as Cinder takes some requests back."""

    async def look() -> Any:
        row = await room.cloud.row(VOL, kind, native)
        return row if row is None or kind == "volumeTransfer" else msgspec.structs.replace(row, updated_at=None)

    return look


# -- volumes -----------------------------------------------------------------------------------------------------------


async def test_a_volume_from_its_making_to_its_end(room: Room) -> None:
    name, marker = unique("vol"), unique("m")
    native = await room.begun(name=name, marker=marker, description="data", metadata={"service": "talk"})
    row = await room.settled("volume", native)
    assert (row.name, row.size, row.description, row.bootable) == (name, 1, "data", False)
    assert row.project_id == room.row_project
    assert row.user_id is not None
    assert row.metadata == {"service": "talk", MARKER: marker}
    assert (row.attachments, row.server_ids, row.image_id, row.snapshot_id, row.source_volume_id) == (
        (),
        (),
        None,
        None,
        None,
    )
    assert row.created_at.tzinfo is not None
    await room.port.update_volume(room.jiwoo, native, name + "-2", None)
    await room.port.update_volume(room.jiwoo, native, None, "more data")
    row = await room.row("volume", native)
    assert (row.name, row.description) == (name + "-2", "more data")
    await room.port.extend_volume(room.jiwoo, native, 2)

    async def larger() -> bool:
        row = await room.row("volume", native)
        return row.size == 2 and row.status is VolumeStatus.AVAILABLE

    await room.cloud.eventually(larger, "the volume is larger")
    await room.port.delete_volume(room.jiwoo, native)
    await gone(room.cloud, VOL, "volume", native)


async def test_a_volume_of_a_type(room: Room) -> None:
    types = await room.cloud.rows(VOL, "volumeType")
    wanted = next(row for row in types if row.public and not row.name.startswith("_"))
    assert (await room.settled("volume", await room.begun(type=wanted.name))).type_name == wanted.name


async def test_a_volume_with_the_content_of_an_image(room: Room) -> None:
    images = await room.cloud.rows("image", "image")
    image = min((row for row in images if row.public and row.status == "active"), key=lambda row: row.min_disk)
    native = await room.begun(image=image.native_id, size=max(1, image.min_disk))
    row = await room.settled("volume", native)
    assert (row.image_id, row.bootable) == (image.id, True)


async def test_a_volume_out_of_a_snapshot_and_out_of_a_volume(room: Room) -> None:
    source = await room.volume(size=2)
    snapshot = await room.snapshot(source)
    row = await room.settled("volume", await room.begun(snapshot=snapshot, size=2))
    assert row.snapshot_id == room.cloud.id("volumeSnapshot", snapshot)
    row = await room.settled("volume", await room.begun(source_volume=source, size=3))
    assert (row.source_volume_id, row.size) == (room.cloud.id("volume", source), 3)


async def test_volumes_that_can_not_be(room: Room) -> None:
    for given, error in VOLUMES_THAT_CAN_NOT_BE:
        marker = unique("m")
        await refused(error, room.begun(marker=marker, **given), partial(room.found, marker))


async def test_a_copy_is_not_smaller_than_its_source(room: Room) -> None:
    source, marker = await room.volume(size=2), unique("m")
    call = room.begun(source_volume=source, size=1, marker=marker)
    await refused(Invalid, call, lambda: room.found(marker))


async def test_a_volume_does_not_shrink(room: Room) -> None:
    native = await room.volume(size=2)
    for size in (1, 2):
        await refused(Invalid, room.port.extend_volume(room.jiwoo, native, size), seen(room, "volume", native))


async def test_more_than_the_quota_is_refused(room: Room) -> None:
    quotas = {quota.resource: quota for quota in await room.port.quotas(room.jiwoo)}
    limit = quotas["gigabytes"].limit
    assert limit is not None, "this cloud limits no gigabytes, so there is nothing to exceed"
    marker = unique("m")
    error = await refused(QuotaExceeded, room.begun(size=limit + 1, marker=marker), lambda: room.found(marker))
    assert str(limit) in error.message
    native = await room.volume()
    await refused(QuotaExceeded, room.port.extend_volume(room.jiwoo, native, limit + 1), seen(room, "volume", native))


async def test_quotas_count_what_is_there(room: Room) -> None:
    before = {quota.resource: quota for quota in await room.port.quotas(room.jiwoo)}
    assert {"volumes", "snapshots", "gigabytes", "backups"} <= set(before)
    assert all(quota.service == VOL for quota in before.values())
    native, haneul = await room.volume(size=3), await room.cloud.credential("haneul", "shop")

    async def rows(kind: str) -> list[Any]:
        return [row for row in await room.cloud.rows(VOL, kind) if row.project_id == room.row_project]

    async def counted() -> bool:
        """Others may make something in the project meanwhile."""
        volumes, snapshots, backups = [await rows(kind) for kind in ("volume", "volumeSnapshot", "volumeBackup")]
        used = {quota.resource: quota.used for quota in await room.port.quotas(haneul)}
        assert native in [row.native_id for row in volumes]
        sizes = sum(row.size for row in [*volumes, *snapshots])
        return (used["volumes"], used["gigabytes"], used["backups"]) == (len(volumes), sizes, len(backups))

    await room.cloud.eventually(counted, "the quotas count what is there")


# -- snapshots and backups ---------------------------------------------------------------------------------------------


async def test_a_snapshot_holds_its_volume(room: Room) -> None:
    volume, marker = await room.volume(), unique("m")
    snapshot = await room.snapshot(volume, marker)
    row = await room.row("volumeSnapshot", snapshot)
    assert (row.size, row.description, row.status) == (1, "before", "available")
    assert row.volume_id == room.cloud.id("volume", volume)
    assert row.project_id == room.row_project
    assert list(await room.port.find_snapshots(marker, room.cloud.native_project("shop"))) == [snapshot]
    assert not await room.port.find_snapshots(marker, room.cloud.native_project("talk"))
    await refused(Conflict, room.port.delete_volume(room.jiwoo, volume), seen(room, "volume", volume))
    await room.port.delete_snapshot(room.jiwoo, snapshot)
    await gone(room.cloud, VOL, "volumeSnapshot", snapshot)


async def test_a_backup_and_what_is_made_of_it(room: Room) -> None:
    volume = await room.volume()
    backup = await room.backup(volume)
    row = await room.row("volumeBackup", backup)
    assert (row.size, row.description, row.incremental, row.fail_reason) == (1, "nightly", False, None)
    assert row.volume_id == room.cloud.id("volume", volume)
    assert row.project_id == room.row_project
    new = await room.port.restore_backup(room.jiwoo, backup, None)
    room.removal.later(lambda: room.port.delete_volume(room.jiwoo, new))
    assert new != volume
    await room.settled("volume", new)
    await room.settled("volumeBackup", backup)
    assert await room.port.restore_backup(room.jiwoo, backup, volume) == volume
    await room.settled("volumeBackup", backup)
    await room.settled("volume", volume)
    await room.port.delete_backup(room.jiwoo, backup)
    await gone(room.cloud, VOL, "volumeBackup", backup)


async def test_the_first_backup_is_a_full_one(room: Room) -> None:
    volume = await room.volume()
    call = room.port.create_backup(room.jiwoo, volume, unique("backup"), None, True)
    await refused(Conflict, call, seen(room, "volume", volume))


# -- transfers ---------------------------------------------------------------------------------------------------------


async def test_a_volume_goes_to_another_project(room: Room) -> None:
    volume, name = await room.volume(), unique("offer")
    offer = await room.port.create_transfer(room.jiwoo, volume, name)
    assert offer.key and offer.key not in repr(offer)
    row = await room.row("volumeTransfer", offer.id)
    assert (row.name, row.volume_id) == (name, room.cloud.id("volume", volume))
    assert row.project_id == room.row_project
    assert (await room.row("volume", volume)).status is VolumeStatus.AWAITING_TRANSFER
    minsu = await room.cloud.credential("minsu", "talk")
    look = seen(room, "volume", volume)
    await refused(Invalid, room.port.accept_transfer(minsu, offer.id, "wrong-key"), look)
    await refused(Conflict, room.port.create_transfer(room.jiwoo, volume, name), look)
    await refused(Conflict, room.port.delete_volume(room.jiwoo, volume), look)
    assert await room.port.accept_transfer(minsu, offer.id, offer.key) == volume
    room.removal.later(lambda: room.port.delete_volume(minsu, volume))
    row = await room.settled("volume", volume)
    assert row.project_id == room.cloud.id("project", room.cloud.native_project("talk"))
    assert await room.cloud.row(VOL, "volumeTransfer", offer.id) is None
    with pytest.raises(NotFound):
        await room.port.update_volume(room.jiwoo, volume, "still mine", None)


async def test_an_offer_is_taken_back(room: Room) -> None:
    volume = await room.volume()
    offer = await room.port.create_transfer(room.jiwoo, volume, unique("offer"))
    minsu = await room.cloud.credential("minsu", "talk")
    await refused(NotFound, room.port.delete_transfer(minsu, offer.id), seen(room, "volumeTransfer", offer.id))
    await room.port.delete_transfer(room.jiwoo, offer.id)
    assert await room.cloud.row(VOL, "volumeTransfer", offer.id) is None
    await room.settled("volume", volume)
    await refused(NotFound, room.port.accept_transfer(minsu, offer.id, offer.key), seen(room, "volume", volume))


# -- feeds and refusals ------------------------------------------------------------------------------------------------


async def test_what_was_made_is_found_by_its_marker(room: Room) -> None:
    marker, shop = unique("m"), room.cloud.native_project("shop")
    native = await room.begun(marker=marker)
    assert list(await room.port.find_volumes(marker, shop)) == [native]
    assert not await room.port.find_volumes(unique("m"), shop)
    assert not await room.port.find_volumes(marker, room.cloud.native_project("talk"))
    await room.settled("volume", native)


async def test_feeds_agree_with_single_reads(room: Room) -> None:
    volume = await room.volume()
    ours = {volume, await room.snapshot(volume)}  # what others have in the project changes under the eye
    feeds: dict[str, Feed[Any]] = {feed.kind.name: feed for feed in room.port.feeds()}
    assert set(feeds) == {kind.name for kind in KINDS}
    for name, feed in feeds.items():
        assert await feed.one(UNKNOWN) is None
        assert await feed.one("../volumes/detail?x=") is None
        for row in await feed.full():
            assert isinstance(row, feed.kind.row) and row.cloud == "krane"
            if row.project_id is None or row.native_id in ours:
                assert await feed.one(row.native_id) == row, name


async def test_check_is_content(cloud: Cloud) -> None:
    results = await cloud.ports[VOL].check()
    assert results
    assert all(result.ok and result.sentence for result in results), results


def changes(port: VolumePort, acting: Credential, volume: str, snapshot: str, backup: str) -> dict[str, Any]:
    """Every change of something that is there already."""
    return {
        "update_volume": lambda: port.update_volume(acting, volume, "stolen", None),
        "extend_volume": lambda: port.extend_volume(acting, volume, 5),
        "create_snapshot": lambda: port.create_snapshot(acting, volume, "stolen", None, unique("m")),
        "create_backup": lambda: port.create_backup(acting, volume, "stolen", None, False),
        "create_transfer": lambda: port.create_transfer(acting, volume, "stolen"),
        "delete_volume": lambda: port.delete_volume(acting, volume),
        "delete_snapshot": lambda: port.delete_snapshot(acting, snapshot),
        "restore_backup": lambda: port.restore_backup(acting, backup, None),
        "delete_backup": lambda: port.delete_backup(acting, backup),
    }


async def test_unknown_ids(room: Room) -> None:
    calls = changes(room.port, room.jiwoo, UNKNOWN, UNKNOWN, UNKNOWN)
    calls["delete_transfer"] = lambda: room.port.delete_transfer(room.jiwoo, UNKNOWN)
    calls["accept_transfer"] = lambda: room.port.accept_transfer(room.jiwoo, UNKNOWN, "key")
    for method, call in calls.items():
        with pytest.raises(NotFound) as caught:
            await call()
        assert caught.value.message, method


async def test_others_and_readers_change_nothing(room: Room) -> None:
    volume = await room.volume()
    snapshot = await room.snapshot(volume)
    backup = await room.backup(volume)

    async def everything() -> list[Any]:
        ids = {"volume": volume, "volumeSnapshot": snapshot, "volumeBackup": backup}
        return [await room.cloud.row(VOL, kind, native) for kind, native in ids.items()]

    before = await everything()
    for person, project, error in OTHERS:
        acting = await room.cloud.credential(person, project)
        for method, call in changes(room.port, acting, volume, snapshot, backup).items():
            with pytest.raises(error):
                await call()
                pytest.fail(f"{method} was let through for {person}")
    assert await everything() == before


async def test_readers_make_nothing(room: Room) -> None:
    haneul, marker = await room.cloud.credential("haneul", "shop"), unique("m")
    with pytest.raises(Denied):
        await room.port.create_volume(haneul, VolumeSpec(unique("vol"), 1, marker))
    assert not await room.port.find_volumes(marker, room.cloud.native_project("shop"))
