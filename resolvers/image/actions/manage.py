"""What is done with an image that is there: delete, share, deprecate, rename, protect. Listed in `__init__`."""

from typing import Any

import strawberry

from resolvers import ids
from resolvers.action import Action, Plan
from resolvers.changing import changing
from resolvers.context import Context
from resolvers.deleting import deletion
from resolvers.errors import NotFound
from resolvers.operations.run import Run
from resolvers.planning import (
    changed,
    fresh,
    known,
    native,
    owned,
    reference_input,
    require,
    required,
    target,
    targets,
)
from resolvers.renaming import renaming


async def _own(context: Context, reference: str) -> Any:
    """An image that the caller's projects own: others may see it and not change it, which the backend would say as well."""
    row = await fresh(context, "image", reference)
    owned(context, row)
    return row


async def _plan_delete(context: Context, given: Any) -> Plan:
    row = await _own(context, given.image)
    require(not row.protected, f"`{row.name}` is protected; take the protection away first.")
    servers = context.inventory.related(context.actor, "server", "image_id", row.id)
    volumes = context.inventory.related(context.actor, "volume", "image_id", row.id)
    users = [*servers, *volumes]
    stranded = [f"{len(users)} servers or volumes made from it can not be rebuilt."] if users else []
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"image": row.id},
        changes=[changed(row.name, "image", row.status, None)],
        dependants=targets(users[:50]),
        warnings=["Its content is gone for good.", *stranded],
    )


@strawberry.input
class ImageShareInput:
    image: str = required("Id or name of the image.")
    project: str = required("Project to share with: an id, or a name that you can see.")


@strawberry.input
class ImageUnshareInput:
    image: str = required("Id or name of the image.")
    project: str = required("Project that shall not have it any more: an id, or a name that you can see.")


def _sharing(share: bool) -> Action:
    verb, back = ("share", "unshare") if share else ("unshare", "share")

    async def plan(context: Context, given: Any) -> Plan:
        row = await _own(context, given.image)
        other = _project(context, given.project)
        has = other in row.shared_with
        require(has is not share, f"`{row.name}` is {'already' if share else 'not'} shared with that project.")
        require(
            not share or row.visibility in ("private", "shared"),
            f"`{row.name}` is {row.visibility}: everybody has it already.",
        )
        name = native(other)
        return Plan(
            project_id=row.project_id,
            targets=[target(row)],
            args={"image": row.id, "project": other},
            changes=[changed(row.name, "shared with", None if share else name, name if share else None)],
            undo=f"image.{back}",
        )

    async def send(port: Any, run: Run, image: str) -> None:
        change = port.share_image if share else port.unshare_image
        await change(run.credential, image, native(run.args["project"]))

    return Action(
        name=f"image.{verb}",
        summary="Share an image with a project." if share else "Take an image back from a project.",
        input=ImageShareInput if share else ImageUnshareInput,
        plan=plan,
        run=changing("image", "image", "Change who has it", send, already=None if share else NotFound),
        positional=("image", "project"),
        choices={"image": "image", "project": "project"},
        undo=lambda record: (f"image.{back}", {"image": record.args["image"], "project": record.args["project"]}),
    )


def _project(context: Context, reference: str) -> str:
    """A project's global id. Projects that the caller does not see can be named by id only, and the backend says whether they are."""
    identity = context.ports.identity_cloud
    if ids.looks_like(reference, "project"):
        return reference
    if len(reference) == 32 and all(c in "0123456789abcdef" for c in reference):
        return ids.make("project", identity, reference)
    row_id: str = known(context, "project", reference).id
    return row_id


def _switch(name: str, summary: str, attribute: str, value: bool, back: str, sentence: str) -> Action:
    """An action that sets one yes-or-no of an image."""

    async def plan(context: Context, given: Any) -> Plan:
        row = await _own(context, given.image)
        require(getattr(row, attribute) is not value, f"`{row.name}` is {sentence} already.")
        return Plan(
            project_id=row.project_id,
            targets=[target(row)],
            args={"image": row.id},
            changes=[changed(row.name, attribute, not value, value)],
            undo=back,
        )

    noun, verb = name.split(".")
    return Action(
        name=name,
        summary=summary,
        input=reference_input(f"{noun.title()}{verb.title()}Input", "image", "Id or name of the image."),
        plan=plan,
        run=changing(
            "image",
            "image",
            summary,
            lambda port, run, held: port.update_image(run.credential, held, **{attribute: value}),
        ),
        positional=("image",),
        choices={"image": "image"},
        undo=lambda record: (back, {"image": record.args["image"]}),
    )


ACTIONS = (
    deletion(
        "image",
        "image",
        "image",
        "Delete an image.",
        "Id or name of the image.",
        _plan_delete,
        lambda port, acting, held: port.delete_image(acting, held),
    ),
    _sharing(True),
    _sharing(False),
    _switch(
        "image.deprecate",
        "Take an image out of the ordinary lists.",
        "deprecated",
        True,
        "image.restore",
        "deprecated",
    ),
    _switch(
        "image.restore",
        "Put a deprecated image back into the lists.",
        "deprecated",
        False,
        "image.deprecate",
        "in the lists",
    ),
    _switch("image.protect", "Protect an image from being deleted.", "protected", True, "image.unprotect", "protected"),
    _switch("image.unprotect", "Allow an image to be deleted.", "protected", False, "image.protect", "unprotected"),
    renaming("image", "image", _own, lambda port, acting, held, name: port.update_image(acting, held, name=name)),
)
