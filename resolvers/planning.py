"""What the plans of all domains need: references made fresh, the project and cloud to act in, names checked, quota effects.

Called by `<domain>/actions`. Nothing here changes anything.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import strawberry

from resolvers import ids
from resolvers.action import Difference, QuotaEffect, Target
from resolvers.actor import MEMBER, READER, Actor
from resolvers.context import Context
from resolvers.errors import Candidate, Conflict, Denied, Invalid, NotFound, TimedOut, Unavailable
from resolvers.graph.spelling import camel
from resolvers.inventory.store import Inventory, shown

MAX_NAME = 255  # characters; the limit of every OpenStack service
MAX_LABELS = 127  # Nova's limit is 128, and one is 9rum's own
CLOCKS_APART = timedelta(seconds=5)  # between a backend's moments and ours, at most
FEW = 16  # rows that are read one by one; more of them take a list
JUST_NOW = 2.0  # seconds: a name that is unknown may have been made elsewhere a moment ago


async def fresh(context: Context, kind: str, reference: str, where: Callable[[Any], bool] | None = None) -> Any:
    """The row that an id or name means, as its backend tells it right now, so that a plan is made from the truth.

    Raises NotFound, Invalid (ambiguous), and Unavailable or TimedOut when the backend can not be asked.
    """
    context.require_actor()
    await context.inventory.ensure(kind, None)
    try:
        row = context.resolve(kind, reference, where)
    except NotFound:
        await context.inventory.ensure(kind, JUST_NOW)
        row = context.resolve(kind, reference, where)
    live = await context.inventory.reread(row.id)
    title = context.inventory.kinds[kind].title
    if live is None or context.inventory.get(context.actor, kind, row.id) is None:
        raise NotFound(f"There is no {title} named `{shown(reference)}` any more.", field=kind)
    return live


def known(context: Context, kind: str, reference: str, cloud: str | None = None) -> Any:
    """The row from the read model: for what a plan only refers to (a flavor, a network) and the backend checks again."""
    return context.resolve(kind, reference, None if cloud is None else lambda row: bool(row.cloud == cloud))


async def of_project(context: Context, kind: str, reference: str, project_id: str, cloud: str) -> Any:
    """By name within a project and what is shared with everyone, because names such as `default` stand once in every project.

    What is not found is looked for live: it may have been made this moment, as Neutron makes a project's group `default` at its first use.
    """

    def fits(row: Any) -> bool:
        return bool(row.cloud == cloud and (row.project_id == project_id or getattr(row, "public", False)))

    try:
        return context.resolve(kind, reference, fits)
    except NotFound:
        await context.inventory.ensure(kind, 0.0)
        return context.resolve(kind, reference, fits)


def owned(context: Context, row: Any) -> None:
    """Raises Denied for a row that the caller sees only because it is shared: changing it is its owner's business."""
    if not context.actor.sees(row.project_id):
        raise Denied(f"`{label(row)}` belongs to another project and is shared with yours; only its owner changes it.")


async def related_now(context: Context, kind: str, index: str, value: str) -> list[Any]:
    """Rows under one value of an index; read live when there are any, because something will be refused because of them.

    A few are read one by one: a whole list of a large cloud takes longer than a plan waits, and then it would tell nothing new.
    """
    inventory = context.inventory
    await inventory.ensure(kind, None)
    rows = inventory.related(context.actor, kind, index, value)
    if len(rows) > FEW:
        await inventory.ensure(kind, 0.0)
    else:
        await asyncio.gather(*(_read_again(inventory, row.id) for row in rows))
    return inventory.related(context.actor, kind, index, value)


async def _read_again(inventory: Inventory, row_id: str) -> None:
    """What can not be read now stands as it is."""
    with contextlib.suppress(Unavailable, TimedOut):
        await inventory.reread(row_id)


async def related_or_live(
    context: Context, kind: str, index: str, value: str, enough: Callable[[list[Any]], bool] = bool
) -> list[Any]:
    """Rows under one value of an index; read live when they are not `enough`: what is missing may have been made this moment."""
    await context.inventory.ensure(kind, None)
    rows = context.inventory.related(context.actor, kind, index, value)
    if not enough(rows):
        await context.inventory.ensure(kind, 0.0)
        rows = context.inventory.related(context.actor, kind, index, value)
    return rows


def label(row: Any) -> str:
    """What people call it: its name, or its id in the backend when it has none."""
    return str(row.name or row.native_id)


def native(row_id: str) -> str:
    """The backend's own id inside a global id that is surely there."""
    return row_id.split("/", 1)[1]


def cloud_of(row_id: str) -> str:
    return ids.parse(row_id).cloud


def target(row: Any) -> Target:
    return Target(kind=row.id.split(":", 1)[0], name=label(row), id=row.id)


def targets(rows: Iterable[Any]) -> list[Target]:
    return [target(row) for row in rows]


def changed(name: str, attribute: str, before: Any, after: Any) -> Difference:
    """A difference in the words of people; None stays absent."""
    return Difference(name, attribute, _text(before), _text(after))


@dataclass(frozen=True)
class Edit:
    """The attributes of a row that would change: their new values, and the old ones for the way back."""

    after: dict[str, Any]
    before: dict[str, Any]
    differences: list[Difference]


