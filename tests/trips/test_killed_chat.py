"""What was acknowledged is done once, and answered, though the process is killed right after: commands through Slack, on the sandbox."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from notifications.redis import RedisClient
from tests.polling import eventually
from tests.running import demo_passwords
from tests.slack.standin import Slack
from tests.slack.standin.world import BOT_USER, TEAM
from tests.trips.in_slack import OPEN
from tests.trips.killable import Gateway
from tests.trips.slack_process import gateway_in_slack, linked

pytestmark = pytest.mark.timeout(400, func_only=True)
COMMANDS = 200
OPERATIONS = "{ operations(first: 200, all: true) { action state input error { message } } }"


class Killable:
    """A gateway that Slack delivers to over signed HTTP, and that can be killed."""

    def __init__(self, slack: Slack, gateway: Gateway) -> None:
        self.slack = slack
        self.gateway = gateway

    async def operations(self) -> list[dict[str, Any]]:
        async with httpx.AsyncClient(base_url=self.gateway.url, timeout=60) as http:
            await http.post("/session", json={"user": "jiwoo", "password": demo_passwords()["jiwoo"]})
            answer = (await http.post("/graphql", json={"query": OPERATIONS})).json()
        found: list[dict[str, Any]] = answer["data"]["operations"]
        return found


@pytest.fixture
async def killable(redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[Killable]:
    async with gateway_in_slack(valkey, tmp_path, OPEN) as (slack, gateway):
        yield Killable(slack, gateway)


async def test_commands_that_were_acknowledged_are_done_once_and_answered_after_a_kill(killable: Killable) -> None:
    slack = killable.slack
    jiwoo = await linked(slack, killable.gateway, "jiwoo", "shop")
    names = [f"killed-{number:03d}" for number in range(COMMANDS)]
    acks = await asyncio.gather(*(jiwoo.type(f"/cloud port create {name} shop-net", "ops") for name in names))
    await killable.gateway.kill()
    assert [ack.ok for ack in acks] == [True] * COMMANDS
    done_before = await _answered(jiwoo, names)
    assert len(done_before) < COMMANDS, "the kill came too late to prove anything"
    await killable.gateway.start()

    async def all_answered() -> bool:
        return len(await _answered(jiwoo, names)) == COMMANDS

    await eventually(all_answered, "every command is answered", 240, pause=0.5)
    found = await killable.operations()
    made = Counter(operation["input"]["name"] for operation in found if operation["action"] == "port.create")
    assert made == Counter(names), "each once"
    assert {operation["state"] for operation in found} == {"SUCCEEDED"}
    answers = Counter(name for name in names for shown in jiwoo.messages("ops") if f"port create {name}" in shown.text)
    assert max(answers.values()) == 1, "each is answered by one message"


async def test_events_that_come_three_times_are_done_once(killable: Killable) -> None:
    slack = killable.slack
    jiwoo = await linked(slack, killable.gateway, "jiwoo", "shop")
    names = [f"thrice-{number:02d}" for number in range(20)]
    for name in names:
        ts = slack.world.ts()
        event = {
            "type": "app_mention",
            "text": f"<@{BOT_USER}> port create {name} shop-net",
            "user": jiwoo.user.id,
            "team": TEAM,
            "channel": jiwoo.channel("ops"),
            "ts": ts,
            "event_ts": ts,
        }
        delivered = await asyncio.gather(*(slack.event(event, f"Ev{name}") for _ in range(3)))
        assert all(delivery.ok for delivery in delivered)

    async def all_answered() -> bool:
        return len(await _answered(jiwoo, names)) == len(names)

    await eventually(all_answered, "every command is answered", 120, pause=0.2)
    made = Counter(operation["input"]["name"] for operation in await killable.operations())
    assert made == Counter(names)


async def _answered(human: Any, names: list[str]) -> list[str]:
    texts = [shown.text for shown in human.messages("ops")]
    return [name for name in names if any(f"port create {name} is done" in text for text in texts)]
