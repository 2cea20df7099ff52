"""What the messages of one graphql-transport-ws connection mean: init, ping, subscribe, complete.

Driven by `websocket.py`, which owns the socket; runs operations through the executor and puts its messages into the outbox.
https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

import asyncio
import contextlib
import logging
from dataclasses import replace
from typing import Any

import orjson

from gateway.documents import GraphQLRequest
from gateway.encoding import encode
from gateway.errors import Refusal
from gateway.executor import Executor, Outcome
from gateway.live import Connections, Ending, LiveSettings, Place, still_welcome
from gateway.metrics import Metrics
from gateway.outbox import Outbox
from gateway.parameters import from_object
from gateway.request import MakeContext, RequestFacts, caller_key
from resolvers.actor import Actor
from resolvers.errors import GurumError, RateLimited, Unauthenticated

log = logging.getLogger("gurum.websocket")


class Session:
    """`receive`, `mind` and the operations answer an `Ending` when the connection must end."""

    def __init__(
        self,
        executor: Executor,
        make_context: MakeContext,
        connections: Connections,
        settings: LiveSettings,
        metrics: Metrics,
        facts: RequestFacts,
        place: Place,
    ) -> None:
        self.outbox = Outbox(settings.buffer_messages, settings.buffer_bytes)
        self._executor = executor
        self._make_context = make_context
        self._connections = connections
        self._settings = settings
        self._metrics = metrics
        self._facts = facts
        self._place = place
        self._actor: Actor | None = None
        self._caller = ""
        self._init_received = False
        self._acknowledged = asyncio.Event()
        self._operations: dict[str, asyncio.Task[None]] = {}  # by id, while the id is taken
        self._tasks: set[asyncio.Task[None]] = set()  # until their last message has left for the outbox
        self._now = asyncio.get_running_loop().time
        self._heard = self._now()  # any message
        self._used = self._now()  # a message that is more than a sign of life

    @property
    def user(self) -> str | None:
        """Who signed in, once somebody has."""
        return self._actor.user_id if self._actor else None

    async def receive(self, text: str) -> Ending | None:
        try:
            message = orjson.loads(text)
        except orjson.JSONDecodeError:
            return Ending(4400, "Messages must be JSON.")
        if not isinstance(message, dict):
            return Ending(4400, "Messages must be JSON objects.")
        self._heard = self._now()
        match message.get("type"):
            case "ping":
                await self._send({"type": "pong", "payload": message.get("payload")})
            case "pong":
                pass
            case "connection_init":
                return await self._init(message.get("payload"))
            case "subscribe":
                return await self._subscribe(message.get("id"), message.get("payload"))
            case "complete":
                self._cancel(str(message.get("id")))
            case _:
                return Ending(4400, "Unknown message type.")
        return None

    async def mind(self) -> Ending:
        """Ends what is late, idle, dead or signed out; pings in between."""
        settings = self._settings
        try:
            async with asyncio.timeout(settings.init_seconds):
                await self._acknowledged.wait()
        except TimeoutError:
            return Ending(4408, "Connection initialisation timeout.")
        recheck = self._now() + settings.recheck_seconds
        ping = self._now() + settings.ping_seconds
        while True:
            await asyncio.sleep(min(recheck, ping, self._idle_at()) - self._now())
            now = self._now()
            if now >= recheck:
                reason = await still_welcome(self._make_context, self._facts, self._actor)
                if reason is not None:
                    return Ending(4403, reason)
                recheck = self._now() + settings.recheck_seconds
            if now >= ping:
                if now - self._heard > 2 * settings.ping_seconds:
                    return Ending(1001, "No answer to pings.")
                await self._send({"type": "ping"})
                ping = self._now() + settings.ping_seconds
            if now >= self._idle_at():  # as it is now: something may have run and ended meanwhile
                return Ending(1000, "Idle.")

    def _idle_at(self) -> float:
        if self._operations:
            self._used = self._now()
        return self._used + self._settings.idle_seconds

    async def stop(self) -> None:
        """Cancels all operations and waits until their sources are closed."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _init(self, payload: Any) -> Ending | None:
        if self._init_received:
            return Ending(4429, "Too many initialisation requests.")
        self._init_received = True
        if payload is not None and not isinstance(payload, dict):
            return Ending(4400, "The payload of connection_init must be an object.")
        token = (payload or {}).get("token")
        if isinstance(token, str) and token:
            self._facts = replace(self._facts, token=token, session=None)
        try:
            context = await self._make_context(self._facts)
            self._actor = context.known_actor
            if self._actor is None and not self._settings.anonymous:
                raise Unauthenticated("Sign in: send a token in connection_init.")
            self._caller = caller_key(self._actor, self._facts.address)
            self._connections.claim(self._place, self._caller)
        except Unauthenticated as error:
            return Ending(4403, error.message)
        except GurumError as error:
            return Ending(1013, error.message)
        await self._send({"type": "connection_ack"})
        self._acknowledged.set()
        self._used = self._now()
        return None

    async def _subscribe(self, key: Any, payload: Any) -> Ending | None:
        if not self._acknowledged.is_set():
            return Ending(4401, "Unauthorized.")
        if not isinstance(key, str) or not key or not isinstance(payload, dict):
            return Ending(4400, "A subscribe message needs an id and a payload.")
        if key in self._operations:
            return Ending(4409, f"Subscriber for {key} already exists")
        self._used = self._now()
        try:
            request = from_object(payload)
            if len(self._tasks) >= self._settings.operations_per_connection:
                raise RateLimited(
                    f"{len(self._tasks)} operations run on this connection,"
                    f" the limit is {self._settings.operations_per_connection}."
                )
        except (Refusal, RateLimited) as error:
            await self._refuse(key, self._executor.refuse(error, self._facts.correlation_id))
            return None
        task = asyncio.create_task(self._run(key, request))
        self._operations[key] = task
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return None

    def _cancel(self, key: str) -> None:
        task = self._operations.pop(key, None)
        if task is not None:
            task.cancel()
            self.outbox.forget(key)  # the id may be used again at once

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._used = self._now()
        if not task.cancelled() and task.exception() is not None:
            log.error("an operation broke", exc_info=task.exception())
            self._place.end(4500, "Internal server error.")

    async def _run(self, key: str, request: GraphQLRequest) -> None:
        """One operation, with a context of its own: its rows are loaded fresh, its rights are those of now."""
        try:
            context = await self._make_context(self._facts)
        except Unauthenticated as error:
            self._place.end(4403, error.message)
            return
        except Exception as error:
            await self._refuse(key, self._executor.refuse(error, self._facts.correlation_id))
            return
        try:
            prepared = self._executor.prepare(request, context, self._caller)
        except Exception as error:
            await self._refuse(key, self._executor.refuse(error, self._facts.correlation_id))
            return
        if prepared.operation.kind != "subscription":
            await self._last(key, await self._executor.execute(prepared, context, "ws"))
            return
        events = await self._executor.subscribe(prepared, context, "ws")
        if isinstance(events, Outcome):
            await self._last(key, events)
            return
        async with contextlib.aclosing(events):
            async for outcome in events:
                if not await self.outbox.put_in_time(key, _message(key, outcome), self._settings.slow_seconds):
                    break
            else:
                await self._complete(key)
                return
        await self._drop(key)

    async def _drop(self, key: str) -> None:
        self._metrics.dropped.inc()
        self.outbox.forget(key)
        error = RateLimited("You read more slowly than events arrive, so this subscription has ended; subscribe again.")
        await self._refuse(key, self._executor.refuse(error, self._facts.correlation_id))

    async def _last(self, key: str, outcome: Outcome) -> None:
        if not outcome.executed:
            await self._refuse(key, outcome)
            return
        await self.outbox.put(key, _message(key, outcome))
        await self._complete(key)

    async def _complete(self, key: str) -> None:
        self._operations.pop(key, None)  # its id is free before the client hears of the end
        await self._send({"id": key, "type": "complete"})

    async def _refuse(self, key: str, outcome: Outcome) -> None:
        self._operations.pop(key, None)
        await self._send({"id": key, "type": "error", "payload": outcome.payload["errors"]})

    async def _send(self, message: dict[str, Any]) -> None:
        await self.outbox.put("", encode({name: part for name, part in message.items() if part is not None}))


def _message(key: str, outcome: Outcome) -> bytes:
    return encode({"id": key, "type": "next", "payload": outcome.payload})
