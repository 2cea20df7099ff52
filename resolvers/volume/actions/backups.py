"""`volumeBackup.create`, `volumeBackup.restore`, `volumeBackup.delete`. Listed in `__init__`.

Cinder keeps no labels on backups, so an interrupted creation is found by the operation's id in the description.
"""

from typing import Any

import strawberry

from resolvers import ids
from resolvers.action import Action, Danger, Plan, Target
from resolvers.context import Context
from resolvers.deleting import deletion
from resolvers.errors import GurumError
from resolvers.making import COPYING, among, make, take_back
from resolvers.operations.record import Record
from resolvers.operations.run import Run
from resolvers.planning import (
    CLOCKS_APART,
    MAX_NAME,
    changed,
    checked_name,
    cloud_of,
    described,
    fresh,
    label,
    native,
    quota_effects,
    related_or_live,
    require,
    required,
    target,
    text_of,
)
from resolvers.volume.actions.volumes import failed, volume_of
from resolvers.volume.port import MARKER, VolumeSpec

MARK = "[9rum {}]"
MAX_DESCRIPTION = MAX_NAME - len(f" {MARK.format('0' * 16)}")  # characters; the mark stands in it


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
        backups = await related_or_live(context, "volumeBackup", "volume_id", row.id, _some_whole)
        require(_some_whole(backups), f"`{label(row)}` has no full backup to add to.")
    return Plan(
        project_id=row.project_id,
        targets=[Target("volumeBackup", name), target(row)],
        args={
            "volume": row.id,
            "name": name,
            "description": text_of(given.description, MAX_DESCRIPTION),
            "incremental": given.incremental,
        },
        changes=[changed(name, "backup", None, f"of {label(row)}, {row.size} GiB")],
        quota=await quota_effects(
            context, "volume", row.cloud, row.project_id, {"backups": 1, "backup_gigabytes": row.size}
        ),
        undo="volumeBackup.delete",
    )


def _some_whole(backups: list[Any]) -> bool:
    return any(held.status == "available" for held in backups)


async def _run_create(run: Run) -> None:
    args, volume = run.args, run.args["volume"]
    cloud = cloud_of(volume)
    mark = MARK.format(run.record.id)
    description = f"{args['description'] or ''} {mark}".strip()
    await make(
        run,
        "volume",
        "volumeBackup",
        cloud,
        "Ask for the backup",
        lambda port: port.create_backup(run.credential, native(volume), args["name"], description, args["incremental"]),
        among(run, "volumeBackup", cloud, "volume_id", volume, lambda row: mark in (row.description or "")),
        ready=lambda row: row.status == "available",
        failed=_failed,
        limit=COPYING,
    )
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
    more = {"volumes": 1, "gigabytes": row.size}
    if given.volume is not None:
        more = {}
        volume = await volume_of(context, given.volume)
        require(volume.project_id == row.project_id, "The volume belongs to another project than the backup.")
        require(volume.status == "available", f"`{label(volume)}` is {volume.status}; it must be available.")
        require(volume.size >= row.size, f"`{label(volume)}` has {volume.size} GiB; the backup needs {row.size}.")
        changes, written = [changed(label(volume), "content", "as it is now", f"as in {label(row)}")], volume.id
        warnings, touched = [f"Everything on `{label(volume)}` is overwritten."], [target(row), target(volume)]
    return Plan(
        project_id=row.project_id,
        targets=touched,
        args={"backup": row.id, "volume": written, "size": row.size},
        changes=changes,
        quota=await quota_effects(context, "volume", row.cloud, row.project_id, more) if more else [],
        warnings=warnings,
    )


async def _run_restore(run: Run) -> None:
    backup = run.args["backup"]
    cloud = cloud_of(backup)
    port = run.port("volume", cloud)
    onto = run.args["volume"] or await _new_volume(run, cloud)

    async def taken() -> str | None:
        """While it is written the volume says so; afterwards both were changed since, as nothing but a restore changes a backup."""
        step = run.record.step("request")
        since = step.started_at - CLOCKS_APART if step is not None else run.record.started_at
        rows: list[Any] = [await run.inventory.reread(row_id) for row_id in (onto, backup)]
        written = rows[0] is not None and rows[0].status == "restoring-backup"
        changed_since = all(row is not None and row.updated_at is not None and row.updated_at >= since for row in rows)
        return native(onto) if written or changed_since else None

    try:
        made = await run.once(
            "request",
            "Ask to restore",
            lambda: port.restore_backup(run.credential, native(backup), native(onto)),
            taken,
        )
    except GurumError as error:
        if run.args["volume"] is None and not error.retryable:  # refused for good: keep nothing that nobody asked for
            await take_back(run, onto, port.delete_volume)
        raise
    volume = ids.make("volume", cloud, made)
    await run.resource(volume)
    await run.until(
        "available", "Wait until it is written", volume, lambda row: row.status == "available", failed, COPYING
    )
    await run.reread(backup)


async def _new_volume(run: Run, cloud: str) -> str:
    """Made here and not by the backend's restoring, which keeps no marker: a restore that was cut off would make a second one."""
    spec = VolumeSpec(
        name=f"restore_backup_{native(run.args['backup'])}",
        size=run.args["size"],
        marker=run.record.id,
        metadata={MARKER: run.record.id},
    )
    project = native(run.record.project_id or "")
    return await make(
        run,
        "volume",
        "volume",
        cloud,
        "Ask for the volume",
        lambda port: port.create_volume(run.credential, spec),
        lambda port: port.find_volumes(run.record.id, project),
        ready=lambda row: row.status == "available",
        failed=failed,
    )


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


def _undo(record: Record) -> tuple[str, dict[str, Any]] | None:
    made = record.made("volumeBackup")
    return None if made is None else ("volumeBackup.delete", {"backup": made})


def _stuck(row: Any) -> str | None:
    return _failed(row) if row.status == "error_deleting" else None


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
    deletion(
        "volumeBackup",
        "backup",
        "volume",
        "Delete a backup.",
        "Id or name of the backup.",
        _plan_delete,
        lambda port, acting, held: port.delete_backup(acting, held),
        stuck=_stuck,
    ),
)
