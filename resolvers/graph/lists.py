"""The root fields of a kind: `servers(...)`, `server(id)`, `serverFacets(filter)`. Generated, because every kind has the same.

Called by `schema`. Answers come from the read model at once; only a request for fresher rows (`maxAge`) waits for a backend.
"""

import enum
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any

import strawberry
from strawberry import Info

from resolvers.context import Context
from resolvers.domain import Resource
from resolvers.errors import Denied, Invalid
from resolvers.graph.connection import Connection, ConnectionData, FacetCount, page_of
from resolvers.graph.filters import compiling, filter_type, type_name
from resolvers.graph.generated import publish
from resolvers.graph.scalars import Duration
from resolvers.graph.spelling import snake
from resolvers.inventory.allowance import Purpose
from resolvers.inventory.kinds import Kind
from resolvers.inventory.paging import DEFAULT_ORDER, OrderKey, PageArgs
from resolvers.inventory.turns import Steps

MAX_ORDER_KEYS = 4
FRESH_COST = (
    250  # of each list that a backend is made to give: of 25,000 rows it takes some 100 ms of CPU here, and more there
)


@strawberry.enum(description="From the smallest value to the largest, or the other way round.")
class Direction(enum.Enum):
    ASC = "ASC"
    DESC = "DESC"


def root_fields(resource: Resource, kinds: dict[str, Kind[Any]]) -> dict[str, Any]:
    """Python field name -> strawberry field. Filter types must be made for all kinds, listed or not, because edges refer to them."""
    kind, name = resource.kind, type_name(resource.kind)
    filters = filter_type(kind, kinds, name)
    if not resource.listed:
        return {}
    fields = {snake(kind.plural): _list(resource, filters, name), snake(kind.name): _single(resource)}
    if kind.facets:
        fields[f"{snake(kind.name)}_facets"] = _facets(kind, filters, name)
    return fields


def _when_fresh(context: Context, kind: str, max_age: float | None, answer: Callable[[], Any]) -> Any:
    """Answer at once where nothing has to be waited for: an awaitable costs more than the whole page."""
    inventory = context.inventory
    if max_age is None and inventory.has(kind):
        return answer()
    if max_age is not None:
        context.wants(kind, max_age)
        context.takes(FRESH_COST * inventory.older(kind, max_age))
    return _waiting(inventory.ensure(kind, max_age, Purpose.READ), answer)


async def _waiting(fresh: Awaitable[None], answer: Callable[[], Any]) -> Any:
    await fresh
    found = answer()
    return await found if isawaitable(found) else found


def _list(resource: Resource, filters: type[Any], name: str) -> Any:
    kind = resource.kind
    order_input, order_keys = _order_input(kind, name)

    def resolve(
        info: Info[Context, None],
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: Any = None,  # noqa: A002 - the argument's name in the schema
        order_by: Any = None,
        max_age: Duration | None = None,
    ) -> Any:
        context = info.context
        actor = context.actor
        args = PageArgs(first, after, last, before)
        args.size()

        def steps() -> Steps[ConnectionData]:
            where = yield from compiling(kind, filter, context.inventory, actor)
            order = order_keys(order_by)
            if not actor.all_projects and any(key.attribute in kind.operator_only for key in order):
                raise Denied("Ordering by this is for operators of the cloud.", field="orderBy")
            return (yield from page_of(context, kind, where, order, args, max_age))

        return _when_fresh(context, kind.name, max_age, lambda: context.in_turns(steps()))

    resolve.__annotations__["filter"] = filters | None
    resolve.__annotations__["order_by"] = list[order_input] | None  # type: ignore[valid-type] # a runtime annotation
    return strawberry.field(
        resolver=resolve,
        graphql_type=Connection[resource.type],  # type: ignore[name-defined] # a runtime type argument
        description=f"The {kind.titles} that you may see. `first` is 50 unless said, at most 1,000; `maxAge: 0` reads them live.",
    )


def _single(resource: Resource) -> Any:
    kind = resource.kind

    def resolve(info: Info[Context, None], id: strawberry.ID, max_age: Duration | None = None) -> Any:  # noqa: A002 - the argument is named so in the graph
        context = info.context
        if context.known_actor is None:
            return context.actor

        def answer() -> Any:
            context.touched.add(kind.name)
            return context.resolve(kind.name, id)

        return _when_fresh(context, kind.name, max_age, answer)

    return strawberry.field(
        resolver=resolve,
        graphql_type=resource.type | None,
        description=f"One {kind.title}, by id, or by name when the name is unique in your sight.",
    )


def _facets(kind: Kind[Any], filters: type[Any], name: str) -> Any:
    annotations = dict.fromkeys(kind.facets, list[FacetCount])
    facets = strawberry.type(publish(type(f"{name}Facets", (), {"__annotations__": annotations})))

    def resolve(info: Info[Context, None], filter: Any = None) -> Any:  # noqa: A002 - the argument's name in the schema
        context = info.context
        actor = context.actor

        def steps() -> Steps[Any]:
            where = yield from compiling(kind, filter, context.inventory, actor)
            rows = list((yield from context.inventory.selecting(actor, kind.name, where)))
            hidden = frozenset() if actor.all_projects else kind.operator_only
            counted: dict[str, list[FacetCount]] = {}
            for facet in kind.facets:
                counted[facet] = [] if facet in hidden else _counts(rows, facet)
                yield len(rows)
            return facets(**counted)

        context.touched.add(kind.name)
        return _when_fresh(context, kind.name, None, lambda: context.in_turns(steps()))

    resolve.__annotations__["filter"] = filters | None
    return strawberry.field(
        resolver=resolve, graphql_type=facets, description=f"How many {kind.titles} have which values."
    )


def _counts(rows: Any, attribute: str) -> list[FacetCount]:
    counts: dict[str, int] = {}
    for row in rows:
        value = getattr(row, attribute)
        for member in value if isinstance(value, tuple) else (value,):
            text = "" if member is None else str(getattr(member, "value", member))
            counts[text] = counts.get(text, 0) + 1
    return [
        FacetCount(value=value, count=count)
        for value, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def _order_input(kind: Kind[Any], name: str) -> tuple[type[Any], Callable[[Any], tuple[OrderKey, ...]]]:
    members = {attribute.upper(): attribute for attribute in kind.orders}
    named: Any = enum.Enum(f"{name}OrderField", members)  # type: ignore[misc] # the members come from the kind
    publish(named)
    fields: Any = strawberry.enum(named)
    namespace = {
        "__annotations__": {"field": fields, "direction": Direction},
        "direction": Direction.ASC,
    }
    order = strawberry.input(publish(type(f"{name}Order", (), namespace)), description="A key to order by.")

    def keys(given: Any) -> tuple[OrderKey, ...]:
        if not given:
            return DEFAULT_ORDER
        if len(given) > MAX_ORDER_KEYS:
            raise Invalid(
                f"A list is ordered by at most {MAX_ORDER_KEYS} keys; {len(given)} were given.", field="orderBy"
            )
        return tuple(OrderKey(key.field.value, key.direction is Direction.DESC) for key in given)

    return order, keys
