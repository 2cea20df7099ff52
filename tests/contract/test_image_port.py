"""What every image backend does: the same tests on the sandbox and on a real Glance."""

import hashlib
import http.server
import threading
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any

import pytest

from resolvers.actor import Credential
from resolvers.errors import Conflict, Denied, Invalid, NotFound
from resolvers.image.port import KINDS, MARKER, ImagePort, ImageSpec, ImageStatus, ImageVisibility
from resolvers.inventory.feed import Feed
from tests.contract.conftest import Cloud
from tests.contract.steps import OTHERS, UNKNOWN, Shop, made, refused, removing, unique

IMG = "image"
IMAGES_THAT_CAN_NOT_BE: tuple[dict[str, Any], ...] = (
    {"disk_format": "floppy"},
    {"visibility": "friends"},
    {"min_disk": -1},
    {"name": "x" * 300},
)
CONTENT = b"an image of the contract\n" * 4096
UPLOAD = 600.0  # seconds that an upload may take


class Room(Shop[ImagePort]):
    """Short ways to make what the tests need."""

    async def found(self, marker: str) -> list[str]:
        """What a refused creation must not have made."""
        return list(await self.port.find_images(marker, self.cloud.native_project("shop")))

    async def row(self, native: str) -> Any:
        return await made(self.cloud, IMG, "image", native)

    async def image(self, **given: Any) -> str:
        """An image without content yet."""
        wanted: dict[str, Any] = {"name": unique("image"), "marker": unique("m"), "disk_format": "raw", **given}
        native = await self.port.create_image(self.jiwoo, ImageSpec(**wanted))
        self.removal.later(lambda: self.port.delete_image(self.jiwoo, native))
        return native

    async def active(self, **given: Any) -> str:
        native = await self.image(**given)
        await self.port.upload_image(self.jiwoo, native, chunks(), UPLOAD)
        await self.is_active(native)
        return native

    async def is_active(self, native: str) -> Any:
        async def look() -> Any:
            row = await self.row(native)
            return row if row.status is ImageStatus.ACTIVE else None

        return await self.cloud.eventually(look, "the image is active")

    def seen(self, native: str) -> Any:
        async def look() -> Any:
            return await self.cloud.row(IMG, "image", native)

        return look


@pytest.fixture
async def room(cloud: Cloud) -> AsyncIterator[Room]:
    async with removing() as removal:
        yield Room(cloud, cloud.ports[IMG], await cloud.credential("jiwoo", "shop"), removal)


