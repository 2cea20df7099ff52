"""The composition root: the only file that knows all rooms. Builds every object, passes it in, opens in order, closes in reverse.

Called by `gateway/__main__.py` and by tests. `build` touches nothing outside; `open` connects; the ASGI lifespan calls both ends.
Adapters are imported by the text in a domain's `backends`, only for clouds that are configured.
"""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import AsyncIterator, Sequence
from typing import Any

import strawberry
from starlette.applications import Starlette

from gateway.auth import Authenticator
from gateway.backend_metrics import BackendMetrics
from gateway.chat.graph import InProcessGraph
from gateway.chat.identities import KeystoneIdentities
from gateway.chat.link import Linking
from gateway.chat.metrics import ChatMetrics
from gateway.chat.wiring import Chat
from gateway.clouds import Clouds
from gateway.console.build import DIST as CONSOLE_DIST
from gateway.console.chat import Chat as ConsoleChat
from gateway.console.members import Members, person_of
from gateway.console.pages import console_pages
from gateway.console.words import Words
from gateway.directory import ProjectDirectory
from gateway.documents import TrustedDocumentError
from gateway.edge import Edge
from gateway.explorer.build import DIST
from gateway.explorer.pages import explorer_routes
from gateway.federated import Federated
from gateway.health import Health
from gateway.metrics import Metrics
from gateway.request import RequestFacts, TrustedProxies
from gateway.roles import Role
from gateway.schema import build_schema
from gateway.secret import agree, secret_key
from gateway.sessions import Sessions
from gateway.settings import Settings, SettingsError
from gateway.sign_in import SignIn
from gateway.sign_in_limit import SignInLimit
from gateway.store import Store
from gateway.telemetry import open_tracing
from gateway.transport import Transport, build_transport
from gateway.uploads import upload_routes
from notifications.bus import Bus
from resolvers import DOMAINS
from resolvers.actor import Actor, Origin
from resolvers.audit import Audit
from resolvers.clock import Clock
from resolvers.context import Context, Ports
from resolvers.domain import Domain
from resolvers.graph.schema import actions_of, command_names, kinds_of
from resolvers.inventory.events import Events
from resolvers.inventory.store import Inventory
from resolvers.operations.engine import Engine
from resolvers.operations.plans import PlanStore
from resolvers.operations.store import OperationStore
from resolvers.policy import Policy

log = logging.getLogger(__name__)

ROWS_OF_COST = 10  # that an answer may lead to, for each unit of the most that it may cost by its document


