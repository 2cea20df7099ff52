"""The conversation itself, the same on every cloud: what jiwoo types in #ops, and what she and her team see.

Used by the trip through Slack; `python -m tests.trips.transcript` writes docs/conversation.md from it.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.slack.standin import Human, Shown
from tests.trips.in_slack import Workspace

NAMED = """query($name: String!) {
  servers(filter: {name: {eq: $name}}, maxAge: 0) { nodes { id status userId project { name } } }
}"""
IMAGE, FLAVOR, NETWORK = "ubuntu-24.04", "m1.tiny", "shared-net"
SECONDS = 100.0  # beside a busy lab


@dataclass
class Transcript:
    """Who did what, and what was seen of it, in order: (`jiwoo`, what she did) and (`9rum`, what it showed)."""

    lines: list[tuple[str, str]] = field(default_factory=list)
    shown: dict[str, int] = field(default_factory=dict)

    def did(self, who: str, what: str) -> None:
        self.lines.append((who, what))

    def saw(self, shown: Shown) -> None:
        private = " (only she sees this)" if shown.private else ""
        edits = f" (message edited {shown.edits} times)" if shown.edits > 1 else ""
        self.lines.append((f"9rum{private}{edits}", shown.text))


class Talk:
    """A person in a channel, with everything written down."""

    def __init__(self, workspace: Workspace, human: Human, channel: str = "ops") -> None:
        self.workspace = workspace
        self.human = human
        self.channel = channel
        self.transcript = Transcript()

    async def type(self, text: str) -> None:
        self.transcript.did(self.human.user.name, f"types: {text}")
        ack = await self.human.type(text, self.channel)
        assert ack.ok, ack

    async def press(self, label: str, shown: Shown) -> None:
        whole = next(button.label for button in shown.buttons if button.label.startswith(label))
        self.transcript.did(self.human.user.name, f"presses: {whole}")
        assert (await self.human.press(whole, self.channel, shown)).ok

    async def fill(self, **values: str) -> None:
        form = await self.human.sees_form()
        self.transcript.lines.append(
            ("9rum", f"opens the form “{form['title']['text']}” with {', '.join(self.human.fields)}")
        )
        self.transcript.did(self.human.user.name, "fills in: " + ", ".join(f"{k} = {v}" for k, v in values.items()))
        assert (await self.human.fill(values)).ok

    async def sees(self, wanted: Callable[[Shown], bool], seconds: float = SECONDS) -> Shown:
        shown = await self.human.sees(wanted, self.channel, seconds)
        self.transcript.saw(shown)
        return shown


async def talk(workspace: Workspace, network: str | None = None) -> Talk:
    """From an unlinked account to a server that was made, listed, stopped, taken back and deleted. Answers what was said."""
    it = Talk(workspace, workspace.human("jiwoo"))
    name = f"talk-{secrets.token_hex(3)}"

    await it.type("/cloud server list")
    unlinked = await it.sees(lambda shown: "link" in shown.text.casefold() and shown.private)
    assert not unlinked.table, "nothing of the cloud is shown before the account is linked"
    await workspace.link(it.human, "jiwoo", ["shop"], it.channel)
    it.transcript.did(
        "jiwoo", "opens the address, signs in to Keystone there, and delegates her roles on shop for one day"
    )

    networks = f" --networks {network}" if network else ""
    await it.type(f"/cloud server create {name} --image {IMAGE}{networks}")
    await it.fill(flavor=FLAVOR)
    made = await it.sees(lambda shown: name in shown.text and _over(shown))
    assert made.edits > 0, "one message, edited"
    servers = (await workspace.graph.data("jiwoo", NAMED, {"name": name}))["servers"]["nodes"]
    me = (await workspace.graph.data("jiwoo", "{ me { id } }"))["me"]["id"]
    assert [(one["status"], one["project"]["name"], one["userId"]) for one in servers] == [("ACTIVE", "shop", me)]

    await it.type(f"/cloud server list --name {name}")
    listed = await it.sees(lambda shown: shown.table is not None and name in shown.text)
    assert listed.table is not None
    assert [row[0] for row in listed.table[1:]] == [name]

    await it.type(f"/cloud server stop {name}")
    await it.press("Confirm", await it.sees(lambda shown: name in shown.text and _has(shown, "Confirm")))
    stopped = await it.sees(lambda shown: "server stop" in shown.text and _has(shown, "Undo"))
    await it.press("Undo", stopped)
    await it.sees(lambda shown: "server start" in shown.text and _over(shown))
    servers = (await workspace.graph.data("jiwoo", NAMED, {"name": name}))["servers"]["nodes"]
    assert [one["status"] for one in servers] == ["ACTIVE"]

    await it.type(f"/cloud server delete {name}")
    plan = await it.sees(lambda shown: "delete" in shown.text and _has(shown, "Confirm"))
    assert name in plan.text
    await it.press("Confirm", plan)
    await it.sees(lambda shown: "server delete" in shown.text and _over(shown))
    assert (await workspace.graph.data("jiwoo", NAMED, {"name": name}))["servers"]["nodes"] == []
    return it


def _has(shown: Shown, label: str) -> bool:
    return any(button.label.startswith(label) for button in shown.buttons)


def _over(shown: Shown) -> bool:
    return "is done in" in shown.text
