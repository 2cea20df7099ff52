"""`volumeSnapshot.create` and `volumeSnapshot.delete`. Listed in `__init__`."""

from typing import Any

import strawberry

from resolvers.action import Action, Plan, Target
from resolvers.context import Context
from resolvers.deleting import deletion
from resolvers.making import make
from resolvers.operations.record import Record
from resolvers.operations.run import Run
from resolvers.planning import (
    changed,
    checked_name,
    cloud_of,
    described,
    fresh,
    label,
    native,
    quota_effects,
    require,
    required,
    target,
    text_of,
)
from resolvers.volume.actions.volumes import failed, stuck_deleting, volume_of


@strawberry.input
class VolumeSnapshotCreateInput:
    volume: str = required("Id or name of the volume.")
    name: str = required("Name of the snapshot.")
    description: str | None = described("A sentence for people.")


async def _plan_create(context: Context, given: VolumeSnapshotCreateInput) -> Plan:
    name = checked_name(given.name)
    row = await volume_of(context, given.volume)
    require(row.status in ("available", "in-use"), f"`{label(row)}` is {row.status}; it must be available or in use.")
    warnings = (
        ["The volume is in use: what its server has not written yet is not in the snapshot."] if row.server_ids else []
    )
    return Plan(
        project_id=row.project_id,
        targets=[Target("volumeSnapshot", name), target(row)],
        args={"volume": row.id, "name": name, "description": text_of(given.description)},
        changes=[changed(name, "snapshot", None, f"of {label(row)}, {row.size} GiB")],
        quota=await quota_effects(
            context, "volume", row.cloud, row.project_id, {"snapshots": 1, "gigabytes": row.size}
        ),
        warnings=warnings,
        undo="volumeSnapshot.delete",
    )


async def _run_create(run: Run) -> None:
    args, volume = run.args, run.args["volume"]
    project = native(run.record.project_id or "")
    await make(
        run,
        "volume",
        "volumeSnapshot",
        cloud_of(volume),
        "Ask for the snapshot",
        lambda port: port.create_snapshot(
            run.credential, native(volume), args["name"], args["description"], run.record.id
        ),
        lambda port: port.find_snapshots(run.record.id, project),
        ready=lambda row: row.status == "available",
        failed=failed,
    )


async def _plan_delete(context: Context, given: Any) -> Plan:
    row = await fresh(context, "volumeSnapshot", given.snapshot)
    require(row.status in ("available", "error"), f"`{label(row)}` is {row.status}; it must be available.")
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"snapshot": row.id},
        changes=[changed(label(row), "snapshot", f"{row.size} GiB", None)],
        warnings=["Its content is gone for good."],
    )


def _undo(record: Record) -> tuple[str, dict[str, Any]] | None:
    made = record.made("volumeSnapshot")
    return None if made is None else ("volumeSnapshot.delete", {"snapshot": made})


ACTIONS = (
    Action(
        name="volumeSnapshot.create",
        summary="Take a snapshot of a volume.",
        input=VolumeSnapshotCreateInput,
        plan=_plan_create,
        run=_run_create,
        positional=("volume", "name"),
        choices={"volume": "volume"},
        undo=_undo,
    ),
    deletion(
        "volumeSnapshot",
        "snapshot",
        "volume",
        "Delete a snapshot of a volume.",
        "Id or name of the snapshot.",
        _plan_delete,
        lambda port, acting, held: port.delete_snapshot(acting, held),
        stuck=stuck_deleting,
    ),
)
