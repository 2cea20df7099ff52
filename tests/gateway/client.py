"""A client of the transport for tests: the real routes under starlette, asked like any caller asks.

Plain requests go through ASGI without a socket; what lives longer (WebSocket, SSE) is tested over a real one (`server.py`).
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
from starlette.applications import Starlette

from gateway.media import GRAPHQL
from gateway.metrics import Metrics
from gateway.transport import Transport, TransportSettings, build_transport
from tests.gateway import graph

URL = "/graphql"
ALICE = {"x-auth-token": "token-alice"}
STRICT = {"accept": GRAPHQL}  # the media type under which a refused document is 4xx


class Client:
    """`world` is what lies behind the graph; `http` asks without blocking, `get` and `post` wait for the answer."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        runner: asyncio.Runner,
        world: graph.World,
        metrics: Metrics,
        transport: Transport,
    ) -> None:
        self.http = http
        self.run = runner.run
        self.world = world
        self.metrics = metrics
        self.transport = transport

    def get(self, url: str = URL, **arguments: Any) -> httpx.Response:
        return self.run(self.http.get(url, **arguments))

    def post(self, **arguments: Any) -> httpx.Response:
        return self.run(self.http.post(URL, **arguments))

    def ask(self, query: str | None = None, *, headers: Mapping[str, str] = ALICE, **parameters: Any) -> httpx.Response:
        body = {"query": query, **parameters} if query is not None else parameters
        return self.post(json=body, headers={**STRICT, **headers})

    def data(self, query: str, **parameters: Any) -> Any:
        response = self.ask(query, **parameters)
        answer = response.json()
        assert response.status_code == 200, answer
        assert "errors" not in answer, answer
        return answer["data"]

    def error(self, query: str, **parameters: Any) -> dict[str, Any]:
        """The first error of an answer."""
        return one_error(self.ask(query, **parameters))


def one_error(response: httpx.Response) -> dict[str, Any]:
    error: dict[str, Any] = response.json()["errors"][0]
    assert error["extensions"]["correlationId"]
    return error


@contextmanager
def client(
    world: graph.World | None = None,
    *,
    now: Callable[[], float] = time.monotonic,
    **settings: Any,
) -> Iterator[Client]:
    world = world or graph.world()
    metrics = Metrics()
    transport = build_transport(
        graph.schema, world.make_context, TransportSettings.model_validate(settings), metrics, now=now
    )
    with asyncio.Runner() as runner:
        app = httpx.ASGITransport(Starlette(routes=transport.routes))
        http = httpx.AsyncClient(transport=app, base_url="http://gateway")
        yield Client(http, runner, world, metrics, transport)
        runner.run(http.aclose())
