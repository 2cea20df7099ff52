"""A graph over rows in memory, without clouds and without a store: the real read model, sign-in, schema and executor.

Only Keystone is made up: it tells of a caller what the test says. Used by the tests of this folder that need many worlds fast.
"""

from collections.abc import AsyncGenerator, Iterable, Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

from redis.asyncio import Redis

from gateway.auth import Authenticator
from gateway.directory import ProjectDirectory
from gateway.documents import GraphQLRequest
from gateway.executor import Executor, Outcome
from gateway.limits import LimitSettings
from gateway.metrics import Metrics
from gateway.sessions import Sessions
from gateway.settings import IdentitySettings
from gateway.transport import TransportSettings, build_transport
from resolvers import DOMAINS
from resolvers.actor import Identity, Origin
from resolvers.clock import Clock
from resolvers.context import MOST_ROWS, Context, Ports
from resolvers.graph.schema import actions_of
from resolvers.identity.port import IdentityPort
from resolvers.inventory.events import Events
from resolvers.inventory.kinds import Row
from resolvers.inventory.store import Inventory
from resolvers.policy.policy import Policy
from tests.resolvers.graph.world import CLOUD, KINDS
from tests.running import schema

HUGE = 10**9
ENDLESS = 10**15  # of all questions of a run together, however quick the machine
LIMITS = LimitSettings(
    tokens=HUGE, aliases=HUGE, root_fields=HUGE, cost=HUGE, budget=ENDLESS, budget_per_second=ENDLESS, depth=40
)


class Keystone:
    """Knows one caller."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity

    async def identify(self, token: str) -> Identity:
        return self.identity


async def answered(
    executor: Executor, context: Context, caller: str, query: str, variables: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The whole answer of one operation in process, refusals as callers see them."""
    try:
        prepared = executor.prepare(GraphQLRequest(query, dict(variables or {})), context, caller)
    except Exception as error:
        return executor.refuse(error, context.correlation_id).payload
    return (await executor.execute(prepared, context, "http")).payload


@cache
def executor() -> Executor:
    """One for all worlds, because it holds the validated documents and nothing of a world."""
    settings = TransportSettings(limits=LIMITS)
    return build_transport(schema(), _no_context, settings, Metrics()).executor


async def _no_context(_: object) -> Any:
    raise AssertionError("each question brings its own context")


class Asked:
    """One caller before one world."""

    def __init__(self, rows: Iterable[Row], identity: Identity) -> None:
        clock = Clock()
        self.inventory = Inventory(KINDS.values(), clock)
        self.events = Events(self.inventory)
        for row in rows:
            self.inventory.apply(row)
        settings = IdentitySettings()
        directory = ProjectDirectory(self.inventory, CLOUD, settings.admin_project, settings.admin_domain)
        self.most_rows = MOST_ROWS
        # There are no sessions to ask for, so this store is never connected to.
        sessions = Sessions(Redis(unix_socket_path="/nowhere"))
        port = cast(IdentityPort, Keystone(identity))
        self._sign_in = Authenticator(port, CLOUD, sessions, directory, clock, settings)

    async def context(self) -> Context:
        nothing = cast(Any, None)  # what only mutations need
        return Context(
            known_actor=await self._sign_in.actor_of("token", None, Origin()),
            correlation_id="a-test-0",
            asked_at=self.inventory.clock.now(),
            inventory=self.inventory,
            ports=Ports({}, CLOUD),
            engine=cast(Any, SimpleNamespace(policy=Policy())),
            audit=nothing,
            plans=nothing,
            events=self.events,
            actions=actions_of(DOMAINS),
            most_rows=self.most_rows,
        )

    async def answer(self, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The whole answer."""
        return await answered(executor(), await self.context(), "the caller", query, variables)

    async def data(self, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        answer = await self.answer(query, variables)
        assert "errors" not in answer, answer["errors"]
        found: dict[str, Any] = answer["data"]
        return found

    async def errors(self, query: str, variables: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """The errors, flattened."""
        answer = await self.answer(query, variables)
        return [{"message": error["message"], **error["extensions"]} for error in answer.get("errors", ())]

    async def follow(self, query: str, variables: Mapping[str, Any] | None = None) -> AsyncGenerator[dict[str, Any]]:
        """The whole answer of each event of a subscription; one answer with errors when there are none."""
        context = await self.context()
        request = GraphQLRequest(query=query, variables=dict(variables or {}))
        prepared = executor().prepare(request, context, "the caller")
        found = await executor().subscribe(prepared, context, "ws")
        if isinstance(found, Outcome):
            yield found.payload
            return
        async for outcome in found:
            yield outcome.payload
