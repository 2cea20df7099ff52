"""Chat text in, messages out, through the console platform of a whole application: used by the fixture `chat` and by trips."""

import itertools
import secrets
from collections.abc import Callable

from bot.messages import Block, Button, Buttons, Code, Fields, Message, Note, Paragraph, Steps, Table, Tone, text_of
from bot.platforms.base import Person
from bot.platforms.console.rooms import Entry, Room, rooms_of
from tests.polling import eventually
from tests.running import Running


class Chatting:
    """`await chat("jiwoo", "server list")` answers the settled reply to what jiwoo typed in the room of her project."""

    def __init__(self, graph: Running, locale: str | None = None) -> None:
        self.graph = graph
        self.platform = graph.app.chat.console
        self.locale = locale
        self._numbers = itertools.count()

    async def person(self, name: str) -> Person:
        me = await self.graph.data(name, "{ me { id } }")
        token = await self.graph.token(name)
        return Person(platform="console", id=me["me"]["id"], name=name, locale=self.locale, token=token)

    async def room(self, person: str, name: str = "direct") -> Room:
        told = await self.graph.data(
            person, "{ me { id projects { project { id name } } } projects { nodes { id name } } }"
        )
        projects = {project["id"]: project["name"] for project in told["projects"]["nodes"]}
        return next(room for room in rooms_of(told["me"]["id"], projects) if room.name == name)

    async def said(self, person: str, text: str, room: str = "direct", said_id: str | None = None) -> str:
        """Says it, and answers the id of what was said, under which replies come."""
        said = said_id or f"said-{secrets.token_hex(6)}"
        await self.platform.say(await self.person(person), await self.room(person, room), said, text)
        return said

    async def __call__(self, person: str, text: str, room: str = "direct", seconds: float = 60.0) -> Message:
        """The reply, once it is not going to change by itself."""
        return await self.reply(person, await self.said(person, text, room), room, seconds=seconds)

    async def reply(
        self,
        person: str,
        said: str,
        room: str = "direct",
        wanted: Callable[[Message], bool] = lambda message: message.tone is not Tone.WAIT,
        seconds: float = 60.0,
    ) -> Message:
        """The newest message under something said that is `wanted`, as this person sees it."""

        async def look() -> Message | None:
            found = [entry.message for entry in await self.under(person, said, room) if entry.message]
            return next((message for message in reversed(found) if wanted(message)), None)

        return await eventually(look, f"a settled reply to {said}", seconds)

    async def under(self, person: str, said: str, room: str = "direct") -> list[Entry]:
        """What the bot said under something, oldest first."""
        return [entry for entry in await self.entries(person, room) if entry.thread == said and entry.message]

    async def entries(self, person: str, room: str = "direct") -> list[Entry]:
        return await self.platform.history(await self.room(person, room), await self.person(person), None, 500)

    async def press(self, person: str, message: Message, label: str, room: str = "direct") -> str:
        """Presses the button with the label; answers what the reply comes under."""
        entry = next(entry for entry in reversed(await self.entries(person, room)) if entry.message == message)
        await self.platform.press(
            await self.person(person),
            await self.room(person, room),
            f"press-{next(self._numbers)}-{secrets.token_hex(4)}",
            button(message, label).command,
            entry.id,
        )
        return entry.thread or entry.id


def buttons(message: Message) -> list[Button]:
    return [found for block in message.blocks if isinstance(block, Buttons) for found in block.buttons]


def button(message: Message, label: str) -> Button:
    found = [one for one in buttons(message) if one.label.casefold().startswith(label.casefold())]
    assert found, f"no button `{label}` in {[one.label for one in buttons(message)]} of: {shown(message)}"
    return found[0]


def shown(message: Message) -> str:
    """All of a message as plain text, for assertions."""
    return "\n".join([message.summary, *(_block(block) for block in message.blocks)])


def _block(block: Block) -> str:
    match block:
        case Paragraph() | Note():
            return text_of(block.text)
        case Fields():
            return "\n".join(f"{label}: {text_of(value)}" for label, value in block.pairs)
        case Table():
            return "\n".join(" | ".join(row) for row in (block.columns, *block.rows)) + f"\n{block.caption}"
        case Steps():
            return "\n".join(" ".join(step) for step in block.steps)
        case Code():
            return block.text
        case Buttons():
            return " ".join(f"[{one.label}]" for one in block.buttons)
        case _:
            return f"{block.share:.0%} {block.label}"
