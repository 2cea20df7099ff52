"""A whole 9rum whose Slack is npm `emulate`: what it says is read back there, and what a person types is written there first.

Used by the trip through emulate. Nothing in 9rum knows of it: its own client of Slack speaks to the proxy of tests/slack/peer.py.
Emulate delivers nothing (see the trip), so the signed delivery of what was typed is made here, of the ids that emulate gave.
"""

import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.base import Person, Place
from bot.platforms.slack.manifest import SCOPES
from tests.polling import eventually
from tests.running import Running, demo_passwords, policy_file, running
from tests.slack.peer import Bridge, bridged, emulate, whispers
from tests.slack.standin import Shown
from tests.slack.standin.delivery import FORM, form, signed
from tests.slack.standin.world import Posted, World
from tests.trips.in_slack import OPEN, delegate, secret_of

Json = dict[str, Any]
BOT_USER, APP, SECRET = "U0BOT", "A1", "emulated-signing-secret"
BOT, MUTE, FILELESS, PERSON = "xoxb-whole", "xoxb-mute", "xoxb-fileless", "xoxp-jiwoo"
PERSONAL = {
    "channels:history",
    "channels:manage",
    "channels:read",
    "chat:write",
    "files:read",
    "im:history",
    "im:write",
}
PASSWORDS = demo_passwords()


def workspace() -> Mapping[str, Any]:
    """The app with the scopes of its manifest, two that were installed without one of them, and jiwoo. Scopes are checked."""
    lacking = {BOT: set[str](), MUTE: {"chat:write"}, FILELESS: {"files:write"}}
    bot = {"type": "bot", "user_id": BOT_USER, "bot_user_id": BOT_USER, "bot_id": "B1", "app_id": APP}
    app = {"app_id": APP, "client_id": "1.1", "client_secret": "x", "name": "9rum", "redirect_uris": [], "bot_id": "B1"}
    return {
        "slack": {
            "team": {"name": "Peer", "domain": "peer"},
            "users": [{"name": "jiwoo", "real_name": "Jiwoo"}],
            "oauth_apps": [{**app, "bot_user_id": BOT_USER, "scopes": sorted(SCOPES)}],
            "strict_scopes": True,
            "tokens": [
                *({**bot, "token": token, "scopes": sorted({*SCOPES} - without)} for token, without in lacking.items()),
                {"token": PERSON, "type": "user", "user": "jiwoo", "scopes": sorted(PERSONAL)},
            ],
        }
    }


@dataclass(frozen=True)
class Peer:
    """The process and the proxy before it, for any number of 9rums, one after the other. `user` and `team` are jiwoo's."""

    url: str
    bridge: Bridge
    jiwoo: AsyncWebClient
    user: str
    team: str
    direct: str  # her direct messages with the bot


@contextlib.asynccontextmanager
async def emulated() -> AsyncIterator[Peer]:
    async with emulate(workspace=workspace()) as url, bridged(url) as bridge:
        jiwoo = AsyncWebClient(token=PERSON, base_url=f"{bridge.url}/api/")
        me: Any = await jiwoo.auth_test()
        opened: Any = await jiwoo.conversations_open(users=BOT_USER)
        yield Peer(url, bridge, jiwoo, me["user_id"], me["team_id"], opened["channel"]["id"])


