"""The small graph that the transport is tested with: every kind of field, error and stream, and two people with tokens."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated, Any

import strawberry
from redis.exceptions import ConnectionError as StoreConnectionError
from redis.exceptions import ResponseError
from strawberry.types import Info

from gateway.request import RequestFacts
from resolvers.actor import Actor, Identity
from resolvers.errors import Candidate, Denied, Invalid, Unauthenticated, Unavailable

ALICE, BOB = "token-alice", "token-bob"
SECRET = "hunter2-is-a-secret"


@dataclass
class World:
    """What the tests see of the inside: who is known, what was changed, when to let go of waiting fields."""

    people: dict[str, Actor] = field(default_factory=dict)
    value: int = 0
    waiting: int = 0
    closed: int = 0
    contexts: list[RequestFacts] = field(default_factory=list)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    failure: Exception | None = None  # what making a context raises

    async def make_context(self, facts: RequestFacts) -> "Context":
        self.contexts.append(facts)
        if self.failure is not None:
            raise self.failure
        credential = facts.token or facts.session
        if credential is None:
            return Context(self, None, facts.correlation_id)
        actor = self.people.get(credential)
        if actor is None:
            raise Unauthenticated("The token is not valid or has expired; sign in again.")
        return Context(self, actor, facts.correlation_id)


@dataclass
class Context:
    world: World
    known_actor: Actor | None
    correlation_id: str

    def spent(self) -> int:
        return 0

    def mark(self) -> None: ...

    def back_to(self, mark: None) -> None: ...

    def response_extensions(self) -> dict[str, Any]:
        return {"freshness": {"asOf": len(self.world.contexts)}}


def person(name: str, projects: tuple[str, ...] = ("shop",)) -> Actor:
    roles = {project: frozenset({"member"}) for project in projects}
    identity = Identity(f"id-{name}", name, "default", "Default", roles)
    return Actor(identity, f"user:{name}", None, roles, all_projects=False, operator=False, token=f"token-{name}")


def world() -> World:
    return World(people={ALICE: person("alice"), BOB: person("bob")})


@strawberry.type
class Item:
    id: strawberry.ID
    name: str
    size: int
    note: str | None = None

    @strawberry.field
    def parent(self) -> "Item":
        return item(self.size + 1)

    console: str = strawberry.field(resolver=lambda: "log", metadata={"cost": 20})
    tags: list["Tag"] = strawberry.field(resolver=lambda: [Tag(name="a")], metadata={"size": 4})

    @strawberry.field
    def items(self, first: int = 50) -> "ItemConnection":
        return ItemConnection(nodes=[item(n) for n in range(first)])


@strawberry.type
class Tag:
    name: str


@strawberry.type
class PageInfo:
    has_next_page: bool = False


@strawberry.type
class ItemConnection:
    nodes: list[Item]
    page_info: PageInfo = field(default_factory=PageInfo)


def item(number: int) -> Item:
    return Item(id=strawberry.ID(f"item:{number}"), name=f"item {number}", size=number)


def pick(ids: list[int]) -> list[Item]:
    return [item(number) for number in ids]


Thing = Annotated[Item | Tag, strawberry.union("Thing")]
ContextInfo = Info[Context, None]


@strawberry.type
class Query:
    hello: str = strawberry.field(resolver=lambda: "world")

    @strawberry.field
    def me(self, info: ContextInfo) -> str | None:
        if info.context.known_actor is None:
            raise Unauthenticated("Sign in to see who you are.")
        return info.context.known_actor.user_name

    @strawberry.field
    def value(self, info: ContextInfo) -> int:
        return info.context.world.value

    @strawberry.field
    def item(self, number: int = 1) -> Item:
        return item(number)

    @strawberry.field
    def items(self, first: int | None = 50, last: int | None = None) -> ItemConnection:
        return ItemConnection(nodes=[item(n) for n in range(first or last or 50)])

    @strawberry.field
    def things(self, first: int = 10) -> list[Thing]:
        return [item(n) if n % 2 else Tag(name=str(n)) for n in range(first)]

    picked: list[Item] = strawberry.field(resolver=pick, metadata={"size": "ids"})

    @strawberry.field
    async def later(self) -> str:
        await asyncio.sleep(0)
        return "done"

    @strawberry.field
    async def never(self, info: ContextInfo) -> str:
        """Waits until the test lets go."""
        info.context.world.waiting += 1
        try:
            await info.context.world.release.wait()
        finally:
            info.context.world.waiting -= 1
        return "released"

    @strawberry.field
    def broken(self) -> str | None:
        raise RuntimeError(f"password={SECRET}")

    @strawberry.field
    def broken_int(self) -> int | None:
        return f"{SECRET}"  # type: ignore[return-value]  # the fault under test: a result that is not of its type

    @strawberry.field
    def stored(self, refused: bool = False) -> str | None:
        raise (
            ResponseError("NOSCRIPT") if refused else StoreConnectionError("Error 111 connecting to store.inner:6379.")
        )

    @strawberry.field
    def must(self) -> str:
        raise Unavailable("The cloud west does not answer.", backend="west", request_id="req-1")

    @strawberry.field
    def ambiguous(self) -> str | None:
        raise Invalid(
            "web is ambiguous.", field="server", candidates=[Candidate("server:1", "web"), Candidate("server:2", "web")]
        )

    @strawberry.field
    def odd(self) -> strawberry.scalars.JSON:
        """What orjson does not encode."""
        return strawberry.scalars.JSON({"big": 2**70, 3: "three", "lone": "\ud800"})

    @strawberry.field
    def denied(self) -> str | None:
        raise Denied("Only operators may do this.")


@strawberry.type
class Mutation:
    @strawberry.mutation
    def bump(self, info: ContextInfo, by: int = 1) -> int:
        info.context.world.value += by
        return info.context.world.value


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int = 3) -> AsyncIterator[int]:
        for n in range(1, to + 1):
            yield n

    @strawberry.subscription
    async def flood(self, info: ContextInfo, size: int = 1000) -> AsyncIterator[str]:
        """Never ends, and never waits for its reader."""
        world = info.context.world
        try:
            while True:
                yield "x" * size
                await asyncio.sleep(0)
        finally:
            world.closed += 1

    @strawberry.subscription
    async def quiet(self, info: ContextInfo) -> AsyncIterator[str]:
        """Says nothing until the test lets go."""
        world = info.context.world
        world.waiting += 1
        try:
            await world.release.wait()
            yield "released"
        finally:
            world.waiting -= 1
            world.closed += 1

    @strawberry.subscription
    async def breaks(self) -> AsyncIterator[int]:
        yield 1
        raise RuntimeError(f"password={SECRET}")

    @strawberry.subscription
    async def refused(self, to: int = 0) -> AsyncIterator[int]:
        for n in range(to):  # an async generator needs its yield
            yield n
        raise Denied("You may not listen here.")


schema = strawberry.Schema(Query, Mutation, Subscription)
