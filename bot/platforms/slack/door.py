"""Where Slack knocks over HTTP: the signature, and an ASGI application around bolt that the gateway mounts.

Built by `platform.py` when there is a signing secret. What has no good signature reaches nothing behind this file.
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import Clock as SignatureClock
from slack_sdk.signature import SignatureVerifier

from bot.ports import Clock

MAX_BODY = 1_000_000  # bytes; Slack's deliveries have some kilobytes
Refuse = Callable[[str, Mapping[str, str]], Awaitable[None]]
Scope = MutableMapping[str, Any]


class Signature(AsyncMiddleware):
    """Bolt's own check, on our clock, telling of what it refuses. Socket Mode needs none: Slack is who we called."""

    def __init__(self, secret: str | None, clock: Clock, refuse: Refuse) -> None:
        self._verifier = SignatureVerifier(secret, _Now(clock)) if secret else None
        self._refuse = refuse

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - bolt's own name of it
    ) -> BoltResponse | None:
        if req.mode == "socket_mode" or self._good(req):
            return await next()
        await self._refuse("signature", {"timestamp": _header(req, "x-slack-request-timestamp")[:20]})
        return BoltResponse(status=401, body={"error": "the signature is missing, wrong or too old"})

    def _good(self, req: AsyncBoltRequest) -> bool:
        timestamp, signature = _header(req, "x-slack-request-timestamp"), _header(req, "x-slack-signature")
        if self._verifier is None or not (timestamp.isascii() and timestamp.isdecimal() and signature.isascii()):
            return False
        return bool(self._verifier.is_valid(req.raw_body, timestamp, signature))


class HttpDoor:
    """An ASGI application for POST; anything else is answered without a look at it."""

    def __init__(self, app: AsyncApp) -> None:
        self._app = app

    async def __call__(
        self,
        scope: Scope,
        receive: Callable[[], Awaitable[Scope]],
        send: Callable[[Scope], Awaitable[None]],
    ) -> None:
        if scope["type"] == "http":
            response = await self._answer(scope, receive)
            kind = response.headers.get("content-type", [""])[0]
            await _send(send, response.status, response.body.encode(), kind)

    async def _answer(self, scope: Scope, receive: Callable[[], Awaitable[Scope]]) -> BoltResponse:
        if scope["method"] != "POST":
            return BoltResponse(status=405, body={"error": "Slack delivers by POST"})
        body = await _whole(receive)
        if body is None:
            return BoltResponse(status=413, body={"error": "the body is too large"})
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            request = AsyncBoltRequest(body=body.decode(), headers=dict(headers))
        except (ValueError, AttributeError, TypeError):  # not UTF-8, no JSON, or no object in it
            return BoltResponse(status=400, body={"error": "the body can not be read"})
        return await self._app.async_dispatch(request)


class _Now(SignatureClock):
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()


async def _whole(receive: Callable[[], Awaitable[Scope]]) -> bytes | None:
    parts, length, more = [], 0, True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            return None
        parts.append(event.get("body", b""))
        length += len(parts[-1])
        if length > MAX_BODY:
            return None
        more = event.get("more_body", False)
    return b"".join(parts)


async def _send(send: Callable[[Scope], Awaitable[None]], status: int, body: bytes, kind: str) -> None:
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _header(req: AsyncBoltRequest, name: str) -> str:
    found = req.headers.get(name) or [""]
    return str(found[0])
