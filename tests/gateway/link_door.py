"""The door with the routes of linking, over the far Keystone, for tests of `/chat/link`."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from bot.people import People
from bot.platforms.base import Person, Place
from gateway.chat.identities import KeystoneIdentities
from gateway.chat.link import Linking
from gateway.link_settings import LinkSettings
from gateway.settings import Settings, StoreSettings
from gateway.store import Store
from resolvers.seal import Seal
from tests.bot.recording import RecordingJournal
from tests.gateway.door import Door
from tests.running import KEY

ANNA = Person(platform="slack", id="T1/U7", name="Anna Kim", locale="ko-KR")
TEAM = Place(platform="slack", channel="C1")


class LinkDoor(Door):
    def __init__(self, runner: asyncio.Runner, store: Store, settings: Settings, link: LinkSettings) -> None:
        super().__init__(runner, store, settings)
        identities = KeystoneIdentities(self.authenticator, self.directory)
        self.people = People(store.redis, identities, Seal(KEY.encode()), self.clock, {})
        self.journal = RecordingJournal()
        linking = Linking(self.authenticator, self.people, self.directory, self.clock, link, self.journal)
        self.web.router.routes += linking.routes()

    def offer(self, person: Person = ANNA) -> str:
        return self.run(self.people.offer(person, TEAM))

    def look(self, secret: str, http: httpx.AsyncClient | None = None) -> httpx.Response:
        return self.wait((http or self.http).post("/chat/link/look", json={"secret": secret}))

    def link(self, secret: str, *projects: tuple[str, list[str]], days: int = 7) -> httpx.Response:
        """Projects by their short native id: `("talk", ["member"])`."""
        chosen = [{"id": f"project:krane/p-{name}", "roles": roles} for name, roles in projects]
        return self.wait(self.http.post("/chat/link", json={"secret": secret, "projects": chosen, "days": days}))


@contextmanager
def opened_link_door(url: str, **link: Any) -> Iterator[LinkDoor]:
    settings = Settings(store=StoreSettings(url=url))
    with asyncio.Runner() as runner:
        store = Store(settings.store)
        runner.run(store.open())
        runner.run(store.redis.flushdb())
        door = LinkDoor(runner, store, settings, LinkSettings(**link))
        door.read_projects()
        try:
            yield door
        finally:
            runner.run(door.http.aclose())
            runner.run(store.close())