@dataclass
class Emulated:
    """`graph` is the whole 9rum; `channel` is one that only this 9rum was in."""

    peer: Peer
    graph: Running
    channel: str

    @property
    def person(self) -> Person:
        return Person(platform="slack", id=f"{self.peer.team}/{self.peer.user}")

    async def type(self, text: str) -> None:
        """A slash command in the channel."""
        command, _, rest = text.partition(" ")
        given = {
            "team_id": self.peer.team,
            "channel_id": self.channel,
            "channel_name": "ops",
            "user_id": self.peer.user,
            "user_name": "jiwoo",
            "command": command,
            "text": rest,
            "api_app_id": APP,
            "trigger_id": f"1.2.{secrets.token_hex(16)}",
        }
        await self._deliver(form(given), FORM)

    async def mention(self, text: str) -> str:
        """`@9rum text` in the channel. The id of what she wrote."""
        return await self._wrote(self.channel, f"<@{BOT_USER}> {text}", {"type": "app_mention"})

    async def say(self, text: str) -> str:
        """The same as a direct message."""
        return await self._wrote(self.peer.direct, text, {"type": "message", "channel_type": "im"})

    async def link(self) -> None:
        """As the page links an account, without the offer in the chat."""
        secret = await self.graph.app.chat.people.offer(self.person, Place(platform="slack", channel=self.channel))
        await self.delegate(secret)

    async def delegate(self, secret: str) -> None:
        await delegate(self.graph.http, secret, self.person.key, "jiwoo", PASSWORDS["jiwoo"], ["shop"])

    async def said(self, channel: str, thread: str | None = None) -> list[Shown]:
        """What the bot said there by now, as jiwoo reads it, oldest first."""
        answer: Any = (
            await self.peer.jiwoo.conversations_history(channel=channel)
            if thread is None
            else await self.peer.jiwoo.conversations_replies(channel=channel, ts=thread)
        )
        by_bot = [_shown(channel, one) for one in answer["messages"] if one["user"] == BOT_USER]
        return sorted(by_bot, key=lambda shown: shown.ts)

    async def sees(
        self, wanted: Callable[[Shown], bool], channel: str | None = None, thread: str | None = None
    ) -> Shown:
        """The newest such message, once there is one."""

        async def look() -> Shown | None:
            return next(
                (one for one in reversed(await self.said(channel or self.channel, thread)) if wanted(one)), None
            )

        return await eventually(look, "the bot says it", 60)

    async def offer(self, after: str) -> str:
        """The secret of the address that the bot told her in the direct messages."""
        return secret_of(await self.sees(lambda shown: shown.ts > after and bool(secret_of(shown)), self.peer.direct))

    async def whispers(self) -> list[tuple[str, str]]:
        """Who was shown what alone in the channel."""
        return await whispers(self.peer.url, self.channel)

    def refused(self, method: str, **given: str) -> list[Mapping[str, Any]]:
        """What emulate answered to such calls that it did not take."""
        calls = self.peer.bridge.answers(method)
        return [one.answer for one in calls if not one.answer["ok"] and given.items() <= one.given.items()]

    async def files(self) -> dict[str, str]:
        """Names and texts of the files in the channel."""
        answer: Any = await self.peer.jiwoo.files_list(channel=self.channel)
        async with httpx.AsyncClient(headers={"authorization": f"Bearer {PERSON}"}, timeout=60) as http:
            return {file["name"]: (await http.get(file["url_private"])).text for file in answer["files"]}

    async def _wrote(self, channel: str, text: str, event: Json) -> str:
        """She writes it in emulate; what Slack would deliver of it is delivered."""
        ts = str((await self.peer.jiwoo.chat_postMessage(channel=channel, text=text))["ts"])
        where = {"user": self.peer.user, "channel": channel, "text": text, "ts": ts, "event_ts": ts}
        payload = {
            "type": "event_callback",
            "team_id": self.peer.team,
            "api_app_id": APP,
            "event_id": f"Ev{secrets.token_hex(5)}",
            "event": event | where,
        }
        await self._deliver(json.dumps(payload).encode(), "application/json")
        return ts

    async def _deliver(self, body: bytes, kind: str) -> None:
        headers = {"content-type": kind, **signed(body, SECRET)}
        answer = await self.graph.http.post("/slack/events", content=body, headers=headers)
        assert answer.status_code == 200, answer.text


@contextlib.asynccontextmanager
async def in_emulate(peer: Peer, store: str, folder: Path, token: str = BOT) -> AsyncIterator[Emulated]:
    """`token` is that of the whole app, or of one that lacks a scope."""
    slack = {
        "platform": "slack",
        "bot_token": token,
        "signing_secret": SECRET,
        "base_url": f"{peer.bridge.url}/api/",
    }
    made: Any = await peer.jiwoo.conversations_create(name=f"ops-{secrets.token_hex(4)}")
    policy = policy_file(folder, OPEN)
    async with running(store, folder, PASSWORDS, bot={"platforms": [slack]}, policy=policy) as graph:
        it = Emulated(peer, graph, made["channel"]["id"])

        async def well() -> bool:
            return graph.app.chat.platforms["slack"].problem() is None

        await eventually(well, "emulate answers auth.test", 30)
        yield it


def _shown(channel: str, message: Json) -> Shown:
    posted = Posted(channel, message["ts"], message["text"], message.get("blocks") or [], message.get("thread_ts"))
    posted.edits = int("edited" in message)  # emulate keeps the last one only
    return Shown(World(), posted)
