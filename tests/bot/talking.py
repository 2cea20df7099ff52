"""A whole application with a policy of the test's own and a clock that can be put forward; and what tests of conversations ask of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from bot.messages import Form, Message
from bot.platforms.console.rooms import Entry
from resolvers.clock import Clock
from tests.bot.chatting import Chatting, buttons
from tests.polling import eventually
from tests.running import Running, policy_file, running

AUDIT = "{ auditEntries(first: 50) { id action result actorName origin channel message error said input } }"

# Rules of a policy file: stopping a server waits for an admin, pausing it for any other member.
APPROVED = """
rules:
  - allow: [server.stop]
    approval: {role: admin}
  - allow: [server.pause]
    approval: {role: member}
  - allow: ["*"]
"""


@contextlib.asynccontextmanager
async def talking(
    valkey: str, folder: Path, rules: str | None = None, clock: Clock | None = None, limits: Any = None, **bot: Any
) -> AsyncIterator[Chatting]:
    """`rules` are of a policy file; `limits` and `bot` are settings of their sections."""
    settings: dict[str, Any] = {"bot": bot}
    if limits is not None:
        settings["graphql"] = {"limits": limits}
    if rules is not None:
        settings["policy"] = policy_file(folder, rules)
    async with running(valkey, folder, clock=clock, **settings) as graph:
        yield Chatting(graph)


async def status(graph: Running, server: str, person: str = "jiwoo") -> str:
    """Of a server, read from the cloud itself."""
    found = await graph.data(person, "query($s: ID!) { server(id: $s, maxAge: 0) { status } }", {"s": server})
    return str(found["server"]["status"])


async def becomes(graph: Running, server: str, wanted: str) -> None:
    async def look() -> bool:
        return await status(graph, server) == wanted

    await eventually(look, f"{server} becomes {wanted}")


async def rows(graph: Running) -> list[dict[str, Any]]:
    """The newest audit rows first, as the operator reads them."""
    found: list[dict[str, Any]] = (await graph.data("operator", AUDIT))["auditEntries"]
    return found


async def operations(graph: Running, person: str = "operator") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        await graph.data(person, "{ operations(first: 50, all: true) { id action state actorName origin } }")
    )["operations"]
    return found


async def only(chat: Chatting, person: str, said: str, room: str = "direct") -> Entry:
    """The one message under what was said; a failure when there are more."""
    found = await chat.under(person, said, room)
    assert len(found) == 1, [entry.message.summary for entry in found if entry.message]
    return found[0]


async def waits(chat: Chatting, person: str, said: str, words: str, room: str = "direct") -> Message:
    """The message under what was said, when its summary holds the words."""
    return await chat.reply(person, said, room, wanted=lambda message: words in message.summary)


async def without_button(chat: Chatting, person: str, said: str, label: str, room: str = "direct") -> Message:
    return await chat.reply(
        person, said, room, wanted=lambda message: label not in [each.label for each in buttons(message)]
    )


@contextlib.asynccontextmanager
async def forms_of(chat: Chatting, name: str, room: str = "direct") -> AsyncIterator["asyncio.Queue[Form]"]:
    """The forms that a person is shown while the body runs."""
    person, its_room = await chat.person(name), await chat.room(name, room)
    offered: asyncio.Queue[Form] = asyncio.Queue()
    listening = asyncio.Event()

    async def listen() -> None:
        items = chat.platform.listen(person, [its_room], None)
        listening.set()
        async for item in items:
            if isinstance(item, Form):
                offered.put_nowait(item)

    task = asyncio.create_task(listen())
    await listening.wait()
    await asyncio.sleep(0)
    try:
        yield offered
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def fill(
    chat: Chatting, name: str, said: str, form: str, values: Mapping[str, list[str]], room: str = "direct"
) -> None:
    """Send a form back, as the page does. `said` is the id of this sending."""
    await chat.platform.fill(
        await chat.person(name), await chat.room(name, room), said, form, dict(values), thread=None
    )
