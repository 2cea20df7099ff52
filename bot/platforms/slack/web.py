"""Slack's Web API, as far as the bot needs it. Each call has a deadline; what goes wrong is PlatformError, with no token in it.

`platform.py` sends through it, `account.py` and `people.py` ask. Retrying and waiting are the outbox's, so slack-sdk's own are off.
"""

import asyncio
import logging
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.messages import File
from bot.platforms.base import PlatformError
from bot.platforms.slack.errors import problem_of
from bot.platforms.slack.rich import Json

DEADLINE = 10.0  # seconds of one call
UPLOAD_DEADLINE = 30.0  # of the three calls of a file
# The SDK's own lines hold texts of messages, and a stack for each try of an outage; we say what matters.
_STILL = logging.Logger("bot.platforms.slack.sdk", logging.CRITICAL)


def client_of(token: str, base_url: str) -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=base_url, timeout=int(DEADLINE), retry_handlers=[], logger=_STILL)


class Web:
    """`deadline` is for tests of a silent Slack."""

    def __init__(self, client: AsyncWebClient, deadline: float = DEADLINE) -> None:
        self._client = client
        self._deadline = deadline

    async def open(self) -> None:
        """One session for all calls: without, slack-sdk connects anew for each."""
        self._client.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._deadline))

    async def close(self) -> None:
        if self._client.session is not None:
            await self._client.session.close()
            self._client.session = None

    async def auth_test(self) -> tuple[Mapping[str, Any], frozenset[str] | None]:
        """What Slack says of the bot's token, and its scopes; None where the answer lacks the header that tells them.

        slack-bolt reads the same header of the same call (middleware/authorization).
        """
        scopes: list[str] = []

        async def ask() -> Any:
            answer = await self._client.auth_test()
            scopes.extend(value for name, value in answer.headers.items() if name.lower() == "x-oauth-scopes")
            return answer

        data = await self._asked(ask())
        return data, frozenset(scope.strip() for scope in scopes[0].split(",")) if scopes else None

    async def user(self, user: str) -> Mapping[str, Any]:
        answer = await self._asked(self._client.users_info(user=user, include_locale=True))
        found: Mapping[str, Any] = answer.get("user") or {}
        return found

    async def post(self, channel: str, text: str, blocks: Sequence[Json], thread: str | None) -> tuple[str, str]:
        """The channel that it went to (a person's id becomes a direct channel's) and the message's id."""
        more: Json = {"blocks": list(blocks)} if blocks else {}
        answer = await self._asked(
            self._client.chat_postMessage(
                channel=channel,
                text=text,
                thread_ts=thread,
                mrkdwn=False,
                parse="none",
                link_names=False,
                unfurl_links=False,
                unfurl_media=False,
                **more,
            )
        )
        return str(answer["channel"]), str(answer["ts"])

    async def update(self, channel: str, ts: str, text: str, blocks: Sequence[Json]) -> None:
        """Empty blocks take the old ones away; left out, they would stay."""
        await self._asked(
            self._client.chat_update(
                channel=channel, ts=ts, text=text, blocks=list(blocks), parse="none", link_names=False
            )
        )

    async def whisper(self, channel: str, user: str, text: str, blocks: Sequence[Json], thread: str | None) -> None:
        more: Json = {"blocks": list(blocks)} if blocks else {}
        await self._asked(
            self._client.chat_postEphemeral(
                channel=channel, user=user, text=text, thread_ts=thread, parse="none", link_names=False, **more
            )
        )

    async def open_view(self, trigger: str, view: Json) -> None:
        await self._asked(self._client.views_open(trigger_id=trigger, view=view))

    async def upload(self, channel: str, file: File, thread: str | None) -> None:
        await asked(
            self._client.files_upload_v2(
                channel=channel, filename=file.name, title=file.title or file.name, content=file.text, thread_ts=thread
            ),
            UPLOAD_DEADLINE if self._deadline == DEADLINE else self._deadline,
        )

    async def respond(self, response_url: str, text: str) -> None:
        """Answers a command or a button where the bot itself may not write; only its asker sees it."""
        body = {"response_type": "ephemeral", "replace_original": False, "text": text}

        async def send() -> Mapping[str, Any]:
            assert self._client.session is not None  # noqa: S101 - `open` was called, or nothing could have come in
            async with self._client.session.post(response_url, json=body, proxy=self._client.proxy) as response:
                if response.status >= 400:
                    raise PlatformError(f"http_{response.status}", f"Slack answered with status {response.status}.")
            return {}

        await self._asked(send())

    async def _asked(self, call: Awaitable[Any]) -> Mapping[str, Any]:
        return await asked(call, self._deadline)


async def asked(call: Awaitable[Any], deadline: float = DEADLINE) -> Mapping[str, Any]:
    try:
        async with asyncio.timeout(deadline):
            answer = await call
    except SlackApiError as error:
        raise problem_of(error) from None  # the SDK's error holds the whole request
    except TimeoutError:
        raise PlatformError("timeout", "Slack does not answer.", retry=True) from None
    except (aiohttp.ClientError, OSError):
        raise PlatformError("unreachable", "Slack can not be reached.", retry=True) from None
    except (SlackClientError, ValueError, AttributeError, TypeError):  # no JSON object: a proxy's page
        raise PlatformError("unreadable", "Slack's answer can not be read.", retry=True) from None
    data: Mapping[str, Any] = answer if isinstance(answer, Mapping) else answer.data
    return data
