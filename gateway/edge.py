"""The outermost layer of the ASGI application: correlation id, security headers, access log, span, and the net under it all.

`gateway/app.py` wraps the whole application in it, so that every route has the same. It must stay cheap: it runs for each request.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.errors import masked
from gateway.logs import correlation
from gateway.request import TrustedProxies, correlation_of, headers_of
from gateway.telemetry import Span, Tracing
from resolvers.errors import GurumError

log = logging.getLogger("gurum.edge")
access = logging.getLogger("gurum.access")

_SECURITY: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
# Asked every few seconds by machines; their lines would bury the others.
_QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})


class Edge:
    def __init__(
        self,
        app: ASGIApp,
        *,
        access_log: bool = True,
        tracing: Tracing | None = None,
        proxies: TrustedProxies | None = None,
        now: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._app = app
        self._proxies = proxies or TrustedProxies(())
        self._access_log = access_log
        self._tracing = tracing
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = headers_of(scope)
        correlation_id = correlation_of(scope, headers)
        answer = _Answer(send, correlation_id)
        started = self._now()
        name = f"{scope.get('method', 'WEBSOCKET')} {scope['path']}"
        reset = correlation.set(correlation_id)
        try:
            with (
                self._tracing.span(name, headers, correlation_id) if self._tracing else contextlib.nullcontext() as span
            ):
                try:
                    await self._app(scope, receive, answer.send)
                except Exception:
                    # Unknown here means a fault of ours outside GraphQL; GraphQL masks its own.
                    log.exception("%s broke", name)
                    await answer.fail(scope["type"])
                finally:
                    self._tell(scope, headers, answer, self._now() - started, span)
        finally:
            correlation.reset(reset)

    def _tell(
        self, scope: Scope, headers: Mapping[bytes, bytes], answer: "_Answer", seconds: float, span: Span | None
    ) -> None:
        fields: dict[str, Any] = scope.get("log_fields", {})
        if span is not None:
            span.finish(answer.status, fields)
        if not self._access_log or scope["path"] in _QUIET:
            return
        # The path without its query string: that holds documents and variables.
        line = {
            "method": scope.get("method", "WEBSOCKET"),
            "path": scope["path"],
            "status": answer.status,
            "milliseconds": round(seconds * 1000, 2),
            "bytes": answer.bytes,
            "address": self._proxies.address(scope, headers),
            **fields,
        }
        access.info("%s %s %s", line["method"], line["path"], answer.status, extra=line)


class _Answer:
    """Watches what is sent, and adds the headers that every answer has."""

    def __init__(self, send: Send, correlation_id: str) -> None:
        self._send = send
        self._correlation_id = correlation_id
        self.status = 0  # of WebSocket: the close code
        self.bytes = 0
        self._started = False

    async def send(self, message: Message) -> None:
        kind = message["type"]
        if kind == "http.response.body":
            self.bytes += len(message.get("body", b""))
        elif kind == "http.response.start":
            self._started = True
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            known = {name for name, _ in headers}
            headers.extend(header for header in _SECURITY if header[0] not in known)
            headers.append((b"x-correlation-id", self._correlation_id.encode()))
            message["headers"] = headers
        elif kind == "websocket.close":
            self._started = True
            self.status = message.get("code", 1000)
        await self._send(message)

    async def fail(self, kind: str) -> None:
        """Says that something broke, if nothing was said yet."""
        if self._started:
            return
        if kind == "websocket":
            await self.send({"type": "websocket.close", "code": 1011})
            return
        error = {
            "message": masked(self._correlation_id),
            "extensions": {"code": GurumError.code, "retryable": False, "correlationId": self._correlation_id},
        }
        body = orjson.dumps({"errors": [error]})
        await self.send(
            {"type": "http.response.start", "status": 500, "headers": [(b"content-type", b"application/json")]}
        )
        await self.send({"type": "http.response.body", "body": body})
