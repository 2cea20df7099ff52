"""The console and its store: nothing that was taken is lost or done twice when the store breaks, and no room outgrows its bounds."""

import asyncio
from contextlib import aclosing

import pytest
from redis.exceptions import ConnectionError as StoreAway

from bot.counters import Counters
from bot.messages import File, Form, Message
from bot.outbox import Outbox, Undelivered
from bot.platforms.base import Incoming, PlatformError
from bot.platforms.console.entries import KEPT_SECONDS, LARGE, OVERLAP, Entries
from bot.platforms.console.platform import Closed
from bot.platforms.console.rooms import Author, Entry, direct_room, place_in
from notifications.bus import STREAM, Bus
from notifications.redis import RedisClient
from resolvers.clock import Clock
from tests.bot.console_room import JIWOO, MINSU, SHOP, Troubled, console_over, text, texts
from tests.bot.test_outbox import QuickClock
from tests.clock import LaterClock

PLACE = place_in(SHOP, None)


async def test_what_a_process_that_died_left_in_the_room_runs_when_it_is_said_again(redis: RedisClient) -> None:
    async with console_over(redis) as (platform, listener):
        left = Entry(
            id="said-1",
            room=SHOP.id,
            at=platform.now(),
            author=Author(id=JIWOO.id, name="jiwoo"),
            text="server list",
        )
        await Entries(redis, Bus(redis), Clock()).add(left)  # and then it was killed
        await platform.say(JIWOO, SHOP, "said-1", "server list")
        assert [(heard.text, heard.at) for heard in listener.heard] == [("server list", left.at)]
        assert await texts(platform) == ["server list"]


async def test_a_command_runs_though_the_store_was_asked_twice(redis: RedisClient) -> None:
    store = Troubled(redis)
    async with console_over(store, bus_over=redis) as (platform, listener):
        store.repeats = 1
        await platform.say(JIWOO, SHOP, "said-1", "server list")
        assert [heard.text for heard in listener.heard] == ["server list"]
        store.lost = 1
        with pytest.raises(StoreAway):
            await platform.say(JIWOO, SHOP, "said-2", "server list")
        await platform.say(JIWOO, SHOP, "said-2", "server list")
        assert len(listener.heard) == 2
        assert await texts(platform) == ["server list", "server list"]


async def test_what_runs_already_stays_though_it_can_not_be_said_again(redis: RedisClient) -> None:
    async with console_over(redis) as (platform, listener):
        await platform.say(JIWOO, SHOP, "said-1", "server list")
        await platform.stop()
        with pytest.raises(Closed):
            await platform.say(JIWOO, SHOP, "said-1", "server list")
        assert len(listener.heard) == 1
        assert await texts(platform) == ["server list"]


async def test_an_id_names_one_message_of_one_person(redis: RedisClient) -> None:
    async with console_over(redis) as (platform, listener):
        await platform.say(JIWOO, SHOP, "said-1", "server list")
        for person, said in ((MINSU, "server list"), (JIWOO, "server delete web-1")):
            with pytest.raises(PlatformError) as taken:
                await platform.say(person, SHOP, "said-1", said)
            assert taken.value.code == "id_taken"
        assert len(listener.heard) == 1


async def test_an_old_id_runs_nothing_when_the_inbox_has_forgotten_it(redis: RedisClient) -> None:
    clock = LaterClock()
    async with console_over(redis, clock) as (platform, listener):
        await platform.say(JIWOO, SHOP, "said-1", "server delete web-1")
        listener.heard.clear()
        clock.ahead = 3 * 24 * 3600
        await platform.say(JIWOO, SHOP, "said-1", "server delete web-1")
        assert listener.heard == []


async def test_a_bus_that_is_away_holds_nothing_up(redis: RedisClient) -> None:
    bus = Troubled(redis)
    async with console_over(redis, bus_over=bus) as (platform, listener):
        bus.away = 3
        await platform.say(JIWOO, SHOP, "said-1", "server list")
        posted = await platform.post(PLACE, text("at work"))
        await platform.edit(PLACE, posted, text("done"))
        assert bus.away == 0
        assert len(listener.heard) == 1
        assert await texts(platform) == ["server list", "done"]


async def test_the_outbox_says_once_what_a_broken_store_did_not_confirm(redis: RedisClient) -> None:
    store = Troubled(redis)
    async with console_over(store, bus_over=redis) as (platform, _):
        outbox = Outbox({"console": platform}, QuickClock(), Counters())
        store.lost = 2
        posted = await outbox.post(PLACE, text("at work"))
        assert await texts(platform) == ["at work"]
        store.away = 3
        await outbox.edit(PLACE, posted, text("done"))
        assert await texts(platform) == ["done"]
        store.lost = 1
        await outbox.whisper(PLACE, JIWOO, text("for you"))
        store.lost = 1
        await outbox.tell(JIWOO, text("a trust ends"))
        assert await texts(platform) == ["done", "for you"]
        assert await texts(platform, room=direct_room(JIWOO.id)) == ["a trust ends"]
        store.away = 1_000
        with pytest.raises(Undelivered) as given_up:
            await outbox.edit(PLACE, posted, text("never"))
        assert given_up.value.code == "unavailable"
        await outbox.stop()


