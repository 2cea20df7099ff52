"""A sandbox's people with what links their chat accounts, put together as the gateway does, on a clock that the test moves."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx
from starlette.applications import Starlette

from bot.people import Delegation, Link, People
from bot.platforms.base import Capabilities, Person, Place
from gateway.auth import Authenticator
from gateway.chat.identities import KeystoneIdentities
from gateway.chat.link import Linking
from gateway.console.members import person_of
from gateway.directory import ProjectDirectory
from gateway.edge import Edge
from gateway.link_settings import LinkSettings
from gateway.sessions import Sessions
from gateway.settings import Settings
from gateway.sign_in import SignIn
from gateway.sign_in_limit import SignInLimit
from notifications.redis import RedisClient
from resolvers.actor import Actor
from resolvers.identity.port import DOMAIN_KIND, PROJECT
from resolvers.identity.sandbox import SandboxIdentity
from resolvers.inventory.store import Inventory
from resolvers.names import Names
from resolvers.sandbox.people import Secret
from resolvers.sandbox.seed_people import project_id, user_id
from resolvers.sandbox.settings import SandboxSettings
from resolvers.sandbox.world import World
from resolvers.seal import Seal
from tests.bot.recording import RecordingJournal
from tests.clock import HandClock
from tests.running import KEY

CLOUD = "krane"
ANNA = Person(platform="slack", id="T1/U7", name="Anna Kim", locale="ko-KR")
MINSU = Person(platform="slack", id="T1/U8", name="Minsu")
TEAM = Place(platform="slack", channel="C1")


def project(name: str) -> str:
    return f"project:{CLOUD}/{project_id(name)}"


DIRECT = Place(platform="console", channel="direct", direct=True)


def signed_in(token: str | None) -> Person:
    """jiwoo at the console."""
    return Person(platform="console", id="user:krane/jiwoo", name="jiwoo", token=token)


class SignedIn:
    """A platform of which only the capabilities are asked."""

    capabilities = Capabilities(signed_in=True)


@dataclass
class Room:
    redis: RedisClient
    clock: HandClock
    world: World
    port: SandboxIdentity
    authenticator: Authenticator
    directory: ProjectDirectory
    people: People
    http: httpx.AsyncClient
    trusts: list[str] = field(default_factory=list)

    def another(self) -> People:
        """The people of another process."""
        return _people(self.redis, KeystoneIdentities(self.authenticator, self.directory), self.clock)

    def set_password(self, name: str, password: str) -> None:
        """The demo's passwords are names, which stand in many places."""
        accounts = self.world.people._directory.accounts
        account = accounts[user_id(name)]
        accounts[account.native] = replace(account, secret=Secret.of(password, b"salt"))

    async def sign_in(self, name: str) -> str:
        return await self.port.sign_in(name, name, "Default", None)

    async def link(
        self, name: str, *projects: str, days: float = 30, person: Person = ANNA, role: str = "member"
    ) -> Link:
        """As the page does it, without the page."""
        token = await self.sign_in(name)
        ends, made = self.clock.now() + timedelta(days=days), []
        for one in projects:
            trust = await self.port.create_trust(token, project_id(one), [role], ends)
            self.trusts.append(trust.id)
            made.append(Delegation(project(one), one, trust.id, list(trust.roles), ends.timestamp()))
        identity = await self.port.identify(token)
        link = Link(
            person.key,
            f"user:{CLOUD}/{identity.user_id}",
            name,
            "Default",
            made,
            self.clock.now().timestamp(),
            person.name,
            person.locale,
        )
        await self.people.save(link)
        return link

    async def standing(self) -> set[str]:
        """The trusts that Keystone has."""
        return {key.decode().rsplit(":", 1)[1] for key in await self.redis.keys("gurum:sandbox:*:trust:*")}

    async def close(self) -> None:
        await self.http.aclose()
        await self.world.close()


async def opened(redis: RedisClient) -> Room:
    clock = HandClock()
    await clock.advance(365 * 86_400)  # after the seed, which lies in a fixed past
    names = Names(CLOUD, CLOUD)
    world = await World.open(redis, SandboxSettings(backend="sandbox", name=CLOUD), names, clock)
    port = SandboxIdentity(world, names)
    inventory = Inventory((PROJECT, DOMAIN_KIND), clock)
    for feed in port.feeds():
        if feed.kind in (PROJECT, DOMAIN_KIND):
            for row in await feed.full():
                inventory.apply(row)
    settings = Settings.model_validate({"identity": {"token_cache_seconds": 0}})
    directory = ProjectDirectory(inventory, CLOUD, "admin", "Default")
    authenticator = Authenticator(port, CLOUD, Sessions(redis), directory, clock, settings.identity)
    people = _people(redis, KeystoneIdentities(authenticator, directory), clock)

    async def signed_out(actor: Actor) -> None:
        await people.signed_out(person_of(actor))

    sign_in = SignIn(authenticator, SignInLimit(redis, settings.identity), directory, clock, settings, signed_out)
    routes = [
        *sign_in.routes(),
        *Linking(authenticator, people, directory, clock, LinkSettings(), RecordingJournal()).routes(),
    ]
    transport = httpx.ASGITransport(Edge(Starlette(routes=routes)))
    http = httpx.AsyncClient(transport=transport, base_url="http://9rum.test")
    return Room(redis, clock, world, port, authenticator, directory, people, http)


def _people(redis: RedisClient, identities: KeystoneIdentities, clock: HandClock) -> People:
    platforms: Any = {"console": SignedIn()}
    return People(redis, identities, Seal(KEY.encode()), clock, platforms)
