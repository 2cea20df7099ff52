"""A whole application with a chat system beside the console whose people are not signed in to 9rum: they link their accounts."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from bot import turn
from bot.messages import Message, Paragraph
from bot.platforms.base import Entry, Incoming, Person, Place
from resolvers.clock import Clock
from tests.bot.chatting import Chatting, button
from tests.bot.recording import ALL, RecordingPlatform, Said
from tests.bot.talking import talking
from tests.polling import eventually
from tests.running import Running

OPEN = 'rules:\n  - allow: ["*"]\n'
LINKED = replace(ALL, signed_in=False)
PLAIN = replace(
    LINKED, buttons=False, forms=False, private=False, edits=False
)  # a chat system that has text and nothing else


@dataclass
class FarChat:
    """`said` counts what people said, so that each gets an id of its own."""

    chat: Chatting
    platform: RecordingPlatform
    said: int = 0

    @property
    def graph(self) -> Running:
        return self.chat.graph

    async def say(
        self,
        who: str,
        text: str,
        *,
        trigger: str | None = None,
        direct: bool = False,
        said: str | None = None,
        **more: Any,
    ) -> str:
        """Says it in the channel C1; answers the id of what was said, by which audit rows name it."""
        self.said += 1
        said = said or f"event-{self.said}"
        place = Place(
            platform=self.platform.name, channel="C1" if not direct else f"D-{who}", thread=said, direct=direct
        )
        assert self.platform.receive is not None
        await self.platform.receive(
            Incoming(
                id=said, person=self.person(who), place=place, text=text, link=said, trigger=trigger, at=1.0, **more
            )
        )
        return said

    async def press(self, who: str, said: Said, label: str, trigger: str | None = None) -> None:
        assert isinstance(said.message, Message)
        command = button(said.message, label).command
        await self.say(who, command, entry=Entry.BUTTON, message=said.id, trigger=trigger)

    def person(self, who: str) -> Person:
        return Person(platform=self.platform.name, id=f"T1/{who}", name=who.title())

    async def heard(self, how: str, words: str) -> Said:
        """The first thing that was sent so and holds the words."""

        async def look() -> Said | None:
            return next(
                (
                    said
                    for said in self.platform.said
                    if said.how == how and isinstance(said.message, Message) and words in said.message.summary
                ),
                None,
            )

        return await eventually(look, f"{how}: {words}")

    async def heard_after(self, before: int, how: str, words: str) -> Message:
        """As `heard`, among what was sent after so many things."""

        async def look() -> Message | None:
            sent = [said.message for said in self.platform.said[before:] if said.how == how]
            return next((each for each in sent if isinstance(each, Message) and words in each.summary), None)

        return await eventually(look, f"{how}: {words}")

    async def link(
        self, who: str, *projects: str, role: str | Mapping[str, str] = "member", user: str | None = None
    ) -> httpx.Response:
        """Ask the bot for an address, and do what its page does. `user` signs in there, when it is another than the account is called.

        `role` is delegated, or one for each project.
        """
        before = len(self.platform.said)
        await self.say(who, "link")

        async def look() -> str | None:
            return next((found for said in self.platform.said[before:] if (found := address(said)) is not None), None)

        secret = (await eventually(look, "the address")).partition("#")[2]
        http = self.graph.http
        http.cookies.clear()
        signed = await http.post("/session", json={"user": user or who, "password": user or who})
        assert signed.status_code == 200, signed.text
        told = (await http.post("/chat/link/look", json={"secret": secret})).json()
        roles = {name: role if isinstance(role, str) else role[name] for name in projects}
        chosen = [
            {"id": project["id"], "roles": [roles[project["name"]]]}
            for project in told["projects"]
            if project["name"] in roles
        ]
        answer = await http.post("/chat/link", json={"secret": secret, "projects": chosen, "days": 7})
        http.cookies.clear()
        return answer


def address(said: Said) -> str | None:
    """The address that a message holds."""
    if not isinstance(said.message, Message):
        return None
    spans = [span for block in said.message.blocks if isinstance(block, Paragraph) for span in block.text]
    return next((span.url for span in spans if span.url), None)


@contextlib.asynccontextmanager
async def far_chat(
    valkey: str,
    folder: Path,
    platform: RecordingPlatform | None = None,
    rules: str | None = OPEN,
    clock: Clock | None = None,
    patience: float = 600.0,
    **bot: Any,
) -> AsyncIterator[FarChat]:
    """`patience`: seconds until an answer is promised. A busy machine takes longer than people are made to wait, and what was promised
    is no post but an edit; so nothing is promised unless a test asks for it."""
    platform = platform or RecordingPlatform(capabilities=LINKED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turn, "PATIENCE", patience)
        async with talking(valkey, folder, rules, clock, **bot) as chat:
            running = chat.graph.app.chat
            cast(dict[str, Any], running.platforms)[platform.name] = platform  # as if its settings had been there
            await platform.start(running.bot.receive, running.journal.rejected_at_the_door)
            yield FarChat(chat, platform)
