"""Glance's images as it writes them (API v2), narrowed, and their mapping to our rows. Used by `image/openstack.py` only.

An image mixes its own attributes with the properties that people gave it, so it is decoded in two steps: what the API names goes
into `ImageBody`, every other text is a property.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from resolvers.image.port import ATTRIBUTES, ImageRow, ImageStatus, ImageVisibility
from resolvers.names import Names

_STATUS: Final = {status.value: status for status in ImageStatus}
_VISIBILITY: Final = {visibility.value: visibility for visibility in ImageVisibility}


class ImageBody(msgspec.Struct, gc=False):
    id: str
    status: str
    visibility: str
    created_at: datetime
    updated_at: datetime | None = None
    name: str | None = None
    owner: str | None = None
    os_hidden: bool = False
    protected: bool = False
    size: int | None = None
    min_disk: int = 0
    min_ram: int = 0
    disk_format: str | None = None
    container_format: str | None = None
    checksum: str | None = None
    tags: tuple[str, ...] = ()
    os_distro: str | None = None
    os_type: str | None = None
    instance_uuid: str | None = None  # Nova's mark on a snapshot of a server


class ImagesPage(msgspec.Struct):
    """`next` is a path with the marker in its query; absent on the last page."""

    images: list[dict[str, Any]]
    next: str | None = None


class Member(msgspec.Struct, gc=False):
    member_id: str
    status: str


class Members(msgspec.Struct):
    members: list[Member]


class ImportMethods(msgspec.Struct):
    value: list[str] = []


class ImportInfo(msgspec.Struct):
    import_methods: ImportMethods = msgspec.field(name="import-methods", default_factory=ImportMethods)


IMAGES: Final = msgspec.json.Decoder(ImagesPage)
IMAGE: Final = msgspec.json.Decoder(dict[str, Any])
MEMBERS: Final = msgspec.json.Decoder(Members)
IMPORT_INFO: Final = msgspec.json.Decoder(ImportInfo)


def sees(member: Member) -> bool:
    """A project that has not answered yet can use the image by its id; one that rejected it does not want to see it."""
    return member.status != "rejected"


def image_row(names: Names, raw: dict[str, Any], members: Sequence[Member] = ()) -> ImageRow:
    """Raises msgspec.ValidationError when Glance writes something else than its API promises."""
    body = msgspec.convert(raw, ImageBody)
    visibility = _VISIBILITY.get(body.visibility, ImageVisibility.PRIVATE)
    return ImageRow(
        id=names.id("image", body.id),
        native_id=body.id,
        cloud=names.cloud,
        name=body.name or "",
        project_id=names.ref("project", body.owner) or "",
        public=visibility in (ImageVisibility.PUBLIC, ImageVisibility.COMMUNITY),
        shared_with=tuple(names.id("project", member.member_id) for member in members if sees(member)),
        status=_STATUS.get(body.status, ImageStatus.UNKNOWN),
        visibility=visibility,
        deprecated=body.os_hidden,
        protected=body.protected,
        size=body.size,
        min_disk=body.min_disk,
        min_ram=body.min_ram,
        disk_format=body.disk_format,
        container_format=body.container_format,
        os=body.os_distro or body.os_type,
        checksum=body.checksum,
        created_at=body.created_at,
        updated_at=body.updated_at,
        tags=body.tags,
        properties={key: value for key, value in raw.items() if key not in ATTRIBUTES and isinstance(value, str)},
        source_server_id=names.ref("server", body.instance_uuid),
    )
