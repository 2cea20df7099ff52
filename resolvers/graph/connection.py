"""Pages of rows as Relay connections, with their freshness. Made by `lists` and `edges`; the sources are plain objects, read once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import strawberry

from resolvers.context import Context
from resolvers.inventory import paging
from resolvers.inventory.freshness import BackendState, Freshness, Source
from resolvers.inventory.kinds import Kind
from resolvers.inventory.paging import OrderKey, Page, PageArgs
from resolvers.inventory.turns import Steps
from resolvers.inventory.where import Where

T = TypeVar("T")
strawberry.enum(Source, name="FreshnessSource", description=Source.__doc__)
strawberry.enum(BackendState, name="BackendState", description=BackendState.__doc__)


@strawberry.type(name="BackendFreshness", description="How one cloud fares as the source of one kind of rows.")
class BackendFreshnessType:
    name: str = strawberry.field(description="Name of the cloud.")
    kind: str
    status: BackendState
    as_of: datetime | None = strawberry.field(description="Nothing is older than this; null before the first list.")
    lag_seconds: float | None
    error: str | None


@strawberry.type(name="Freshness", description="How old an answer is, and how each backend behind it fares.")
class FreshnessType:
    as_of: datetime | None
    source: Source
    backends: list[BackendFreshnessType]
    warnings: list[str] = strawberry.field(description="What is older than `maxAge` says, and when to ask again.")


@strawberry.type(description="Where a page stands among the others; pass its cursors as `after` or `before`.")
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


class PageInfoData:
    """Cursors are made only when they are asked for, because a page of 1,000 rows needs two of them at most."""

    __slots__ = ("_page", "has_next_page", "has_previous_page")

    def __init__(self, page: Page) -> None:
        self._page = page
        self.has_next_page = page.has_next
        self.has_previous_page = page.has_previous

    @property
    def start_cursor(self) -> str | None:
        return paging.cursor(self._page.rows[0], self._page.order) if self._page.rows else None

    @property
    def end_cursor(self) -> str | None:
        return paging.cursor(self._page.rows[-1], self._page.order) if self._page.rows else None


class EdgeData:
    __slots__ = ("cursor", "node")

    def __init__(self, node: Any, cursor: str) -> None:
        self.node = node
        self.cursor = cursor


class ConnectionData:
    """What a connection is read from."""

    __slots__ = ("_context", "_freshness", "_page", "total_count")

    def __init__(self, context: Context, page: Page, total: int, freshness: Any) -> None:
        self._context = context
        self._page = page
        self._freshness = freshness
        self.total_count = total

    @property
    def nodes(self) -> Sequence[Any]:
        self._context.leads_to(len(self._page.rows))
        return self._page.rows

    @property
    def edges(self) -> list[EdgeData]:
        self._context.leads_to(len(self._page.rows))
        return [EdgeData(row, paging.cursor(row, self._page.order)) for row in self._page.rows]

    @property
    def page_info(self) -> PageInfoData:
        return PageInfoData(self._page)

    @property
    def freshness(self) -> Freshness:
        return self._freshness()  # type: ignore[no-any-return] # a closure over the inventory


@strawberry.type(description="A row of a page, with its place.")
class Edge(Generic[T]):
    cursor: str
    node: T


@strawberry.type(description="A page of rows.")
class Connection(Generic[T]):
    nodes: list[T] = strawberry.field(description="The rows of this page.")
    edges: list[Edge[T]] = strawberry.field(description="The rows with a cursor each.")
    page_info: PageInfo
    total_count: int = strawberry.field(description="How many rows match in all pages together.")
    freshness: FreshnessType


@strawberry.type(description="How many rows have a value.")
class FacetCount:
    value: str
    count: int


def page_of(
    context: Context,
    kind: Kind[Any],
    where: Where,
    order: tuple[OrderKey, ...],
    args: PageArgs,
    max_age: float | None = None,
) -> Steps[ConnectionData]:
    """A page for the caller, with the freshness of its kind. `max_age` is what was asked for."""
    page, total = yield from context.inventory.paged(context.actor, kind.name, where, order, args)
    return connection_of(context, kind.name, page, total, {} if max_age is None else {kind.name: max_age})


def connection_of(
    context: Context, kind: str, page: Page, total: int, max_ages: Mapping[str, float] | None = None
) -> ConnectionData:
    """What the caller is shown of a page of this many rows."""
    context.touched.add(kind)
    return ConnectionData(
        context, page, total, lambda: context.inventory.freshness([kind], context.asked_at, max_ages or {})
    )
