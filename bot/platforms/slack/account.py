"""The bot's own account: `auth.test` at the start and from time to time, for readiness, and what is known by it.

Run by `platform.py`. Never gives up: a revoked token is put right by an operator, an outage of Slack ends.
"""

import asyncio
import logging

from bot.platforms.base import PlatformError
from bot.platforms.slack.errors import REVOKED
from bot.platforms.slack.manifest import SCOPES
from bot.platforms.slack.web import Web
from bot.ports import Clock

CHECK_SECONDS = 300.0
WRITE = "chat:write"
MUTE = f"The Slack app lacks the scope {WRITE}, so nothing can be answered; install it again with the manifest of `9rum slack-manifest`."
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 60.0
_log = logging.getLogger("bot.platforms.slack")


class Account:
    def __init__(self, web: Web, clock: Clock) -> None:
        self._web = web
        self._clock = clock
        self._problem: str | None = "Slack was not asked yet whether the bot's token is good."
        self._task: asyncio.Task[None] | None = None
        self._lacking: list[str] = []
        self.bot_user = ""
        self.team_url = ""

    def start(self) -> None:
        self._task = asyncio.create_task(self._watch(), name="slack-account")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def problem(self) -> str | None:
        return self._problem

    def failed(self, error: PlatformError) -> None:
        """Any call may be the first that finds the token revoked."""
        if error.code in REVOKED:
            self._found(f"{error} Put a new one into the settings.")

    async def check(self) -> bool:
        try:
            answer, scopes = await self._web.auth_test()
        except PlatformError as error:
            self._found(f"{error} Put a new one into the settings." if error.code in REVOKED else str(error))
            return False
        self.bot_user = str(answer.get("user_id") or "")
        self.team_url = str(answer.get("url") or "")
        lacking = [] if scopes is None else [scope for scope in SCOPES if scope not in scopes]
        self._lacks([scope for scope in lacking if scope != WRITE])
        self._found(MUTE if WRITE in lacking else None)
        return WRITE not in lacking

    async def _watch(self) -> None:
        pause = FIRST_PAUSE
        while True:
            if await self.check():
                pause = FIRST_PAUSE
                await self._clock.sleep(CHECK_SECONDS)
            else:
                await self._clock.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def _lacks(self, scopes: list[str]) -> None:
        """Without one of these the bot works, and something less comes of it."""
        if scopes and scopes != self._lacking:
            without = "; ".join(f"{scope} ({SCOPES[scope]})" for scope in scopes)
            _log.warning("The Slack app lacks scopes of the manifest of `9rum slack-manifest`: %s.", without)
        self._lacking = scopes

    def _found(self, problem: str | None) -> None:
        if problem != self._problem:
            _log.log(logging.INFO if problem is None else logging.WARNING, problem or "Slack takes the bot's token.")
        self._problem = problem
