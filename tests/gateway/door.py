"""Everything that signs people in, put together as the gateway does, over a real store, for tests that ask through HTTP."""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx
from starlette.applications import Starlette

from gateway.auth import Authenticator
from gateway.directory import ProjectDirectory
from gateway.edge import Edge
from gateway.federated import Federated
from gateway.sessions import Sessions
from gateway.settings import Settings, StoreSettings
from gateway.sign_in import SignIn
from gateway.sign_in_limit import SignInLimit
from gateway.store import Store
from resolvers.actor import Actor, Origin
from resolvers.clock import Clock
from resolvers.identity.port import DOMAIN_KIND, PROJECT, DomainRow, ProjectRow
from resolvers.inventory.store import Inventory
from tests.dump import dump
from tests.gateway.keystone import CLOUD, Keystone

T = TypeVar("T")
PROJECTS = {  # native id -> (name, domain)
    "p-talk": ("talk", "d-default"),
    "p-map": ("map", "d-default"),
    "p-admin": ("admin", "d-default"),
    "p-lab": ("lab-1", "d-lab"),
    "p-lab-2": ("lab-2", "d-lab"),
    "p-fake-admin": ("admin", "d-lab"),
}


class SetClock(Clock):
    """Time that passes only when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def monotonic(self) -> float:
        return self.seconds


class Door:
    def __init__(self, runner: asyncio.Runner, store: Store, settings: Settings) -> None:
        self.run = runner.run
        self.store = store
        self.clock = SetClock()
        self.keystone = Keystone()
        self.inventory = Inventory((PROJECT, DOMAIN_KIND), self.clock)
        self.directory = ProjectDirectory(
            self.inventory, CLOUD, settings.identity.admin_project, settings.identity.admin_domain
        )
        self.authenticator = Authenticator(
            self.keystone, CLOUD, Sessions(store.redis), self.directory, self.clock, settings.identity
        )

        limit = SignInLimit(store.redis, settings.identity)
        sign_in = SignIn(self.authenticator, limit, self.directory, self.clock, settings)
        federated = Federated(self.authenticator, limit, store.redis, self.clock, settings)
        self.web = Starlette(routes=[*sign_in.routes(), *federated.routes()])
        self.app = Edge(self.web)
        self.http = self.browser()

    def read_projects(self) -> None:
        """What the collector brings."""
        for native, name in {"d-default": "Default", "d-lab": "lab"}.items():
            self.inventory.apply(
                DomainRow(
                    id=f"domain:{CLOUD}/{native}",
                    native_id=native,
                    cloud=CLOUD,
                    name=name,
                    description="",
                    enabled=True,
                )
            )
        for native, (name, domain) in PROJECTS.items():
            self.inventory.apply(
                ProjectRow(
                    id=f"project:{CLOUD}/{native}",
                    native_id=native,
                    cloud=CLOUD,
                    name=name,
                    description="",
                    domain_id=f"domain:{CLOUD}/{domain}",
                    enabled=True,
                    tags=(),
                )
            )

    def browser(self, address: str = "192.0.2.1", base: str = "http://9rum.test") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=(address, 40000), raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=base)

    def actor(self, token: str | None, session: str | None = None) -> Actor | None:
        return self.run(self.authenticator.actor_of(token, session, Origin()))

    def known(self, token: str) -> Actor:
        actor = self.actor(token)
        assert actor is not None
        return actor

    def sign_in(self, name: str = "alice", http: httpx.AsyncClient | None = None, **more: str) -> httpx.Response:
        body = {"user": name, "password": f"{name}-password", **more}
        return self.wait((http or self.http).post("/session", json=body))

    def wait(self, asked: Awaitable[T]) -> T:
        async def it() -> T:
            return await asked

        return self.run(it())

    def stored(self) -> bytes:
        """Everything in the store, as somebody who stole it would read it."""
        return self.run(dump(self.store.redis))


@contextmanager
def opened_door(url: str, **sections: Any) -> Iterator[Door]:
    settings = Settings(store=StoreSettings(url=url), **sections)
    with asyncio.Runner() as runner:
        store = Store(settings.store)
        runner.run(store.open())
        runner.run(store.redis.flushdb())
        door = Door(runner, store, settings)
        door.read_projects()
        try:
            yield door
        finally:
            runner.run(door.http.aclose())
            runner.run(store.close())
