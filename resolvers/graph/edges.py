"""Relations between rows, as fields of GraphQL types: declared in one line, answered from the read model, with the caller's rights.

project: Annotated["Project", lazy] | None = one("project", "project_id", "The project that owns it.")
volumes: list[Annotated["Volume", lazy]] = many("volume", "server_ids", "Volumes that are attached.")
servers: Connection[Annotated["Server", lazy]] = connected("server", "project_id", "Its servers.")
"""

from collections.abc import Callable, Sequence
from typing import Any

import strawberry
from strawberry import Info

from resolvers.context import Context
from resolvers.graph.connection import connection_of
from resolvers.inventory import paging
from resolvers.inventory.paging import DEFAULT_ORDER, PageArgs
from resolvers.inventory.table import values_of
from resolvers.inventory.where import Where


def one(kind: str, attribute: str, description: str) -> Any:
    """The row whose global id stands in `attribute`; null when there is none or the caller may not see it."""

    def read(row: Any, context: Context) -> Any:
        context.touched.add(kind)
        found = context.inventory.get(context.actor, kind, getattr(row, attribute))
        if found is not None:
            context.leads_to(1)
        return found

    return _edge(read, description)


def some(kind: str, attribute: str, description: str) -> Any:
    """The rows whose global ids stand in the tuple `attribute`, in its order."""

    def read(row: Any, context: Context) -> Any:
        context.touched.add(kind)
        found = (context.inventory.get(context.actor, kind, row_id) for row_id in getattr(row, attribute))
        return _followed(context, [each for each in found if each is not None])

    return _edge(read, description)


def many(kind: str, index: str, description: str, by: str = "id") -> Any:
    """The rows of `kind` that have this row's `by` under their `index`: the way back of `one` and `some`."""

    def read(row: Any, context: Context) -> Any:
        context.touched.add(kind)
        return _followed(context, context.inventory.related(context.actor, kind, index, getattr(row, by)))

    return _edge(read, description)


def connected(kind: str, index: str, description: str, by: str = "id") -> Any:
    """As `many`, in pages: for what a row may have thousands of. The type is `Connection[...]`."""

    def resolve(
        root: strawberry.Parent[Any], info: Info[Context, None], first: int | None = None, after: str | None = None
    ) -> Any:
        context, wanted = info.context, getattr(root, by)

        def of_the_cloud(row: Any) -> bool:
            return bool(row.cloud == root.cloud)  # names, unlike ids, are of one cloud only

        # The index leads to them all and to no others.
        inventory, where = context.inventory, Where(None if by == "id" else of_the_cloud, {index: frozenset([wanted])})
        place = (kind, index, wanted, None if by == "id" else root.cloud, inventory.table(kind).version)
        rows = selected_once(context, place, lambda: inventory.select(context.actor, kind, where))
        return connection_of(context, kind, paging.cut(rows, DEFAULT_ORDER, PageArgs(first, after)), len(rows))

    return strawberry.field(resolver=resolve, description=f"{description} In pages: `first` is 50 unless said.")


def through(middle: str, index: str, kind: str, attribute: str, description: str) -> Any:
    """The rows of `kind` named by `attribute` in those rows of `middle` that have this row's id under `index`, each once.

    `through("port", "server_id", "network", "network_id", ...)` are the networks that a server's ports are on.
    """

    def read(row: Any, context: Context) -> Any:
        inventory = context.inventory
        context.touched.update((middle, kind))

        def select() -> list[Any]:
            between = inventory.related(context.actor, middle, index, row.id)
            named = dict.fromkeys(row_id for each in between for row_id in values_of(each, attribute))
            found = (inventory.get(context.actor, kind, row_id) for row_id in named)
            return [each for each in found if each is not None]

        versions = inventory.table(middle).version, inventory.table(kind).version
        return _followed(context, selected_once(context, (middle, index, row.id, kind, attribute, *versions), select))

    return _edge(read, description)


def computed(resolve: Callable[[Any, Context], Any], description: str) -> Any:
    """A row, or rows, that are worked out from this one."""

    def read(row: Any, context: Context) -> Any:
        found = resolve(row, context)
        return _followed(context, found) if isinstance(found, list) else found

    return _edge(read, description)


def operators(attribute: str, description: str) -> Any:
    """An attribute that only operators of the cloud may read; null for everybody else."""
    return _edge(lambda row, context: getattr(row, attribute) if context.actor.all_projects else None, description)


def _edge(read: Callable[[Any, Context], Any], description: str) -> Any:
    """`read` is all there is to the field, so the gateway may call it without the ceremony of GraphQL (gateway/execution/subtrees.py)."""

    def resolve(root: strawberry.Parent[Any], info: Info[Context, None]) -> Any:
        return read(root, info.context)

    return strawberry.field(resolver=resolve, description=description, metadata={"read": read})


def selected_once(context: Context, place: tuple[Any, ...], select: Callable[[], Sequence[Any]]) -> Sequence[Any]:
    """Selected once for one answer and one state of the rows: a thousand rows may lead to the same ten thousand."""
    rows = context.selected.get(place)
    if rows is None:
        rows = context.selected[place] = select()
    return rows


def _followed(context: Context, rows: Sequence[Any]) -> Sequence[Any]:
    """The rows that an edge leads to, counted."""
    context.leads_to(len(rows))
    return rows
