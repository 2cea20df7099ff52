"""What 9rum asks of a block-storage backend (Cinder, the sandbox), and the rows of volumes, snapshots, backups, types and transfers.

See `compute/port.py` for the conventions. Attaching is Nova's business, so it stands in the compute port.
"""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import msgspec

from resolvers.actor import Credential
from resolvers.checks import CheckResult
from resolvers.inventory.feed import Feed
from resolvers.inventory.kinds import Kind, Row, Scope
from resolvers.quota import Quota


class VolumeStatus(enum.StrEnum):
    """Cinder's volume status (API v3 "Volumes"); UNKNOWN for a newer one."""

    CREATING = "creating"
    AVAILABLE = "available"
    RESERVED = "reserved"
    ATTACHING = "attaching"
    DETACHING = "detaching"
    IN_USE = "in-use"
    MAINTENANCE = "maintenance"
    DELETING = "deleting"
    AWAITING_TRANSFER = "awaiting-transfer"
    ERROR = "error"
    ERROR_DELETING = "error_deleting"
    BACKING_UP = "backing-up"
    RESTORING_BACKUP = "restoring-backup"
    ERROR_BACKING_UP = "error_backing-up"
    ERROR_RESTORING = "error_restoring"
    ERROR_EXTENDING = "error_extending"
    DOWNLOADING = "downloading"
    UPLOADING = "uploading"
    RETYPING = "retyping"
    EXTENDING = "extending"
    UNKNOWN = "unknown"


class Attachment(msgspec.Struct, frozen=True, gc=False):
    server_id: str  # global id
    device: str | None


class VolumeRow(Row, frozen=True, kw_only=True, gc=False):
    project_id: str
    user_id: str | None
    status: VolumeStatus
    size: int  # GiB
    bootable: bool
    encrypted: bool
    multiattach: bool
    description: str | None
    type_name: str | None
    az: str | None
    attachments: tuple[Attachment, ...]
    server_ids: tuple[str, ...]
    image_id: str | None  # the image that it was made from
    snapshot_id: str | None
    source_volume_id: str | None
    created_at: datetime
    updated_at: datetime | None
    metadata: dict[str, str]


class VolumeSnapshotRow(Row, frozen=True, kw_only=True, gc=False):
    project_id: str
    status: str
    size: int  # GiB
    volume_id: str | None
    description: str | None
    progress: str | None
    created_at: datetime
    updated_at: datetime | None
    metadata: dict[str, str]


class VolumeBackupRow(Row, frozen=True, kw_only=True, gc=False):
    project_id: str
    status: str
    size: int  # GiB
    volume_id: str | None
    description: str | None
    incremental: bool
    fail_reason: str | None
    created_at: datetime
    updated_at: datetime | None


class VolumeTypeRow(Row, frozen=True, kw_only=True, gc=False):
    project_id: str | None
    public: bool
    shared_with: tuple[str, ...]
    description: str | None
    extra_specs: dict[str, str]


class VolumeTransferRow(Row, frozen=True, kw_only=True, gc=False):
    """An offer of a volume to another project; the key that accepts it is told once, to who made it."""

    project_id: str
    volume_id: str
    created_at: datetime


