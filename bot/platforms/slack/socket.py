"""Socket Mode: bolt's own aiohttp client, which connects again by itself, and a watch over it for the silence that it does not notice.

Built by `platform.py` when there is an app token. `problem` tells readiness why nothing comes in while nothing does.
"""

import asyncio
import logging
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.platforms.base import PlatformError
from bot.platforms.slack.errors import REVOKED
from bot.platforms.slack.web import DEADLINE, asked, client_of
from bot.ports import Clock

PING_SECONDS = 10.0  # between two of the client's pings
SILENCE_SECONDS = 45.0  # without a pong, a greeting or a delivery: the socket is deaf
LOOK_SECONDS = 5.0
_log = logging.getLogger("bot.platforms.slack")


class Socket:
    def __init__(
        self, app: AsyncApp, token: str, base_url: str, clock: Clock, *, ping_seconds: float = PING_SECONDS
    ) -> None:
        self._app = app
        self._token = token
        self._base_url = base_url
        self._clock = clock
        self._ping_seconds = ping_seconds
        self._client: SocketModeClient | None = None
        self._greeted: Any = None  # the session that Slack said hello on
        self._heard = 0.0
        self._pong: float | None = None
        self._deaf = False
        self._refusal: str | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Returns at once; a Slack that is away is tried again until it is there."""
        self._connect()
        self._watching = asyncio.create_task(self._watch(), name="slack-socket-watch")

    async def stop(self) -> None:
        if self._watching is not None:
            await _ended(self._watching)
        await self._disconnect()

    def problem(self) -> str | None:
        if self._refusal is not None:
            return self._refusal
        if self._deaf:
            return f"Slack's socket was silent for {SILENCE_SECONDS:g} s; it is connected anew."
        return None if self._greeted is not None and self._greeted is self._session() else "No socket to Slack is open."

    async def check(self) -> str | None:
        """Whether Slack would open a socket for the app token; none is opened."""
        web = client_of(self._token, self._base_url)
        try:
            await asked(web.apps_connections_open(app_token=self._token), DEADLINE)
        except PlatformError as error:
            return f"Socket Mode: {error}"
        return None

    async def _watch(self) -> None:
        while True:
            await self._clock.sleep(LOOK_SECONDS)
            now = self._clock.monotonic()
            pong = self._client.last_ping_pong_time if self._client is not None else None
            if pong is not None and self._pong is not None and pong != self._pong:
                self._heard, self._deaf = now, False
            self._pong = pong
            if now - self._heard >= SILENCE_SECONDS:
                self._deaf = self._deaf or self._session() is not None
                _log.warning("Slack's socket is silent; it is connected anew")
                await self._disconnect()
                self._connect()

    def _connect(self) -> None:
        """A new client each time: the old one may hold on to an address that Slack no longer takes."""
        web = client_of(self._token, self._base_url)
        handler = AsyncSocketModeHandler(
            self._app,
            self._token,
            logger=web.logger,
            web_client=_Noticing(web, self._asked),
            ping_interval=self._ping_seconds,
        )
        self._client, self._pong, self._heard = handler.client, None, self._clock.monotonic()
        self._client.message_listeners.append(self._hear)
        self._connecting = asyncio.create_task(
            handler.client.connect(),  # type: ignore[no-untyped-call] # slack-sdk leaves it untyped
            name="slack-socket",
        )

    async def _disconnect(self) -> None:
        client = self._client
        if client is None or self._connecting is None:
            return
        client.closed = True
        await _ended(self._connecting)
        closing = client.close()  # type: ignore[no-untyped-call] # slack-sdk leaves it untyped
        await asyncio.gather(closing, return_exceptions=True)
        # It cancels its loops without waiting for their end.
        loops = (client.message_processor, client.current_session_monitor, client.message_receiver)
        await asyncio.gather(*(loop for loop in loops if loop is not None), return_exceptions=True)

    async def _hear(self, _client: object, message: dict[str, Any], _raw: str | None = None) -> None:
        self._heard = self._clock.monotonic()
        if message.get("type") == "hello":
            self._deaf, self._greeted = False, self._session()

    def _session(self) -> Any:
        session = self._client.current_session if self._client is not None else None
        return None if session is None or session.closed else session

    def _asked(self, error: PlatformError | None) -> None:
        if error is None:
            self._refusal = None
        elif error.code in REVOKED or error.code == "not_allowed_token_type":
            self._refusal = f"Slack refuses the app-level token ({error.code}); put a new one into the settings."
        else:
            self._refusal = f"No socket to Slack can be opened: {error}"


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class _Noticing(AsyncWebClient):
    """A client for `apps.connections.open` that tells why it fails; bolt's only logs it, and tries again."""

    def __init__(self, like: AsyncWebClient, told: Any) -> None:
        super().__init__(
            token=like.token, base_url=like.base_url, timeout=int(DEADLINE), retry_handlers=[], logger=like.logger
        )
        self._told = told

    async def apps_connections_open(self, *, app_token: str, **kwargs: Any) -> AsyncSlackResponse:
        try:
            answer = await asked(super().apps_connections_open(app_token=app_token, **kwargs))
        except PlatformError as error:
            self._told(error)
            raise
        self._told(None)
        return answer  # type: ignore[return-value] # bolt reads `url` of it, which a mapping has
