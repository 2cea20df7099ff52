"""The stand-in's server: starts and ends it, delivers, and what tests ask it to do."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from pydantic import SecretStr

from bot.platforms.slack import SlackSettings
from tests.polling import eventually
from tests.slack.standin.api import Api
from tests.slack.standin.delivery import ACK_SECONDS, FORM, RETRY_PAUSES, Ack, Delivery, Http, Sockets, form, signed
from tests.slack.standin.owntime import OwnTime
from tests.slack.standin.people import Human
from tests.slack.standin.shown import Shown
from tests.slack.standin.world import (
    APP,
    APP_TOKEN,
    BOT_USER,
    SIGNING_SECRET,
    TEAM,
    Call,
    Channel,
    Failure,
    Json,
    World,
)


class Slack:
    """`ack_seconds` is Slack's patience; `repeat` whether events without a 200 are delivered again (at once, not after minutes).

    `clock` tells the time that deliveries are signed with.
    """

    def __init__(self) -> None:
        self.now = OwnTime()
        self.world = World(self.now)
        self.sockets = Sockets(self.now)
        self.ack_seconds = ACK_SECONDS
        self.repeat = True
        self.url = ""
        self.clock: Callable[[], float] = time.time
        self._http: Http | None = None
        self._ways: list[Http] = []

    def settings(self, **changes: Any) -> SlackSettings:
        """Settings that point here, in the mode that this stand-in delivers by."""
        way: Json = (
            {"app_token": SecretStr(APP_TOKEN)} if self._http is None else {"signing_secret": SecretStr(SIGNING_SECRET)}
        )
        token = SecretStr(self.world.bot_token)
        given = {"platform": "slack", "bot_token": token, "base_url": f"{self.url}/api/"} | way
        return SlackSettings(**(given | changes))

    def deliver_to(self, target: Any) -> None:
        """By signed HTTP from now on: a whole address, or an ASGI application. One may change between several gateways."""
        self._http = next((way for way in self._ways if way.target == target), None)
        if self._http is None:
            self._http = Http(target, self.now)
            self._ways.append(self._http)

    def person(self, name: str, locale: str = "en-US") -> Human:
        """The person with that name; a new one when there is none."""
        return Human(self, self.world.user(name, locale))

    def channel(self, name: str, *, bot: bool = True, private: bool = False) -> Channel:
        made = self.world.channel(name)
        made.bot, made.private = bot, private
        return made

    def messages(self, channel: str = "ops") -> list[Shown]:
        """What all see there, oldest first."""
        return [Shown(self.world, one) for one in self.world.seen(self.world.channel(channel).id)]

    def said(self, channel: str = "ops") -> list[Shown]:
        """What the bot said there to all."""
        return [one for one in self.messages(channel) if one.posted.by == BOT_USER]

    def calls(self, method: str) -> list[Call]:
        return [call for call in self.world.calls if call.method == method]

    def fail(
        self,
        method: str,
        error: str = "",
        *,
        status: int = 200,
        retry_after: float | None = None,
        silent: bool = False,
        leaps: float = 0.0,
        body: str | None = None,
        times: int = 1,
        when: Callable[[Json], bool] = lambda _: True,
    ) -> None:
        """The next `times` calls (of those that `when` finds) go wrong: an error, a status, an HTML page, or nothing for an hour."""
        self.world.failures[method].append(Failure(error, status, retry_after, silent, leaps, body, times, when))

    def limit_posts(self, per_second: float = 1.0, burst: int = 3) -> None:
        """As Slack does for each channel; it is off at the start."""
        self.world.limit = (per_second, burst)

    def expire_triggers(self) -> None:
        """Lets the three seconds pass."""
        self.world.triggers = {trigger: (made - 10.0, user) for trigger, (made, user) in self.world.triggers.items()}

    async def connected(self, sockets: int = 1, seconds: float = 30.0) -> None:
        """Waits until so many sockets are open."""

        async def look() -> bool:
            return len(self.sockets.open) >= sockets

        await eventually(look, f"{sockets} sockets", seconds, pause=0.01)

    def response_url(self, id: str) -> str:  # noqa: A002 - as Slack's own pages name it
        return f"{self.url}/response/{id}"

    async def event(self, event: Json, event_id: str | None = None) -> Delivery:
        """Delivers it, and again up to three times while nothing good is answered."""
        made = event_id or f"Ev{uuid.uuid4().hex[:10].upper()}"
        payload = {
            "type": "event_callback",
            "token": "old",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": event,
            "event_id": made,
            "event_time": int(time.time()),
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
        }
        attempts: list[Ack] = []
        for number in range(len(RETRY_PAUSES) if self.repeat else 1):
            retry = (number, attempts[-1].reason) if attempts else None
            attempts.append(await self.deliver("events_api", payload, retry))
            if attempts[-1].ok:
                break
        return Delivery(made, tuple(attempts))

    async def deliver(self, kind: str, payload: Json, retry: tuple[int, str] | None = None) -> Ack:
        """One delivery: `slash_commands`, `interactive` or `events_api`."""
        if self._http is None:
            return await self.sockets.send(kind, payload, kind != "events_api", self.ack_seconds, retry)
        body, content = self.written(kind, payload)
        headers = signed(body, at=self.clock())
        if retry is not None:
            headers |= {"x-slack-retry-num": str(retry[0]), "x-slack-retry-reason": retry[1]}
        return await self.send(body, content, headers)

    def written(self, kind: str, payload: Json) -> tuple[bytes, str]:
        """Body and content type, as Slack writes it over HTTP."""
        if kind == "events_api":
            return json.dumps(payload).encode(), "application/json"
        return form(payload if kind == "slash_commands" else {"payload": json.dumps(payload)}), FORM

    async def send(self, body: bytes, content: str, headers: dict[str, str]) -> Ack:
        """Exactly this over HTTP; for forged and replayed ones."""
        assert self._http is not None, "this stand-in delivers by sockets"
        return await self._http.send(body, content, headers, self.ack_seconds)

    async def leave(self) -> None:
        """An outage: sockets close, every call gets a 503. `self.world.away = False` ends it."""
        self.world.away = True
        await self.sockets.drop()

    async def close(self) -> None:
        await self.sockets.drop()
        for way in self._ways:
            await way.close()


@asynccontextmanager
async def standin(deliver_to: Any = None) -> AsyncIterator[Slack]:
    """Socket Mode, or signed HTTP to an address or an ASGI application (see also `Slack.deliver_to`)."""
    slack = Slack()
    if deliver_to is not None:
        slack.deliver_to(deliver_to)
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.add_routes(
        [*Api(slack.world, slack.sockets, lambda: slack.url).routes(), web.get("/link", slack.sockets.serve)]
    )
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    slack.channel("ops")
    passing = asyncio.create_task(slack.now.run(), name="slack-time")
    try:
        yield slack
    finally:
        passing.cancel()
        await slack.close()
        await runner.cleanup()
