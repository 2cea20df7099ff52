"""Builds the GraphQL transport: every route of `/graphql` over one executor. Called by `gateway/app.py`, and by tests.

It knows no domain: the schema and the maker of contexts are passed in.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import strawberry
from pydantic import BaseModel, ConfigDict, Field
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp

from gateway.caller import Callers
from gateway.documents import Documents, DocumentSettings, DocumentStore, MemoryStore
from gateway.executor import Executor
from gateway.graphql import GraphQLOverHTTP
from gateway.limits import Limits, LimitSettings
from gateway.live import Connections, LiveSettings
from gateway.metrics import Metrics
from gateway.request import MakeContext
from gateway.sse import GraphQLOverSSE
from gateway.websocket import GraphQLOverWebSocket


class TransportSettings(BaseModel):
    """The GraphQL endpoint."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(
        "/graphql", description="Where GraphQL is served. Change it behind a proxy that can not rewrite paths."
    )
    allowed_origins: tuple[str, ...] = Field(
        (),
        description="Origins (https://console.example.com) whose pages may call and use the session cookie here, beside our own.",
    )
    trusted_proxies: tuple[str, ...] = Field(
        (),
        description="Addresses or networks of your reverse proxies; only they are believed about X-Forwarded-For.",
    )
    anonymous_introspection: bool = Field(
        False, description="Whether callers who are not signed in may read the schema. For public demos."
    )
    limits: LimitSettings = Field(default_factory=LimitSettings, description="Limits of requests and callers.")
    live: LiveSettings = Field(default_factory=LiveSettings, description="WebSocket and SSE connections.")
    documents: DocumentSettings = Field(
        default_factory=DocumentSettings, description="Document cache, persisted queries, trusted documents."
    )


@dataclass(frozen=True, slots=True)
class Transport:
    """`executor` also serves callers in process (the bot): the same limits and masking, no HTTP.

    At shutdown, `connections.end_all()` tells every open WebSocket and stream to come back.
    """

    routes: list[BaseRoute]
    executor: Executor
    connections: Connections


def build_transport(
    schema: strawberry.Schema,
    make_context: MakeContext,
    settings: TransportSettings,
    metrics: Metrics,
    *,
    store: DocumentStore | None = None,
    now: Callable[[], float] = time.monotonic,
) -> Transport:
    """`store` keeps persisted queries (default: in this process). Raises `ValueError` for trusted documents that do not fit."""
    limits = Limits(settings.limits, now)
    documents = Documents(
        schema._schema,  # strawberry gives its graphql-core schema no public name
        limits,
        settings.documents,
        store or MemoryStore(settings.documents.persisted_count, now),
    )
    executor = Executor(schema, documents, limits, metrics, anonymous_introspection=settings.anonymous_introspection)
    callers = Callers(make_context, settings.trusted_proxies, settings.allowed_origins)
    connections = Connections(settings.live, metrics)
    live = (executor, callers, limits.body, connections, settings.live, metrics)
    routes: list[BaseRoute] = [
        Route(settings.path, _shared(GraphQLOverHTTP(executor, callers, limits.body, metrics), settings)),
        WebSocketRoute(settings.path, GraphQLOverWebSocket(*live)),
        Route(f"{settings.path}/stream", _shared(GraphQLOverSSE(*live), settings)),
    ]
    return Transport(routes, executor, connections)


def _shared(view: ASGIApp, settings: TransportSettings) -> ASGIApp:
    """Lets the pages of allowed origins call the view (CORS); without any, a browser refuses them all by itself."""
    if not settings.allowed_origins:
        return view
    return CORSMiddleware(
        view,
        allow_origins=settings.allowed_origins,
        allow_credentials=True,
        allow_methods=("GET", "POST"),
        allow_headers=("content-type", "x-auth-token", "x-correlation-id", "x-request-id", "traceparent", "tracestate"),
        expose_headers=("x-correlation-id", "x-query-cost", "x-budget-remaining", "retry-after", "etag"),
        max_age=600,
    )
