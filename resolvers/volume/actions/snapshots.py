"""`volumeSnapshot.create` and `volumeSnapshot.delete`. Listed in `__init__`."""

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
        args={"volume": row.id, "name": name, "description": given.description},
        changes=[changed(name, "snapshot", None, f"of {label(row)}, {row.size} GiB")],
        quota=await quota_effects(
            context, "volume", row.cloud, row.project_id, {"snapshots": 1, "gigabytes": row.size}
        ),
        warnings=warnings,
        undo="volumeSnapshot.delete",
    )


async def _run_create(run: Run) -> None:
    args, volume = run.args, run.args["volume"]
    cloud = cloud_of(volume)
    port = run.port("volume", cloud)

    async def find() -> str | None:
        return next(iter(await port.find_snapshots(run.record.id, ids.native(run.record.project_id))), None)

    made = await run.once(
        "create",
        "Ask for the snapshot",
        lambda: port.create_snapshot(run.credential, native(volume), args["name"], args["description"], run.record.id),
        find,
    )
    snapshot = ids.make("volumeSnapshot", cloud, made)
    await run.resource(snapshot)
    await run.until("available", "Wait until it is available", snapshot, lambda row: row.status == "available", failed)


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


async def _run_delete(run: Run) -> None:
    snapshot = run.args["snapshot"]
    port = run.port("volume", cloud_of(snapshot))
    await run.once("request", "Ask to delete", lambda: port.delete_snapshot(run.credential, native(snapshot)))
    await run.until_gone(
        "gone", "Wait until it is gone", snapshot, lambda row: failed(row) if row.status == "error_deleting" else None
    )


def _undo(record: Any) -> tuple[str, dict[str, Any]] | None:
    made = next((row_id for row_id in record.resource_ids if row_id.startswith("volumeSnapshot:")), None)
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
    Action(
        name="volumeSnapshot.delete",
        summary="Delete a snapshot of a volume.",
        input=reference_input("VolumeSnapshotDeleteInput", "snapshot", "Id or name of the snapshot."),
        plan=_plan_delete,
        run=_run_delete,
        danger=Danger.DESTRUCTIVE,
        positional=("snapshot",),
        choices={"snapshot": "volumeSnapshot"},
    ),
)