VOLUME = Kind(
    name="volume",
    row=VolumeRow,
    scope=Scope.PROJECT,
    plural="volumes",
    title="volume",
    indexes=("name", "project_id", "status", "server_ids", "image_id", "snapshot_id", "source_volume_id", "type_name"),
    filters=("name", "status", "size", "bootable", "encrypted", "type_name", "az", "created_at", "metadata"),
    edges={"project": ("project_id", "project"), "servers": ("server_ids", "server"), "image": ("image_id", "image")},
    orders=("name", "status", "size", "created_at", "updated_at"),
    facets=("status", "type_name", "az", "bootable", "project_id"),
    search=("name", "native_id", "metadata"),
    interval=20.0,
)
VOLUME_SNAPSHOT = Kind(
    name="volumeSnapshot",
    row=VolumeSnapshotRow,
    scope=Scope.PROJECT,
    plural="volumeSnapshots",
    title="volume snapshot",
    indexes=("name", "project_id", "volume_id"),
    filters=("name", "status", "size", "created_at"),
    edges={"project": ("project_id", "project"), "volume": ("volume_id", "volume")},
    orders=("name", "status", "size", "created_at"),
    facets=("status",),
    interval=30.0,
)
VOLUME_BACKUP = Kind(
    name="volumeBackup",
    row=VolumeBackupRow,
    scope=Scope.PROJECT,
    plural="volumeBackups",
    title="volume backup",
    indexes=("name", "project_id", "volume_id"),
    filters=("name", "status", "size", "created_at"),
    edges={"project": ("project_id", "project"), "volume": ("volume_id", "volume")},
    orders=("name", "status", "size", "created_at"),
    facets=("status",),
    interval=60.0,
)
VOLUME_TYPE = Kind(
    name="volumeType",
    row=VolumeTypeRow,
    scope=Scope.PROJECT,
    plural="volumeTypes",
    title="volume type",
    indexes=("name", "project_id", "public", "shared_with"),
    filters=("name", "public"),
    interval=120.0,
)
VOLUME_TRANSFER = Kind(
    name="volumeTransfer",
    row=VolumeTransferRow,
    scope=Scope.PROJECT,
    plural="volumeTransfers",
    title="volume transfer",
    indexes=("name", "project_id", "volume_id"),
    filters=("name", "created_at"),
    orders=("name", "created_at"),
    interval=60.0,
)
KINDS = (VOLUME, VOLUME_SNAPSHOT, VOLUME_BACKUP, VOLUME_TYPE, VOLUME_TRANSFER)


@dataclass(frozen=True)
class VolumeSpec:
    """At most one of `image`, `snapshot`, `source_volume`. `marker` goes into the metadata."""

    name: str
    size: int
    marker: str
    description: str | None = None
    type: str | None = None
    az: str | None = None
    image: str | None = None
    snapshot: str | None = None
    source_volume: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TransferOffer:
    id: str
    key: str = field(repr=False)


MARKER = "gurum_operation"


class VolumePort(Protocol):
    def feeds(self) -> Sequence[Feed[Row]]: ...
    async def check(self) -> Sequence[CheckResult]: ...
    async def quotas(self, acting: Credential) -> Sequence[Quota]: ...

    async def create_volume(self, acting: Credential, spec: VolumeSpec) -> str: ...
    async def find_volumes(self, marker: str, project: str) -> Sequence[str]: ...
    async def delete_volume(self, acting: Credential, volume: str) -> None: ...
    async def extend_volume(self, acting: Credential, volume: str, size: int) -> None: ...
    async def update_volume(
        self, acting: Credential, volume: str, name: str | None, description: str | None
    ) -> None: ...
    async def create_snapshot(
        self, acting: Credential, volume: str, name: str, description: str | None, marker: str
    ) -> str: ...
    async def find_snapshots(self, marker: str, project: str) -> Sequence[str]: ...
    async def delete_snapshot(self, acting: Credential, snapshot: str) -> None: ...
    async def create_backup(
        self, acting: Credential, volume: str, name: str, description: str | None, incremental: bool
    ) -> str: ...
    async def restore_backup(self, acting: Credential, backup: str, volume: str | None) -> str:
        """The native id of the volume that is being written: the given one, or a new one."""
        ...

    async def delete_backup(self, acting: Credential, backup: str) -> None: ...
    async def create_transfer(self, acting: Credential, volume: str, name: str) -> TransferOffer: ...
    async def accept_transfer(self, acting: Credential, transfer: str, key: str) -> str:
        """The native id of the volume that now belongs to the caller's project."""
        ...

    async def delete_transfer(self, acting: Credential, transfer: str) -> None: ...
