"""`volume.create`, `volume.delete`, `volume.extend`, `volume.rename`. Listed in `__init__`.

Attaching a volume is the server's business: `compute/actions/attach.py`.
"""

from typing import Any

import strawberry
from strawberry.scalars import JSON

from resolvers import ids
from resolvers.action import Action, Plan, Target
from resolvers.context import Context
from resolvers.deleting import deletion
from resolvers.errors import Invalid
from resolvers.making import COPYING, make
from resolvers.operations.run import FOLLOW_LIMIT, Run
from resolvers.planning import (
    changed,
    checked_labels,
    checked_name,
    cloud_for,
    cloud_of,
    described,
    fresh,
    known,
    label,
    native,
    project_for,
    quota_effects,
    related_now,
    require,
    required,
    target,
    targets,
    text_of,
)
from resolvers.renaming import renaming
from resolvers.volume.port import MARKER, VolumeSpec

MAX_SIZE = 1 << 16  # GiB; beyond any backend
GIB = 1 << 30
SOURCES = ("image", "snapshot", "source_volume")
AT_REST = frozenset({"available", "error", "error_extending", "error_restoring"})


def failed(row: Any) -> str | None:
    return f"`{label(row)}` is in the state {row.status}." if row.status.startswith("error") else None


async def volume_of(context: Context, reference: str) -> Any:
    return await fresh(context, "volume", reference)


@strawberry.input(description="A volume to make: empty, or from one of image, snapshot, volume.")
class VolumeCreateInput:
    name: str = required("Its name.")
    size: int | None = described("GiB; that of the source when left out.")
    image: str | None = described("Image to copy, by name or id: the volume can be booted.")
    snapshot: str | None = described("Snapshot to copy, by name or id.")
    source_volume: str | None = described("Volume to copy, by name or id.")
    type: str | None = described("Volume type; the cloud's default when left out.")
    availability_zone: str | None = described("Availability zone; the backend chooses when left out.")
    description: str | None = described("A sentence for people.")
    metadata: JSON | None = described('Labels, such as {"service": "talk"}.')
    project: str | None = described("Project, by name or id; that of your token when left out.")
    cloud: str | None = described("Cloud; the first one when left out.")


async def _plan_create(context: Context, given: VolumeCreateInput) -> Plan:
    name = checked_name(given.name)
    cloud, project = cloud_for(context, "volume", given.cloud), project_for(context, given.project)
    source, least, text = _source(context, given, cloud)
    size = given.size if given.size is not None else least
    if size is None:
        raise Invalid("Say how large, by `size` in GiB.", field="size")
    if not 1 <= size <= MAX_SIZE:
        raise Invalid(f"`size` is between 1 and {MAX_SIZE} GiB; {size} was asked for.", field="size")
    if least is not None and size < least:
        raise Invalid(f"The source has {least} GiB; the volume can not be smaller.", field="size")
    kind = known(context, "volumeType", given.type, cloud) if given.type else None
    zone, labels = given.availability_zone, checked_labels(given.metadata or {}, "metadata")
    if MARKER in labels:
        raise Invalid(f"The label `{MARKER}` is 9rum's own.", field="metadata")
    return Plan(
        project_id=project.id,
        targets=[Target("volume", name)],
        args={
            "cloud": cloud,
            "name": name,
            "size": size,
            "type": kind.name if kind else None,
            "az": None if zone is None else checked_name(zone, "availabilityZone"),
            "description": text_of(given.description),
            "metadata": labels,
            **source,
        },
        changes=[changed(name, "volume", None, f"{size} GiB{text} in {project.name} on {cloud}")],
        quota=await quota_effects(context, "volume", cloud, project.id, {"volumes": 1, "gigabytes": size}),
        undo="volume.delete",
    )


