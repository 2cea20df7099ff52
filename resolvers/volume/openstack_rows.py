"""Cinder's resources as it writes them (API v3, microversion 3.59 or later), narrowed, and their mapping to our rows.

Used by `volume/openstack.py` only. Cinder writes times in UTC without saying so.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from resolvers.names import Names
from resolvers.quota import Quota
from resolvers.volume.port import (
    Attachment,
    VolumeBackupRow,
    VolumeRow,
    VolumeSnapshotRow,
    VolumeStatus,
    VolumeTransferRow,
    VolumeTypeRow,
)

_STATUS: Final = {status.value: status for status in VolumeStatus}
# Cinder adds three quotas for each volume type, nearly always unlimited.
_ALL_TYPES: Final = frozenset({"volumes", "snapshots", "backups", "gigabytes", "backup_gigabytes", "groups"})


class AttachmentBody(msgspec.Struct, gc=False):
    server_id: str | None = None  # None while an image is read through a host
    device: str | None = None


class ImageMetadata(msgspec.Struct, gc=False):
    image_id: str | None = None


class VolumeBody(msgspec.Struct, gc=False):
    id: str
    status: str
    size: int
    created_at: datetime
    bootable: str
    project_id: str = msgspec.field(name="os-vol-tenant-attr:tenant_id", default="")
    name: str | None = None
    description: str | None = None
    user_id: str | None = None
    updated_at: datetime | None = None
    encrypted: bool = False
    multiattach: bool = False
    volume_type: str | None = None
    availability_zone: str | None = None
    attachments: tuple[AttachmentBody, ...] = ()
    snapshot_id: str | None = None
    source_volid: str | None = None
    metadata: dict[str, str] = {}
    volume_image_metadata: ImageMetadata | None = None


class SnapshotBody(msgspec.Struct, gc=False):
    id: str
    status: str
    size: int
    created_at: datetime
    project_id: str = msgspec.field(name="os-extended-snapshot-attributes:project_id", default="")
    progress: str | None = msgspec.field(name="os-extended-snapshot-attributes:progress", default=None)
    name: str | None = None
    description: str | None = None
    volume_id: str | None = None
    updated_at: datetime | None = None
    metadata: dict[str, str] = {}


class BackupBody(msgspec.Struct, gc=False):
    id: str
    status: str
    size: int | None  # null while a backup's record is imported, and for ever when that failed
    created_at: datetime
    project_id: str = msgspec.field(name="os-backup-project-attr:project_id", default="")
    name: str | None = None
    description: str | None = None
    volume_id: str | None = None
    updated_at: datetime | None = None
    is_incremental: bool = False
    fail_reason: str | None = None


class TypeBody(msgspec.Struct, gc=False):
    id: str
    name: str
    is_public: bool = True
    description: str | None = None
    extra_specs: dict[str, str] = {}


class TypeAccess(msgspec.Struct, gc=False):
    project_id: str


class TransferBody(msgspec.Struct, gc=False):
    id: str
    volume_id: str
    created_at: datetime
    name: str | None = None
    source_project_id: str | None = None
    auth_key: str | None = None  # told at creation only


class QuotaUsage(msgspec.Struct, gc=False):
    limit: int
    in_use: int
    reserved: int = 0


class ServiceBody(msgspec.Struct, gc=False):
    binary: str
    state: str


class Created(msgspec.Struct):
    id: str


class VolumeOf(msgspec.Struct):
    volume_id: str


VOLUMES: Final = msgspec.json.Decoder(list[VolumeBody])
SNAPSHOTS: Final = msgspec.json.Decoder(list[SnapshotBody])
BACKUPS: Final = msgspec.json.Decoder(list[BackupBody])
TYPES: Final = msgspec.json.Decoder(list[TypeBody])
TRANSFERS: Final = msgspec.json.Decoder(list[TransferBody])
ONE_VOLUME: Final = msgspec.json.Decoder(dict[str, VolumeBody])
ONE_SNAPSHOT: Final = msgspec.json.Decoder(dict[str, SnapshotBody])
ONE_BACKUP: Final = msgspec.json.Decoder(dict[str, BackupBody])
ONE_TYPE: Final = msgspec.json.Decoder(dict[str, TypeBody])
ONE_TRANSFER: Final = msgspec.json.Decoder(dict[str, TransferBody])
TYPE_ACCESS: Final = msgspec.json.Decoder(dict[str, list[TypeAccess]])
SERVICES: Final = msgspec.json.Decoder(dict[str, list[ServiceBody]])
CREATED: Final = msgspec.json.Decoder(dict[str, Created])
VOLUME_OF: Final = msgspec.json.Decoder(dict[str, VolumeOf])
QUOTAS: Final = msgspec.json.Decoder(dict[str, dict[str, QuotaUsage | str]])


def volume_row(names: Names, body: VolumeBody) -> VolumeRow:
    attached = [(names.id("server", at.server_id), at.device) for at in body.attachments if at.server_id]
    image = body.volume_image_metadata
    return VolumeRow(
        id=names.id("volume", body.id),
        native_id=body.id,
        cloud=names.cloud,
        name=body.name or "",
        project_id=names.ref("project", body.project_id) or "",
        user_id=names.ref("user", body.user_id),
        status=_STATUS.get(body.status, VolumeStatus.UNKNOWN),
        size=body.size,
        bootable=body.bootable == "true",
        encrypted=body.encrypted,
        multiattach=body.multiattach,
        description=body.description,
        type_name=body.volume_type,
        az=body.availability_zone,
        attachments=tuple(Attachment(server_id=server, device=device) for server, device in attached),
        server_ids=tuple(dict.fromkeys(server for server, _ in attached)),
        image_id=names.ref("image", image.image_id) if image is not None else None,
        snapshot_id=names.ref("volumeSnapshot", body.snapshot_id),
        source_volume_id=names.ref("volume", body.source_volid),
        created_at=_utc(body.created_at),
        updated_at=_utc_or_none(body.updated_at),
        metadata=body.metadata,
    )


def snapshot_row(names: Names, body: SnapshotBody) -> VolumeSnapshotRow:
    return VolumeSnapshotRow(
        id=names.id("volumeSnapshot", body.id),
        native_id=body.id,
        cloud=names.cloud,
        name=body.name or "",
        project_id=names.ref("project", body.project_id) or "",
        status=body.status,
        size=body.size,
        volume_id=names.ref("volume", body.volume_id),
        description=body.description,
        progress=body.progress,
        created_at=_utc(body.created_at),
        updated_at=_utc_or_none(body.updated_at),
        metadata=body.metadata,
    )


def backup_row(names: Names, body: BackupBody) -> VolumeBackupRow:
    return VolumeBackupRow(
        id=names.id("volumeBackup", body.id),
        native_id=body.id,
        cloud=names.cloud,
        name=body.name or "",
        project_id=names.ref("project", body.project_id) or "",
        status=body.status,
        size=body.size or 0,
        volume_id=names.ref("volume", body.volume_id),
        description=body.description,
        incremental=body.is_incremental,
        # The lines below the first are a stack trace of Cinder's with paths of its host, which is no reading for people.
        fail_reason=body.fail_reason.splitlines()[0] if body.fail_reason else None,
        created_at=_utc(body.created_at),
        updated_at=_utc_or_none(body.updated_at),
    )


def type_row(names: Names, body: TypeBody, access: Sequence[TypeAccess] = ()) -> VolumeTypeRow:
    return VolumeTypeRow(
        id=names.id("volumeType", body.id),
        native_id=body.id,
        cloud=names.cloud,
        name=body.name,
        project_id=None,
        public=body.is_public,
        shared_with=tuple(names.id("project", entry.project_id) for entry in access),
        description=body.description,
        extra_specs=body.extra_specs,
    )


def transfer_row(names: Names, body: TransferBody) -> VolumeTransferRow:
    return VolumeTransferRow(
        id=names.id("volumeTransfer", body.id),
        native_id=body.id,
        cloud=names.cloud,
        name=body.name or "",
        project_id=names.ref("project", body.source_project_id) or "",
        volume_id=names.id("volume", body.volume_id),
        created_at=_utc(body.created_at),
    )


def quotas(body: dict[str, QuotaUsage | str]) -> list[Quota]:
    """The quotas of a project; those of single volume types only where an operator set a limit. The answer's own `id` is no quota."""
    return [
        Quota("volume", resource, None if usage.limit < 0 else usage.limit, usage.in_use, usage.reserved)
        for resource, usage in body.items()
        if isinstance(usage, QuotaUsage) and (resource in _ALL_TYPES or usage.limit >= 0)
    ]


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _utc_or_none(moment: datetime | None) -> datetime | None:
    return None if moment is None else _utc(moment)
