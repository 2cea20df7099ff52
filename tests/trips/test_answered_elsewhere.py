"""A plan that stands in a channel of Slack, answered by somebody in a terminal: both hear of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from notifications.redis import RedisClient
from tests.bot.terminal.running import chat
from tests.running import demo_passwords
from tests.slack.standin import Human
from tests.trips.killable import Gateway
from tests.trips.slack_process import gateway_in_slack, linked

SECRET = {"GURUM_PASSWORD": demo_passwords()["operator"]}
RULES: list[dict[str, Any]] = [{"allow": ["server.stop"], "approval": {"role": "admin"}}, {"allow": ["*"]}]


@pytest.fixture
async def desk(redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[tuple[Human, Gateway]]:
    """jiwoo in Slack, whose account is linked, and a gateway that terminals reach too."""
    async with gateway_in_slack(valkey, tmp_path, RULES) as (slack, gateway):
        yield await linked(slack, gateway, "jiwoo", "shop"), gateway


async def waiting(jiwoo: Human) -> str:
    """The id of a plan that waits for an approval."""
    await jiwoo.type("/cloud server stop shop-web-1")
    await jiwoo.sees(lambda shown: any(button.label == "Confirm" for button in shown.buttons), "ops")
    await jiwoo.press("Confirm")
    asks = await jiwoo.sees(lambda shown: any(button.label == "Approve" for button in shown.buttons), "ops")
    return next(button.value for button in asks.buttons if button.label == "Approve").split()[1]


async def test_an_approval_from_a_terminal_ends_with_its_own_answer(
    desk: tuple[Human, Gateway], tmp_path: Path
) -> None:
    jiwoo, gateway = desk
    name = await waiting(jiwoo)
    done = await chat(gateway.url, tmp_path, "-c", f"approve {name}", user="operator", **SECRET)
    assert (done.status, done.err) == (0, "")
    where = f"ops (slack) (https://standin.slack.com/archives/{jiwoo.channel('ops')})"
    assert " ".join(done.out.split()) == (
        f"Approved: server stop runs as jiwoo. Its plan in {where} shows what comes of it."
    )
    await jiwoo.sees(lambda shown: "server stop shop-web-1 is done" in shown.text, "ops", 60)
    late = await chat(gateway.url, tmp_path, "-c", f"refuse {name} too late", user="operator", **SECRET)
    assert late.status == 1, late


async def test_a_refusal_from_a_terminal_ends_with_its_own_answer(desk: tuple[Human, Gateway], tmp_path: Path) -> None:
    jiwoo, gateway = desk
    name = await waiting(jiwoo)
    done = await chat(gateway.url, tmp_path, "-c", f"refuse {name} not today", user="operator", **SECRET)
    assert (done.status, done.out) == (0, "operator refused server stop: not today. Nothing was changed.\n"), done
    await jiwoo.sees(lambda shown: "not today" in shown.text and not shown.buttons, "ops", 60)
