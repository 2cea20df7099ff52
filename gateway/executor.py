"""One GraphQL operation from its request to its answer: the same for HTTP, WebSocket, SSE and callers in process.

`prepare` finds the document and checks everything that can be checked without running it; `execute` and `subscribe` run it under the
caller's limits. graphql-core does the execution, made quick by `gateway/execution`, straight on the schema that strawberry built:
strawberry's own request layer (extensions, per-request parsing and validation) costs half a millisecond and does nothing that is not
done here.
"""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard, cast

import strawberry
from graphql import ExecutionResult, execute, subscribe
from strawberry.execution import optimized_is_awaitable

from gateway.documents import Document, Documents, GraphQLRequest, Operation, choose
from gateway.errors import Refusal, RequestErrors, present, unauthenticated_only
from gateway.execution import fast
from gateway.introspection import aside
from gateway.limits import Limits
from gateway.metrics import Metrics
from gateway.request import RequestContext, TransportKind
from resolvers import nesting
from resolvers.errors import RateLimited, Unauthenticated

_is_awaitable = cast("Callable[[Any], TypeGuard[Awaitable[Any]]]", optimized_is_awaitable)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An operation that may run: its document is valid and within the limits of one request."""

    document: Document
    operation: Operation
    request: GraphQLRequest
    cost: int
    caller: str


@dataclass(slots=True)
class Outcome:
    """One answer. `executed` is False when there is no data because the request itself was refused."""

    payload: dict[str, Any]
    code: str = "OK"
    executed: bool = True
    unauthenticated: bool = False  # nothing but UNAUTHENTICATED came of it
    retry_after: float | None = None
    cost: int | None = None
    budget: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)  # what HTTP adds to a refusal (Allow)


class Executor:
    def __init__(
        self,
        schema: strawberry.Schema,
        documents: Documents,
        limits: Limits,
        metrics: Metrics,
        *,
        anonymous_introspection: bool = False,
    ) -> None:
        if schema.extensions or schema.directives:
            raise ValueError(
                "The gateway runs no strawberry extensions or operation directives; the schema must have none."
            )
        self._schema = schema._schema  # strawberry gives its graphql-core schema no public name
        self._executor_class = aside(fast(schema.execution_context_class, self._schema))
        self._documents = documents
        self._limits = limits
        self._metrics = metrics
        self._anonymous_introspection = anonymous_introspection

    def prepare(
        self, request: GraphQLRequest, context: RequestContext, caller: str, *, trusted: bool = False
    ) -> Prepared:
        """Raises `GurumError` or `RequestErrors`; `refuse` makes an answer of either."""
        anonymous = context.known_actor is None
        document = self._documents.find(request, caller, anonymous=anonymous, trusted=trusted)
        operation = choose(document, request.operation_name)
        nesting.check({**operation.defaults, **(request.variables or {})}, "A variable", operation.uses)
        if operation.introspects and anonymous and not self._anonymous_introspection:
            raise Unauthenticated("Sign in to read the schema: introspection is for signed-in callers.")
        return Prepared(
            document, operation, request, self._limits.cost.check(operation.plan, request.variables), caller
        )

    async def execute(self, prepared: Prepared, context: RequestContext, transport: TransportKind) -> Outcome:
        """Runs a query or mutation to its end. Never raises."""
        started = time.perf_counter()
        outcome = await self._execute(prepared, context)
        cost = outcome.cost or prepared.cost
        self._metrics.operation(transport, prepared.operation.kind, outcome.code, time.perf_counter() - started, cost)
        return outcome

    async def subscribe(
        self, prepared: Prepared, context: RequestContext, transport: TransportKind
    ) -> Outcome | AsyncGenerator[Outcome, None]:
        """Starts a subscription: its events, or the one outcome that says why there are none."""
        budget = None
        try:
            self._limits.subscriptions.check(prepared.caller)
            budget = self._limits.rate.spend(prepared.caller, prepared.cost)
            source = subscribe(self._schema, **self._arguments(prepared, context))
            if _is_awaitable(source):
                source = await self._limits.deadline.wait(
                    cast("Awaitable[AsyncIterator[ExecutionResult] | ExecutionResult]", source)
                )
        except Exception as error:
            outcome = self._refused(error, context.correlation_id)
        else:
            if not isinstance(source, ExecutionResult):
                events = cast("AsyncIterator[ExecutionResult]", source)
                return self._events(events, prepared, context, transport)
            outcome = self._outcome(source, context)
        outcome.cost, outcome.budget = prepared.cost, budget
        self._metrics.operation(transport, prepared.operation.kind, outcome.code, 0.0, prepared.cost)
        return outcome

    def refuse(self, error: Exception, correlation_id: str) -> Outcome:
        """The answer to what ended a request before it ran (raised by `prepare`, or by the view itself)."""
        outcome = self._refused(error, correlation_id)
        self._metrics.refused(outcome.code)
        return outcome

    def _refused(self, error: Exception, correlation_id: str) -> Outcome:
        """Anything unknown is masked."""
        errors: Sequence[Exception] = [error]
        if isinstance(error, RequestErrors):
            errors = error.errors
        elif isinstance(error, Refusal):
            errors = [error.error]
        shown = present(errors, correlation_id)
        return Outcome({"errors": shown.errors}, shown.code, executed=False, retry_after=shown.retry_after)

    async def _execute(self, prepared: Prepared, context: RequestContext) -> Outcome:
        caller = prepared.caller
        budget, cost = None, prepared.cost
        try:
            budget = self._limits.rate.spend(caller, cost)
            self._limits.concurrency.enter(caller)
            try:
                result = execute(self._schema, is_awaitable=_is_awaitable, **self._arguments(prepared, context))
                if not isinstance(result, ExecutionResult):
                    result = await self._limits.deadline.wait(result)
            finally:
                self._limits.concurrency.leave(caller)
                # Where it leads to more than was reckoned, the rest is charged now, also of what was given up.
                cost = max(cost, context.spent())
                budget = max(0, self._limits.rate.charge(caller, cost - prepared.cost))
            outcome = self._outcome(result, context)
        except Exception as error:
            outcome = self._refused(error, context.correlation_id)
        outcome.cost, outcome.budget = cost, budget
        return outcome

    async def _events(
        self,
        events: AsyncIterator[ExecutionResult],
        prepared: Prepared,
        context: RequestContext,
        transport: TransportKind,
    ) -> AsyncGenerator[Outcome, None]:
        """Each event is charged as an operation of its own; a caller whose budget they have used up is told, and comes back later."""
        started = time.perf_counter()
        code = "OK"
        rate = self._limits.rate
        self._limits.subscriptions.enter(prepared.caller)
        self._metrics.subscriptions.inc()
        try:
            async for result in events:
                left = rate.charge(prepared.caller, max(prepared.cost, context.spent()))
                yield self._outcome(result, context)
                if left < 0:
                    raise RateLimited(
                        "The events of this subscription have used up your budget; subscribe again later, or ask for less of each event.",
                        retry_after=rate.wait(left),
                    )
        except Exception as error:  # the source itself broke: the last event says so
            outcome = self._refused(error, context.correlation_id)
            code = outcome.code
            yield outcome
        finally:
            self._limits.subscriptions.leave(prepared.caller)
            self._metrics.subscriptions.dec()
            self._metrics.operation(transport, "subscription", code, time.perf_counter() - started, prepared.cost)
            close = getattr(events, "aclose", None)
            if close is not None:
                await close()

    def _arguments(self, prepared: Prepared, context: RequestContext) -> dict[str, Any]:
        return {
            "document": prepared.document.node,
            "context_value": context,
            "variable_values": prepared.request.variables,
            "operation_name": prepared.operation.name,
            "executor_class": self._executor_class,
            "plans": prepared.document.plans,
            "operation_extensions": prepared.request.extensions,
            "hide_suggestions": context.known_actor is None,
        }

    def _outcome(self, result: ExecutionResult, context: RequestContext) -> Outcome:
        outcome = Outcome({})
        payload = outcome.payload
        if result.errors:
            shown = present(result.errors, context.correlation_id)
            payload["errors"] = shown.errors
            outcome.code, outcome.retry_after = shown.code, shown.retry_after
            # Variables are coerced by graphql-core's execution, but a fault in them is one of the request.
            outcome.executed = result.data is not None or any(error.path is not None for error in result.errors)
            outcome.unauthenticated = context.known_actor is None and unauthenticated_only(shown.errors, result.data)
        if outcome.executed:
            payload["data"] = result.data
        extensions = context.response_extensions()
        if extensions:
            payload["extensions"] = extensions
        return outcome
