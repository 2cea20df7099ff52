"""Cinder behind the port: pages, wrong states, and what is different in clouds that are not like the lab."""

import json

import pytest
from aiohttp import web

from resolvers.actor import Credential
from resolvers.clients.openstack import OpenStackClient
from resolvers.errors import Conflict, GurumError, Invalid, NotFound, Unavailable
from resolvers.inventory.feed import Feed
from resolvers.inventory.kinds import Row
from resolvers.names import Names
from resolvers.volume.openstack import OpenStackVolume
from resolvers.volume.port import VolumeSpec
from tests.resolvers.clients.far_cloud import OWN_PROJECT, SHOP, told
from tests.resolvers.far_krane import FarKrane, refusal
from tests.resolvers.payloads import captured

TYPES = json.loads(captured("openstack/volume_types"))["volume_types"]


@pytest.fixture
def volume(client: OpenStackClient) -> OpenStackVolume:
    return OpenStackVolume(client, Names("krane", "home"))


def feed(volume: OpenStackVolume, kind: str) -> Feed[Row]:
    return next(feed for feed in volume.feeds() if feed.kind.name == kind)


async def test_a_cloud_without_backups_has_none(volume: OpenStackVolume, far: FarKrane) -> None:
    assert await feed(volume, "volumeBackup").full() == ()
    with pytest.raises(NotFound):
        await feed(volume, "volume").full()  # but a cloud without volumes is broken, not empty


async def test_all_pages_of_types_whose_links_have_a_name_of_their_own(volume: OpenStackVolume, far: FarKrane) -> None:
    async def types(request: web.Request) -> web.Response:
        if "marker" in request.query:
            return web.json_response({"volume_types": TYPES[2:]})
        link = {"rel": "next", "href": f"{far.url}/volume/v3/types?limit=2&marker={TYPES[1]['id']}"}
        return web.json_response({"volume_types": TYPES[:2], "volume_type_links": [link]})

    far.answer("block-storage /types", types)
    private = TYPES[0]["id"]
    far.answer(f"block-storage /types/{private}/os-volume-type-access", told(captured("openstack/volume_type_access")))
    rows = {row.native_id: row for row in await feed(volume, "volumeType").full()}
    assert set(rows) == {body["id"] for body in TYPES}
    assert len(getattr(rows[private], "shared_with")) == 1  # noqa: B009 - a Row has no such attribute for mypy
    assert [asked.path for asked in far.asked if asked.path.endswith("access")] == [
        f"block-storage /types/{private}/os-volume-type-access"
    ]


async def test_types_are_seen_by_an_account_that_may_not_read_who_uses_them(
    volume: OpenStackVolume, far: FarKrane
) -> None:
    far.answer("block-storage /types", told({"volume_types": TYPES}))
    far.answer(
        f"block-storage /types/{TYPES[0]['id']}/os-volume-type-access",
        told({"forbidden": {"message": "Policy doesn't allow"}}, status=403),
    )
    assert len(await feed(volume, "volumeType").full()) == len(TYPES)


async def test_volumes_are_asked_for_oldest_first_in_a_version_that_is_named(
    volume: OpenStackVolume, far: FarKrane
) -> None:
    far.answer("block-storage /volumes/detail", told({"volumes": []}))
    await feed(volume, "volume").full()
    (asked,) = far.calls("block-storage /volumes/detail")
    assert asked.query == {"all_tenants": "1", "sort": "created_at:asc", "limit": "2"}
    assert asked.headers["OpenStack-API-Version"] == "volume 3.71"


async def test_a_cinder_that_is_too_old_is_said_so(volume: OpenStackVolume, far: FarKrane) -> None:
    far.newest_cinder = "3.27"
    with pytest.raises(Unavailable, match=r"3\.27.*3\.59"):
        await feed(volume, "volume").full()


@pytest.mark.parametrize(
    ("sentence", "error"),
    [
        ("Invalid volume: Volume status must be available or error.", Conflict),
        ("Invalid snapshot: Snapshot status must be available.", Conflict),
        ("Invalid backup: Backup status must be available or error", Conflict),
        ("Invalid input received: New size must be greater than the current size.", Invalid),
        ("Invalid image identifier or unable to access requested image.", NotFound),
    ],
)
async def test_wrong_states_are_no_bad_input(
    volume: OpenStackVolume, far: FarKrane, jiwoo: Credential, sentence: str, error: type[GurumError]
) -> None:
    async def refuse(request: web.Request) -> web.Response:
        return refusal(400, sentence)

    far.answer("block-storage /volumes", refuse)
    with pytest.raises(error) as caught:
        await volume.create_volume(jiwoo, VolumeSpec("a", 1, "m"))
    assert type(caught.value) is error
    assert caught.value.backend == "krane"


