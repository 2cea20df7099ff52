"""What goes wrong behind the bot, as people hear of it: slow and failing backends, limits, faults of our own."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest

from bot.counters import Counters
from bot.messages import Message, Tone
from bot.turn import PATIENCE
from gateway.chat import graph
from notifications.redis import RedisClient
from tests.bot.chatting import Chatting, shown
from tests.bot.far_chat import FarChat, far_chat
from tests.bot.talking import operations, rows
from tests.polling import eventually
from tests.running import CLOUD, running


@pytest.fixture
async def far(redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[FarChat]:
    async with far_chat(valkey, tmp_path) as it:
        await it.link("jiwoo", "shop")
        it.platform.said.clear()
        yield it


def world(far: FarChat) -> Any:
    return far.graph.app.ports.get("identity", "krane").world


async def test_a_slow_answer_is_promised_first_and_stays_one_message(
    redis: RedisClient, valkey: str, tmp_path: Path
) -> None:
    async with far_chat(valkey, tmp_path, patience=PATIENCE) as far:
        await far.link("jiwoo", "shop")
        far.platform.said.clear()
        world(far).fail("server.rename", "slow", seconds=1.5)
        await far.say("jiwoo", "server rename shop-web-1 renamed")
        promise = await far.heard("post", "Working on it")
        assert isinstance(promise.message, Message)
        assert promise.message.tone is Tone.WAIT
        await far.heard("edit", "is done")
        assert {each.id for each in far.platform.said if each.how != "tell"} == {promise.id}
        assert promise.thread == "event-2"


async def test_a_cloud_that_never_answered_is_not_told_as_empty(valkey: str, tmp_path: Path) -> None:
    clouds = [{"backend": "sandbox", "name": CLOUD, "failures": {"server.list": 1}}]
    async with running(valkey, tmp_path, clouds=clouds) as graph:
        reply = await Chatting(graph)("jiwoo", "server list")
    assert reply.tone is Tone.WARN
    assert reply.summary == "Nothing was found, and not everything could be read."
    assert f"The cloud {CLOUD} does not answer (server)" in shown(reply)


async def test_a_backend_that_fails_half_way_is_named_in_the_reply(far: FarChat) -> None:
    world(far).fail("server.rename", "error500")
    await far.say("jiwoo", "server rename shop-web-1 renamed")
    failed = await far.heard("post", "not")
    assert isinstance(failed.message, Message)
    assert failed.message.tone is Tone.BAD
    assert "Correlation id" in shown(failed.message) or "correlation id" in shown(failed.message)
    assert len({each.id for each in far.platform.said if each.how != "tell"}) == 1
    assert {each["result"] for each in await rows(far.graph) if each["action"] == "server.rename"} == {
        "STARTED",
        "FAILED",
    }


async def test_what_one_service_can_not_tell_is_named_beside_what_the_others_told(far: FarChat) -> None:
    world(far).fail("volume", "down")
    await far.say("jiwoo", "quota list")
    told = await far.heard("post", "quota list")
    assert isinstance(told.message, Message)
    assert "cores" in shown(told.message)
    assert "volume of krane could not be read" in shown(told.message)
    assert told.message.tone is Tone.WARN


async def test_keystone_that_is_away_is_said_and_nothing_runs(far: FarChat) -> None:
    far.graph.app.chat.people._kept.clear()  # as after a restart
    world(far).fail("identity", "down")
    await far.say("jiwoo", "server rename shop-web-1 renamed")
    await far.heard("post", "Keystone")
    world(far).heal()
    assert (await rows(far.graph))[0]["error"] == "UNAVAILABLE"
    assert await operations(far.graph) == []


async def test_too_many_requests_say_when_to_come_again(
    redis: RedisClient, valkey: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They wait for their turn first; here they are told at once."""
    monkeypatch.setattr(graph, "PATIENCE", 0.0)
    async with far_chat(valkey, tmp_path, limits={"budget": 500, "budget_per_second": 1}) as far:
        await far.link("jiwoo", "shop")
        for _ in range(20):
            await far.say("jiwoo", "server list")

        async def refused() -> Message | None:
            return next((each for each in far.platform.shown.values() if "Too many requests" in each.summary), None)

        assert "again in" in shown(await eventually(refused, "one of them is too many"))


async def test_a_fault_of_our_own_is_one_sentence_with_an_id(far: FarChat, caplog: pytest.LogCaptureFixture) -> None:
    services = far.graph.app.chat.bot.services

    class Broken:
        async def execute(self, *given: Any, **more: Any) -> Any:
            raise ZeroDivisionError("a fault of our own")

    healthy = services.graph
    object.__setattr__(services, "graph", Broken())
    services.known._catalogue = None
    cast(Any, services.known)._graph = Broken()
    await far.say("jiwoo", "server list")
    failed = await far.heard("post", "Something went wrong")
    object.__setattr__(services, "graph", healthy)
    assert isinstance(failed.message, Message)
    assert "ZeroDivision" not in shown(failed.message)
    assert far.graph.app.chat.bot.counters.errors == 1
    assert (await rows(far.graph))[0]["error"] == "INTERNAL"

    async def crossed_off() -> bool:
        return await far.graph.app.chat.bot.inbox.depth() == 0

    await eventually(crossed_off, "it is not tried again")
    assert any("ZeroDivisionError" in (each.exc_text or "") or each.exc_info for each in caplog.records)


async def test_what_is_counted(far: FarChat) -> None:
    counters: Counters = far.graph.app.chat.bot.counters
    before = counters.received
    await far.say("jiwoo", "server list", said="twice")
    await far.say("jiwoo", "server list", said="twice")
    await far.heard("post", "server list")
    assert (counters.received - before, counters.duplicate) == (1, 1)

    async def done() -> bool:
        return counters.in_hand == 0 and counters.outbox_depth == 0

    await eventually(done, "nothing is left")
    assert far.graph.app.chat.bot.problems() == {"console": None, "recorded": None}


async def test_who_was_signed_out_meanwhile_hears_so_alone_and_nothing_runs(
    redis: RedisClient, valkey: str, tmp_path: Path
) -> None:
    async with running(valkey, tmp_path, identity={"token_cache_seconds": 0}) as graph:
        chat = Chatting(graph)
        await chat("jiwoo", "server list")
        person, room = await chat.person("jiwoo"), await chat.room("jiwoo", "shop")
        assert person.token is not None
        await graph.app.ports.get("identity", CLOUD).sign_out(person.token)
        for said, action in (("server rename shop-web-1 renamed", "server.rename"), ("server list", "server.list")):
            await chat.platform.say(person, room, action, said)

            async def told(said: str = action) -> Message | None:
                entries = await chat.platform.history(room, person, None, 500)
                return next((entry.message for entry in entries if entry.thread == said), None)

            assert (await eventually(told, "an answer")).summary.startswith("You are signed out; nothing was done.")
            row = (await rows(graph))[0]
            assert (row["action"], row["result"], row["error"]) == (action, "REFUSED", "UNAUTHENTICATED")
        others = await chat.platform.history(room, await chat.person("operator"), None, 500)
        assert [entry for entry in others if entry.thread == "server.list"] == []
        assert await operations(graph) == []
