"""`bot.ports.Graph` in process: the bot's GraphQL text runs through the same executor, limits and errors as anybody's over HTTP.

Made by `gateway/app.py`. The person's token makes the Actor, so the bot can do nothing that this person could not; the chat channel becomes
the Actor's origin, by which policy decides and which audit rows name.
"""

import dataclasses
import secrets
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any

from bot.ports import Acting, Answer, GraphError, first_code
from gateway.auth import Authenticator
from gateway.documents import GraphQLRequest
from gateway.executor import Executor, Outcome, Prepared
from gateway.request import caller_key
from resolvers.actor import Actor, Origin
from resolvers.clock import Clock
from resolvers.context import Context
from resolvers.errors import Denied, RateLimited, TimedOut, Unauthenticated
from resolvers.policy import Policy

MakeContext = Callable[[Actor, str], Context]
PATIENCE = 45.0  # seconds that a command waits for its turn under the limits; then the person is told to come again
AGAIN, LONGEST_PAUSE = 0.2, 5.0  # seconds between two tries


class InProcessGraph:
    """`make_context` gives the context of an Actor and a correlation id."""

    def __init__(
        self,
        executor: Executor,
        authenticator: Authenticator,
        make_context: MakeContext,
        policy: Policy,
        clock: Clock,
    ) -> None:
        self._executor = executor
        self._authenticator = authenticator
        self._make_context = make_context
        self._policy = policy
        self._clock = clock

    async def execute(
        self,
        acting: Acting,
        document: str,
        variables: Mapping[str, Any],
        *,
        command: str | None = None,
        correlation_id: str | None = None,
    ) -> Answer:
        correlation_id = correlation_id or secrets.token_hex(8)
        if document.lstrip().startswith("mutation"):
            # what was taken away from a person meanwhile changes nothing any more
            self._authenticator.forget(acting.token)
        try:
            actor = await self._actor(acting)
            context = self._make_context(actor, correlation_id)
            if command is not None:
                await self._allow(context, command, acting.project, variables)
            prepared = self._prepare(document, variables, context, actor)
        except Exception as error:
            return _answer(self._executor.refuse(error, correlation_id), at_door=True)
        outcome = await self._in_turn(prepared, context)
        # What took longer than the deadline may go on, and has an audit row of its own.
        answer = _answer(outcome, at_door=not outcome.executed and outcome.code != TimedOut.code)
        if command is not None and first_code(answer.errors) == Denied.code:
            await context.engine.refused(context, command, dict(variables), Denied(answer.errors[0].message))
        return answer

    async def subscribe(
        self, acting: Acting, document: str, variables: Mapping[str, Any]
    ) -> AsyncGenerator[Answer, None]:
        correlation_id = secrets.token_hex(8)
        try:
            actor = await self._actor(acting)
            context = self._make_context(actor, correlation_id)
            prepared = self._prepare(document, variables, context, actor)
        except Exception as error:
            yield _answer(self._executor.refuse(error, correlation_id), at_door=True)
            return
        events = await self._executor.subscribe(prepared, context, "ws")
        if isinstance(events, Outcome):
            yield _answer(events, at_door=True)
            return
        try:
            async for outcome in events:
                yield _answer(outcome)
        finally:
            await events.aclose()

    # -- own -----------------------------------------------------------------------------------------------------------

    async def _in_turn(self, prepared: Prepared, context: Context) -> Outcome:
        """What the limits refuse now is tried again for a while: it was acknowledged in the chat, and waits in the store meanwhile."""
        patience = self._clock.monotonic() + PATIENCE
        while True:
            outcome = await self._executor.execute(prepared, context, "http")
            if outcome.executed or outcome.code != RateLimited.code or self._clock.monotonic() > patience:
                return outcome
            await self._clock.sleep(min(max(outcome.retry_after or 0.0, AGAIN), LONGEST_PAUSE))

    async def _actor(self, acting: Acting) -> Actor:
        origin = Origin(acting.platform, channel=acting.channel, message=acting.message)
        actor = await self._authenticator.actor_of(acting.token, None, origin)
        if actor is None:
            raise Unauthenticated("Nobody is signed in here.")
        return actor if acting.project is None else actor.narrowed(acting.project)

    async def _allow(self, context: Context, command: str, project: str | None, variables: Mapping[str, Any]) -> None:
        """Reading is not audited, but what is denied is, by policy here or by the graph later."""
        try:
            self._policy.check_read(context.actor, command, project, await context.engine.named(project))
        except Denied as denied:
            await context.engine.refused(context, command, dict(variables), denied)
            raise

    def _prepare(self, document: str, variables: Mapping[str, Any], context: Context, actor: Actor) -> Prepared:
        request = GraphQLRequest(query=document, variables=dict(variables))
        return self._executor.prepare(request, context, caller_key(actor, None), trusted=True)


def _answer(outcome: Outcome, at_door: bool = False) -> Answer:
    payload = outcome.payload
    return Answer(
        payload.get("data"),
        tuple(_error(error, outcome, at_door) for error in payload.get("errors", ())),
        payload.get("extensions", {}),
    )


def _error(error: Mapping[str, Any], outcome: Outcome, at_door: bool) -> GraphError:
    told = error.get("extensions", {})
    known = GraphError(
        code=told.get("code", "INTERNAL"),
        message=error["message"],
        field=told.get("field"),
        candidates=tuple((held["id"], held["name"]) for held in told.get("candidates", ())),
        retryable=told.get("retryable", False),
        retry_after=told.get("retryAfter"),
        correlation_id=told.get("correlationId"),
        operation_id=told.get("operationId"),
        at_door=at_door,
    )
    return known if known.retry_after is not None else dataclasses.replace(known, retry_after=outcome.retry_after)
