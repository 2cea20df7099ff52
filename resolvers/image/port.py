"""What 9rum asks of an image backend (Glance, the sandbox), and the rows of images. See `compute/port.py` for the conventions."""

import enum
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from resolvers.actor import Credential
from resolvers.checks import CheckResult
from resolvers.inventory.feed import Feed
from resolvers.inventory.kinds import Kind, Row, Scope

# What every image has by itself, in Glance's words; the rest are properties. `os_distro` and its like stay properties too.
ATTRIBUTES: Final = frozenset(
    {
        "id",
        "status",
        "visibility",
        "created_at",
        "updated_at",
        "name",
        "owner",
        "os_hidden",
        "protected",
        "size",
        "virtual_size",
        "min_disk",
        "min_ram",
        "disk_format",
        "container_format",
        "checksum",
        "os_hash_algo",
        "os_hash_value",
        "tags",
        "self",
        "file",
        "schema",
        "locations",
        "direct_url",
        "stores",
    }
)


class ImageStatus(enum.StrEnum):
    """Glance's image status (API v2 "Images" introduction); UNKNOWN for a newer one."""

    QUEUED = "queued"
    SAVING = "saving"
    UPLOADING = "uploading"
    IMPORTING = "importing"
    ACTIVE = "active"
    DEACTIVATED = "deactivated"
    KILLED = "killed"
    DELETED = "deleted"
    PENDING_DELETE = "pending_delete"
    UNKNOWN = "unknown"


class ImageVisibility(enum.StrEnum):
    PUBLIC = "public"
    COMMUNITY = "community"
    SHARED = "shared"
    PRIVATE = "private"


class ImageRow(Row, frozen=True, kw_only=True, gc=False):
    """`deprecated` is Glance's `os_hidden`: usable by id, left out of ordinary lists. `size` is bytes."""

    project_id: str
    public: bool  # public or community
    shared_with: tuple[str, ...]
    status: ImageStatus
    visibility: ImageVisibility
    deprecated: bool
    protected: bool
    size: int | None
    min_disk: int  # GiB
    min_ram: int  # MiB
    disk_format: str | None
    container_format: str | None
    os: str | None
    checksum: str | None
    created_at: datetime
    updated_at: datetime | None
    tags: tuple[str, ...]
    properties: dict[str, str]
    source_server_id: str | None  # for snapshots


def mib(size: int | None) -> int | None:
    """Rounded up, so that an image with content is never of nothing."""
    return None if size is None else -(-size // (1 << 20))


IMAGE = Kind(
    name="image",
    row=ImageRow,
    scope=Scope.PROJECT,
    plural="images",
    title="image",
    indexes=("name", "project_id", "public", "shared_with", "status", "source_server_id"),
    filters=(
        "name",
        "status",
        "visibility",
        "deprecated",
        "protected",
        "size",
        "min_disk",
        "min_ram",
        "os",
        "disk_format",
        "created_at",
        "tags",
        "properties",
    ),
    edges={"project": ("project_id", "project")},
    orders=("name", "status", "size", "created_at", "updated_at"),
    facets=("status", "visibility", "os", "deprecated"),
    search=("name", "native_id", "tags", "os"),
    shown={"size": mib},  # GraphQL's Int has 32 bits, and an image may be larger than 2 GiB
    interval=30.0,
)
KINDS = (IMAGE,)


@dataclass(frozen=True)
class ImageSpec:
    """`marker` becomes a property of the image. The content comes from `address` (web-download import) or by `upload` later."""

    name: str
    marker: str
    disk_format: str
    container_format: str = "bare"
    visibility: str = "private"
    min_disk: int = 0
    min_ram: int = 0
    os: str | None = None
    tags: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)


MARKER = "gurum_operation"  # image property that holds ImageSpec.marker


class ImagePort(Protocol):
    def feeds(self) -> Sequence[Feed[Row]]: ...
    async def check(self) -> Sequence[CheckResult]: ...

    async def create_image(self, acting: Credential, spec: ImageSpec) -> str: ...
    async def find_images(self, marker: str, project: str) -> Sequence[str]: ...
    async def import_image(self, acting: Credential, image: str, address: str) -> None: ...
    async def upload_image(self, acting: Credential, image: str, content: AsyncIterator[bytes], seconds: float) -> None:
        """`seconds`: how long all of it may take. What `content` raises is raised."""

    async def delete_image(self, acting: Credential, image: str) -> None: ...
    async def share_image(self, acting: Credential, image: str, project: str) -> None:
        """Share with a project: makes a private image `shared`, adds the member, and accepts for it where the caller may."""
        ...

    async def unshare_image(self, acting: Credential, image: str, project: str) -> None: ...
    async def update_image(
        self,
        acting: Credential,
        image: str,
        name: str | None = None,
        visibility: str | None = None,
        deprecated: bool | None = None,
        protected: bool | None = None,
    ) -> None: ...