def edit(row: Any, wanted: Mapping[str, Any]) -> Edit:
    """What of `wanted` (None: leave it) is new. Raises Invalid when nothing is asked for, Conflict when everything is so already."""
    asked = {attribute: value for attribute, value in wanted.items() if value is not None}
    if not asked:
        raise Invalid(f"Say what to change: {', '.join(f'`{camel(name)}`' for name in wanted)}.")
    after = {attribute: value for attribute, value in asked.items() if getattr(row, attribute) != value}
    require(bool(after), f"`{label(row)}` is so already; there is nothing to change.")
    before = {attribute: getattr(row, attribute) for attribute in after}
    differences = [changed(label(row), camel(name), before[name], value) for name, value in after.items()]
    return Edit(after, before, differences)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return str(getattr(value, "value", value))


def checked_name(text: str, field: str = "name", empty: bool = False) -> str:
    """A name that every backend takes and every reader can read. Raises Invalid."""
    if not text.strip() and not empty:
        raise Invalid(f"`{field}` may not be empty.", field=field)
    if len(text) > MAX_NAME:
        raise Invalid(f"`{field}` has {len(text)} characters; at most {MAX_NAME} are allowed.", field=field)
    if not text.isprintable():
        raise Invalid(
            f"`{field}` holds control or invisible characters; use letters, digits and signs that can be read.",
            field=field,
        )
    return text


def text_of(given: str | None, most: int = MAX_NAME) -> str | None:
    """A description: one printable line. `most` is less where the backend keeps a marker in it. Raises Invalid."""
    if given is not None and len(given) > most:
        raise Invalid(
            f"`description` has {len(given)} characters; at most {most} are allowed here.", field="description"
        )
    return None if given is None else checked_name(given, "description", empty=True)


def checked_labels(labels: Any, field: str) -> dict[str, str]:
    """Metadata: printable keys and text values of at most 255 characters (Nova's and Cinder's limit). Raises Invalid."""
    if not isinstance(labels, Mapping):
        raise Invalid(f'`{field}` is an object of texts, such as {{"service": "talk"}}.', field=field)
    if len(labels) > MAX_LABELS:
        raise Invalid(f"`{field}` has {len(labels)} entries; at most {MAX_LABELS} are allowed.", field=field)
    for key, value in labels.items():
        if not isinstance(value, str) or len(value) > MAX_NAME:
            raise Invalid(f"Each value of `{field}` is a text of at most {MAX_NAME} characters.", field=field)
        not_a_step(checked_name(key, field), field)
    return dict(labels)


def not_a_step(name: str, field: str) -> str:
    """The name of something that backends know by a step of an address. Raises Invalid for those that lead elsewhere there."""
    if name in (".", ".."):
        raise Invalid(f"`{name}` can not be a name here: it would be another address of the cloud.", field=field)
    return name


def project_for(context: Context, reference: str | None, role: str = MEMBER) -> Any:
    """The project to make something in: the one named, the one of the caller's token, or the caller's only one."""
    actor = context.actor
    if reference is not None:
        return context.resolve("project", reference)
    if actor.project_id is not None and (row := context.inventory.get(actor, "project", actor.project_id)) is not None:
        return row
    usable = [
        row
        for row_id in usable_projects(actor, role)
        if (row := context.inventory.get(actor, "project", row_id)) is not None
    ]
    if len(usable) == 1:
        return usable[0]
    if not usable:
        raise NotFound(f"You have the role `{role}` on no project; ask an operator for one.", field="project")
    raise Invalid(
        "Say in which project, by `project`.",
        field="project",
        candidates=[Candidate(row.id, row.name) for row in sorted(usable, key=lambda row: str(row.name))[:10]],
    )


def any_project(context: Context, role: str = READER) -> Any:
    """A project to be signed in to upstream, for what belongs to no project: keypairs, flavors. The admin project comes first."""
    actor = context.actor
    if actor.project_id is not None:
        return project_for(context, None, role)
    rows = [context.inventory.get(actor, "project", row_id) for row_id in usable_projects(actor, role)]
    found = sorted(
        (row for row in rows if row is not None), key=lambda row: (row.id != actor.admin_project, str(row.name))
    )
    if not found:
        raise NotFound(f"You have the role `{role}` on no project; ask an operator for one.")
    return found[0]


def usable_projects(actor: Actor, role: str) -> list[str]:
    return [project for project, roles in actor.projects.items() if role in roles]


def cloud_for(context: Context, domain: str, name: str | None) -> str:
    """The cloud to make something in: the one named, or the first that offers the domain."""
    offered = context.ports.clouds(domain)
    if name is None and offered:
        return offered[0]
    if name not in offered:
        raise Invalid(
            f"No cloud named `{shown(name or '')}` offers this; there are: {', '.join(offered) or 'none'}.",
            field="cloud",
        )
    return name


async def quota_effects(
    context: Context, domain: str, cloud: str, project_id: str, more: Mapping[str, int]
) -> list[QuotaEffect]:
    """Before and after for each resource that would be used. Raises QuotaExceeded for the first that does not fit."""
    port = context.ports.get(domain, cloud)
    quotas = {quota.resource: quota for quota in await port.quotas(context.actor.credential(project_id))}
    return [quotas[resource].after(count) for resource, count in more.items() if resource in quotas]


def require(holds: bool, sentence: str) -> None:
    """Raises Conflict: right input, wrong state."""
    if not holds:
        raise Conflict(sentence)


def described(text: str, default: Any = None) -> Any:
    """An input field with its help and default."""
    return strawberry.field(description=text, default=default)


def required(text: str) -> Any:
    """An input field that must be given, with its help."""
    return strawberry.field(description=text)


def reference_input(name: str, field: str, text: str) -> type[Any]:
    """An input class with one reference, for the many actions that need no more: `ServerStartInput {server: String!}`."""
    cls = type(name, (), {"__annotations__": {field: str}, field: required(text), "__module__": __name__})
    return strawberry.input(cls)
