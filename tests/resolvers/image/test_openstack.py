"""Glance behind the port: pages, members, and what is different in clouds that are not like the lab."""

import asyncio
import json
from typing import Any

import pytest
from aiohttp import web

from resolvers.actor import Credential
from resolvers.clients.openstack import OpenStackClient
from resolvers.errors import Denied, Invalid, TimedOut, Unavailable
from resolvers.image.openstack import OpenStackImage
from resolvers.image.openstack_members import ASKED_PER_POLL
from resolvers.names import Names
from tests.resolvers.clients.far_cloud import SHOP, TALK, told
from tests.resolvers.far_krane import FarKrane
from tests.resolvers.payloads import captured

(SHARED,) = json.loads(captured("openstack/image_hidden"))["images"]
MEMBERS = f"image /images/{SHARED['id']}/members"


@pytest.fixture
def image(client: OpenStackClient) -> OpenStackImage:
    return OpenStackImage(client, Names("krane", "home"))


async def lists(request: web.Request) -> web.Response:
    """Two pages of public images, and one hidden image."""
    if request.query["os_hidden"] == "true":
        return web.json_response({"images": [SHARED]})
    images = json.loads(captured("openstack/image_images"))["images"]
    if "marker" in request.query:
        return web.json_response({"images": images[1:]})
    return web.json_response({"images": images[:1], "next": f"/v2/images?limit=1&marker={images[0]['id']}"})


async def test_all_pages_hidden_images_and_members_of_shared_ones_only(image: OpenStackImage, far: FarKrane) -> None:
    far.answer("image /images", lists)
    far.answer(MEMBERS, told(captured("openstack/image_members")))
    (feed,) = image.feeds()
    rows: dict[str, Any] = {row.name: row for row in await feed.full()}
    assert set(rows) == {"centos-9", "ubuntu-24.04", "cap-img"}
    assert len(rows["cap-img"].shared_with) == 1
    assert [len(far.calls("image /images")), len([a for a in far.asked if a.path.endswith("/members")])] == [3, 1]
    assert {asked.query["visibility"] for asked in far.calls("image /images")} == {"all"}


async def test_an_image_that_is_deleted_while_it_is_listed(image: OpenStackImage, far: FarKrane) -> None:
    """Its members are not there any more; the other images are. The same for an account that may not read the members."""
    far.answer("image /images", lists)
    (feed,) = image.feeds()
    rows: dict[str, Any] = {row.name: row for row in await feed.full()}
    assert rows["cap-img"].shared_with == ()
    far.answer(MEMBERS, told({"message": "You are not authorized"}, status=403))
    rows = {row.name: row for row in await feed.full()}
    assert (len(rows), rows["cap-img"].shared_with) == (3, ())


async def test_an_image_that_was_shared_a_moment_ago_is_read_with_its_members(
    image: OpenStackImage, far: FarKrane
) -> None:
    """A reader who asked before the change gets the old answer; who asks after it does not share that one."""
    here, go = asyncio.Event(), asyncio.Event()

    async def slowly(request: web.Request) -> web.StreamResponse:
        here.set()
        await go.wait()
        return web.json_response({"members": []})

    far.answer(f"image /images/{SHARED['id']}", told(SHARED))
    far.answer(MEMBERS, slowly)
    (feed,) = image.feeds()
    before = asyncio.ensure_future(feed.one(SHARED["id"]))
    await here.wait()
    far.answer(MEMBERS, told(captured("openstack/image_members")))
    after: Any = await feed.one(SHARED["id"])
    go.set()
    old: Any = await before
    assert (len(old.shared_with), len(after.shared_with)) == (0, 1)


async def test_an_image_that_is_nonsense(image: OpenStackImage, far: FarKrane) -> None:
    far.answer("image /images", told({"images": [{"id": "x", "status": "active"}]}))
    (feed,) = image.feeds()
    with pytest.raises(Unavailable, match="krane"):
        await feed.full()


async def test_a_cloud_that_fetches_nothing(image: OpenStackImage, far: FarKrane, jiwoo: Credential) -> None:
    far.answer("image /info/import", told({"import-methods": {"value": ["glance-direct"]}}))
    far.answer("image /images/x/import", told({}, 202))
    with pytest.raises(Invalid, match="upload the image instead") as caught:
        await image.import_image(jiwoo, "x", "https://example.org/a.raw")
    assert caught.value.field == "address"
    assert far.calls("image /images/x/import") == []


async def test_an_upload_is_streamed_and_not_begun_in_vain(
    image: OpenStackImage, far: FarKrane, jiwoo: Credential
) -> None:
    async def content() -> Any:
        for _ in range(3):
            yield b"x" * 1000

    far.answer("image /images/x", told({"id": "x", "status": "queued"}))
    far.answer("image /images/x/file", told(b"", 204))
    await image.upload_image(jiwoo, "x", content(), 60)
    (asked,) = far.calls("image /images/x/file")
    assert (len(asked.body), asked.headers["Content-Type"]) == (3000, "application/octet-stream")
    assert "Content-Length" not in asked.headers  # nobody counted it first
    assert asked.token is not None and (asked.token.user, asked.token.project) == ("jiwoo", SHOP)