@pytest.fixture
def address() -> Iterator[str]:
    """Where an image can be fetched: a small server of this test."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT)

        def do_HEAD(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Not into the output of the tests."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/image.raw"
        server.shutdown()
        thread.join()


async def chunks() -> AsyncIterator[bytes]:
    for start in range(0, len(CONTENT), 10_000):
        yield CONTENT[start : start + 10_000]


async def test_an_image_from_its_making_to_its_end(room: Room) -> None:
    name, marker = unique("image"), unique("m")
    native = await room.image(
        name=name, marker=marker, min_disk=2, min_ram=64, os="debian", tags=("web",), properties={"service": "talk"}
    )
    row = await room.row(native)
    assert (row.name, row.status, row.visibility) == (name, ImageStatus.QUEUED, ImageVisibility.PRIVATE)
    assert (row.min_disk, row.min_ram, row.os, row.tags, row.disk_format) == (2, 64, "debian", ("web",), "raw")
    assert row.project_id == room.row_project
    assert row.properties["service"] == "talk" and row.properties[MARKER] == marker
    assert (row.public, row.shared_with, row.deprecated, row.protected) == (False, (), False, False)
    assert list(await room.port.find_images(marker, room.cloud.native_project("shop"))) == [native]
    assert not await room.port.find_images(marker, room.cloud.native_project("talk"))
    assert not await room.port.find_images(unique("m"), room.cloud.native_project("shop"))
    await room.port.upload_image(room.jiwoo, native, chunks(), UPLOAD)
    row = await room.is_active(native)
    assert row.size == len(CONTENT)
    assert row.checksum == hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
    await room.port.delete_image(room.jiwoo, native)
    assert await room.cloud.row(IMG, "image", native) is None


async def test_an_image_has_its_content_once(room: Room) -> None:
    native = await room.active()
    await refused(Conflict, room.port.upload_image(room.jiwoo, native, chunks(), UPLOAD), room.seen(native))
    await refused(Conflict, room.port.import_image(room.jiwoo, native, "http://127.0.0.1/other.raw"), room.seen(native))


async def test_an_image_from_an_address(room: Room, address: str) -> None:
    native = await room.image()
    await room.port.import_image(room.jiwoo, native, address)
    assert (await room.is_active(native)).size is not None


async def test_what_is_no_address_of_an_image(room: Room) -> None:
    native = await room.image()
    for address in ("not an address", "file:///etc/passwd"):
        await refused(Invalid, room.port.import_image(room.jiwoo, native, address), room.seen(native))


async def test_an_image_is_changed(room: Room) -> None:
    native = await room.active()
    await room.port.update_image(room.jiwoo, native, name=(name := unique("image")))
    assert (await room.row(native)).name == name
    await room.port.update_image(room.jiwoo, native, deprecated=True)
    row = await room.row(native)
    assert (row.deprecated, row.name) == (True, name)
    assert native in {row.native_id for row in await room.cloud.rows(IMG, "image")}, "deprecated images are listed"
    await room.port.update_image(room.jiwoo, native, deprecated=False, visibility="community")
    row = await room.row(native)
    assert (row.deprecated, row.visibility, row.public) == (False, ImageVisibility.COMMUNITY, True)
    await room.port.update_image(room.jiwoo, native, visibility="private")
    assert not (await room.row(native)).public


async def test_a_protected_image_stays(room: Room) -> None:
    native = await room.active()
    await room.port.update_image(room.jiwoo, native, protected=True)
    room.removal.later(lambda: room.port.update_image(room.jiwoo, native, protected=False))
    assert (await room.row(native)).protected
    await refused(Conflict, room.port.delete_image(room.jiwoo, native), room.seen(native))


async def test_an_image_is_shared_with_a_project(room: Room) -> None:
    native, talk = await room.active(), room.cloud.native_project("talk")
    await room.port.share_image(room.jiwoo, native, talk)
    row = await room.row(native)
    assert row.visibility is ImageVisibility.SHARED
    assert row.shared_with == (room.cloud.id("project", talk),)
    assert row in await room.cloud.rows(IMG, "image")
    await room.port.share_image(room.jiwoo, native, talk)  # once more is no mistake
    await room.port.share_image(room.jiwoo, native, room.cloud.native_project("search"))  # where jiwoo is nobody
    assert len((await room.row(native)).shared_with) == 2
    minsu = await room.cloud.credential("minsu", "talk")
    await refused(
        Denied, room.port.update_image(minsu, native, name="stolen"), room.seen(native)
    )  # seen there, but not theirs
    await room.port.unshare_image(room.jiwoo, native, talk)
    assert (await room.row(native)).shared_with == (room.cloud.id("project", room.cloud.native_project("search")),)
    await refused(NotFound, room.port.unshare_image(room.jiwoo, native, talk), room.seen(native))
    await refused(NotFound, room.port.update_image(minsu, native, name="stolen"), room.seen(native))


async def test_what_everyone_has_is_not_shared(room: Room) -> None:
    native = await room.active(visibility="community")
    call = room.port.share_image(room.jiwoo, native, room.cloud.native_project("talk"))
    await refused(Conflict, call, room.seen(native))


async def test_members_publish_nothing(room: Room) -> None:
    native = await room.active()
    await refused(Denied, room.port.update_image(room.jiwoo, native, visibility="public"), room.seen(native))
    marker = unique("m")
    with pytest.raises(Denied):
        await room.image(visibility="public", marker=marker)
    assert not await room.port.find_images(marker, room.cloud.native_project("shop"))


async def test_a_public_image_belongs_to_its_owners(room: Room) -> None:
    native = next(row.native_id for row in await room.cloud.rows(IMG, "image") if row.visibility == "public")
    look = room.seen(native)
    await refused(Denied, room.port.delete_image(room.jiwoo, native), look)
    await refused(Denied, room.port.update_image(room.jiwoo, native, name="stolen"), look)


async def test_images_that_can_not_be(room: Room) -> None:
    for given in IMAGES_THAT_CAN_NOT_BE:
        marker = unique("m")
        await refused(Invalid, room.image(marker=marker, **given), partial(room.found, marker))


def changes(port: ImagePort, acting: Credential, image: str, project: str) -> dict[str, Any]:
    """Every change of an image that is there already."""
    return {
        "update_image": lambda: port.update_image(acting, image, name="stolen"),
        "upload_image": lambda: port.upload_image(acting, image, chunks(), UPLOAD),
        "import_image": lambda: port.import_image(acting, image, "http://127.0.0.1/other.raw"),
        "share_image": lambda: port.share_image(acting, image, project),
        "unshare_image": lambda: port.unshare_image(acting, image, project),
        "delete_image": lambda: port.delete_image(acting, image),
    }


async def test_unknown_ids(room: Room) -> None:
    for method, call in changes(room.port, room.jiwoo, UNKNOWN, room.cloud.native_project("talk")).items():
        with pytest.raises(NotFound) as caught:
            await call()
        assert caught.value.message, method


async def test_others_and_readers_change_nothing(room: Room) -> None:
    native = await room.image()
    before = await room.row(native)
    for person, project, error in OTHERS:
        acting = await room.cloud.credential(person, project)
        for method, call in changes(room.port, acting, native, room.cloud.native_project("lab2")).items():
            if (person, method) == ("haneul", "unshare_image"):
                continue  # nothing is shared, so a reader learns just that
            with pytest.raises(error):
                await call()
                pytest.fail(f"{method} was let through for {person}")
    assert await room.row(native) == before


async def test_readers_make_nothing(room: Room) -> None:
    haneul, marker = await room.cloud.credential("haneul", "shop"), unique("m")
    with pytest.raises(Denied):
        await room.port.create_image(haneul, ImageSpec(unique("image"), marker, "raw"))
    assert not await room.port.find_images(marker, room.cloud.native_project("shop"))


async def test_the_feed_agrees_with_single_reads(room: Room) -> None:
    native = await room.active()
    feed: Feed[Any] = room.port.feeds()[0]
    assert (feed.kind,) == KINDS
    assert await feed.one(UNKNOWN) is None
    assert await feed.one("../images?x=") is None
    rows = await feed.full()
    assert all(isinstance(row, feed.kind.row) and row.cloud == "krane" for row in rows)
    (row,) = [row for row in rows if row.native_id == native]
    assert await feed.one(native) == row


async def test_check_is_content(cloud: Cloud) -> None:
    results = await cloud.ports[IMG].check()
    assert results
    assert all(result.ok and result.sentence for result in results), results
