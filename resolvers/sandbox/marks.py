"""Markers of rows of the network: which operation made a row. The rows show them nowhere, as those of Neutron's adapter."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from resolvers.inventory.kinds import Row
from resolvers.sandbox.records import KEPT, Marked

if TYPE_CHECKING:
    from resolvers.sandbox.world import World


def mark(world: "World", row: Row, marker: str) -> None:
    """Remember which operation made the row; it goes with the row."""
    if marker:
        world.put(Marked(native_id=world.key(row), marker=marker))


def find(world: "World", kind: str, marker: str, project: str) -> Sequence[str]:
    """Native ids of the rows of a kind in a project that carry the marker."""
    project_id = world.ref("project", project)
    keys = [marked.native_id.split("/", 1) for marked in world.where(Marked, "marker", marker)]
    found = [world.get(KEPT[kind], native) for of, native in keys if of == kind]
    return [row.native_id for row in found if row is not None and row.project_id == project_id]
