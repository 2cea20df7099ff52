"""A plan that is answered from another chat system, or another room, than where it stands: the plan tells, and who answered hears of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.messages import Message, Tone
from bot.platforms.base import PlatformError
from notifications.redis import RedisClient
from tests.bot.chatting import Chatting, button, shown
from tests.bot.far_chat import FarChat, far_chat
from tests.bot.recording import Said
from tests.bot.talking import APPROVED, only, operations, rows, talking, waits
from tests.polling import eventually


@pytest.fixture
async def far(redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[FarChat]:
    async with far_chat(valkey, tmp_path, rules=APPROVED) as it:
        await it.link("jiwoo", "shop")
        it.platform.said.clear()
        yield it


async def waiting(far: FarChat, words: str = "server stop shop-web-1") -> tuple[str, Said]:
    """A plan of jiwoo's in the far channel that waits for an approval: its name, and its message."""
    await far.say("jiwoo", words)
    plan = await far.heard("post", "Plan")
    await far.press("jiwoo", plan, "Confirm")
    asks = await far.heard("edit", "Plan")
    assert isinstance(asks.message, Message)
    return button(asks.message, "Approve").command.split()[1], plan


async def becomes(far: FarChat, message: Said, words: str) -> Message:
    async def look() -> Message | None:
        found = far.platform.shown[message.id or ""]
        return found if words in shown(found) else None

    return await eventually(look, f"{message.id} becomes: {words}")


async def test_an_approval_from_another_chat_system_is_answered_there_too(far: FarChat) -> None:
    name, plan = await waiting(far)
    said = await far.chat.said("operator", f"approve {name}")
    told = await far.chat.reply("operator", said)
    assert (told.summary, told.tone) == (
        "Approved: server stop runs as Jiwoo. Its plan in C1 (recorded) shows what comes of it.",
        Tone.INFO,
    )
    await becomes(far, plan, "is done")
    await only(far.chat, "operator", said)
    assert [(each["action"], each["actorName"]) for each in await operations(far.graph)] == [("server.stop", "jiwoo")]


async def test_a_refusal_from_another_chat_system_is_answered_there_too(far: FarChat) -> None:
    name, plan = await waiting(far)
    told = await far.chat("operator", f"refuse {name} not now")
    assert (told.summary, told.tone) == (
        "operator refused server stop: not now. Nothing was changed.",
        Tone.INFO,
    )
    assert (await becomes(far, plan, "refused")).summary == told.summary


async def test_who_approves_what_changed_meanwhile_hears_that_nothing_ran(far: FarChat) -> None:
    server = (await far.graph.data("jiwoo", '{ server(id: "shop-web-1") { id } }'))["server"]["id"]
    name, plan = await waiting(far, f"server stop {server}")
    await far.graph.done("operator", "serverRename", {"server": server, "name": "moved"})
    told = await far.chat("operator", f"approve {name}")
    assert (told.summary, told.tone) == (
        "Something changed meanwhile, so server stop was not run. Jiwoo finds the new plan in C1 (recorded).",
        Tone.WARN,
    )
    assert (await becomes(far, plan, "Something changed")).summary.startswith("Plan")


async def test_why_an_approved_plan_can_not_run_is_said_in_both_places(far: FarChat) -> None:
    name, plan = await waiting(far)
    far.graph.app.ports.get("identity", "krane").world.fail("compute", "down")
    said = await far.chat.said("operator", f"approve {name}")
    told = await far.chat.reply("operator", said)
    assert told.tone is Tone.BAD
    assert (await becomes(far, plan, told.summary)).tone is Tone.BAD


async def test_nothing_is_approved_that_can_not_run_because_its_asker_is_gone(far: FarChat) -> None:
    name, _ = await waiting(far)
    await far.graph.app.chat.people.unlink(far.person("jiwoo"))
    told = await far.chat("operator", f"approve {name}")
    assert "9rum can not act for Jiwoo any more" in told.summary
    assert "plan.approve" not in [row["action"] for row in await rows(far.graph) if row["result"] == "SUCCEEDED"]
    await far.link("jiwoo", "shop")
    assert (await far.chat("operator", f"approve {name}")).summary.startswith("Approved")


