"""`9rum serve` as a process of its own that a Slack delivers to by signed HTTP, and people whose accounts are linked at it."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx

from tests.running import CLOUD, demo_passwords, policy_file
from tests.slack.standin import Human, Slack, standin
from tests.trips.in_slack import http_platform, link_over
from tests.trips.killable import Gateway


@contextlib.asynccontextmanager
async def gateway_in_slack(
    store: str, folder: Path, rules: list[dict[str, Any]]
) -> AsyncIterator[tuple[Slack, Gateway]]:
    """A gateway on a sandbox, with these rules in its policy file."""
    async with standin() as slack:
        slack.deliver_to("")  # until there is a gateway
        settings = {
            "clouds": [{"backend": "sandbox", "name": CLOUD, "speed": 50.0}],
            "bot": {"platforms": [http_platform(slack)]},
            "policy": policy_file(folder, rules),
        }
        async with Gateway(folder / "gateway", store, settings) as gateway:
            deliver(slack, gateway)
            yield slack, gateway


def deliver(slack: Slack, gateway: Gateway) -> None:
    """What happens in Slack goes to this gateway from now on."""
    slack.deliver_to(f"{gateway.url}/slack/events")


async def linked(slack: Slack, gateway: Gateway, name: str, project: str, password: str | None = None) -> Human:
    """A person of the sandbox (or with the password) whose account is linked, by an address that the bot gave in #ops."""
    human = slack.person(name)
    async with httpx.AsyncClient(base_url=gateway.url, timeout=60) as http:
        await link_over(http, human, name, password or demo_passwords()[name], [project])
    return human
