"""Images of a sandbox: queued -> saving or importing -> active. An image whose name begins with `fail-` ends as `killed`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import msgspec

from resolvers.compute.port import ServerRow
from resolvers.errors import Conflict, Denied, Invalid, NotFound
from resolvers.identity.port import ProjectRow
from resolvers.image.port import MARKER, ImageRow, ImageSpec, ImageStatus, ImageVisibility
from resolvers.sandbox.people import Caller

if TYPE_CHECKING:
    from resolvers.sandbox.world import World

IMPORT, SAVE = 3.0, 1.0  # seconds at normal speed
FAILS = "fail-"
FORMATS: Final = frozenset({"ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop"})
OPEN: Final = frozenset({ImageVisibility.PUBLIC, ImageVisibility.COMMUNITY})
IMPORTED_SIZE = 640 << 20  # bytes that an imported image is said to have: nothing is downloaded


def create(world: "World", caller: Caller, spec: ImageSpec) -> str:
    if spec.disk_format not in FORMATS:
        raise Invalid(f"`{spec.disk_format}` is no disk format; take one of {', '.join(sorted(FORMATS))}.")
    if spec.min_disk < 0 or spec.min_ram < 0:
        raise Invalid("An image can not need less than nothing.", field="min_disk" if spec.min_disk < 0 else "min_ram")
    visibility = _visibility(caller, spec.visibility)
    image = _row(
        world,
        caller.project_id,
        spec.name,
        visibility=visibility,
        public=visibility in OPEN,
        min_disk=spec.min_disk,
        min_ram=spec.min_ram,
        disk_format=spec.disk_format,
        container_format=spec.container_format,
        os=spec.os,
        tags=spec.tags,
        properties={**spec.properties, MARKER: spec.marker} if spec.marker else dict(spec.properties),
    )
    world.put(image)
    return image.native_id


def of_server(world: "World", server: ServerRow, name: str, marker: str, seconds: float) -> str:
    """The image that a server's snapshot becomes after so many seconds."""
    base = world.at(ImageRow, server.image_id)
    image = _row(
        world,
        server.project_id,
        name,
        visibility=ImageVisibility.PRIVATE,
        min_disk=server.disk,
        disk_format="qcow2",
        os=base.os if base else None,
        source_server_id=server.id,
        properties={"image_type": "snapshot", "instance_uuid": server.native_id} | ({MARKER: marker} if marker else {}),
    )
    world.put(image)
    world.later(image, seconds, "image.active", size=max(1, server.disk) << 28)
    return image.native_id


def start_import(world: "World", caller: Caller, native: str, address: str) -> None:
    image = _queued(world, caller, native)
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Invalid("An image is imported from an http or https address.", field="address")
    image = world.edit(image, status=ImageStatus.IMPORTING)
    world.later(image, IMPORT, "image.active", size=IMPORTED_SIZE)


def start_upload(world: "World", caller: Caller, native: str) -> None:
    world.edit(_queued(world, caller, native), status=ImageStatus.SAVING)


def end_upload(world: "World", caller: Caller, native: str, size: int, checksum: str) -> None:
    image = world.owned(ImageRow, native, caller, "image")
    world.later(image, SAVE, "image.active", size=size, checksum=checksum)


def abort_upload(world: "World", caller: Caller, native: str) -> None:
    world.edit(world.owned(ImageRow, native, caller, "image"), status=ImageStatus.QUEUED)


def activate(world: "World", native: str, args: dict[str, Any]) -> None:
    image = world.get(ImageRow, native)
    if image is None:
        return
    if image.name.startswith(FAILS):
        world.edit(image, status=ImageStatus.KILLED)
        return
    world.edit(
        image, status=ImageStatus.ACTIVE, size=args["size"], checksum=args.get("checksum") or native.replace("-", "")
    )


def delete(world: "World", caller: Caller, native: str) -> None:
    image = world.owned(ImageRow, native, caller, "image")
    if image.protected:
        raise Conflict(f"The image `{image.name}` is protected; take the protection off first.")
    world.delete(image)


def share(world: "World", caller: Caller, native: str, project: str) -> None:
    image = world.owned(ImageRow, native, caller, "image")
    if image.public:
        raise Conflict(f"The image `{image.name}` is {image.visibility}: everyone sees it already.")
    if world.get(ProjectRow, project) is None:
        raise NotFound("There is no such project.")
    member = world.ref("project", project)
    if member not in image.shared_with:
        world.edit(image, shared_with=(*image.shared_with, member), visibility=ImageVisibility.SHARED)


def unshare(world: "World", caller: Caller, native: str, project: str) -> None:
    image = world.owned(ImageRow, native, caller, "image")
    member = world.ref("project", project)
    if member not in image.shared_with:
        raise NotFound(f"The image `{image.name}` is not shared with that project.")
    world.edit(image, shared_with=tuple(other for other in image.shared_with if other != member))


def update(
    world: "World",
    caller: Caller,
    native: str,
    name: str | None,
    visibility: str | None,
    deprecated: bool | None,
    protected: bool | None,
) -> None:
    image = world.owned(ImageRow, native, caller, "image")
    if visibility is not None:
        wanted = _visibility(caller, visibility)
        image = world.edit(image, visibility=wanted, public=wanted in OPEN)
    given = {"name": name, "deprecated": deprecated, "protected": protected}
    world.edit(image, **{key: value for key, value in given.items() if value is not None})


def find(world: "World", marker: str, project: str) -> Sequence[str]:
    rows = world.where(ImageRow, "project_id", world.ref("project", project))
    return [row.native_id for row in rows if row.properties.get(MARKER) == marker]


def _queued(world: "World", caller: Caller, native: str) -> ImageRow:
    image = world.owned(ImageRow, native, caller, "image")
    if image.status is not ImageStatus.QUEUED:
        raise Conflict(f"The image `{image.name}` is {image.status}; content goes into an image that is queued.")
    return image


def _visibility(caller: Caller, text: str) -> ImageVisibility:
    try:
        visibility = ImageVisibility(text)
    except ValueError as error:
        raise Invalid(f"`{text}` is no visibility; take public, community, shared or private.") from error
    if visibility is ImageVisibility.PUBLIC and not caller.admin:
        raise Denied("Only operators of the cloud may make an image public; `community` is open to everyone.")
    return visibility


def _row(world: "World", project_id: str, name: str, **fields: Any) -> ImageRow:
    native = world.uid()
    image = ImageRow(
        id=world.names.id("image", native),
        native_id=native,
        cloud=world.cloud,
        name=name,
        project_id=project_id,
        public=False,
        shared_with=(),
        status=ImageStatus.QUEUED,
        visibility=ImageVisibility.PRIVATE,
        deprecated=False,
        protected=False,
        size=None,
        min_disk=0,
        min_ram=0,
        disk_format=None,
        container_format="bare",
        os=None,
        checksum=None,
        created_at=world.now(),
        updated_at=world.now(),
        tags=(),
        properties={},
        source_server_id=None,
    )
    return msgspec.structs.replace(image, **fields)