def _source(context: Context, given: VolumeCreateInput, cloud: str) -> tuple[dict[str, str | None], int | None, str]:
    """The source's arguments, its size in GiB, and words for people. Raises Invalid for two sources, Conflict for one not ready."""
    sources = {"image": given.image, "snapshot": given.snapshot, "source_volume": given.source_volume}
    named = [(field, text) for field, text in sources.items() if text is not None]
    if len(named) > 1:
        raise Invalid("A volume is made from one source: `image`, `snapshot` or `sourceVolume`.", field=named[1][0])
    args: dict[str, str | None] = dict.fromkeys(sources)
    if not named:
        return args, None, ""
    field, text = named[0]
    kind, ready = {
        "image": ("image", ("active",)),
        "snapshot": ("volumeSnapshot", ("available",)),
        "source_volume": ("volume", ("available", "in-use")),
    }[field]
    row = known(context, kind, text, cloud)
    require(row.status in ready, f"`{label(row)}` is {row.status}; it must be {' or '.join(ready)}.")
    args[field] = row.id
    size = max(row.min_disk, -(-(row.size or 0) // GIB), 1) if kind == "image" else row.size
    return args, size, f" from {label(row)}"


async def _run_create(run: Run) -> None:
    args = run.args
    spec = VolumeSpec(
        name=args["name"],
        size=args["size"],
        marker=run.record.id,
        description=args["description"],
        type=args["type"],
        az=args["az"],
        image=ids.native(args["image"]),
        snapshot=ids.native(args["snapshot"]),
        source_volume=ids.native(args["source_volume"]),
        metadata={**args["metadata"], MARKER: run.record.id},
    )

    project, copied = native(run.record.project_id or ""), any(args[source] for source in SOURCES)
    await make(
        run,
        "volume",
        "volume",
        args["cloud"],
        "Ask for the volume",
        lambda port: port.create_volume(run.credential, spec),
        lambda port: port.find_volumes(run.record.id, project),
        ready=lambda row: row.status == "available",
        failed=failed,
        limit=COPYING if copied else FOLLOW_LIMIT,
    )


async def _plan_delete(context: Context, given: Any) -> Plan:
    row = await volume_of(context, given.volume)
    require(not row.server_ids, f"`{label(row)}` is attached to a server; detach it first.")
    require(row.status in AT_REST, f"`{label(row)}` is {row.status}; it must be available.")
    snapshots = await related_now(context, "volumeSnapshot", "volume_id", row.id)
    require(not snapshots, f"`{label(row)}` has {len(snapshots)} snapshot(s); delete them first.")
    backups = context.inventory.related(context.actor, "volumeBackup", "volume_id", row.id)
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"volume": row.id},
        changes=[changed(label(row), "volume", f"{row.size} GiB", None)],
        dependants=targets(backups),
        warnings=["Its content is gone for good."],
    )


def stuck_deleting(row: Any) -> str | None:
    """An error from before is no reason to stop."""
    return failed(row) if row.status == "error_deleting" else None


@strawberry.input
class VolumeExtendInput:
    volume: str = required("Id or name of the volume.")
    size: int = required("Its new size in GiB.")


async def _plan_extend(context: Context, given: VolumeExtendInput) -> Plan:
    row = await volume_of(context, given.volume)
    if not row.size < given.size <= MAX_SIZE:
        raise Invalid(f"`{label(row)}` has {row.size} GiB and can only grow, up to {MAX_SIZE} GiB.", field="size")
    require(row.status in ("available", "in-use"), f"`{label(row)}` is {row.status}; it must be available or in use.")
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"volume": row.id, "size": given.size},
        changes=[changed(label(row), "size", f"{row.size} GiB", f"{given.size} GiB")],
        quota=await quota_effects(context, "volume", row.cloud, row.project_id, {"gigabytes": given.size - row.size}),
        warnings=["A volume can not shrink again. The file system in it must be grown in the server."],
    )


async def _run_extend(run: Run) -> None:
    volume, size = run.args["volume"], run.args["size"]
    port = run.port("volume", cloud_of(volume))

    async def taken() -> bool | None:
        row: Any = await run.inventory.reread(volume)
        return True if row is not None and (row.size >= size or row.status == "extending") else None

    await run.once("request", "Ask to extend", lambda: port.extend_volume(run.credential, native(volume), size), taken)
    done = lambda row: row.size == size and row.status in ("available", "in-use")  # noqa: E731 - read once, here
    await run.until("size", "Wait until it has its new size", volume, done, failed)


ACTIONS = (
    Action(
        name="volume.create",
        summary="Make a volume, empty or from an image, a snapshot or another volume.",
        input=VolumeCreateInput,
        plan=_plan_create,
        run=_run_create,
        positional=("name", "size"),
        choices={
            "image": "image",
            "snapshot": "volumeSnapshot",
            "source_volume": "volume",
            "type": "volumeType",
            "availability_zone": "availabilityZone",
            "project": "project",
        },
        undo=lambda record: ("volume.delete", {"volume": record.resource_ids[0]}),
    ),
    deletion(
        "volume",
        "volume",
        "volume",
        "Delete a volume and its content.",
        "Id or name of the volume.",
        _plan_delete,
        lambda port, acting, held: port.delete_volume(acting, held),
        stuck=stuck_deleting,
    ),
    Action(
        name="volume.extend",
        summary="Make a volume larger.",
        input=VolumeExtendInput,
        plan=_plan_extend,
        run=_run_extend,
        positional=("volume", "size"),
        choices={"volume": "volume"},
    ),
    renaming(
        "volume", "volume", volume_of, lambda port, acting, held, name: port.update_volume(acting, held, name, None)
    ),
)
