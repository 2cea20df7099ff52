"""Root fields over every kind: `node`, `nodes`, `search`. Used by `schema`."""

import heapq
from collections.abc import Sequence
from inspect import isawaitable
from typing import Any

import strawberry
from strawberry import Info

from resolvers import ids
from resolvers.context import Context
from resolvers.errors import Invalid, NotFound
from resolvers.graph.nodes import Node
from resolvers.inventory.kinds import Kind
from resolvers.inventory.store import shown
from resolvers.inventory.turns import Steps
from resolvers.inventory.where import Where

MAX_NODES = 200
MAX_HITS = 100
SEARCH_COST = 250  # it looks at every row that the caller sees: some 100 ms of CPU where there are 25,000


@strawberry.type(description="A row that matches a search, and where it matches.")
class SearchHit:
    kind: str
    matched: str = strawberry.field(description="The attribute that matches.")
    node: Node


async def _node(context: Context, row_id: str) -> Any:
    kind = ids.parse(row_id).kind
    if kind not in context.inventory.kinds:
        raise NotFound("There is nothing with this id.", field="id")
    await context.inventory.ensure(kind, None)
    context.touched.add(kind)
    return context.resolve(kind, row_id)


@strawberry.type
class NodeQueries:
    @strawberry.field(graphql_type=Node | None, description="Anything by its global id.")
    async def node(self, info: Info[Context, None], id: strawberry.ID) -> Any:  # noqa: A002 - the argument's name in the schema
        info.context.require_actor()
        return await _node(info.context, id)

    @strawberry.field(
        graphql_type=list[Node | None],
        description=f"Several things by their ids, in their order; null where there is none. At most {MAX_NODES}.",
        metadata={"size": "ids"},
    )
    async def nodes(self, info: Info[Context, None], ids: list[strawberry.ID]) -> Any:
        info.context.require_actor()
        if len(ids) > MAX_NODES:
            raise Invalid(f"`nodes` takes at most {MAX_NODES} ids; {len(ids)} were given.", field="ids")
        found: list[Any] = []
        for row_id in ids:
            try:
                found.append(await _node(info.context, row_id))
            except NotFound:
                found.append(None)
        return found

    @strawberry.field(
        description="Things whose name, id, address, tag or label has the text in it, best matches first.",
        metadata={"cost": SEARCH_COST},
    )
    async def search(
        self, info: Info[Context, None], text: str, kinds: list[str] | None = None, first: int = 20
    ) -> list[SearchHit]:
        context = info.context
        needle = text.strip().casefold()
        context.require_actor()
        if not 1 <= len(needle) <= 100:
            raise Invalid("Search for a text of 1 to 100 characters.", field="text")
        if not 0 <= first <= MAX_HITS:
            raise Invalid(f"`first` is between 0 and {MAX_HITS}; {first} was asked for.", field="first")
        searched = known_kinds(context, kinds)
        for kind in searched:
            await context.inventory.ensure(kind.name, None)
            context.touched.add(kind.name)
        found = context.in_turns(_hits(context, searched, needle))
        hits = await found if isawaitable(found) else found
        best = heapq.nsmallest(first, hits, key=lambda hit: hit[:4])
        return [SearchHit(kind=row.id.split(":", 1)[0], matched=matched, node=row) for _, _, _, matched, row in best]


def known_kinds(context: Context, names: Sequence[str] | None) -> list[Kind[Any]]:
    """The kinds of these names, each once; all when nothing is said. Raises Invalid with what there is."""
    kinds = context.inventory.kinds
    if names is None:
        return list(kinds.values())
    if unknown := set(names) - set(kinds):
        raise Invalid(
            f"There is no kind named `{shown(min(unknown), 40)}`; there are: {', '.join(sorted(kinds))}.", field="kinds"
        )
    return [kinds[name] for name in dict.fromkeys(names)]


def _hits(context: Context, kinds: Sequence[Kind[Any]], needle: str) -> Steps[list[tuple[int, str, str, str, Any]]]:
    matches: dict[str, tuple[int, str]] = {}
    hits: list[tuple[int, str, str, str, Any]] = []
    for kind in kinds:

        def test(row: Any, kind: Kind[Any] = kind) -> bool:
            found = _match(kind, row, needle)
            if found is not None:
                matches[row.id] = found
            return found is not None

        rows = yield from context.inventory.selecting(context.actor, kind.name, Where(test))
        hits += [(matches[row.id][0], row.name, row.id, matches[row.id][1], row) for row in rows]
    return hits


def _match(kind: Kind[Any], row: Any, needle: str) -> tuple[int, str] | None:
    """0 for an equal text, 1 for a beginning, 2 for a part; and the attribute.

    It is asked of every row that the caller sees, so plain texts, which are most, take no detour.
    """
    best: tuple[int, str] | None = None
    for attribute in kind.search:
        value = getattr(row, attribute)
        for text in (value,) if isinstance(value, str) else _texts(value) if value else ():
            folded = text.casefold()
            if needle in folded:
                rank = 0 if folded == needle else 1 if folded.startswith(needle) else 2
                if best is None or rank < best[0]:
                    best = (rank, attribute)
    return best


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [f"{key}={held}" for key, held in value.items()]
    if isinstance(value, tuple):
        return [str(getattr(member, "ip", member)) for member in value]
    return [str(value)]