class Application:
    """`asgi` is the whole program as an ASGI application; its lifespan opens and closes everything."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        schema: strawberry.Schema,
        role: Role = Role.ALL,
        domains: Sequence[Domain] = DOMAINS,
    ) -> None:
        self.settings = settings
        self.role = role
        self.clock = clock
        self.schema = schema
        self.domains = domains
        self.metrics = Metrics()
        self.actions = actions_of(domains)
        kinds, reading = kinds_of(domains).values(), settings.inventory
        self.inventory = Inventory(kinds, clock, reading.read_deadline, reading.forced_lists)
        self.events = Events(self.inventory)
        self.tracing = open_tracing(settings.telemetry)
        self._web = Starlette(lifespan=self._lifespan)
        proxies = TrustedProxies(settings.graphql.trusted_proxies)
        self.asgi = Edge(self._web, access_log=settings.logs.access, tracing=self.tracing, proxies=proxies)
        self._closing = contextlib.AsyncExitStack()

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        await self.open()
        try:
            yield
        finally:
            await self.close()

    async def open(self) -> None:
        """Raises StoreError or SettingsError with sentences; a cloud that is down is no error, it is named in `freshness` and `/readyz`."""
        try:
            await self._open()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        await self._closing.aclose()

    async def _open(self) -> None:
        settings, clock, closing = self.settings, self.clock, self._closing
        if self.tracing is not None:
            closing.push_async_callback(asyncio.to_thread, self.tracing.close)  # it blocks while it sends what waits
        key = secret_key(settings)
        self.store = Store(settings.store)
        await self.store.open()
        closing.push_async_callback(self.store.close)
        redis = self.store.redis
        await agree(redis, key)
        self.bus = Bus(redis)
        await self.bus.start()
        closing.push_async_callback(self.bus.stop)
        self.clouds = await Clouds.open(settings, self.domains, redis, clock)
        closing.push_async_callback(self.clouds.close)
        self.ports = Ports(self.clouds.ports, settings.identity_cloud)
        self.clouds.feed(self.inventory)
        self.inventory.start()
        closing.push_async_callback(self.inventory.stop)
        self.audit = Audit(redis, clock, key)
        self.plans = PlanStore(redis, key)
        owner = f"{socket.gethostname()}:{os.getpid()}:{os.urandom(4).hex()}"
        operations = OperationStore(redis, self.bus, key, owner)
        self.policy = Policy(settings.policy, command_names(self.domains))
        if (problem := self.policy.problem()) is not None:
            raise SettingsError([problem])
        patience = self.clouds.write_deadline
        self.engine = Engine(
            operations, self.audit, self.inventory, self.ports, self.actions, clock, self.policy, patience
        )
        self.engine.start_maintenance()
        self.metrics.register(BackendMetrics(self.inventory, self.engine))
        closing.push_async_callback(self.engine.stop)
        home = settings.identity_cloud
        identity = settings.identity
        directory = ProjectDirectory(self.inventory, home, identity.admin_project, identity.admin_domain)
        port = self.ports.get("identity", home)
        self.authenticator = Authenticator(port, home, Sessions(redis), directory, clock, identity)
        limit = SignInLimit(redis, identity)
        sign_in = SignIn(self.authenticator, limit, directory, clock, settings, self._signed_out)
        federated = Federated(self.authenticator, limit, redis, clock, settings, self._signed_out)
        try:
            self.transport: Transport = build_transport(
                self.schema, self.context_of, settings.graphql, self.metrics, page_origins=settings.page_origins
            )
        except TrustedDocumentError as error:
            raise SettingsError([f"graphql.documents.trusted: {error}"]) from error
        closing.push_async_callback(self.transport.connections.end_all)
        graph = InProcessGraph(self.transport.executor, self.authenticator, self.context_for, self.policy, clock)
        identities = KeystoneIdentities(self.authenticator, directory)
        self.chat = Chat(
            settings, redis, self.bus, key, graph, self.audit, identities, clock, owner, self.role is not Role.API
        )
        await self.chat.start()
        closing.push_async_callback(self.chat.stop)
        origins = settings.page_origins
        links, journal = settings.bot.link, self.chat.journal
        linking = Linking(self.authenticator, self.chat.people, directory, clock, links, journal, origins)
        members = Members(self.transport.callers, directory)
        console = ConsoleChat(self.chat.console, members, self.transport.connections, settings.graphql.live)
        self.metrics.register(ChatMetrics(self.chat))
        self.health = Health(
            {
                "store": self._store_ready,
                "inventory": self._inventory_ready,
                "policy": self._policy_ready,
                "chat": self.chat.ready,
            },
            self.metrics,
        )
        graph_and_pages = [
            *self.transport.routes,
            *sign_in.routes(),
            *federated.routes(),
            *linking.routes(),
            *console.routes(),
            *Words(graph, members).routes(),
            *console_pages(CONSOLE_DIST),
            *upload_routes(self.transport.callers, settings.uploads),
            *explorer_routes(DIST),
        ]
        self._web.router.routes[:] = [
            *([] if self.role is Role.BOT else graph_and_pages),
            *self.chat.routes(),
            *self.health.routes,
        ]

    async def _signed_out(self, actor: Actor) -> None:
        await self.chat.people.signed_out(person_of(actor))

    async def context_of(self, facts: RequestFacts) -> Context:
        """The context of one request. Raises Unauthenticated for a token or session that is not good."""
        origin = Origin("http", facts.address)
        return self.context_for(
            await self.authenticator.actor_of(facts.token, facts.session, origin), facts.correlation_id
        )

    def context_for(self, actor: Actor | None, correlation_id: str) -> Context:
        return Context(
            known_actor=actor,
            correlation_id=correlation_id,
            asked_at=self.clock.now(),
            inventory=self.inventory,
            ports=self.ports,
            engine=self.engine,
            audit=self.audit,
            plans=self.plans,
            events=self.events,
            actions=self.actions,
            most_rows=ROWS_OF_COST * self.settings.graphql.limits.cost,
            extend=_extensions,
        )

    async def _store_ready(self) -> str | None:
        return None if await self.store.redis.ping() else "the store does not answer"

    async def _policy_ready(self) -> str | None:
        return self.policy.problem()

    async def _inventory_ready(self) -> str | None:
        return None if self.inventory.loaded else "the first list of every kind is not through yet"


def _extensions(context: Context) -> dict[str, Any]:
    """What each answer tells beside its data: how old the rows are that it was made from."""
    if not context.touched:
        return {}
    freshness = context.inventory.freshness(context.touched, context.asked_at, context.max_ages)
    return {
        "freshness": {
            "asOf": freshness.as_of,
            "source": freshness.source,
            "backends": [
                {
                    "name": backend.name,
                    "kind": backend.kind,
                    "status": backend.status,
                    "asOf": backend.as_of,
                    "lagSeconds": backend.lag_seconds,
                    "error": backend.error,
                }
                for backend in freshness.backends
            ],
            "warnings": freshness.warnings,
        }
    }


def build(
    settings: Settings,
    clock: Clock | None = None,
    schema: strawberry.Schema | None = None,
    role: Role = Role.ALL,
    domains: Sequence[Domain] = DOMAINS,
) -> Application:
    """`schema` may be passed in where many applications are built: it is the same for all of the same domains, and costs a second to
    make."""
    return Application(settings, clock or Clock(), schema or build_schema(domains), role, domains)
