"""The bot of one process: its platforms, its people, and what the gateway gives it. Built, started and stopped by `gateway/app.py`.

A platform's module is imported only when its settings are there: Slack's libraries cost a quarter of a second and 15 MB.
"""

import importlib
from collections.abc import Mapping
from typing import Any

from starlette.routing import BaseRoute, Route

from bot.app import Bot
from bot.people import People
from bot.platforms import PLATFORMS
from bot.platforms.base import Platform
from bot.platforms.console import ConsolePlatform
from bot.ports import Graph, Identities
from gateway.chat.journal import AuditJournal
from gateway.chat.rooms import hiding
from gateway.settings import Settings
from gateway.version import VERSION
from notifications.bus import Bus
from notifications.redis import RedisClient
from resolvers import DOMAINS
from resolvers.audit import Audit
from resolvers.clock import Clock
from resolvers.seal import Seal


class Chat:
    """`console` is always there: the page and the terminal are 9rum's own. `works` False: only what is said there is taken in here."""

    def __init__(
        self,
        settings: Settings,
        redis: RedisClient,
        bus: Bus,
        key: bytes,
        graph: Graph,
        audit: Audit,
        identities: Identities,
        clock: Clock,
        owner: str,
        works: bool = True,
    ) -> None:
        self._works = works
        self.console = ConsolePlatform(redis, bus, clock, hiding(DOMAINS, settings.bot))
        self.platforms: Mapping[str, Platform] = {
            self.console.name: self.console,
            **{chosen.platform: platform_of(chosen, clock) for chosen in settings.bot.platforms if works},
        }
        seal = Seal(key)
        offered = settings.bot.link.offer_minutes * 60.0
        self.people = People(redis, identities, seal, clock, self.platforms, offered)
        self.journal = AuditJournal(audit, clock)
        self.bot = Bot(
            settings.bot,
            graph,
            self.journal,
            self.people,
            seal,
            redis,
            self.platforms,
            clock,
            owner,
            settings.public_url,
            self.journal.rejected_at_the_door,
            VERSION,
        )

    async def start(self) -> None:
        await self.bot.start(self._works)

    async def stop(self) -> None:
        await self.bot.stop()
        await self.journal.close()

    def routes(self) -> list[BaseRoute]:
        """What chat systems deliver to."""
        return [Route(path, app) for platform in self.platforms.values() for path, app in platform.mounts.items()]

    async def ready(self) -> str | None:
        """What does not work, in words; None when all platforms are well."""
        problems = [f"{name}: {problem}" for name, problem in self.bot.problems().items() if problem]
        return " ".join(problems) or None


def platform_of(chosen: Any, clock: Clock) -> Platform:
    """The platform of its settings, not started."""
    module, name = PLATFORMS[chosen.platform].split(":")
    made: Platform = getattr(importlib.import_module(module), name)(chosen, clock)
    return made
