"""A channel of a whole 9rum in Slack where people do what can not be right, and what has to come of it. Used by `test_chat_*.py`.

One sentence, for the person alone where it must be; nothing in the cloud is touched; one row in the audit log.
"""

import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot import turn
from bot.counters import Counters
from tests.clock import LaterClock
from tests.polling import eventually
from tests.running import CLOUD, demo_passwords
from tests.slack.standin import Human, Shown, Slack
from tests.slack.standin.world import BOT_USER
from tests.stores import store_in
from tests.trips.in_slack import Workspace, in_slack
from tests.watched import everything_of, slow_polls

RULES = [{"allow": ["*"], "channels": ["http", "slack:C1", "slack:D*"]}]  # C1 is #ops
STOP = "server stop shop-web-1"
REBOOT = "server reboot-soft shop-web-1"
ASIDE = "Answered privately."  # what a slow answer leaves in the channel when it is for one person alone
NEWS = "This account acts as"  # said some seconds after an account was linked
ROWS = """{ auditEntries(first: 200) {
  id action result actorName origin channel said error message operationId intact
} }"""


class DeskClock(LaterClock):
    """Everybody's: 9rum's, the cloud's and Slack's."""

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


@dataclass(frozen=True)
class Expected:
    """`says` is a part of the sentence, `error` the code in the audit log, `actor` as the log names the person."""

    says: str
    error: str = "INVALID"
    action: str = "chat"
    actor: str = "jiwoo"
    private: bool = False

    @property
    def row(self) -> dict[str, Any]:
        result = "DENIED" if self.error == "DENIED" else "REFUSED"
        return {"action": self.action, "result": result, "error": self.error, "actorName": self.actor}