async def test_what_breaks_the_content_off_is_told_and_not_that_glance_is_away(
    image: OpenStackImage, far: FarKrane, jiwoo: Credential
) -> None:
    async def content() -> Any:
        yield b"x" * 1000
        raise Invalid("That was enough.")

    far.answer("image /images/x", told({"id": "x", "status": "queued"}))
    far.answer("image /images/x/file", told(b"", 204))
    with pytest.raises(Invalid, match=r"That was enough\."):
        await image.upload_image(jiwoo, "x", content(), 60)


async def test_an_upload_takes_as_long_as_its_caller_says(
    image: OpenStackImage, far: FarKrane, jiwoo: Credential
) -> None:
    async def content() -> Any:
        yield b"x"
        await asyncio.Event().wait()

    far.answer("image /images/x", told({"id": "x", "status": "queued"}))
    with pytest.raises(TimedOut, match=r"0\.2 s"):
        await image.upload_image(jiwoo, "x", content(), 0.2)


async def test_a_share_is_accepted_by_who_may(image: OpenStackImage, far: FarKrane, jiwoo: Credential) -> None:
    far.answer("image /images/x", told({"id": "x", "visibility": "private"}))
    far.answer("image /images/x/members", told({}))
    far.answer(f"image /images/x/members/{TALK}", told({}))
    await image.share_image(jiwoo, "x", TALK)
    patched = far.calls("image /images/x")[1]
    assert json.loads(patched.body) == [{"op": "replace", "path": "/visibility", "value": "shared"}]
    (accepted,) = far.calls(f"image /images/x/members/{TALK}")
    assert accepted.token is not None and accepted.token.project == TALK
    await image.share_image(jiwoo, "x", "c" * 32)  # where jiwoo has no role: the offer waits
    assert far.calls(f"image /images/x/members/{'c' * 32}") == []


async def test_a_refused_deletion_of_an_image_that_is_not_protected(
    image: OpenStackImage, far: FarKrane, jiwoo: Credential
) -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.method == "DELETE":
            return web.json_response({"message": "You are not permitted to delete this image."}, status=403)
        return web.json_response({"id": "x", "protected": False})

    far.answer("image /images/x", answer)
    with pytest.raises(Denied, match="not permitted"):
        await image.delete_image(jiwoo, "x")


async def test_check(image: OpenStackImage, far: FarKrane) -> None:
    (away,) = await image.check()
    assert not away.ok and away.mend
    far.answer("image /images", told({"images": []}))
    far.answer("image /info/import", told({"import-methods": {"value": []}}))
    reachable, imports = await image.check()
    assert reachable.ok and imports.ok and "web-download" in imports.mend


async def test_check_of_an_older_glance_and_a_narrow_account(image: OpenStackImage, far: FarKrane) -> None:
    far.own_roles = ["reader"]
    far.answer("image /images", told({"images": [{"owner": SHOP}]}))
    assert [result.ok for result in await image.check()] == [True, True]  # there is no /info/import
    far.answer("image /images", told({"images": []}))
    _, narrow, _ = await image.check()
    assert not narrow.ok and "images of its own project alone" in narrow.sentence


async def test_of_thousands_of_shared_images_a_poll_asks_about_some(image: OpenStackImage, far: FarKrane) -> None:
    """Glance makes images `shared` by default, whether or not they are shared with anybody."""
    ids = [f"i-{number}" for number in range(ASKED_PER_POLL + 50)]

    async def shared(request: web.Request) -> web.Response:
        images = [] if request.query["os_hidden"] == "true" else [{**SHARED, "id": id_} for id_ in ids]
        return web.json_response({"images": images})

    far.answer("image /images", shared)
    for id_ in ids:
        far.answer(f"image /images/{id_}/members", told({"members": [{"member_id": "p-1", "status": "accepted"}]}))
    (feed,) = image.feeds()

    async def asked() -> list[str]:
        far.asked.clear()
        rows: Any = await feed.full()
        assert {row.shared_with for row in rows} == {("project:home/p-1",)}
        assert len(rows) == len(ids)
        return [asked.path for asked in far.asked if asked.path.endswith("/members")]

    assert len(await asked()) == len(ids)  # nobody knows them yet
    first, second = await asked(), await asked()
    assert (len(first), len(second)) == (ASKED_PER_POLL, ASKED_PER_POLL)
    assert len({*first, *second}) == len(ids)
    ids.append("i-new")
    far.answer("image /images/i-new/members", told({"members": [{"member_id": "p-1", "status": "accepted"}]}))
    assert "image /images/i-new/members" in await asked()