async def test_answers_that_lack_what_they_promise(volume: OpenStackVolume, far: FarKrane, jiwoo: Credential) -> None:
    far.answer("block-storage /volumes/x", told({}))
    far.answer("block-storage /volumes", told({}))
    for call in (feed(volume, "volume").one("x"), volume.create_volume(jiwoo, VolumeSpec("a", 1, "m"))):
        with pytest.raises(Unavailable, match="`volume`"):
            await call


async def test_an_id_is_never_a_path(volume: OpenStackVolume, far: FarKrane, jiwoo: Credential) -> None:
    for native in ("../volumes", "a/b", "a?b=c", "", "a" * 200, "a b", ".."):
        assert await feed(volume, "volume").one(native) is None
        with pytest.raises(NotFound):
            await volume.delete_volume(jiwoo, native)
    assert far.asked == []


async def test_a_filter_that_the_cloud_ignores_finds_nothing_of_others(volume: OpenStackVolume, far: FarKrane) -> None:
    bodies = json.loads(captured("openstack/volume_volumes"))
    del bodies["volumes_links"]
    far.answer("block-storage /volumes/detail", told(bodies))
    marked = next(body for body in bodies["volumes"] if body["metadata"])
    project = marked["os-vol-tenant-attr:tenant_id"]
    assert list(await volume.find_volumes("x1", project)) == [marked["id"]]
    assert list(await volume.find_volumes("x", project)) == []
    assert list(await volume.find_volumes("x1", SHOP)) == []


async def test_check(volume: OpenStackVolume, far: FarKrane) -> None:
    (away,) = await volume.check()
    assert not away.ok and away.mend
    far.answer("block-storage /volumes", told({"volumes": []}))
    far.answer("block-storage /os-services", told(captured("openstack/volume_services")))
    reachable, backups = await volume.check()
    assert reachable.ok and backups.ok and not backups.mend
    far.answer("block-storage /os-services", told({"services": []}))
    _, backups = await volume.check()
    assert backups.ok and "cinder-backup" in backups.mend
    far.answer("block-storage /os-services", told({"forbidden": {"message": "Policy"}}, status=403))
    _, backups = await volume.check()
    assert backups.ok and "not known" in backups.sentence


async def test_check_sees_that_cinder_shows_the_own_project_alone(volume: OpenStackVolume, far: FarKrane) -> None:
    """It takes `all_tenants` of anybody, and passes over it."""
    far.own_roles = ["reader"]
    own = {"os-vol-tenant-attr:tenant_id": OWN_PROJECT}
    far.answer("block-storage /volumes", told({"volumes": []}))
    far.answer("block-storage /volumes/detail", told({"volumes": [own]}))
    _, narrow, _ = await volume.check()
    assert not narrow.ok and "volumes of its own project alone" in narrow.sentence
    far.answer("block-storage /volumes/detail", told({"volumes": [own, {"os-vol-tenant-attr:tenant_id": SHOP}]}))
    assert [result.ok for result in await volume.check()] == [True, True]


async def test_what_a_narrow_account_does_not_see_may_have_been_made(volume: OpenStackVolume, far: FarKrane) -> None:
    """Were it believed, the operation that a crash cut off would make the volume once more."""
    far.own_roles = ["reader"]
    own = {"os-vol-tenant-attr:tenant_id": OWN_PROJECT}
    far.answer("block-storage /volumes/detail", told({"volumes": [own]}))
    with pytest.raises(Unavailable, match="so whether this was made is not known"):
        await volume.find_volumes("marker", SHOP)


async def test_check_names_a_cinder_that_is_too_old(volume: OpenStackVolume, far: FarKrane) -> None:
    far.newest_cinder = "3.27"
    far.answer("block-storage /volumes", told({"volumes": []}))
    (old,) = await volume.check()
    assert not old.ok and "3.27" in old.sentence and "Stein" in old.mend