@dataclass
class Desk:
    """`accounts` are those that were linked here. `look` tells what may not change, where the cloud is no sandbox."""

    workspace: Workspace
    clock: DeskClock
    accounts: set[str] = field(default_factory=set)
    look: Callable[[], Awaitable[Any]] | None = None

    @property
    def slack(self) -> Slack:
        return self.workspace.slack

    @property
    def counters(self) -> Counters:
        return self.workspace.graph.app.chat.bot.counters

    @property
    def cloud(self) -> Any:
        """The sandbox itself."""
        return self.workspace.graph.app.ports.get("identity", CLOUD).world

    def human(self, name: str) -> Human:
        return self.workspace.human(name)

    async def linked(self, name: str, project: str, user: str | None = None) -> Human:
        """The chat account `name`, linked with that user (of the same name, unless another is said) for one project."""
        human = self.human(name)
        if name not in self.accounts:
            await self.workspace.link(human, user or name, [project])
            self.accounts.add(name)
        return human

    # -- looking -------------------------------------------------------------------------------------------------------

    async def rows(self) -> list[dict[str, Any]]:
        """The newest first, as the operator reads them."""
        rows: list[dict[str, Any]] = (await self.workspace.graph.data("operator", ROWS))["auditEntries"]
        assert all(row["intact"] for row in rows)
        return rows

    async def since(self, known: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Those that came since, the oldest first."""
        ids = {row["id"] for row in known}
        return [row for row in reversed(await self.rows()) if row["id"] not in ids]

    async def everything(self) -> Any:
        """What may not have changed after a refusal."""
        return await (everything_of(self.workspace.graph) if self.look is None else self.look())

    async def operations(self) -> int:
        """How many there were."""
        return int(await self.workspace.graph.app.store.redis.zcard("gurum:ops:all"))

    def said_to(self, human: Human, channel: str | None = "ops") -> list[Shown]:
        """What the bot said there, as the person sees it; without the files below it."""
        said = (shown for shown in human.messages(channel) if shown.posted.by == BOT_USER)
        return [shown for shown in said if shown.text not in ("", ASIDE) and NEWS not in shown.text]

    async def quiet(self) -> None:
        """Until nothing is in hand, waits to be sent, or is followed."""

        async def look() -> bool:
            counters = self.counters
            busy = counters.in_hand or counters.outbox_depth or counters.following
            return not busy and await self.workspace.graph.app.chat.bot.inbox.depth() == 0

        await eventually(look, "the bot has nothing to do", 60, pause=0.01)

    async def answered(self, human: Human, text: str, wanted: str | Callable[[Shown], bool]) -> Shown:
        """Types a good command in #ops, and waits for that in its answer; as it stands then, whatever becomes of it."""
        known = {shown.ts for shown in self.said_to(human)}
        assert (await human.type(f"/cloud {text}")).ok

        def new(shown: Shown) -> bool:
            return shown.ts not in known and (wanted in shown.text if isinstance(wanted, str) else wanted(shown))

        return (await human.sees(new, seconds=60)).kept()

    async def plan(self, human: Human, text: str) -> Shown:
        """The plan of a command, with its buttons."""
        return await self.answered(human, text, lambda shown: "Confirm" in [one.label for one in shown.buttons])

    # -- what must come of it ------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def refused(self, who: Human, expected: Expected, channel: str | None = "ops") -> AsyncIterator[None]:
        """The body does something that can not be right, as this person there."""
        bystander = self.human("bystander")
        await self.quiet()
        known = {shown.ts for human in (who, bystander) for shown in self.said_to(human, channel)}
        before, noted = await self.everything(), await self.rows()
        yield
        await who.sees(lambda shown: shown.ts not in known and expected.says in shown.text, channel, 60)
        await self.quiet()

        (told,) = [shown for shown in self.said_to(who, channel) if shown.ts not in known]
        assert told.private == expected.private
        assert told.live == []
        overheard = [shown for shown in self.said_to(bystander, channel) if shown.ts not in known]
        assert bool(overheard) == (not expected.private and channel is not None), overheard
        assert await self.everything() == before
        (row,) = await self.since(noted)
        place = who.channel(channel)
        assert row == row | expected.row | {"origin": "slack", "channel": place, "operationId": None}, row
        assert f"/archives/{place}" in row["said"]
        assert sentence(row["message"])
        assert row["message"].replace("`", "") in told.text.replace("`", ""), (row["message"], told.text)

    @contextlib.asynccontextmanager
    async def once(self, action: str, ended: str = "SUCCEEDED") -> AsyncIterator[None]:
        """The body runs one command of this action by chat, and that becomes one operation, whatever happens to its answer."""
        await self.quiet()
        noted, operations = await self.rows(), await self.operations()
        yield

        async def over() -> bool:
            return [row["result"] for row in await self.since(noted)] == ["STARTED", ended]

        await eventually(over, f"{action} is {ended} in the audit log", 60)
        await self.quiet()
        rows = await self.since(noted)
        assert [(row["action"], row["result"]) for row in rows] == [(action, "STARTED"), (action, ended)]
        assert len({row["operationId"] for row in rows}) == 1
        assert await self.operations() == operations + 1


def sentence(text: str) -> bool:
    """Something for people, and nothing of the machine."""
    machine = re.search(r"Traceback|Error\(|\bNone\b|0x[0-9a-f]{6}", text)
    return text[-1] in ".?" and text.isprintable() and len(text) < 1_000 and machine is None


@contextlib.asynccontextmanager
async def desk_in(folder: Path, token_cache_seconds: float = 0) -> AsyncIterator[Desk]:
    """With a store of its own, since it lives longer than one test."""
    clock = DeskClock()
    given: dict[str, Any] = {"clock": clock, "inventory": slow_polls(), "bot": {"announce_days": 0}}
    given["identity"] = {"token_cache_seconds": token_cache_seconds}
    with store_in(folder) as store, pytest.MonkeyPatch.context() as patch:
        # A busy machine promises answers, and of each promise that Slack does not take the person is told too.
        patch.setattr(turn, "PATIENCE", 600.0)
        async with in_slack("http", store, folder, demo_passwords(), RULES, **given) as workspace:
            workspace.slack.clock = lambda: clock.now().timestamp()
            yield Desk(workspace, clock)