async def test_a_plan_is_not_used_up_by_an_asker_who_can_not_be_acted_for_now(far: FarChat) -> None:
    await far.say("jiwoo", "server stop shop-web-1")
    plan = await far.heard("post", "Plan")
    await far.graph.app.chat.people.unlink(far.person("jiwoo"))
    await far.press("jiwoo", plan, "Confirm")
    await far.heard("whisper", "not linked yet")
    await far.link("jiwoo", "shop")
    await far.press("jiwoo", plan, "Confirm")
    await far.heard("edit", "Plan")


async def test_who_approves_is_answered_while_the_other_chat_system_is_away(far: FarChat) -> None:
    name, plan = await waiting(far)
    far.platform.failures.extend(PlatformError("away", "Away.", retry_after=800.0) for _ in range(3))
    told = await far.chat("operator", f"approve {name}")
    assert told.summary.startswith("Approved")
    assert far.platform.shown[plan.id or ""].summary.startswith("Plan")


async def test_a_plan_of_the_page_is_approved_from_a_far_channel(far: FarChat) -> None:
    assert (await far.link("minsu", "talk")).status_code == 200
    said = await far.chat.said("jiwoo", "server pause talk-chat-1", "talk")
    await far.chat.press("jiwoo", await waits(far.chat, "jiwoo", said, "Plan", "talk"), "Confirm", "talk")
    asks = await far.chat.reply("jiwoo", said, "talk", wanted=lambda message: "Approve" in shown(message))
    event = await far.say("minsu", button(asks, "Approve").command)
    told = await far.heard("post", "Approved")
    assert (told.where, told.thread) == ("C1", event)
    assert isinstance(told.message, Message)
    assert told.message.summary.startswith("Approved: server pause runs as jiwoo. Its plan in talk (console)")
    await waits(far.chat, "jiwoo", said, "is done", "talk")
    assert len([each for each in far.platform.said if each.how in ("post", "edit")]) == 1


async def test_the_asker_may_answer_from_another_room(chat: Chatting) -> None:
    said = await chat.said("jiwoo", "server stop shop-web-1", "shop")
    plan = button(await waits(chat, "jiwoo", said, "Plan", "shop"), "Confirm").command
    told = await chat("jiwoo", plan)
    assert told.summary == "Confirmed: server stop runs. Its plan in shop (console) shows what comes of it."
    await waits(chat, "jiwoo", said, "is done", "shop")

    said = await chat.said("jiwoo", "server start shop-web-1 --plan")
    name = button(await waits(chat, "jiwoo", said, "Plan"), "Apply").command.split()[1]
    there = await chat("jiwoo", f"cancel {name}", "shop")
    assert "was cancelled" in there.summary
    assert (await only(chat, "jiwoo", said)).message == there


async def test_the_asker_hears_elsewhere_too_that_an_approval_is_waited_for(
    redis: RedisClient, valkey: str, tmp_path: Path
) -> None:
    async with talking(valkey, tmp_path, APPROVED) as chat:
        said = await chat.said("jiwoo", "server stop shop-web-1")
        plan = button(await waits(chat, "jiwoo", said, "Plan"), "Confirm").command
        told = await chat("jiwoo", plan, "shop")
        assert told.summary == (
            "Confirmed: server stop waits for somebody else with the role admin, "
            "at its plan in a direct conversation (console)."
        )
        await chat.reply("jiwoo", said, wanted=lambda message: "Approve" in shown(message))


async def test_the_row_of_a_late_answer_tells_who_gave_it_and_where(far: FarChat) -> None:
    """The plan was taken by its message already; what comes after is attempted from the console."""
    name, _ = await waiting(far)
    await far.chat("operator", f"refuse {name}")
    late = await far.chat("operator", f"approve {name}")
    assert late.tone in (Tone.WARN, Tone.BAD)
    row = (await rows(far.graph))[0]
    assert (row["actorName"], row["origin"]) == ("operator", "console")
