"""The console as a platform: what is said reaches the bot once, what the bot says is seen by whom it is for, and nobody misses a change."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from bot.messages import Button, Buttons, File, Form, Message
from bot.platforms.base import Entry as How
from bot.platforms.base import Incoming, PlatformError
from bot.platforms.console.entries import KEPT_ENTRIES, KEPT_LARGE, LARGE
from bot.platforms.console.platform import Closed, ConsolePlatform
from bot.platforms.console.rooms import Entry, direct_room, place_in, rooms_of
from notifications.redis import RedisClient
from tests.bot.console_room import JIWOO, MINSU, SHOP, Listener, console_over, texts
from tests.dump import dump


@pytest.fixture
async def console(redis: RedisClient) -> AsyncIterator[tuple[ConsolePlatform, Listener]]:
    async with console_over(redis) as it:
        yield it


async def test_what_a_person_says_is_shown_and_handed_over_once(console: tuple[ConsolePlatform, Listener]) -> None:
    platform, listener = console
    for _ in range(3):
        await platform.say(JIWOO, SHOP, "said-1", "server list")
    assert await texts(platform) == ["server list"]
    (incoming,) = listener.heard
    assert (incoming.text, incoming.entry, incoming.person) == ("server list", How.TEXT, JIWOO)
    assert incoming.place == place_in(SHOP, "said-1"), "replies go under what was said"


async def test_the_same_id_of_two_people_is_two_things(console: tuple[ConsolePlatform, Listener]) -> None:
    platform, listener = console
    await platform.say(JIWOO, direct_room(JIWOO.id), "x", "help")
    await platform.say(MINSU, direct_room(MINSU.id), "x", "help")
    assert len({incoming.id for incoming in listener.heard}) == 2


async def test_what_can_not_be_handed_over_is_not_shown(console: tuple[ConsolePlatform, Listener]) -> None:
    platform, listener = console
    listener.failure = ConnectionError("the store is away")
    with pytest.raises(ConnectionError):
        await platform.say(JIWOO, SHOP, "said-1", "server list")
    assert await texts(platform) == []
    listener.failure = None
    await platform.say(JIWOO, SHOP, "said-1", "server list")
    assert await texts(platform) == ["server list"]
    await platform.stop()
    with pytest.raises(Closed, match="starting or stopping"):
        await platform.say(JIWOO, SHOP, "said-2", "server list")
    assert await texts(platform) == ["server list"]


async def test_no_token_rests_in_the_rooms(console: tuple[ConsolePlatform, Listener], redis: RedisClient) -> None:
    platform, _ = console
    await platform.say(JIWOO, SHOP, "said-1", "server list")
    stored = await dump(redis)
    assert b"server list" in stored
    assert b"secret-token" not in stored


async def test_a_private_reply_is_for_one_person(console: tuple[ConsolePlatform, Listener]) -> None:
    platform, _ = console
    await platform.whisper(place_in(SHOP, None), JIWOO, Message(summary="for you"))
    await platform.post(place_in(SHOP, None), Message(summary="for all"))
    assert await texts(platform, JIWOO) == ["for you", "for all"]
    assert await texts(platform, MINSU) == ["for all"]


async def test_a_button_that_is_there_is_pressed_and_another_is_not(
    console: tuple[ConsolePlatform, Listener],
) -> None:
    platform, listener = console
    buttons = Buttons((Button(label="Confirm", command="confirm 4f2a"),))
    message = await platform.post(place_in(SHOP, "said-1"), Message(summary="Sure?", blocks=(buttons,)))
    with pytest.raises(PlatformError, match="not there any more"):
        await platform.press(JIWOO, SHOP, "press-0", "server delete web-1", message)
    assert listener.heard == []
    await platform.press(JIWOO, SHOP, "press-1", "confirm 4f2a", message)
    (incoming,) = listener.heard
    assert (incoming.entry, incoming.text, incoming.message) == (How.BUTTON, "confirm 4f2a", message)
    assert incoming.place.thread == "said-1"
    await platform.edit(place_in(SHOP, "said-1"), message, Message(summary="Done."))
    with pytest.raises(PlatformError, match="not there any more"):
        await platform.press(JIWOO, SHOP, "press-2", "confirm 4f2a", message)
    assert len(listener.heard) == 1


async def test_an_edit_of_what_is_not_there_says_so(console: tuple[ConsolePlatform, Listener]) -> None:
    platform, _ = console
    with pytest.raises(PlatformError) as error:
        await platform.edit(place_in(SHOP, None), "bot-unknown", Message(summary="Done."))
    assert (error.value.code, error.value.retry) == ("message_not_found", False)


async def test_a_listener_hears_what_is_for_it_and_catches_up(console: tuple[ConsolePlatform, Listener]) -> None:
    platform, _ = console
    before = await platform.post(place_in(SHOP, None), Message(summary="before"))
    seen: list[str] = []

    async def listen(after: float | None, most: int) -> None:
        async for item in platform.listen(MINSU, [SHOP, direct_room(MINSU.id)], after):
            seen.append(item.title if isinstance(item, Form) else str(item.message and item.message.summary))
            if len(seen) == most:
                return

    live = asyncio.create_task(listen(None, 2))
    await asyncio.sleep(0)
    await platform.whisper(place_in(SHOP, None), JIWOO, Message(summary="for jiwoo"))
    await platform.edit(place_in(SHOP, None), before, Message(summary="after"))
    asked = Incoming(id="x", person=MINSU, place=place_in(SHOP, None), text="server create", trigger="said-1")
    await platform.ask(asked, Form(id="f", title="Make a server", command="server create", fields=(), submit="Make"))
    await asyncio.wait_for(live, 20)
    assert sorted(seen) == ["Make a server", "after"]

    seen.clear()
    await asyncio.wait_for(listen(0.0, 1), 20)
    assert seen == ["after"], "whoever was away gets the present form of what changed"


async def test_a_form_says_which_of_the_persons_clients_asked_for_it(
    console: tuple[ConsolePlatform, Listener],
) -> None:
    platform, listener = console
    form = Form(id="f", title="Make a server", command="server create", fields=(), submit="Make")
    hearing = platform.listen(JIWOO, [SHOP], None)
    coming = asyncio.ensure_future(anext(hearing))
    await asyncio.sleep(0)
    await platform.fill(JIWOO, SHOP, "filled-1", "f0", {}, None)
    (incoming,) = listener.heard
    await platform.ask(incoming, form)
    asked = await asyncio.wait_for(coming, 20)
    assert (getattr(asked, "said", None), asked.id) == ("filled-1", "f")
    await hearing.aclose()  # type: ignore[attr-defined] # an async generator, which its type does not say
    with pytest.raises(PlatformError) as error:
        await platform.ask(msgspec.structs.replace(incoming, trigger=None), form)
    assert error.value.code == "no_trigger"


async def test_rooms_are_those_of_the_projects(console: tuple[ConsolePlatform, Listener]) -> None:
    rooms = rooms_of(JIWOO.id, {"project:krane/p2": "talk", "project:krane/p1": "shop"})
    assert [(room.name, room.direct) for room in rooms] == [("direct", True), ("shop", False), ("talk", False)]
    assert not any("/" in room.id for room in rooms)


async def test_history_is_paged_and_bounded(console: tuple[ConsolePlatform, Listener], redis: RedisClient) -> None:
    platform, _ = console
    for number in range(KEPT_ENTRIES // 200 + 3):
        await platform.post(place_in(SHOP, None), Message(summary=str(number)))
    newest = await platform.history(SHOP, JIWOO, None, 4)
    older = await platform.history(SHOP, JIWOO, newest[0].at, 4)
    numbers = [int(entry.message.summary) for entry in (*older, *newest) if entry.message]
    assert numbers == sorted(numbers)
    assert len(numbers) == 8
    older_ones = {f"old-{number}": platform.now() - 60 - number for number in range(KEPT_ENTRIES)}
    await redis.zadd("gurum:console:order:" + SHOP.id, older_ones)
    await platform.post(place_in(SHOP, None), Message(summary="last"))
    assert await redis.zcard("gurum:console:order:" + SHOP.id) == KEPT_ENTRIES


async def test_of_large_entries_only_the_newest_are_kept(
    console: tuple[ConsolePlatform, Listener], redis: RedisClient
) -> None:
    platform, _ = console
    file = File(name="answer.txt", text="x" * LARGE)
    place = place_in(SHOP, None)
    grown = await platform.post(place, Message(summary="small, then large"))
    await platform.post(place, Message(summary="small"))
    await platform.edit(place, grown, Message(summary="large", file=file))
    for number in range(KEPT_LARGE):
        await platform.post(place, Message(summary=str(number), file=file))
    kept = [entry.message.summary for entry in await platform.history(SHOP, JIWOO, None, 200) if entry.message]
    assert kept == ["small", *(str(number) for number in range(KEPT_LARGE))]
    assert await redis.hlen("gurum:console:entry:" + SHOP.id) == KEPT_LARGE + 1


def test_an_entry_is_plain_data() -> None:
    entry = Entry(id="a", room="b", at=1.0, text="x")
    assert (entry.author, entry.to, entry.version) == (None, None, 1)
