"""The outermost layer: correlation ids, security headers, the access log, the net under other routes, and traces."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from gateway.edge import Edge
from gateway.metrics import Metrics
from gateway.request import TrustedProxies
from gateway.telemetry import TelemetrySettings, Tracing, open_tracing
from gateway.transport import TransportSettings, build_transport
from tests.gateway import graph
from tests.gateway.client import ALICE, STRICT, URL
from tests.gateway.test_logs import logging_to

Ask = Callable[..., httpx.Response]


async def plain(_: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def broken(_: Request) -> PlainTextResponse:
    raise RuntimeError(f"password={graph.SECRET}")


def ask(
    method: str, path: str, *, tracing: Tracing | None = None, proxies: TrustedProxies | None = None, **arguments: Any
) -> httpx.Response:
    async def test() -> httpx.Response:
        transport = build_transport(graph.schema, graph.world().make_context, TransportSettings(), Metrics())
        routes = [*transport.routes, Route("/plain", plain), Route("/broken", broken), Route("/healthz", plain)]
        app = httpx.ASGITransport(Edge(Starlette(routes=routes), tracing=tracing, proxies=proxies))
        async with httpx.AsyncClient(transport=app, base_url="http://gateway") as http:
            return await http.request(method, path, **arguments)

    return asyncio.run(test())


@pytest.mark.parametrize("name", ["X-Correlation-Id", "X-Request-Id"])
def test_a_harmless_correlation_id_is_kept_everywhere(name: str) -> None:
    response = ask("POST", URL, json={"query": "{ broken }"}, headers={name: "build-42.step_7", **ALICE})
    assert response.headers["x-correlation-id"] == "build-42.step_7"
    assert response.json()["errors"][0]["extensions"]["correlationId"] == "build-42.step_7"


@pytest.mark.parametrize("given", ["short", "x" * 65, "bad id!!!", "new\tline-here", ""])
def test_any_other_id_is_replaced(given: str) -> None:
    response = ask("GET", "/plain", headers={"x-correlation-id": given})
    made = response.headers["x-correlation-id"]
    assert made != given
    assert len(made) == 16


def test_every_answer_has_the_security_headers() -> None:
    for path in (URL, "/plain", "/nowhere", "/broken"):
        headers = ask("GET", path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"


def test_a_route_that_breaks_answers_500_without_its_secrets() -> None:
    with logging_to() as lines:
        response = ask("GET", "/broken", headers={"x-correlation-id": "request-77"})
    assert response.status_code == 500
    assert graph.SECRET not in response.text
    assert graph.SECRET not in lines.getvalue()
    logged = [line for line in lines.all() if line["logger"] == "gurum.edge"]
    assert logged[0]["correlation_id"] == "request-77"
    assert "RuntimeError" in logged[0]["stack"]


def test_each_request_has_one_line_in_the_access_log_without_secrets() -> None:
    headers = {**ALICE, "cookie": "gurum_session=hunter2", "x-correlation-id": "request-78"}
    with logging_to() as lines:
        query = {"query": "query Who { me item(number: 3) { id } }", "variables": {"password": "hunter2"}}
        ask("POST", URL, json=query, headers=headers)
        ask("GET", f"{URL}?query=%7Bhello%7D&token=hunter2", headers=headers)
        ask("GET", "/healthz", headers=headers)
    first, second = [line for line in lines.all() if line["logger"] == "gurum.access"]
    assert first.pop("milliseconds") > 0
    assert first.pop("bytes") > 0
    del first["time"], first["level"], first["logger"]
    assert first == {
        "message": "POST /graphql 200",
        "method": "POST",
        "path": "/graphql",
        "status": 200,
        "address": "127.0.0.1",
        "operation": "Who",
        "operation_type": "query",
        "cost": 1,
        "user": "user:alice",
        "correlation_id": "request-78",
    }
    assert second["path"] == "/graphql"
    assert "hunter2" not in lines.getvalue()
    assert graph.ALICE not in lines.getvalue()


def test_the_access_log_tells_the_person_behind_a_proxy_that_is_trusted_and_no_other() -> None:
    headers = {"x-forwarded-for": "10.9.9.9, 203.0.113.7"}
    with logging_to() as lines:
        ask("GET", "/plain", headers=headers, proxies=TrustedProxies(["127.0.0.1"]))
        ask("GET", "/plain", headers=headers)
    found = [line["address"] for line in lines.all() if line["logger"] == "gurum.access"]
    assert found == ["203.0.113.7", "127.0.0.1"]


def test_a_request_is_traced_under_the_span_of_its_caller() -> None:
    exporter = InMemorySpanExporter()
    tracing = open_tracing(TelemetrySettings(endpoint="http://127.0.0.1:1/v1/traces"), SimpleSpanProcessor(exporter))
    assert tracing is not None
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    headers = {"traceparent": f"00-{trace}-{parent}-01", **ALICE, **STRICT}
    with contextlib.closing(tracing):
        ask("POST", URL, json={"query": "query Who { me }"}, headers=headers, tracing=tracing)
        ask("GET", "/broken", tracing=tracing)
        asked = {"query": "query Who($i: Int) { me n(i: $i) }", "variables": '{"i": "hunter2"}'}
        ask("GET", URL, params=asked, headers=headers, tracing=tracing)
    assert all("hunter2" not in span.to_json() for span in exporter.get_finished_spans())
    traced, untraced, _ = exporter.get_finished_spans()
    assert traced.name == "POST /graphql"
    assert f"{traced.context.trace_id:032x}" == trace
    assert traced.parent is not None
    assert f"{traced.parent.span_id:016x}" == parent
    attributes = dict(traced.attributes or {})
    assert attributes["http.response.status_code"] == 200
    assert attributes["gurum.operation"] == "Who"
    assert graph.ALICE not in str(attributes)
    assert f"{untraced.context.trace_id:032x}" != trace
    assert untraced.status.status_code.name == "ERROR"


def test_a_websocket_that_is_closed_is_no_error_of_its_span() -> None:
    exporter = InMemorySpanExporter()
    tracing = open_tracing(TelemetrySettings(endpoint="http://127.0.0.1:1/v1/traces"), SimpleSpanProcessor(exporter))
    assert tracing is not None
    transport = build_transport(graph.schema, graph.world().make_context, TransportSettings(), Metrics())
    app = Edge(Starlette(routes=transport.routes), tracing=tracing)
    scope = {"type": "websocket", "path": URL, "headers": [], "subprotocols": ["graphql-transport-ws"]}
    coming = [{"type": "websocket.connect"}, {"type": "websocket.receive", "text": "nonsense"}]
    sent: list[Any] = []

    async def receive() -> Any:
        return coming.pop(0) if coming else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    with contextlib.closing(tracing):
        asyncio.run(app(scope, receive, send))
    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.close"]
    (span,) = exporter.get_finished_spans()
    assert span.status.status_code.name == "UNSET"
    assert dict(span.attributes or {})["gurum.close_code"] == 4400


def test_without_an_endpoint_nothing_is_traced() -> None:
    assert open_tracing(TelemetrySettings()) is None
