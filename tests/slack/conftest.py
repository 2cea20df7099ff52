"""The platform against the stand-in, in both ways that Slack delivers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from bot.platforms.base import Place
from bot.platforms.slack import SlackPlatform
from resolvers.clock import Clock
from tests.polling import eventually
from tests.slack.receiver import Receiver
from tests.slack.standin import Human, Slack, standin


@dataclass
class Connected:
    """A platform that runs, the Slack that it runs against, and what it received."""

    platform: SlackPlatform
    slack: Slack
    inbox: Receiver

    @property
    def ann(self) -> Human:
        return self.slack.person("ann", "ko-KR")

    def place(self, name: str = "ops", thread: str | None = None) -> Place:
        return Place(platform="slack", channel=self.slack.world.channel(name).id, thread=thread)

    async def knows_ann(self) -> None:
        """Once her name and language are there: a command waits for them a moment only, and a busy machine takes longer."""

        async def look() -> bool:
            await self.ann.type("/cloud help")
            return self.inbox.received[-1].person.locale is not None

        await eventually(look, "ann is known", pause=0.05)
        self.inbox.received.clear()

    async def well(self) -> None:
        async def look() -> bool:
            return self.platform.problem() is None

        await eventually(look, "the platform is well", pause=0.01)


@asynccontextmanager
async def connected(mode: str, **options: Any) -> AsyncIterator[Connected]:
    """`mode`: `socket` or `http`. Options are the platform's."""
    clock = options.pop("clock", None) or Clock()
    async with standin() as slack:
        if mode == "http":
            slack.deliver_to("")  # until there is a platform
        platform = SlackPlatform(slack.settings(), clock, **options)
        for door in platform.mounts.values():
            slack.deliver_to(door)
        inbox = Receiver()
        await platform.start(inbox.receive, inbox.rejected)
        it = Connected(platform, slack, inbox)
        try:
            if mode == "socket":
                await slack.connected()
            await it.well()
            yield it
        finally:
            await platform.stop()


@pytest.fixture(params=["socket", "http"])
async def both(request: pytest.FixtureRequest) -> AsyncIterator[Connected]:
    """Once in Socket Mode and once by HTTP."""
    async with connected(request.param) as it:
        yield it


@pytest.fixture
async def http() -> AsyncIterator[Connected]:
    async with connected("http") as it:
        yield it


@pytest.fixture
async def socket() -> AsyncIterator[Connected]:
    async with connected("socket") as it:
        yield it
