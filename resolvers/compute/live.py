"""Fields of a server that are read live, as the caller, because no read model can hold them: console log, console, history.

Used by `types.py`. Each costs one call of the backend.
"""

from typing import Any

import strawberry
from strawberry import Info

from resolvers.actor import MEMBER
from resolvers.context import Context
from resolvers.errors import Denied, Invalid
from resolvers.planning import cloud_of

COST = 50
MAX_LINES = 1_000
CONSOLE_TYPES = ("novnc", "spice-html5", "serial")


async def console_log(root: strawberry.Parent[Any], info: Info[Context, None], lines: int = 50) -> str:
    if not 1 <= lines <= MAX_LINES:
        raise Invalid(f"`lines` is between 1 and {MAX_LINES}; {lines} was asked for.", field="lines")
    context = info.context
    context.takes(COST)
    port = context.ports.get("compute", cloud_of(root.id))
    text: str = await port.console_log(context.actor.credential(root.project_id), root.native_id, lines)
    return text


async def console(root: strawberry.Parent[Any], info: Info[Context, None], type: str = "novnc") -> Any:  # noqa: A002 - the schema's name
    """Opening a screen is power over the server, so it takes more than the right to read."""
    context = info.context
    if MEMBER not in context.actor.roles_on(root.project_id):
        raise Denied(f"The console needs the role `{MEMBER}` on the project, which you do not have.")
    if type not in CONSOLE_TYPES:
        raise Invalid(f"`type` is one of {', '.join(CONSOLE_TYPES)}.", field="type")
    context.takes(COST)
    port = context.ports.get("compute", cloud_of(root.id))
    return await port.console(context.actor.credential(root.project_id), root.native_id, type)


async def history(root: strawberry.Parent[Any], info: Info[Context, None]) -> Any:
    context = info.context
    context.takes(COST)
    port = context.ports.get("compute", cloud_of(root.id))
    return await port.history(context.actor.credential(root.project_id), root.native_id)
