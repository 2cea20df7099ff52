"""A plan that stands in a channel of Slack, answered by somebody in a terminal: both hear of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import yaml

from notifications.redis import RedisClient
from resolvers.sandbox.seed import demo_people
from tests.bot.terminal.running import chat
from tests.slack.standin import Human, standin
from tests.trips.in_slack import http_platform, link_over
from tests.trips.killable import Gateway

PASSWORDS = {person.name: person.password for person in demo_people()}
RULES = [{"allow": ["server.stop"], "approval": {"role": "admin"}}, {"allow": ["*"]}]


@pytest.fixture
async def desk(redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[tuple[Human, Gateway]]:
    """jiwoo in Slack, whose account is linked, and a gateway that terminals reach too."""
    policy = tmp_path / "policy.yaml"
    policy.write_text(yaml.safe_dump({"rules": RULES}))
    async with standin() as slack:
        slack.deliver_to("")
        settings = {
            "clouds": [{"backend": "sandbox", "name": "krane", "speed": 50.0}],
            "bot": {"platforms": [http_platform(slack)]},
            "policy": {"file": str(policy)},
        }
        async with Gateway(tmp_path / "gateway", valkey, settings) as gateway:
            slack.deliver_to(f"{gateway.url}/slack/events")
            jiwoo = slack.person("jiwoo")
            async with httpx.AsyncClient(base_url=gateway.url, timeout=60) as http:
                await link_over(http, jiwoo, "jiwoo", PASSWORDS["jiwoo"], ["shop"])
            yield jiwoo, gateway


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
    secret = {"GURUM_PASSWORD": PASSWORDS["operator"]}
    done = await chat(gateway.url, tmp_path, "-c", f"approve {name}", user="operator", **secret)
    assert (done.status, done.err) == (0, "")
    where = f"ops (slack) (https://standin.slack.com/archives/{jiwoo.channel('ops')})"
    assert " ".join(done.out.split()) == (
        f"Approved: server.stop runs as jiwoo. Its plan in {where} shows what comes of it."
    )
    await jiwoo.sees(lambda shown: "server stop shop-web-1 is done" in shown.text, "ops", 60)
    late = await chat(gateway.url, tmp_path, "-c", f"refuse {name} too late", user="operator", **secret)
    assert late.status == 1, late


async def test_a_refusal_from_a_terminal_ends_with_its_own_answer(desk: tuple[Human, Gateway], tmp_path: Path) -> None:
    jiwoo, gateway = desk
    name = await waiting(jiwoo)
    secret = {"GURUM_PASSWORD": PASSWORDS["operator"]}
    done = await chat(gateway.url, tmp_path, "-c", f"refuse {name} not today", user="operator", **secret)
    assert (done.status, done.out) == (0, "operator refused server.stop: not today. Nothing was changed.\n"), done
    await jiwoo.sees(lambda shown: "not today" in shown.text and not shown.buttons, "ops", 60)
