"""Names and languages of people, from `users.info`, remembered for a while. `reception.py` asks before it hands a command on.

Bounded, and never in the way: a person not known yet is waited for a moment only, since Slack wants its acknowledgement.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from bot.platforms.base import PlatformError
from bot.platforms.slack.web import Web
from bot.ports import Clock

KNOWN = 5_000  # people
SECONDS = 3_600.0  # that a person is remembered
RETRY_SECONDS = 60.0  # after a question that Slack did not answer
PATIENCE = 0.3  # seconds of the three that Slack waits


@dataclass(frozen=True)
class Profile:
    name: str = ""
    locale: str | None = None


class People:
    def __init__(self, web: Web, clock: Clock) -> None:
        self._web = web
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, Profile]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[Profile]] = {}

    async def of(self, user: str) -> Profile:
        until, profile = self._known.get(user, (0.0, Profile()))
        if until > self._clock.monotonic():
            return profile
        task = self._asking.get(user)
        if task is None:
            task = self._asking[user] = asyncio.create_task(self._ask(user, profile), name="slack-person")
        done, _ = await asyncio.wait({task}, timeout=PATIENCE)
        return task.result() if done else profile

    async def stop(self) -> None:
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(self, user: str, old: Profile) -> Profile:
        try:
            found, seconds = await self._web.user(user), SECONDS
        except PlatformError:
            profile, seconds = old, RETRY_SECONDS
        else:
            shown = found.get("profile") or {}
            name = shown.get("display_name") or shown.get("real_name") or found.get("name") or ""
            profile = Profile(str(name), str(found["locale"]) if found.get("locale") else None)
        finally:
            self._asking.pop(user, None)
        self._known[user] = (self._clock.monotonic() + seconds, profile)
        self._known.move_to_end(user)
        while len(self._known) > KNOWN:
            self._known.popitem(last=False)
        return profile
