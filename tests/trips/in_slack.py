"""A whole 9rum in a Slack workspace: the stand-in of tests/slack on one side, a cloud on the other, people who link their accounts.

Used by the trips through Slack, and by the bench.
"""

import contextlib
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.polling import eventually
from tests.running import Running, policy_file, running
from tests.slack.standin import Human, Shown, Slack, standin
from tests.slack.standin.world import SIGNING_SECRET

# Everybody may do in the channel #ops and alone with the bot what the roles allow.
OPEN = [{"allow": ["*"], "channels": ["slack:*", "http", "console:*"]}]


@dataclass
class Workspace:
    """`slack` and `graph` as the two sides."""

    slack: Slack
    graph: Running
    passwords: Mapping[str, str]

    def human(self, name: str, locale: str = "en-US") -> Human:
        return self.slack.person(name, locale)

    async def link(self, human: Human, user: str, projects: list[str], channel: str | None = "ops") -> Shown:
        """Links a chat account as a person does: by the private address of the bot, signed in on its page. What the bot said then."""
        return await link_over(self.graph.http, human, user, self.passwords[user], projects, channel)

    async def ended(self, human: Human, what: str, channel: str | None = "ops", seconds: float = 120) -> Shown:
        """The reply with this text, once no progress is left in it."""
        return await human.sees(lambda shown: what in shown.text and ":hourglass" not in shown.text, channel, seconds)


@contextlib.asynccontextmanager
async def in_slack(
    mode: str,
    store: str,
    folder: Path,
    passwords: Mapping[str, str],
    rules: list[dict[str, Any]] | None = None,
    **settings: Any,
) -> AsyncIterator[Workspace]:
    """`mode` is `socket` or `http`; `rules` those of the policy file; `settings` replace sections."""
    async with contextlib.AsyncExitStack() as stack:
        slack = await stack.enter_async_context(standin())
        if mode == "http":
            slack.deliver_to("")  # until there is a gateway
        bot = {"platforms": [slack.settings()], **settings.pop("bot", {})}
        policy = policy_file(folder, rules or OPEN)
        graph = await stack.enter_async_context(running(store, folder, passwords, bot=bot, policy=policy, **settings))
        if mode == "http":
            slack.deliver_to(graph.app.asgi)
        else:
            await slack.connected()

        async def well() -> bool:
            return graph.app.chat.platforms["slack"].problem() is None

        await eventually(well, "the bot is well", 30)
        yield Workspace(slack, graph, passwords)


def http_platform(slack: Slack) -> dict[str, Any]:
    """The section of the settings file for a gateway that this Slack delivers to by signed HTTP."""
    return {
        "platform": "slack",
        "bot_token": slack.world.bot_token,
        "signing_secret": SIGNING_SECRET,
        "base_url": f"{slack.url}/api/",
    }


async def link_over(
    http: httpx.AsyncClient,
    human: Human,
    user: str,
    password: str,
    projects: list[str],
    channel: str | None = "ops",
) -> Shown:
    """As `Workspace.link`, for a gateway behind an HTTP client."""
    before = {secret_of(shown) for shown in human.messages(channel)} | {""}
    await human.type("/cloud link", channel)
    offered = await human.sees(lambda shown: secret_of(shown) not in before, channel, 30)
    assert offered.private or channel is None, "an address of linking is for one person alone"
    await delegate(http, secret_of(offered), human.person, user, password, projects)
    return offered


async def delegate(
    http: httpx.AsyncClient, secret: str, account: str, user: str, password: str, projects: list[str]
) -> None:
    """What a person does on the page that an address of linking opens: signs in, looks, delegates all roles on the projects for a day."""
    signed_in = await http.post("/session", json={"user": user, "password": password})
    assert signed_in.status_code == 200, signed_in.text
    looked = await http.post("/chat/link/look", json={"secret": secret})
    assert looked.status_code == 200, looked.text
    told = looked.json()
    assert (told["platform"], told["account"]) == ("slack", account), told
    wanted = [{"id": one["id"], "roles": one["roles"]} for one in told["projects"] if one["name"] in projects]
    assert len(wanted) == len(projects), told["projects"]
    linked = await http.post("/chat/link", json={"secret": secret, "projects": wanted, "days": 1})
    assert linked.status_code == 200, linked.text
    again = await http.post("/chat/link/look", json={"secret": secret})
    assert again.status_code == 404, "an address of linking is used once"
    await http.delete("/session")


def secret_of(shown: Shown) -> str:
    """The secret behind `#` of an address of linking, in the text, a link or a button."""
    places = [shown.text, *(url for _, url in shown.links), str(shown.posted.blocks)]
    found = (re.search(r"/link#([A-Za-z0-9_-]{16,})", place) for place in places)
    return next((match[1] for match in found if match), "")
