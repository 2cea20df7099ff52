"""What people write on a server: `server.rename`, `server.setMetadata`, `server.setTags`. Each can be undone. Listed in `__init__`."""

from typing import Any

import strawberry
from strawberry.scalars import JSON

from resolvers.action import Action, Plan
from resolvers.changing import changing
from resolvers.compute.actions.lifecycle import server_of, unlocked
from resolvers.compute.port import MARKER
from resolvers.context import Context
from resolvers.errors import Invalid
from resolvers.planning import (
    changed,
    checked_labels,
    checked_name,
    described,
    not_a_step,
    require,
    required,
    target,
)
from resolvers.renaming import renaming

MAX_TAGS = 50  # Nova's limit


async def _free(context: Context, reference: str) -> Any:
    row = await server_of(context, reference)
    unlocked(context, row)
    return row


@strawberry.input
class ServerSetMetadataInput:
    server: str = required("Id or name of the server.")
    metadata: JSON | None = described('Labels to set, such as {"service": "talk"}; others stay.')
    remove: list[str] | None = described("Labels to take away.")


async def _plan_metadata(context: Context, given: ServerSetMetadataInput) -> Plan:
    wanted = checked_labels(given.metadata or {}, "metadata")
    remove = [not_a_step(key, "remove") for key in given.remove or ()]
    if MARKER in wanted or MARKER in remove:
        raise Invalid(f"The label `{MARKER}` is 9rum's own.", field="metadata")
    if twice := set(wanted) & set(remove):
        raise Invalid(f"`{min(twice)}` is both set and removed.", field="remove")
    row = await _free(context, given.server)
    remove = [key for key in remove if key in row.metadata]
    changes = [
        changed(row.name, key, row.metadata.get(key), value)
        for key, value in wanted.items()
        if row.metadata.get(key) != value
    ]
    changes += [changed(row.name, key, row.metadata[key], None) for key in remove]
    require(bool(changes), f"The labels of `{row.name}` are so already.")
    touched = {*wanted, *remove}
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={
            "server": row.id,
            "set": wanted,
            "remove": remove,
            "undo_set": {key: row.metadata[key] for key in touched if key in row.metadata},
            "undo_remove": sorted(key for key in touched if key not in row.metadata),
        },
        changes=changes,
        undo="server.setMetadata",
    )


@strawberry.input
class ServerSetTagsInput:
    server: str = required("Id or name of the server.")
    tags: list[str] = required("All its tags from now on.")


async def _plan_tags(context: Context, given: ServerSetTagsInput) -> Plan:
    tags = list(dict.fromkeys(checked_name(tag, "tags") for tag in given.tags))
    if len(tags) > MAX_TAGS:
        raise Invalid(f"A server takes at most {MAX_TAGS} tags; {len(tags)} were given.", field="tags")
    if bad := next((tag for tag in tags if "," in tag or "/" in tag or len(tag) > 60), None):
        raise Invalid(f"The tag `{bad[:60]}` has a comma or a slash, or more than 60 characters.", field="tags")
    row = await _free(context, given.server)
    require(set(tags) != set(row.tags), f"The tags of `{row.name}` are so already.")
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"server": row.id, "tags": tags, "before": list(row.tags)},
        changes=[changed(row.name, "tags", ", ".join(row.tags), ", ".join(tags))],
        undo="server.setTags",
    )


ACTIONS = (
    renaming("server", "compute", _free, lambda port, acting, held, name: port.rename_server(acting, held, name)),
    Action(
        name="server.setMetadata",
        summary="Set or remove labels of a server.",
        input=ServerSetMetadataInput,
        plan=_plan_metadata,
        run=changing(
            "server",
            "compute",
            "Set the labels",
            lambda port, run, held: port.set_metadata(run.credential, held, run.args["set"], run.args["remove"]),
        ),
        positional=("server",),
        choices={"server": "server"},
        undo=lambda record: (
            "server.setMetadata",
            {
                "server": record.args["server"],
                "metadata": record.args["undo_set"],
                "remove": record.args["undo_remove"],
            },
        ),
    ),
    Action(
        name="server.setTags",
        summary="Set the tags of a server.",
        input=ServerSetTagsInput,
        plan=_plan_tags,
        run=changing(
            "server",
            "compute",
            "Set the tags",
            lambda port, run, held: port.set_tags(run.credential, held, run.args["tags"]),
        ),
        positional=("server", "tags"),
        choices={"server": "server"},
        undo=lambda record: ("server.setTags", {"server": record.args["server"], "tags": record.args["before"]}),
    ),
)