async def test_a_form_that_can_not_be_told_says_so(redis: RedisClient) -> None:
    bus = Troubled(redis)
    async with console_over(redis, bus_over=bus) as (platform, _):
        asked = Incoming(id="x", person=MINSU, place=PLACE, text="server create", trigger="said-1")
        bus.away = 1
        with pytest.raises(PlatformError) as error:
            await platform.ask(asked, Form(id="f", title="t", command="c", fields=(), submit="s"))
        assert (error.value.code, error.value.retry) == ("unavailable", True)


async def test_who_was_away_twice_misses_nothing_of_any_room(redis: RedisClient) -> None:
    """The line drops in the middle of catching up; the client comes again with the newest time that it has seen."""
    clock = LaterClock()
    async with console_over(redis, clock) as (platform, _):
        rooms = [SHOP, direct_room(JIWOO.id)]
        since = platform.now()
        for number in range(8):
            clock.ahead += 2 * OVERLAP
            await platform.post(place_in(rooms[number % 3 == 0], None), text(str(number)))
        seen: list[str] = []
        newest = since
        while len(set(seen)) < 8:
            async with aclosing(platform.listen(JIWOO, rooms, newest)) as hearing:  # type: ignore[type-var] # a generator
                for _ in range(2):
                    entry = await asyncio.wait_for(anext(hearing), 20)
                    assert isinstance(entry, Entry) and entry.message is not None
                    newest = max(newest, entry.at)
                    seen.append(entry.message.summary)
        assert list(dict.fromkeys(seen)) == [str(number) for number in range(8)]


async def test_who_comes_again_hears_what_a_slow_clock_wrote_down(redis: RedisClient) -> None:
    clock = LaterClock()
    async with console_over(redis, clock) as (platform, _):
        newest = platform.now()
        earlier = platform.listen(JIWOO, [SHOP], None)
        coming = asyncio.ensure_future(anext(earlier))
        await asyncio.sleep(0)
        clock.ahead = 1 - OVERLAP  # of the process that writes
        await platform.post(PLACE, text("a little earlier"))
        await asyncio.wait_for(coming, 20)  # the bus has told it, and will not tell it again
        await earlier.aclose()  # type: ignore[attr-defined] # an async generator, which its type does not say
        async with aclosing(platform.listen(JIWOO, [SHOP], newest)) as hearing:  # type: ignore[type-var] # a generator
            entry = await asyncio.wait_for(anext(hearing), 20)
            assert isinstance(entry, Entry) and entry.message == text("a little earlier")


async def test_large_answers_do_not_fill_the_bus_and_are_heard_whole(redis: RedisClient) -> None:
    async with console_over(redis) as (platform, _):
        large = Message(summary="all servers", file=File(name="answer.txt", text="x" * 50 * LARGE))
        hearing = platform.listen(JIWOO, [SHOP], None)
        coming = asyncio.ensure_future(anext(hearing))
        await asyncio.sleep(0)
        await platform.whisper(PLACE, MINSU, large)
        await platform.post(PLACE, large)
        entry = await asyncio.wait_for(coming, 20)
        assert isinstance(entry, Entry) and entry.message == large and entry.to is None
        await hearing.aclose()  # type: ignore[attr-defined] # an async generator, which its type does not say
        assert sum(len(fields[b"payload"]) for _, fields in await redis.xrange(STREAM)) < LARGE


async def test_a_room_keeps_nothing_for_longer_than_it_says(redis: RedisClient) -> None:
    clock = LaterClock()
    async with console_over(redis, clock) as (platform, _):
        old = await platform.post(PLACE, text("old"))
        clock.ahead = KEPT_SECONDS / 2
        await platform.post(PLACE, text("newer"))
        clock.ahead = KEPT_SECONDS + 1
        assert await texts(platform) == ["newer"]
        await platform.post(PLACE, text("newest"))
        assert await texts(platform) == ["newer", "newest"]
        for kind in ("order", "changed"):
            assert await redis.zcard(f"gurum:console:{kind}:{SHOP.id}") == 2
        with pytest.raises(PlatformError) as gone:
            await platform.edit(PLACE, old, text("edited"))
        assert gone.value.code == "message_not_found"
        assert await redis.hlen(f"gurum:console:entry:{SHOP.id}") == 2


async def test_equal_messages_are_two(redis: RedisClient) -> None:
    store = Troubled(redis)
    async with console_over(store, bus_over=redis) as (platform, _):
        store.lost = 1
        with pytest.raises(PlatformError):
            await platform.post(PLACE, text("Done."))
        for _ in range(2):
            await platform.post(PLACE, text("Done."))
        assert await texts(platform) == ["Done.", "Done."]
