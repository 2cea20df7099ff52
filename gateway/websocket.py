"""GraphQL over WebSocket: the graphql-transport-ws protocol, and only that one.

This module is the ASGI side: handshake, subprotocol, connection limit, the tasks of one connection and its closing. What the messages
mean is `websocket_session.py`. Mounted by `gateway/transport.py`.
"""

import asyncio
import contextlib
import logging

from starlette.types import Receive, Scope, Send

from gateway.caller import Callers
from gateway.errors import Refusal
from gateway.executor import Executor
from gateway.limits.body import BodyLimit
from gateway.live import Connections, Ending, LiveSettings, Place
from gateway.metrics import Metrics
from gateway.request import headers_of
from gateway.websocket_session import Session
from resolvers.errors import RateLimited

log = logging.getLogger("gurum.websocket")

SUBPROTOCOL = "graphql-transport-ws"
_GONE = Ending(1005, "")  # the other side left; nobody is told


class GraphQLOverWebSocket:
    def __init__(
        self,
        executor: Executor,
        callers: Callers,
        body: BodyLimit,
        connections: Connections,
        settings: LiveSettings,
        metrics: Metrics,
    ) -> None:
        self._executor = executor
        self._callers = callers
        self._body = body
        self._connections = connections
        self._settings = settings
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        try:
            facts = self._callers.facts(scope, headers_of(scope), "ws")
        except Refusal as refusal:
            # Before it is accepted a handshake is HTTP: closing it answers 403.
            await send({"type": "websocket.close", "code": 1008, "reason": refusal.error.message})
            return
        # Clients learn a close code only of an accepted socket.
        fits = SUBPROTOCOL in scope.get("subprotocols", ())
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL if fits else None})
        if not fits:
            await _close(send, Ending(4406, f"Subprotocol not acceptable; this endpoint speaks {SUBPROTOCOL}."))
            return
        try:
            place = self._connections.open("ws", str(facts.address))
        except RateLimited as error:
            await _close(send, Ending(1013, error.message))
            return
        session = Session(
            self._executor, self._callers.make_context, self._connections, self._settings, self._metrics, facts, place
        )
        try:
            ending = await self._serve(session, place, receive, send)
        finally:
            self._connections.close(place)
            scope["log_fields"] = {"address": facts.address, "user": session.user}
        if ending is not _GONE:
            with contextlib.suppress(Exception):  # it may be gone by now
                await asyncio.wait_for(_close(send, ending), self._settings.send_seconds)

    async def _serve(self, session: Session, place: Place, receive: Receive, send: Send) -> Ending:
        """Runs the tasks of a connection until one of them, or somebody outside, ends it."""
        tasks = (
            asyncio.create_task(self._read(session, receive)),
            asyncio.create_task(self._write(session, send)),
            asyncio.create_task(session.mind()),
        )
        try:
            await asyncio.wait((*tasks, place.ending), return_when=asyncio.FIRST_COMPLETED)
            if place.ending.done():
                return place.ending.result()
            return next(task for task in tasks if task.done()).result()
        except Exception:
            log.exception("a WebSocket broke")
            return Ending(4500, "Internal server error.")
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await session.stop()

    async def _read(self, session: Session, receive: Receive) -> Ending:
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return _GONE
            text = message.get("text")
            if text is None:
                return Ending(4400, "Messages must be text.")
            try:
                self._body.check_message(text)
            except Refusal as refusal:
                return Ending(1009, refusal.error.message)
            ending = await session.receive(text)
            if ending is not None:
                return ending

    async def _write(self, session: Session, send: Send) -> Ending:
        while True:
            message = await session.outbox.take()
            try:
                async with asyncio.timeout(self._settings.send_seconds):
                    await send({"type": "websocket.send", "text": message.decode()})
            except TimeoutError:
                return Ending(1013, "You read too slowly.")
            except OSError:
                return _GONE


async def _close(send: Send, ending: Ending) -> None:
    # A close frame has room for 123 bytes of reason.
    reason = ending.reason.encode()[:123].decode(errors="ignore")
    await send({"type": "websocket.close", "code": ending.code, "reason": reason})
