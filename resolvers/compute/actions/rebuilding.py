"""Changes of what a server is: `server.resize`, `server.rebuild`, and `server.snapshot`. Listed in `__init__`."""

from typing import Any

import strawberry

from resolvers.action import Action, Danger, Plan, Target
from resolvers.compute.actions.lifecycle import busy_or_failed, server_of, settled, taken, unlocked
from resolvers.compute.port import ServerStatus
from resolvers.context import Context
from resolvers.errors import Invalid
from resolvers.making import COPYING, make
from resolvers.operations.record import Record
from resolvers.operations.run import Run
from resolvers.planning import changed, checked_name, cloud_of, known, native, quota_effects, require, required, target

S = ServerStatus
RESTING = frozenset({S.ACTIVE, S.SHUTOFF})


@strawberry.input
class ServerResizeInput:
    server: str = required("Id or name of the server.")
    flavor: str = required("The new size, by name or id.")


async def _plan_resize(context: Context, given: ServerResizeInput) -> Plan:
    row = await server_of(context, given.server)
    unlocked(context, row)
    require(row.status in RESTING, f"`{row.name}` is {row.status}; a resize needs it to be ACTIVE or SHUTOFF.")
    flavor = known(context, "flavor", given.flavor, row.cloud)
    if flavor.id == row.flavor_id:
        raise Invalid(f"`{row.name}` has the size {flavor.name} already.", field="flavor")
    if row.image_id is not None and 0 < flavor.disk < row.disk:
        raise Invalid(
            f"A disk can not shrink: `{row.name}` has {row.disk} GiB, {flavor.name} has {flavor.disk}.", field="flavor"
        )
    more = {"cores": flavor.vcpus - row.vcpus, "ram": flavor.ram - row.ram}
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"server": row.id, "flavor": flavor.id},
        changes=[
            changed(row.name, "flavor", row.flavor_name, flavor.name),
            changed(row.name, "vcpus", row.vcpus, flavor.vcpus),
            changed(row.name, "ram", row.ram, flavor.ram),
            changed(row.name, "disk", row.disk, flavor.disk),
        ],
        quota=await quota_effects(context, "compute", row.cloud, row.project_id, more),
        warnings=[
            f"`{row.name}` is shut off meanwhile, and waits for `server confirmResize` or `server revertResize`."
        ],
        undo="server.revertResize",
    )


async def _run_resize(run: Run) -> None:
    server, flavor = run.args["server"], run.args["flavor"]
    port = run.port("compute", cloud_of(server))
    await run.once(
        "request",
        "Ask to resize",
        lambda: port.resize_server(run.credential, native(server), native(flavor)),
        taken(run, port, server, "resize"),
    )
    done = frozenset({S.VERIFY_RESIZE})
    await run.until("state", "Wait until it runs in its new size", server, settled(done), _failed_resize, COPYING)


def _failed_resize(row: Any) -> str | None:
    """Nova falls back to the old size without an ERROR when no host has room: the server rests, but not in VERIFY_RESIZE."""
    if row.task_state is None and row.status in RESTING and row.fault:
        return f"`{row.name}` kept its old size: {row.fault}"
    return busy_or_failed(row)


@strawberry.input
class ServerRebuildInput:
    server: str = required("Id or name of the server.")
    image: str = required("What to write to its disk, by name or id.")


async def _plan_rebuild(context: Context, given: ServerRebuildInput) -> Plan:
    row = await server_of(context, given.server)
    unlocked(context, row)
    allowed = RESTING | {S.ERROR}
    require(row.status in allowed, f"`{row.name}` is {row.status}; a rebuild needs it to be ACTIVE, SHUTOFF or ERROR.")
    image = known(context, "image", given.image, row.cloud)
    require(image.status == "active", f"The image `{image.name}` is {image.status}; it must be active.")
    before = context.inventory.get(context.actor, "image", row.image_id)
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"server": row.id, "image": image.id},
        changes=[changed(row.name, "image", before.name if before else row.image_id, image.name)],
        warnings=["Everything on its disk is overwritten. Its addresses, volumes and name stay."],
    )


async def _run_rebuild(run: Run) -> None:
    server, image = run.args["server"], run.args["image"]
    port = run.port("compute", cloud_of(server))
    await run.once(
        "request",
        "Ask to rebuild",
        lambda: port.rebuild_server(run.credential, native(server), native(image)),
        taken(run, port, server, "rebuild"),
    )
    await run.until("state", "Wait until it is rebuilt", server, settled(RESTING), busy_or_failed, COPYING)


@strawberry.input
class ServerSnapshotInput:
    server: str = required("Id or name of the server.")
    name: str = required("Name of the image to make.")


async def _plan_snapshot(context: Context, given: ServerSnapshotInput) -> Plan:
    name = checked_name(given.name)
    row = await server_of(context, given.server)
    allowed = RESTING | {S.PAUSED, S.SUSPENDED}
    require(
        row.status in allowed,
        f"`{row.name}` is {row.status}; a snapshot needs it to be ACTIVE, SHUTOFF, PAUSED or SUSPENDED.",
    )
    return Plan(
        project_id=row.project_id,
        targets=[target(row), Target("image", name)],
        args={"server": row.id, "name": name},
        changes=[changed(name, "image", None, f"a snapshot of {row.name}")],
        undo="image.delete",
    )


async def _run_snapshot(run: Run) -> None:
    server, marker = run.args["server"], run.record.id
    cloud, project = cloud_of(server), native(run.record.project_id or "")
    images = run.port("image", cloud)
    await make(
        run,
        "compute",
        "image",
        cloud,
        "Ask for a snapshot",
        lambda port: port.snapshot_server(run.credential, native(server), run.args["name"], marker),
        lambda port: images.find_images(marker, project),
        step="request",
        ready=lambda row: row.status == "active",
        failed=_failed_image,
        limit=COPYING,
    )
    await run.until("server", "Wait until the server is at rest", server, lambda row: row.task_state is None)


def _failed_image(row: Any) -> str | None:
    return (
        f"The image `{row.name}` is {row.status}: the snapshot failed." if row.status in ("killed", "deleted") else None
    )


def _undo_snapshot(record: Record) -> tuple[str, dict[str, Any]] | None:
    image = record.made("image")
    return None if image is None else ("image.delete", {"image": image})


ACTIONS = (
    Action(
        name="server.resize",
        summary="Give a server another size.",
        input=ServerResizeInput,
        plan=_plan_resize,
        run=_run_resize,
        danger=Danger.HIGH,
        positional=("server", "flavor"),
        choices={"server": "server", "flavor": "flavor"},
        undo=lambda record: ("server.revertResize", {"server": record.args["server"]}),
    ),
    Action(
        name="server.rebuild",
        summary="Write an image over a server's disk.",
        input=ServerRebuildInput,
        plan=_plan_rebuild,
        run=_run_rebuild,
        danger=Danger.DESTRUCTIVE,
        positional=("server", "image"),
        choices={"server": "server", "image": "image"},
    ),
    Action(
        name="server.snapshot",
        summary="Make an image from a server's disk.",
        input=ServerSnapshotInput,
        plan=_plan_snapshot,
        run=_run_snapshot,
        positional=("server", "name"),
        choices={"server": "server"},
        undo=_undo_snapshot,
    ),
)
