"""The name of a project, for rules of the policy that go by names. Asked by `engine`, and where a policy decides without it."""

import contextlib

from resolvers import ids
from resolvers.errors import GurumError
from resolvers.inventory.store import Inventory


def read(inventory: Inventory, project_id: str | None) -> str | None:
    """None for none, and while the project was not read."""
    if project_id is None or "project" not in inventory.kinds:
        return None
    row = inventory.table("project").get(project_id)
    return None if row is None else str(row.name)


async def looked_up(inventory: Inventory, project_id: str | None) -> str | None:
    """As `read`, and one that was not read is asked for now. What a deleted project left behind goes by the project's id."""
    name = read(inventory, project_id)
    if name is not None or project_id is None or "project" not in inventory.kinds:
        return name
    _, cloud, native = ids.parse(project_id)
    if any(listed.cloud == cloud for listed in inventory.collections("project")):
        with contextlib.suppress(GurumError):
            row = await inventory.reread(project_id)
            return native if row is None else str(row.name)
    return None
