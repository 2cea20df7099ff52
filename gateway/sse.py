"""GraphQL over Server-Sent Events at `/graphql/stream`: the distinct-connections mode of graphql-sse, one operation per request.

A request that is refused answers JSON with its status; one that runs answers `next` events and a `complete`. Mounted by
`gateway/transport.py`. https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Mapping
from typing import Any, Final

from starlette.types import Receive, Scope, Send

from gateway import media
from gateway.caller import Callers
from gateway.encoding import encode
from gateway.errors import HTTP_STATUS, Refusal
from gateway.event_stream import COMMENT, HEADERS, disconnected
from gateway.executor import Executor, Outcome
from gateway.graphql import check_kind, note_for_the_log, read_request, send_answer
from gateway.limits.body import BodyLimit, Disconnected
from gateway.live import Connections, LiveSettings, Place, still_welcome
from gateway.metrics import Metrics
from gateway.outbox import Outbox
from gateway.request import RequestContext, RequestFacts, caller_key, correlation_of, headers_of
from resolvers.errors import Invalid, RateLimited, Unauthenticated, Unavailable

log = logging.getLogger("gurum.sse")

_COMPLETE: Final = b"event: complete\ndata:\n\n"


class GraphQLOverSSE:
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
        headers = headers_of(scope)
        place: Place | None = None
        try:
            if not media.accepts_events(headers.get(b"accept", b"").decode("latin-1")):
                raise Refusal(Invalid(f"Streams are {media.EVENT_STREAM}; accept it."), 406)
            request = await read_request(scope, receive, headers, self._body)
            facts, context = await self._callers.identify(scope, headers, "sse")
            if context.known_actor is None and not self._settings.anonymous:
                raise Unauthenticated("Sign in to open a stream.")
            caller = caller_key(context.known_actor, facts.address)
            place = self._connections.open("sse")
            self._connections.claim(place, caller)
            prepared = self._executor.prepare(request, context, caller)
            check_kind(prepared, scope["method"], streams=True)
            note_for_the_log(scope, prepared, context, facts.address)
            if prepared.operation.kind == "subscription":
                events = await self._executor.subscribe(prepared, context, "sse")
            else:
                events = await self._executor.execute(prepared, context, "sse")
            if isinstance(events, Outcome) and not events.executed:
                await self._refuse(scope, send, headers, events, HTTP_STATUS[events.code])
                return
            await self._stream(events, context, facts, place, receive, send)
        except Disconnected:
            return
        except Exception as error:
            outcome = self._executor.refuse(error, correlation_of(scope, headers))
            status = error.status if isinstance(error, Refusal) else HTTP_STATUS[outcome.code]
            if isinstance(error, Refusal):
                outcome.headers = error.headers
            await self._refuse(scope, send, headers, outcome, status)
        finally:
            if place is not None:
                self._connections.close(place)

    async def _refuse(
        self, scope: Scope, send: Send, headers: Mapping[bytes, bytes], outcome: Outcome, status: int
    ) -> None:
        self._metrics.response(status)
        await send_answer(scope, send, headers, media.JSON, status, outcome)

    async def _stream(
        self,
        events: Outcome | AsyncGenerator[Outcome, None],
        context: RequestContext,
        facts: RequestFacts,
        place: Place,
        receive: Receive,
        send: Send,
    ) -> None:
        """Once the head of the answer has left, everything that goes wrong is told by an event."""
        self._metrics.response(200)
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        outbox = Outbox(self._settings.buffer_messages, self._settings.buffer_bytes)
        sources = (
            asyncio.create_task(self._fill(events, outbox)),
            asyncio.create_task(self._mind(context, facts, outbox)),
        )
        writer = asyncio.create_task(self._write(outbox, send))
        left = asyncio.create_task(disconnected(receive))
        waited: list[asyncio.Future[Any]] = [*sources, writer, left, place.ending]
        try:
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if left.done() or writer.done():
                return
            if place.ending.done():
                error: BaseException | None = Unavailable(place.ending.result().reason)
            else:
                ended = next(task for task in sources if task.done())
                error = ended.exception() or ended.result()
            await _cancel(*sources)
            if isinstance(error, Exception):
                outbox.forget("")
                await outbox.put("", event(self._executor.refuse(error, facts.correlation_id)))
            await outbox.put("", _COMPLETE)
            await outbox.put("", b"")
            await writer
        except TimeoutError:
            log.info("a stream was not read to its end")
        finally:
            await _cancel(*sources, writer, left)

    async def _fill(self, events: Outcome | AsyncGenerator[Outcome, None], outbox: Outbox) -> Exception | None:
        if isinstance(events, Outcome):
            await outbox.put("", event(events))
            return None
        async with contextlib.aclosing(events):
            async for outcome in events:
                if not await outbox.put_in_time("", event(outcome), self._settings.slow_seconds):
                    self._metrics.dropped.inc()
                    return RateLimited(
                        "You read more slowly than events arrive, so this stream has ended; open it again."
                    )
        return None

    async def _mind(self, context: RequestContext, facts: RequestFacts, outbox: Outbox) -> Exception | None:
        """Keeps the connection alive with comments, and asks from time to time whether the caller may stay."""
        now = asyncio.get_running_loop().time
        recheck = now() + self._settings.recheck_seconds
        while True:
            await asyncio.sleep(min(self._settings.ping_seconds, max(0, recheck - now())))
            if now() >= recheck:
                reason = await still_welcome(self._callers.make_context, facts, context.known_actor)
                if reason is not None:
                    return Unauthenticated(reason)
                recheck = now() + self._settings.recheck_seconds
            outbox.offer("", COMMENT)  # a full box is a sign of life by itself

    async def _write(self, outbox: Outbox, send: Send) -> None:
        """Until the empty message, or until one can not leave in time."""
        while True:
            message = await outbox.take()
            async with asyncio.timeout(self._settings.send_seconds):
                await send({"type": "http.response.body", "body": message, "more_body": bool(message)})
            if not message:
                return


def event(outcome: Outcome) -> bytes:
    return b"event: next\ndata: %b\n\n" % encode(outcome.payload)


async def _cancel(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
