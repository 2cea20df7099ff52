"""A whole 9rum against a Slack Web API that others wrote, npm `emulate`: link, command, edit, file, and scopes that are missing.

Emulate 0.12.2 has every method that 9rum calls, `chat.postEphemeral` and `files.*` included, keeps what was said, and checks scopes.

What it has not, and how these tests get by:
- Deliveries. It has no slash commands and no interactions, knows no `app_mention`, leaves `channel_type` out of its `message` events, and
  takes no address to deliver any event to. What a person writes is therefore written into emulate as that person, and the signed delivery
  of it is made by tests/trips/in_emulate.py, of emulate's ids.
- Reading what was shown to one person alone. Its inspector page shows the text, not the blocks, of such a message. In a channel the offer
  to link is found there; the address itself is read in the direct messages, which `conversations.history` shows.
- The number of edits, of which it keeps the last. The proxy before it counts the calls.
"""

import json
import logging
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from notifications.redis import RedisClient
from tests.polling import eventually
from tests.trips.in_emulate import FILELESS, MUTE, Emulated, Peer, emulated, in_emulate

pytestmark = [pytest.mark.anyio, pytest.mark.node, pytest.mark.timeout(900)]  # the first one may install
PORTS = "query($name: String!) { ports(filter: {name: {eq: $name}}, maxAge: 0) { nodes { name } } }"


@pytest.fixture(scope="module")
async def peer() -> AsyncIterator[Peer]:
    async with emulated() as it:
        yield it


@pytest.fixture
async def slack(peer: Peer, redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[Emulated]:
    async with in_emulate(peer, valkey, tmp_path) as it:
        yield it


async def test_an_account_is_linked_by_the_address_that_only_its_person_is_shown(slack: Emulated) -> None:
    await slack.type("/cloud link")

    async def whispered() -> list[tuple[str, str]] | None:
        return await slack.whispers() or None

    [(whom, what)] = await eventually(whispered, "the offer is shown in the channel")
    assert whom == "jiwoo"
    assert "sign in to link this account" in what
    assert await slack.said(slack.channel) == [], "to her alone"

    asked = await slack.say("link")
    await slack.delegate(await slack.offer(after=asked))
    asked = await slack.say("whoami")
    told = await slack.sees(lambda shown: shown.ts > asked and "shop" in shown.text, slack.peer.direct)
    assert "jiwoo" in told.text


async def test_a_mention_is_answered_below_it_and_a_slash_command_in_the_channel(slack: Emulated) -> None:
    await slack.link()
    asked = await slack.mention("server list")
    listed = await slack.sees(lambda shown: shown.table is not None, thread=asked)
    assert listed.table is not None
    assert "shop-web-1" in [row[0] for row in listed.table[1:]]

    await slack.type("/cloud server show shop-web-1")
    shown = await slack.sees(lambda shown: "shop-web-1" in shown.text)
    assert shown.thread is None


async def test_a_change_is_one_message_that_is_edited_to_its_end(slack: Emulated) -> None:
    await slack.link()
    asked = await slack.mention("server create emulated-1 --image ubuntu-24.04 --flavor m1.tiny")
    made = await slack.sees(lambda shown: "is done in" in shown.text, thread=asked)
    assert "emulated-1" in made.text
    assert made.edits == 1
    assert [one.ts for one in await slack.said(slack.channel, asked)] == [made.ts]
    edits = [call for call in slack.peer.bridge.answers("chat.update") if call.given["channel"] == slack.channel]
    assert {call.given["ts"] for call in edits} == {made.ts}
    assert all(call.answer["ok"] for call in edits)


async def test_a_raw_answer_is_a_file(slack: Emulated) -> None:
    await slack.link()
    await slack.type("/cloud server list --json")

    async def sent() -> dict[str, str] | None:
        return await slack.files() or None

    [(name, text)] = (await eventually(sent, "the file is there")).items()
    assert name.endswith(".json")
    assert "shop-web-1" in [server["name"] for server in json.loads(text)["servers"]["nodes"]]


async def test_without_the_scope_for_files_the_answer_stands_and_says_what_is_missing(
    peer: Peer, redis: RedisClient, valkey: str, tmp_path: Path
) -> None:
    async with in_emulate(peer, valkey, tmp_path, FILELESS) as slack:
        await slack.link()
        asked = await slack.mention("server list --json")
        missing = await slack.sees(lambda shown: "could not be sent" in shown.text, thread=asked)
        assert "lacks a scope" in missing.text
        assert "9rum slack-manifest" in missing.text
        assert await slack.files() == {}

        asked = await slack.mention("server list")
        await slack.sees(lambda shown: shown.table is not None, thread=asked)


async def test_without_the_scope_to_write_commands_run_and_the_log_says_what_is_missing(
    peer: Peer, redis: RedisClient, valkey: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with in_emulate(peer, valkey, tmp_path, MUTE) as slack:
        await slack.link()
        with caplog.at_level(logging.WARNING):
            await slack.type("/cloud port create emulated-2 shop-net")

            async def made() -> bool:
                return bool((await slack.graph.data("jiwoo", PORTS, {"name": "emulated-2"}))["ports"]["nodes"])

            await eventually(made, "the port is made")
            asked = await slack.mention("server list")

            async def refused() -> list[Mapping[str, Any]] | None:
                return slack.refused("chat.postMessage", channel=slack.channel, thread_ts=asked) or None

            [answer] = await eventually(refused, "what comes later is handled, too")
        assert (answer["error"], answer["needed"]) == ("missing_scope", "chat:write")
        assert await slack.said(slack.channel) == await slack.said(slack.channel, asked) == []
        told = [one.getMessage() for one in caplog.records if one.name == "bot.outbox"]
        assert any("lacks a scope" in line and "9rum slack-manifest" in line for line in told), told
        assert (await slack.graph.http.get("/readyz")).status_code == 200
