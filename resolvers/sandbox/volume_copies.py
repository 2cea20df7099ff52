"""Snapshots, backups and transfers of a sandbox's volumes."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from resolvers.errors import Conflict, Invalid, NotFound
from resolvers.sandbox import quotas, volumes
from resolvers.sandbox.people import Caller
from resolvers.sandbox.records import TransferKey
from resolvers.volume.port import (
    MARKER,
    TransferOffer,
    VolumeBackupRow,
    VolumeRow,
    VolumeSnapshotRow,
    VolumeSpec,
    VolumeStatus,
    VolumeTransferRow,
)

if TYPE_CHECKING:
    from resolvers.sandbox.world import World

SNAPSHOT, BACKUP, RESTORE, DELETE = 1.5, 3.0, 3.0, 1.0  # seconds at normal speed
READY = (VolumeStatus.AVAILABLE, VolumeStatus.IN_USE)


def create_snapshot(
    world: "World", caller: Caller, volume: str, name: str, description: str | None, marker: str
) -> str:
    base = _ready(world, caller, volume, "snapshot")
    quotas.require(world, base.project_id, snapshots=1, gigabytes=base.size)
    native = world.uid()
    snapshot = VolumeSnapshotRow(
        id=world.names.id("volumeSnapshot", native),
        native_id=native,
        cloud=world.cloud,
        name=name,
        project_id=base.project_id,
        status="creating",
        size=base.size,
        volume_id=base.id,
        description=description,
        progress="0%",
        created_at=world.now(),
        updated_at=world.now(),
        metadata={MARKER: marker} if marker else {},
    )
    world.put(snapshot)
    world.later(snapshot, SNAPSHOT, "snapshot.created")
    return native


def snapshot_created(world: "World", native: str, args: dict[str, Any]) -> None:
    snapshot = world.get(VolumeSnapshotRow, native)
    if snapshot is not None:
        world.edit(snapshot, status="available", progress="100%")


def find_snapshots(world: "World", marker: str, project: str) -> Sequence[str]:
    rows = world.where(VolumeSnapshotRow, "project_id", world.ref("project", project))
    return [row.native_id for row in rows if row.metadata.get(MARKER) == marker]


def delete_snapshot(world: "World", caller: Caller, native: str) -> None:
    snapshot = world.owned(VolumeSnapshotRow, native, caller, "volume snapshot")
    if snapshot.status == "deleting":
        return
    if snapshot.status not in ("available", "error"):
        raise Conflict(f"The snapshot `{snapshot.name}` is {snapshot.status}; wait before it is deleted.")
    snapshot = world.edit(snapshot, status="deleting")
    world.later(snapshot, DELETE, "snapshot.gone")


def snapshot_gone(world: "World", native: str, args: dict[str, Any]) -> None:
    snapshot = world.get(VolumeSnapshotRow, native)
    if snapshot is not None:
        world.delete(snapshot)


def create_backup(
    world: "World", caller: Caller, volume: str, name: str, description: str | None, incremental: bool
) -> str:
    base = _ready(world, caller, volume, "back up")
    older = [row for row in world.where(VolumeBackupRow, "volume_id", base.id) if row.status == "available"]
    if incremental and not older:
        raise Conflict("An incremental backup needs an earlier full backup of the same volume.", field="incremental")
    quotas.require(world, base.project_id, backups=1, backup_gigabytes=base.size)
    native = world.uid()
    backup = VolumeBackupRow(
        id=world.names.id("volumeBackup", native),
        native_id=native,
        cloud=world.cloud,
        name=name,
        project_id=base.project_id,
        status="creating",
        size=base.size,
        volume_id=base.id,
        description=description,
        incremental=incremental,
        fail_reason=None,
        created_at=world.now(),
        updated_at=world.now(),
    )
    world.put(backup)
    world.edit(base, status=VolumeStatus.BACKING_UP)
    world.later(backup, BACKUP, "backup.created")
    return native


def backup_created(world: "World", native: str, args: dict[str, Any]) -> None:
    backup = world.get(VolumeBackupRow, native)
    if backup is None:
        return
    world.edit(backup, status="available")
    volume = world.at(VolumeRow, backup.volume_id)
    if volume is not None:
        world.edit(volume, status=VolumeStatus.IN_USE if volume.server_ids else VolumeStatus.AVAILABLE)


def restore_backup(world: "World", caller: Caller, native: str, volume: str | None) -> str:
    backup = world.owned(VolumeBackupRow, native, caller, "volume backup")
    if backup.status != "available":
        raise Conflict(f"The backup `{backup.name}` is {backup.status}; it has to be available.")
    if volume is None:
        volume = volumes.create(world, caller, VolumeSpec(f"restore_backup_{native}", backup.size, marker=""))
        target = world.owned(VolumeRow, volume, caller, "volume")
    else:
        target = world.owned(VolumeRow, volume, caller, "volume")
        if target.status is not VolumeStatus.AVAILABLE:
            raise Conflict(
                f"The volume `{target.name}` is {target.status}; a backup is restored to one that is available."
            )
        if target.size < backup.size:
            raise Invalid(f"The backup needs {backup.size} GiB; the volume has {target.size}.", field="volume")
    backup = world.edit(backup, status="restoring")
    target = world.edit(target, status=VolumeStatus.RESTORING_BACKUP)
    world.later(target, RESTORE, "backup.restored", backup=native)
    return volume


def backup_restored(world: "World", native: str, args: dict[str, Any]) -> None:
    volume, backup = world.get(VolumeRow, native), world.get(VolumeBackupRow, args["backup"])
    if volume is not None:
        world.edit(volume, status=VolumeStatus.AVAILABLE)
    if backup is not None:
        world.edit(backup, status="available")


def delete_backup(world: "World", caller: Caller, native: str) -> None:
    backup = world.owned(VolumeBackupRow, native, caller, "volume backup")
    if backup.status == "deleting":
        return
    if backup.status not in ("available", "error"):
        raise Conflict(f"The backup `{backup.name}` is {backup.status}; wait before it is deleted.")
    others = world.where(VolumeBackupRow, "volume_id", backup.volume_id) if backup.volume_id else []
    if not backup.incremental and any(row.incremental for row in others):
        raise Conflict(f"Incremental backups depend on `{backup.name}`; delete them first.")
    backup = world.edit(backup, status="deleting")
    world.later(backup, DELETE, "backup.gone")


def backup_gone(world: "World", native: str, args: dict[str, Any]) -> None:
    backup = world.get(VolumeBackupRow, native)
    if backup is not None:
        world.delete(backup)


def create_transfer(world: "World", caller: Caller, volume: str, name: str) -> TransferOffer:
    row = world.owned(VolumeRow, volume, caller, "volume")
    if row.status is not VolumeStatus.AVAILABLE:
        raise Conflict(f"The volume `{row.name}` is {row.status}; a volume that is available can be given away.")
    native, key = world.uid(), secrets.token_hex(8)
    world.put(
        VolumeTransferRow(
            id=world.names.id("volumeTransfer", native),
            native_id=native,
            cloud=world.cloud,
            name=name,
            project_id=row.project_id,
            volume_id=row.id,
            created_at=world.now(),
        )
    )
    world.put(TransferKey(native_id=native, hash=_hash(key)))
    world.edit(row, status=VolumeStatus.AWAITING_TRANSFER)
    return TransferOffer(native, key)


def accept_transfer(world: "World", caller: Caller, native: str, key: str) -> str:
    transfer, kept = world.get(VolumeTransferRow, native), world.get(TransferKey, native)
    if transfer is None or kept is None:
        raise NotFound("There is no such transfer.")
    if not hmac.compare_digest(kept.hash, _hash(key)):
        raise Invalid("The key of the transfer is wrong.", field="key")
    volume = world.at(VolumeRow, transfer.volume_id)
    if volume is None:
        raise NotFound("The volume of the transfer is gone.")
    if volume.project_id != caller.project_id:
        quotas.require(world, caller.project_id, volumes=1, gigabytes=volume.size)
    world.edit(volume, status=VolumeStatus.AVAILABLE, project_id=caller.project_id, user_id=caller.user_id)
    for snapshot in world.where(VolumeSnapshotRow, "volume_id", volume.id):
        world.edit(snapshot, project_id=caller.project_id)
    _end(world, transfer)
    return volume.native_id


def delete_transfer(world: "World", caller: Caller, native: str) -> None:
    transfer = world.owned(VolumeTransferRow, native, caller, "volume transfer")
    volume = world.at(VolumeRow, transfer.volume_id)
    if volume is not None:
        world.edit(volume, status=VolumeStatus.AVAILABLE)
    _end(world, transfer)


def _end(world: "World", transfer: VolumeTransferRow) -> None:
    kept = world.get(TransferKey, transfer.native_id)
    if kept is not None:
        world.delete(kept)
    world.delete(transfer)


def _ready(world: "World", caller: Caller, native: str, what: str) -> VolumeRow:
    volume = world.owned(VolumeRow, native, caller, "volume")
    if volume.status not in READY:
        raise Conflict(
            f"The volume `{volume.name}` is {volume.status}; to {what} it, it has to be available or in use."
        )
    return volume


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
