"""`volumeBackup.create`, `volumeBackup.restore`, `volumeBackup.delete`. Listed in `__init__`.

Cinder keeps no labels on backups, so an interrupted creation is found by the operation's id in the description.
"""

from typing import Any

import strawberry

from resolvers import ids
from resolvers.action import Action, Danger, Plan, Target
from resolvers.context import Context
from resolvers.operations.run import Run
from resolvers.planning import (
    changed,
    checked_name,
    cloud_of,
    described,
    fresh,
    native,
    quota_effects,
    reference_input,
    require,
    required,
    target,
)
from resolvers.volume.actions.volumes import failed, label, volume_of


@strawberry.input
class VolumeBackupCreateInput:
    volume: str = required("Id or name of the volume.")
    name: str = required("Name of the backup.")
    description: str | None = described("A sentence for people.")
    incremental: bool = described("Keep only what changed since the last backup.", False)


async def _plan_create(context: Context, given: VolumeBackupCreateInput) -> Plan:
    name = checked_name(given.name)
    row = await volume_of(context, given.volume)
    require(row.status in ("available", "in-use"), f"`{label(row)}` is {row.status}; it must be available or in use.")
    if given.incremental:
        backups = context.inventory.related(context.actor, "volumeBackup", "volume_id", row.id)
        require(any(held.status == "available" for held in backups), f"`{label(row)}` has no full backup to add to.")
    return Plan(
        project_id=row.project_id,
        targets=[Target("volumeBackup", name), target(row)],
        args={"volume": row.id, "name": name, "description": given.description, "incremental": given.incremental},
        changes=[changed(name, "backup", None, f"of {label(row)}, {row.size} GiB")],
        quota=await quota_effects(
            context, "volume", row.cloud, row.project_id, {"backups": 1, "backup_gigabytes": row.size}
        ),
        undo="volumeBackup.delete",
    )


async def _run_create(run: Run) -> None:
    args, volume = run.args, run.args["volume"]
    cloud = cloud_of(volume)
    port = run.port("volume", cloud)
    mark = f"[9rum {run.record.id}]"
    description = f"{args['description'] or ''} {mark}".strip()

    async def find() -> str | None:
        for collection in run.inventory.collections("volumeBackup"):
            await collection.refresh()
        rows: list[Any] = list(run.inventory.table("volumeBackup").by("volume_id", volume).values())
        return next((row.native_id for row in rows if mark in (row.description or "")), None)

    made = await run.once(
        "create",
        "Ask for the backup",
        lambda: port.create_backup(run.credential, native(volume), args["name"], description, args["incremental"]),
        find,
    )
    backup = ids.make("volumeBackup", cloud, made)
    await run.resource(backup)
    await run.until("available", "Wait until it is available", backup, lambda row: row.status == "available", _failed)
    await run.reread(volume)


def _failed(row: Any) -> str | None:
    return (
        f"The backup `{label(row)}` failed: {row.fail_reason or row.status}" if row.status.startswith("error") else None
    )


@strawberry.input
class VolumeBackupRestoreInput:
    backup: str = required("Id or name of the backup.")
    volume: str | None = described("Volume to overwrite, by name or id; a new one is made when left out.")


async def _plan_restore(context: Context, given: VolumeBackupRestoreInput) -> Plan:
    row = await fresh(context, "volumeBackup", given.backup)
    require(row.status == "available", f"`{label(row)}` is {row.status}; it must be available.")
    changes, warnings, written, touched = (
        [changed(label(row), "restored to", None, "a new volume")],
        [],
        None,
        [target(row)],
    )
    if given.volume is not None:
        volume = await volume_of(context, given.volume)
        require(volume.project_id == row.project_id, "The volume belongs to another project than the backup.")
        require(volume.status == "available", f"`{label(volume)}` is {volume.status}; it must be available.")
        require(volume.size >= row.size, f"`{label(volume)}` has {volume.size} GiB; the backup needs {row.size}.")
        changes, written = [changed(label(volume), "content", "as it is now", f"as in {label(row)}")], volume.id
        warnings, touched = [f"Everything on `{label(volume)}` is overwritten."], [target(row), target(volume)]
    return Plan(
        project_id=row.project_id,
        targets=touched,
        args={"backup": row.id, "volume": written},
        changes=changes,
        warnings=warnings,
    )


async def _run_restore(run: Run) -> None:
    backup, onto = run.args["backup"], run.args["volume"]
    cloud = cloud_of(backup)
    port = run.port("volume", cloud)

    async def find() -> str | None:
        """Cinder names the volume that is being written in the state of the backup and the volume, which the rows show."""
        if onto is None:
            return None
        row: Any = await run.inventory.reread(onto)
        return native(onto) if row is not None and row.status == "restoring-backup" else None

    made = await run.once(
        "request", "Ask to restore", lambda: port.restore_backup(run.credential, native(backup), ids.native(onto)), find
    )
    volume = ids.make("volume", cloud, made)
    await run.resource(volume)
    await run.until("available", "Wait until it is written", volume, lambda row: row.status == "available", failed)
    await run.reread(backup)


async def _plan_delete(context: Context, given: Any) -> Plan:
    row = await fresh(context, "volumeBackup", given.backup)
    require(row.status in ("available", "error"), f"`{label(row)}` is {row.status}; it must be available.")
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"backup": row.id},
        changes=[changed(label(row), "backup", f"{row.size} GiB", None)],
        warnings=["Its content is gone for good."],
    )


async def _run_delete(run: Run) -> None:
    backup = run.args["backup"]
    port = run.port("volume", cloud_of(backup))
    await run.once("request", "Ask to delete", lambda: port.delete_backup(run.credential, native(backup)))
    await run.until_gone(
        "gone", "Wait until it is gone", backup, lambda row: _failed(row) if row.status == "error_deleting" else None
    )


def _undo(record: Any) -> tuple[str, dict[str, Any]] | None:
    made = next((row_id for row_id in record.resource_ids if row_id.startswith("volumeBackup:")), None)
    return None if made is None else ("volumeBackup.delete", {"backup": made})


ACTIONS = (
    Action(
        name="volumeBackup.create",
        summary="Back a volume up.",
        input=VolumeBackupCreateInput,
        plan=_plan_create,
        run=_run_create,
        positional=("volume", "name"),
        choices={"volume": "volume"},
        undo=_undo,
    ),
    Action(
        name="volumeBackup.restore",
        summary="Write a backup to a volume.",
        input=VolumeBackupRestoreInput,
        plan=_plan_restore,
        run=_run_restore,
        danger=Danger.DESTRUCTIVE,
        positional=("backup", "volume"),
        choices={"backup": "volumeBackup", "volume": "volume"},
    ),
    Action(
        name="volumeBackup.delete",
        summary="Delete a backup.",
        input=reference_input("VolumeBackupDeleteInput", "backup", "Id or name of the backup."),
        plan=_plan_delete,
        run=_run_delete,
        danger=Danger.DESTRUCTIVE,
        positional=("backup",),
        choices={"backup": "volumeBackup"},
    ),
)
