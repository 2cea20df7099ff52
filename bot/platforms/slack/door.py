"""Where Slack knocks over HTTP: the signature, and an ASGI application around bolt that the gateway mounts.

Built by `platform.py` when there is a signing secret. What has no good signature is not even parsed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import Clock as SignatureClock
from slack_sdk.signature import SignatureVerifier

from bot.ports import Clock

_TIMESTAMP, _SIGNATURE = "x-slack-request-timestamp", "x-slack-signature"
MAX_TIMESTAMP = 12  # digits; beyond some hundreds it is no number that the verifier can reckon with
MAX_BODY = 1_000_000  # bytes; Slack's deliveries have some kilobytes
BODY_SECONDS = 10.0  # within which a body must have come
Refuse = Callable[[str, Mapping[str, str]], Awaitable[None]]
Scope = MutableMapping[str, Any]


class Signature:
    """Slack's signature of a delivery, by our clock. Tells of what it refuses."""

    def __init__(self, secret: str, clock: Clock, refuse: Refuse) -> None:
        self._verifier = SignatureVerifier(secret, _Now(clock))
        self._refuse = refuse

    async def good(self, body: bytes, headers: Mapping[str, str]) -> bool:
        timestamp, signature = headers.get(_TIMESTAMP, ""), headers.get(_SIGNATURE, "")
        short = len(timestamp) <= MAX_TIMESTAMP
        plain = short and timestamp.isascii() and timestamp.isdecimal() and signature.isascii()
        try:
            if plain and self._verifier.is_valid(body, timestamp, signature):
                return True
        except UnicodeDecodeError:  # what Slack signs is UTF-8
            pass
        await self._refuse("signature", {"timestamp": timestamp[:20]})
        return False


class HttpDoor:
    """An ASGI application for POST; anything else is answered without a look at it, and what is not signed without reading it."""

    def __init__(self, app: AsyncApp, signature: Signature) -> None:
        self._app = app
        self._signature = signature

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
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _whole(receive)
        except TimeoutError:
            return BoltResponse(status=408, body={"error": "the body did not come in time"})
        if body is None:
            return BoltResponse(status=413, body={"error": "the body is too large"})
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if not await self._signature.good(body, headers):
            return BoltResponse(status=401, body={"error": "the signature is missing, wrong or too old"})
        try:
            request = AsyncBoltRequest(body=body.decode(), headers=dict(headers))
        except (ValueError, AttributeError, TypeError, RecursionError):  # not UTF-8, no JSON, or no object in it
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
