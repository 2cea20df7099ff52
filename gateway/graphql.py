"""The HTTP view of `/graphql`: GraphQL over HTTP by POST and GET, straight on ASGI because this is the hot path.

It reads the request, makes the context, lets the executor work and answers in the media type that the caller asked for. Mounted by
`gateway/transport.py`; live transports are `gateway/websocket.py` and `gateway/sse.py`.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from starlette.types import Receive, Scope, Send

from gateway import media
from gateway.caller import Callers
from gateway.documents import GraphQLRequest
from gateway.encoding import encode
from gateway.errors import HTTP_STATUS, Refusal
from gateway.executor import Executor, Outcome, Prepared
from gateway.limits.body import BodyLimit, Disconnected
from gateway.metrics import Metrics
from gateway.parameters import from_body, from_query_string
from gateway.request import RequestContext, caller_key, correlation_of, headers_of
from resolvers.errors import Invalid

# The answer depends on who asks and on the type that was asked for.
_VARY: Final = b"accept, x-auth-token, cookie"


class GraphQLOverHTTP:
    """The ASGI application of the endpoint."""

    def __init__(self, executor: Executor, callers: Callers, body: BodyLimit, metrics: Metrics) -> None:
        self._executor = executor
        self._callers = callers
        self._body = body
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        correlation_id = correlation_of(scope, headers)
        kind = media.negotiate(headers.get(b"accept", b"").decode("latin-1"))
        try:
            outcome = await self._answer(scope, receive, headers, kind)
            status = http_status(outcome, kind)
        except Disconnected:
            return
        except Refusal as refusal:
            outcome = self._executor.refuse(refusal, correlation_id)
            status = refusal.status
            outcome.headers = refusal.headers
        except Exception as error:
            outcome = self._executor.refuse(error, correlation_id)
            status = HTTP_STATUS[outcome.code]
        self._metrics.response(await send_answer(scope, send, headers, kind or media.JSON, status, outcome))

    async def _answer(
        self, scope: Scope, receive: Receive, headers: Mapping[bytes, bytes], kind: str | None
    ) -> Outcome:
        """Raises `Refusal` and other errors for what ends the request before there is an operation."""
        if kind is None:
            raise Refusal(Invalid(f"Answers are {media.GRAPHQL} or {media.JSON}; accept one of them."), 406)
        request = await read_request(scope, receive, headers, self._body)
        facts, context = await self._callers.identify(scope, headers, "http")
        try:
            caller = caller_key(context.known_actor, facts.address)
            prepared = self._executor.prepare(request, context, caller)
        except Refusal:
            raise
        except Exception as error:
            return self._executor.refuse(error, facts.correlation_id)
        check_kind(prepared, scope["method"])
        outcome = await self._executor.execute(prepared, context, "http")
        note_for_the_log(scope, prepared, context, facts.address)
        return outcome


async def read_request(
    scope: Scope, receive: Receive, headers: Mapping[bytes, bytes], limit: BodyLimit
) -> GraphQLRequest:
    """The parameters of a GET or POST; raises `Refusal`. The SSE view reads its requests here as well."""
    if scope["method"] == "GET":
        return from_query_string(scope["query_string"])
    if scope["method"] != "POST":
        raise Refusal(Invalid("GraphQL is served by GET and POST."), 405, allow="GET, POST")
    content_type = headers.get(b"content-type", b"").decode("latin-1")
    # Also the defence of session cookies: a form of another site can not send this type.
    if not media.is_json(content_type):
        raise Refusal(Invalid("The body must be JSON in UTF-8 (content-type: application/json)."), 415)
    return from_body(await limit.read(receive, headers))


async def send_answer(
    scope: Scope, send: Send, asked: Mapping[bytes, bytes], kind: str, status: int, outcome: Outcome
) -> int:
    """Sends the answer as one message; returns the status that was sent (304 when the caller has it already)."""
    body = encode(outcome.payload)
    headers: list[tuple[bytes, bytes]] = [(b"content-type", f"{kind}; charset=utf-8".encode()), (b"vary", _VARY)]
    if outcome.cost is not None:
        headers.append((b"x-query-cost", b"%d" % outcome.cost))
    if outcome.budget is not None:
        headers.append((b"x-budget-remaining", b"%d" % outcome.budget))
    if outcome.retry_after is not None:
        headers.append((b"retry-after", b"%d" % max(1, round(outcome.retry_after))))
    if status == 401:
        headers.append((b"www-authenticate", b"Keystone"))
    for name, value in outcome.headers.items():
        headers.append((name.encode(), value.encode()))
    if scope["method"] == "GET" and status == 200 and outcome.code == "OK":
        tag = etag(outcome.payload["data"])
        headers += [(b"etag", tag), (b"cache-control", b"private, no-cache")]
        if tag in [given.strip() for given in asked.get(b"if-none-match", b"").split(b",")]:
            status, body = 304, b""
    else:
        headers.append((b"cache-control", b"no-store"))
    if status != 304:
        headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
    return status


def http_status(outcome: Outcome, kind: str | None) -> int:
    """The status of a GraphQL answer.

    Data, even with errors beside it, is 200; nothing but UNAUTHENTICATED is 401. A refused document is 4xx; under application/json it
    is 200, which is what that older convention promises to well-formed requests.
    """
    if outcome.unauthenticated:
        return 401
    if outcome.executed:
        return 200
    status = HTTP_STATUS[outcome.code]
    return 200 if status == 400 and kind == media.JSON else status


def etag(data: Any) -> bytes:
    """Weak, over the data alone: what the extensions say of its age may differ while the data is the same."""
    digest = hashlib.blake2b(encode(data), digest_size=12).hexdigest()
    return f'W/"{digest}"'.encode()


def note_for_the_log(scope: Scope, prepared: Prepared, context: RequestContext, address: str | None) -> None:
    """What the access log tells of the operation beside the HTTP of it."""
    scope["log_fields"] = {
        "address": address,
        "operation": prepared.operation.name,
        "operation_type": prepared.operation.kind,
        "cost": prepared.cost,
        "user": context.known_actor.user_id if context.known_actor else None,
    }


def check_kind(prepared: Prepared, method: str, *, streams: bool = False) -> None:
    """Whether this kind of operation may come this way; raises `Refusal`."""
    kind = prepared.operation.kind
    if method == "GET" and kind == "mutation":
        raise Refusal(Invalid("GET never changes anything; send a mutation by POST."), 405, allow="POST")
    if kind == "subscription" and not streams:
        raise Refusal(Invalid("Subscriptions are served by WebSocket on this address or by SSE on its /stream."))
