"""The Web API as somebody else understood it: what goes out arrives there too."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.messages import FieldKind, File, Form, FormField, Message, Paragraph, Table, plain
from bot.platforms.base import Incoming, Person, Place, PlatformError
from bot.platforms.slack import SlackPlatform, SlackSettings
from bot.platforms.slack.intake import user_of
from resolvers.clock import Clock
from tests.polling import eventually
from tests.slack.peer import BOT, READER, EmulateClient, emulate, whispers
from tests.slack.receiver import Receiver
from tests.slack.standin.world import SCOPES
from tests.slack.test_going_out import RICH

pytestmark = [pytest.mark.anyio, pytest.mark.node]


class Peer:
    def __init__(self, url: str, platform: SlackPlatform) -> None:
        self.url = url
        self.platform = platform
        self.reader = EmulateClient(token=READER, base_url=f"{url}/api/")
        self.bot = EmulateClient(token=BOT, base_url=f"{url}/api/")

    async def place(self) -> Place:
        channels: Any = (await self.reader.conversations_list()).data
        return Place(platform="slack", channel=next(one["id"] for one in channels["channels"] if one["name"] == "ops"))

    async def history(self, place: Place) -> list[dict[str, Any]]:
        """Newest first."""
        answer: Any = (await self.reader.conversations_history(channel=place.channel)).data
        messages: list[dict[str, Any]] = answer["messages"]
        return messages

    async def person(self) -> Person:
        answer: Any = (await self.reader.users_list()).data
        return next(_person(user) for user in answer["members"] if user["name"] == "ann")


def _person(user: dict[str, Any]) -> Person:
    return Person(platform="slack", id=f"{user['team_id']}/{user['id']}")


@asynccontextmanager
async def connected(scopes: frozenset[str] = SCOPES) -> AsyncIterator[Peer]:
    async with emulate(scopes) as url:
        settings = SlackSettings.model_validate(
            {"platform": "slack", "bot_token": BOT, "signing_secret": "s", "base_url": f"{url}/api/"}
        )
        client = EmulateClient(token=BOT, base_url=f"{url}/api/", retry_handlers=[])
        platform, inbox = SlackPlatform(settings, Clock(), client=client), Receiver()
        await platform.start(inbox.receive, inbox.rejected)

        async def well() -> bool:
            return platform.problem() is None

        try:
            await eventually(well, "auth.test is answered", pause=0.01)
            yield Peer(url, platform)
        finally:
            await platform.stop()


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with connected() as it:
        yield it


async def test_a_message_and_its_edit(peer: Peer) -> None:
    place = await peer.place()
    ts = await peer.platform.post(place, RICH)
    [posted] = [one for one in await peer.history(place) if one["ts"] == ts]
    assert posted["text"] == RICH.summary
    assert [block["type"] for block in posted["blocks"]] == [
        "rich_text",
        "rich_text",
        "rich_text",
        "rich_text",
        "rich_text",
        "context",
        "actions",
    ]

    await peer.platform.edit(place, ts, Message(summary="done"))
    [edited] = [one for one in await peer.history(place) if one["ts"] == ts]
    assert edited["text"] == "done" and "edited" in edited
    assert [block["type"] for block in edited["blocks"]] == ["rich_text"]


async def test_a_table_and_a_file(peer: Peer) -> None:
    place = await peer.place()
    table = Table(columns=("NAME",), rows=(("web-1",),))
    await peer.platform.post(place, Message(summary="1", blocks=(table,), file=File(name="a.log", text="줄 1\n")))

    async def uploaded() -> list[str] | None:
        answer: Any = (await peer.reader.api_call("files.list")).data
        return [file["name"] for file in answer["files"]] or None

    assert await eventually(uploaded, "the file is there", pause=0.05) == ["a.log"]
    assert any(block["type"] == "table" for one in await peer.history(place) for block in one.get("blocks", []))


async def test_a_form(peer: Peer) -> None:
    trigger: Any = (await peer.bot.api_call("views.generateTriggerId")).data
    place, person = await peer.place(), await peer.person()
    incoming = Incoming(id="1", person=person, place=place, text="x", trigger=trigger["trigger_id"])
    fields = (FormField(name="name", label="Name"), FormField(name="on", label="On", kind=FieldKind.SWITCH))
    form = Form(id="f", title="Make", command="server create", fields=fields, submit="Make")
    await peer.platform.ask(incoming, form)

    with pytest.raises(PlatformError) as again:
        await peer.platform.ask(incoming, form)
    assert again.value.code == "no_trigger"


async def test_a_direct_message_and_a_whisper(peer: Peer) -> None:
    person = await peer.person()
    place = await peer.place()
    await peer.platform.tell(person, Message(summary="hello"))
    await peer.platform.whisper(place, person, Message(summary="psst", blocks=(Paragraph(plain("psst")),)))

    conversations: Any = (await peer.reader.conversations_list(types="im")).data
    [direct] = [one["id"] for one in conversations["channels"] if one["user"] == user_of(person)]
    assert [one["text"] for one in await peer.history(Place(platform="slack", channel=direct))] == ["hello"]
    assert await whispers(peer.url, place.channel) == [("ann", "psst")]
    assert all(one["text"] != "psst" for one in await peer.history(place))


async def test_an_unknown_channel(peer: Peer) -> None:
    with pytest.raises(PlatformError) as refused:
        await peer.platform.post(Place(platform="slack", channel="C404"), Message(summary="x"))

    assert refused.value.code == "channel_not_found"


async def test_a_missing_scope() -> None:
    async with connected(SCOPES - {"files:write", "chat:write"}) as peer:
        with pytest.raises(PlatformError) as refused:
            await peer.platform.post(await peer.place(), Message(summary="x"))
        assert (refused.value.code, refused.value.retry) == ("missing_scope", False)
        assert await peer.history(await peer.place()) == []

    async with connected(SCOPES - {"files:write"}) as peer:
        place = await peer.place()
        ts = await peer.platform.post(place, Message(summary="log", file=File(name="a.log", text="x")))
        assert "log" in [one["text"] for one in await peer.history(place)]

        async def missed() -> bool:
            replies: Any = (await peer.reader.conversations_replies(channel=place.channel, ts=ts)).data
            return any("a.log" in one["text"] for one in replies["messages"])

        await eventually(missed, "the thread says that the file is missing", pause=0.05)
        assert not (await peer.reader.api_call("files.list"))["files"]
