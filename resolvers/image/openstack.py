"""Images of a real OpenStack: Glance API v2 behind `ImagePort`.

Reads as 9rum's own account for the collector, changes as the person. HTTP, tokens, deadlines and the mapping of errors are
`resolvers/clients/openstack`'s; the shape of Glance's answers is `openstack_rows`'.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

import msgspec

from resolvers.actor import Credential
from resolvers.checks import CheckResult
from resolvers.clients.openstack import OpenStackClient
from resolvers.clients.openstack_check import Breadth
from resolvers.clients.openstack_lists import path, read_inside
from resolvers.errors import Conflict, Denied, GurumError, Invalid, NotFound, Unauthenticated, Unavailable
from resolvers.image import openstack_rows as rows
from resolvers.image.openstack_members import SERVICE, Members
from resolvers.image.port import IMAGE, MARKER, ImageRow, ImageSpec
from resolvers.inventory.feed import Feed
from resolvers.inventory.kinds import Row
from resolvers.names import Names

PATCH: Final = "application/openstack-images-v2.1-json-patch"
PRIVATE_IMAGES: Final = Breadth(SERVICE, "images", "/images", {"visibility": "private"}, "images", "owner")
WEB_DOWNLOAD: Final = "web-download"


class OpenStackImage:
    def __init__(self, client: OpenStackClient, names: Names) -> None:
        self._client = client
        self._names = names
        self._members = Members(client)

    def feeds(self) -> Sequence[Feed[Row]]:
        # No `changes`: `updated_at` filters exist, but deletions are not told, and a new member does not touch the image.
        return (Feed[Any](kind=IMAGE, full=self._images, one=self._image),)

    async def check(self) -> Sequence[CheckResult]:
        reachable = await self._client.checks.service(SERVICE, "/images", {"limit": 1, "visibility": "all"})
        if not reachable.ok or not reachable.offered:
            return (reachable,)
        narrow = await self._client.checks.sees_all(PRIVATE_IMAGES)
        return (reachable, *narrow, await self._check_import())

    async def create_image(self, acting: Credential, spec: ImageSpec) -> str:
        body: dict[str, Any] = {
            **spec.properties,
            "name": spec.name,
            "disk_format": spec.disk_format,
            "container_format": spec.container_format,
            "visibility": spec.visibility,
            "min_disk": spec.min_disk,
            "min_ram": spec.min_ram,
            "tags": list(spec.tags),
            MARKER: spec.marker,
        }
        if spec.os is not None:
            body["os_distro"] = spec.os
        answer = await self._client.send(acting, "POST", SERVICE, "/images", json=body)
        return str(read_inside(self._client, SERVICE, answer.body, rows.IMAGE, "id"))

    async def find_images(self, marker: str, project: str) -> Sequence[str]:
        await self._client.checks.require_all(PRIVATE_IMAGES, project)
        query = {"visibility": "all", "owner": project, MARKER: marker}
        # A cloud that ignored an unknown filter would answer with images of others.
        return [str(raw["id"]) for raw in await self._list(query) if raw.get(MARKER) == marker]

    async def import_image(self, acting: Credential, image: str, address: str) -> None:
        answer = await self._client.send(acting, "GET", SERVICE, "/info/import")
        if WEB_DOWNLOAD not in self._client.decode(SERVICE, answer.body, rows.IMPORT_INFO).import_methods.value:
            raise Invalid(
                f"{self._client.name} does not fetch images from an address (Glance's import method web-download is not"
                " enabled); upload the image instead.",
                backend=self._client.name,
                field="address",
            )
        body = {"method": {"name": WEB_DOWNLOAD, "uri": address}}
        await self._client.send(acting, "POST", SERVICE, path("/images", image, "import"), json=body)

    async def upload_image(self, acting: Credential, image: str, content: AsyncIterator[bytes], seconds: float) -> None:
        # Glance looks at the image only after it has read the content, so a wrong state is told before a byte is sent.
        raw = await self._as_person(acting, image)
        if raw.get("status") != "queued":
            raise Conflict(
                f"The image has its content already: it is {raw.get('status')}; make a new image.",
                backend=self._client.name,
            )
        broken: list[Exception] = []

        async def parts() -> AsyncIterator[bytes]:
            try:
                async for part in content:
                    yield part
            except Exception as error:
                broken.append(error)
                raise

        try:
            await self._client.send(
                acting,
                "PUT",
                SERVICE,
                path("/images", image, "file"),
                data=parts(),
                headers={"Content-Type": "application/octet-stream"},
                deadline=seconds,
            )
        except Unavailable:
            if broken:  # content that breaks off looks like a connection that did; what broke it says why
                raise broken[0] from None
            raise

    async def delete_image(self, acting: Credential, image: str) -> None:
        try:
            await self._client.send(acting, "DELETE", SERVICE, path("/images", image))
        except Denied as error:
            # Glance answers 403 for protection too, which is a state and not a missing right.
            if (await self._as_person(acting, image)).get("protected"):
                raise Conflict(
                    "The image is protected; switch its protection off before it is deleted.", backend=self._client.name
                ) from error
            raise

    async def share_image(self, acting: Credential, image: str, project: str) -> None:
        visibility = (await self._as_person(acting, image)).get("visibility")
        if visibility in ("public", "community"):
            raise Conflict(
                f"The image is {visibility}: every project can use it already.",
                backend=self._client.name,
            )
        if visibility == "private":
            await self._patch(acting, image, {"visibility": "shared"})
        # Sharing twice is no mistake: the second time Glance says Conflict, and the member is there.
        with contextlib.suppress(Conflict):
            await self._client.send(
                acting, "POST", SERVICE, path("/images", image, "members"), json={"member": project}
            )
        # Only members of that project may accept for it; for everyone else the offer waits there.
        with contextlib.suppress(Denied, NotFound, Unauthenticated):
            there = Credential(acting.token, project)
            await self._client.send(
                there, "PUT", SERVICE, path("/images", image, "members", project), json={"status": "accepted"}
            )

    async def unshare_image(self, acting: Credential, image: str, project: str) -> None:
        await self._client.send(acting, "DELETE", SERVICE, path("/images", image, "members", project))

    async def update_image(
        self,
        acting: Credential,
        image: str,
        name: str | None = None,
        visibility: str | None = None,
        deprecated: bool | None = None,
        protected: bool | None = None,
    ) -> None:
        wanted = {"name": name, "visibility": visibility, "os_hidden": deprecated, "protected": protected}
        await self._patch(acting, image, {key: value for key, value in wanted.items() if value is not None})

    # -- own -----------------------------------------------------------------------------------------------------------

    async def _images(self) -> Sequence[ImageRow]:
        shown, hidden = await asyncio.gather(
            self._list({"visibility": "all", "os_hidden": "false"}),
            self._list({"visibility": "all", "os_hidden": "true"}),
        )
        raws = [*shown, *hidden]
        members = await self._members.of_all([str(raw["id"]) for raw in raws if raw.get("visibility") == "shared"])
        return [self._row(raw, members.get(str(raw["id"]), ())) for raw in raws]

    async def _image(self, native: str) -> ImageRow | None:
        try:
            raw = await self._client.read(SERVICE, path("/images", native), rows.IMAGE, shared=False)
        except NotFound:
            return None
        members = await self._members.of(native) if raw.get("visibility") == "shared" else ()
        return self._row(raw, members)

    async def _list(self, query: dict[str, str]) -> list[dict[str, Any]]:
        """Oldest first, so that an image made while the pages are read comes on the last of them."""
        found: list[dict[str, Any]] = []
        ordered = {**query, "sort_key": "created_at", "sort_dir": "asc"}
        async for page in self._client.pages(SERVICE, "/images", rows.IMAGES, lambda page: page.next, ordered):
            found += page.images
        return found

    def _row(self, raw: dict[str, Any], members: Sequence[rows.Member]) -> ImageRow:
        try:
            return rows.image_row(self._names, raw, members)
        except msgspec.ValidationError as error:
            raise Unavailable(
                f"Glance (image) of {self._client.name} describes an image in a way that its API does not promise.",
                backend=self._client.name,
            ) from error

    async def _as_person(self, acting: Credential, image: str) -> dict[str, Any]:
        """The image as the person sees it. NotFound when the person does not."""
        answer = await self._client.send(acting, "GET", SERVICE, path("/images", image))
        return self._client.decode(SERVICE, answer.body, rows.IMAGE)

    async def _patch(self, acting: Credential, image: str, values: dict[str, Any]) -> None:
        if not values:
            return
        changes = [{"op": "replace", "path": f"/{key}", "value": value} for key, value in values.items()]
        await self._client.send(
            acting,
            "PATCH",
            SERVICE,
            path("/images", image),
            data=msgspec.json.encode(changes),
            headers={"Content-Type": PATCH},
        )

    async def _check_import(self) -> CheckResult:
        try:
            info = await self._client.read(SERVICE, "/info/import", rows.IMPORT_INFO)
        except GurumError:  # Glance before Queens does not know the question
            info = rows.ImportInfo()
        fetches = WEB_DOWNLOAD in info.import_methods.value
        return CheckResult(
            name=f"{self._client.name} image import",
            ok=True,
            sentence="Images can be made from an address."
            if fetches
            else "Images can be uploaded, but not made from an address.",
            mend=""
            if fetches
            else "Add web-download to Glance's enabled_import_methods if people shall give addresses.",
        )
