"""Giving a volume to another project: `volumeTransfer.create`, `volumeTransfer.accept`, `volumeTransfer.delete`. Listed in `__init__`.

The key that accepts an offer is a secret: it is kept encrypted and told once, by `operationSecret`, to the person who made the offer.
"""

import re
from typing import Any

import strawberry

from resolvers import ids
from resolvers.action import Action, Danger, Plan, Target
from resolvers.context import Context
from resolvers.deleting import deletion
from resolvers.errors import Invalid
from resolvers.making import relist
from resolvers.operations.record import Record
from resolvers.operations.run import Run
from resolvers.planning import (
    changed,
    checked_name,
    cloud_for,
    cloud_of,
    described,
    fresh,
    label,
    native,
    project_for,
    require,
    required,
    target,
)
from resolvers.volume.actions.volumes import volume_of

NATIVE_ID = re.compile(r"[0-9a-fA-F-]{32,36}\Z")


@strawberry.input
class VolumeTransferCreateInput:
    volume: str = required("Id or name of the volume.")
    name: str = described("Name of the offer.", "transfer")


async def _plan_create(context: Context, given: VolumeTransferCreateInput) -> Plan:
    name = checked_name(given.name)
    row = await volume_of(context, given.volume)
    require(row.status == "available", f"`{label(row)}` is {row.status}; it must be available.")
    return Plan(
        project_id=row.project_id,
        targets=[target(row), Target("volumeTransfer", name)],
        args={"volume": row.id, "name": name},
        changes=[changed(label(row), "status", row.status, "awaiting-transfer")],
        warnings=["Whoever has the key can take the volume into a project of theirs; `operationSecret` tells it once."],
        undo="volumeTransfer.delete",
    )


async def _run_create(run: Run) -> None:
    volume = run.args["volume"]
    cloud = cloud_of(volume)
    port = run.port("volume", cloud)

    async def send() -> str:
        offer = await port.create_transfer(run.credential, native(volume), run.args["name"])
        await run.reveal(offer.key)
        return str(offer.id)

    async def find() -> str | None:
        """An offer whose key was lost with the process that asked for it is of no use, so it is taken back and made again."""
        await relist(run, "volumeTransfer", cloud)
        for row in list(run.inventory.table("volumeTransfer").by("volume_id", volume).values()):
            await port.delete_transfer(run.credential, row.native_id)
        return None

    made = await run.once("create", "Ask for the offer", send, find)
    transfer = ids.make("volumeTransfer", cloud, made)
    await run.resource(transfer)
    await run.reread(transfer, volume)


@strawberry.input
class VolumeTransferAcceptInput:
    transfer: str = required("Id of the offer, as whoever made it tells you.")
    key: str = required("Its key; never stored or shown by 9rum.")
    project: str | None = described("Project that takes the volume; that of your token when left out.")
    cloud: str | None = described("Cloud; the first one when left out.")


async def _plan_accept(context: Context, given: VolumeTransferAcceptInput) -> Plan:
    """The offer belongs to a project that the caller may not see, so only the backend can tell whether it is there."""
    is_global = ids.looks_like(given.transfer, "volumeTransfer")
    cloud = cloud_of(given.transfer) if is_global else cloud_for(context, "volume", given.cloud)
    cloud_for(context, "volume", cloud)
    transfer = native(given.transfer) if is_global else given.transfer
    if NATIVE_ID.match(transfer) is None:
        raise Invalid("`transfer` is the id of an offer.", field="transfer")
    if not given.key.strip() or len(given.key) > 255:
        raise Invalid("`key` is the key of the offer.", field="key")
    project = project_for(context, given.project)
    offer = context.inventory.table("volumeTransfer").get(ids.make("volumeTransfer", cloud, transfer))
    return Plan(
        project_id=project.id,
        targets=[Target("volumeTransfer", transfer)],
        # The volume, because an offer that is accepted is gone, and only the volume tells then whose it is.
        args={"cloud": cloud, "transfer": transfer, "key": given.key, "volume": offer and offer.volume_id},
        changes=[changed(transfer, "volume of the offer", None, f"in {project.name}")],
    )


async def _run_accept(run: Run) -> None:
    args = run.args
    port = run.port("volume", args["cloud"])
    made = await run.once(
        "accept",
        "Accept the offer",
        lambda: port.accept_transfer(run.credential, args["transfer"], args["key"]),
        lambda: _taken(run),
    )
    volume = ids.make("volume", args["cloud"], made)
    await run.resource(volume)
    await run.until("available", "Wait until it is yours", volume, lambda row: row.project_id == run.record.project_id)
    # so that nobody is shown an offer that is over
    await run.reread(_offer(run))


async def _taken(run: Run) -> str | None:
    """While the offer is there, it was not accepted; when it is gone, the volume is in the project, or somebody else has it."""
    volume = run.args.get("volume")
    if volume is None or await run.inventory.reread(_offer(run)) is not None:
        return None
    row: Any = await run.inventory.reread(volume)
    return native(volume) if row is not None and row.project_id == run.record.project_id else None


def _offer(run: Run) -> str:
    return ids.make("volumeTransfer", run.args["cloud"], run.args["transfer"])


async def _plan_delete(context: Context, given: Any) -> Plan:
    row = await fresh(context, "volumeTransfer", given.transfer)
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"transfer": row.id, "touched": [row.volume_id]},
        changes=[changed(row.name, "offer", "open", None)],
    )


def _undo(record: Record) -> tuple[str, dict[str, Any]] | None:
    made = record.made("volumeTransfer")
    return None if made is None else ("volumeTransfer.delete", {"transfer": made})


ACTIONS = (
    Action(
        name="volumeTransfer.create",
        summary="Offer a volume to another project.",
        input=VolumeTransferCreateInput,
        plan=_plan_create,
        run=_run_create,
        danger=Danger.HIGH,
        positional=("volume", "name"),
        choices={"volume": "volume"},
        undo=_undo,
    ),
    Action(
        name="volumeTransfer.accept",
        summary="Take an offered volume into a project.",
        input=VolumeTransferAcceptInput,
        plan=_plan_accept,
        run=_run_accept,
        positional=("transfer",),
        secret=frozenset({"key"}),
        choices={"project": "project"},
    ),
    deletion(
        "volumeTransfer",
        "transfer",
        "volume",
        "Take an offer back.",
        "Id or name of the offer.",
        _plan_delete,
        lambda port, acting, held: port.delete_transfer(acting, held),
        title="Take the offer back",
        danger=Danger.LOW,
    ),
)
