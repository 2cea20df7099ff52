"""How the stand-in delivers: signed HTTP, or the sockets that are open. Waits as long as Slack does, and repeats events as Slack does."""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
import httpx
from aiohttp import web

from tests.slack.standin.owntime import OwnTime
from tests.slack.standin.world import APP, SIGNING_SECRET

Json = dict[str, Any]
ACK_SECONDS = 3.0
RETRY_PAUSES = (0.0, 0.0, 60.0, 300.0)
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Ack:
    """The answer to one delivery. `status` None: none came in time. In Socket Mode it is 200 and `body` the payload."""

    status: int | None
    seconds: float
    body: str = ""
    reason: str = ""

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def text(self) -> str:
        """What the person is shown by the acknowledgement itself."""
        if not self.body.startswith("{"):
            return self.body
        answer = json.loads(self.body)
        return str(answer.get("text") or next(iter(answer.get("errors", {}).values()), ""))


@dataclass(frozen=True)
class Delivery:
    """An event, however often it had to be delivered."""

    event_id: str
    attempts: tuple[Ack, ...]

    @property
    def ok(self) -> bool:
        return self.attempts[-1].ok


def signed(body: bytes, secret: str = SIGNING_SECRET, at: float | None = None) -> dict[str, str]:
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={digest}"}


class Http:
    """`target` is the whole address, or an ASGI application."""

    def __init__(self, target: Any, now: OwnTime) -> None:
        self.target = target
        self._now = now
        self._session: aiohttp.ClientSession | None = None

    async def send(self, body: bytes, kind: str, headers: dict[str, str], limit: float) -> Ack:
        given = {"content-type": kind, "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)", **headers}
        began, send = self._now(), self._over_wire if isinstance(self.target, str) else self._inside
        try:
            status, text = await self._now.within(limit, send(body, given))
        except TimeoutError:
            return Ack(None, self._now() - began, reason="http_timeout")
        except (aiohttp.ClientError, OSError):
            return Ack(None, self._now() - began, reason="connection_failed")
        return Ack(status, self._now() - began, text, "" if status < 300 else "http_error")

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _over_wire(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        async with self._session.post(self.target, data=body, headers=headers) as response:
            return response.status, await response.text()

    async def _inside(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        transport = httpx.ASGITransport(self.target)
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
            encoded = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
            response = await client.post("/slack/events", content=body, headers=encoded)
            return response.status_code, response.text


class Sockets:
    """Slack's side of Socket Mode: each delivery goes to one of the open sockets."""

    def __init__(self, now: OwnTime) -> None:
        self._now = now
        self.open: dict[str, web.WebSocketResponse] = {}
        self.deaf = False  # no greeting, no pong
        self.greeted = 0
        self._tickets: set[str] = set()
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._turn = itertools.count()

    def ticket(self) -> str:
        made = uuid.uuid4().hex
        self._tickets.add(made)
        return made

    async def serve(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=408)
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        self.open[ticket] = socket
        try:
            await self._greet(socket)
            async for message in socket:
                await self._heard(socket, message)
        finally:
            self.open.pop(ticket, None)
        return socket

    async def send(self, kind: str, payload: Json, answers: bool, limit: float, retry: tuple[int, str] | None) -> Ack:
        sockets = list(self.open.values())
        if not sockets:
            return Ack(None, 0.0, reason="no_socket")
        envelope = str(uuid.uuid4())
        frame: Json = {"envelope_id": envelope, "type": kind, "payload": payload, "accepts_response_payload": answers}
        if retry is not None:
            frame |= {"retry_attempt": retry[0], "retry_reason": retry[1]}
        waiting = self._waiting[envelope] = asyncio.get_running_loop().create_future()
        began = self._now()

        async def acknowledged() -> Any:
            await sockets[next(self._turn) % len(sockets)].send_str(json.dumps(frame))
            return await waiting

        try:
            answer = await self._now.within(limit, acknowledged())
        except (TimeoutError, ConnectionError):
            return Ack(None, self._now() - began, reason="timeout")
        finally:
            self._waiting.pop(envelope, None)
        return Ack(200, self._now() - began, "" if answer is None else json.dumps(answer))

    async def refresh(self) -> None:
        """Asks every client to connect anew, as Slack does some times a day."""
        for socket in list(self.open.values()):
            await socket.send_str(json.dumps({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}}))

    async def drop(self) -> None:
        for socket in list(self.open.values()):
            await socket.close()

    async def _greet(self, socket: web.WebSocketResponse) -> None:
        if not self.deaf:
            hello = {"type": "hello", "num_connections": len(self.open), "connection_info": {"app_id": APP}}
            await socket.send_str(json.dumps(hello))
            self.greeted += 1

    async def _heard(self, socket: web.WebSocketResponse, message: aiohttp.WSMessage) -> None:
        if message.type is aiohttp.WSMsgType.PING and not self.deaf:
            await socket.pong(message.data)
        elif message.type is aiohttp.WSMsgType.TEXT:
            answer = json.loads(message.data)
            waiting = self._waiting.get(answer.get("envelope_id", ""))
            if waiting is not None and not waiting.done():
                waiting.set_result(answer.get("payload"))


def form(payload: Json) -> bytes:
    return urlencode(payload).encode()
