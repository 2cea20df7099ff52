"""Builds the GraphQL transport: every route of `/graphql` over one executor. Called by `gateway/app.py`, and by tests.

It knows no domain: the schema and the maker of contexts are passed in.
"""

import ipaddress
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import strawberry
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.routing import BaseRoute, Route, WebSocketRoute

from gateway.caller import Callers
from gateway.cross_origin import Origin, shared
from gateway.documents import Documents, DocumentSettings
from gateway.executor import Executor
from gateway.graphql import GraphQLOverHTTP
from gateway.limits import Limits, LimitSettings
from gateway.live import Connections, LiveSettings
from gateway.metrics import Metrics
from gateway.request import MakeContext
from gateway.sse import GraphQLOverSSE
from gateway.websocket import GraphQLOverWebSocket

PATH: Final = "/graphql"


def _network(given: str) -> str:
    try:
        return str(ipaddress.ip_network(given, strict=False))
    except ValueError:
        raise ValueError("should be an address or a network, such as 10.0.0.0/8") from None


class TransportSettings(BaseModel):
    """The GraphQL endpoint."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    allowed_origins: tuple[Origin, ...] = Field(
        (),
        description="Origins (https://console.example.com) whose pages may call, sign in and use the session cookie here, beside our own.",
    )
    trusted_proxies: tuple[Annotated[str, AfterValidator(_network)], ...] = Field(
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
    """`executor` also serves callers in process (the bot): the same limits and masking, no HTTP. `callers` tells other routes who asks.

    At shutdown, `connections.end_all()` tells every open WebSocket and stream to come back.
    """

    routes: list[BaseRoute]
    executor: Executor
    callers: Callers
    connections: Connections


def build_transport(
    schema: strawberry.Schema,
    make_context: MakeContext,
    settings: TransportSettings,
    metrics: Metrics,
    *,
    page_origins: Sequence[str] = (),
    now: Callable[[], float] = time.monotonic,
) -> Transport:
    """`page_origins` may use a session besides the allowed ones. Raises `TrustedDocumentError`."""
    limits = Limits(settings.limits, now)
    documents = Documents(
        schema._schema,  # strawberry gives its graphql-core schema no public name
        limits,
        settings.documents,
        now,
    )
    executor = Executor(schema, documents, limits, metrics, anonymous_introspection=settings.anonymous_introspection)
    callers = Callers(make_context, settings.trusted_proxies, (*settings.allowed_origins, *page_origins))
    connections = Connections(settings.live, metrics)
    live = (executor, callers, limits.body, connections, settings.live, metrics)
    origins = settings.allowed_origins
    routes: list[BaseRoute] = [
        Route(PATH, shared(GraphQLOverHTTP(executor, callers, limits.body, metrics), origins)),
        WebSocketRoute(PATH, GraphQLOverWebSocket(*live)),
        Route(f"{PATH}/stream", shared(GraphQLOverSSE(*live), origins)),
    ]
    return Transport(routes, executor, callers, connections)
