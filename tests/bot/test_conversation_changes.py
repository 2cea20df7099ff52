"""Changes by chat: planned, confirmed by their asker, followed in one message, and taken back."""

from pathlib import Path

from bot.messages import Tone
from notifications.redis import RedisClient
from tests.bot.chatting import Chatting, button, buttons, shown
from tests.bot.talking import becomes, only, operations, rows, status, waits
from tests.polling import eventually
from tests.watched import slow_polls, watched


async def test_a_stop_is_planned_confirmed_followed_in_one_message_and_undone(chat: Chatting) -> None:
    said = await chat.said("jiwoo", "server stop shop-web-1", "shop")
    plan = await waits(chat, "jiwoo", said, "Plan", "shop")
    assert "ACTIVE | SHUTOFF" in shown(plan)
    assert await status(chat.graph, "shop-web-1") == "ACTIVE"

    await chat.press("jiwoo", plan, "Confirm", "shop")
    done = await waits(chat, "jiwoo", said, "is done", "shop")
    assert done.tone is Tone.GOOD
    assert [each.label for each in buttons(done)] == ["Undo"]
    entry = await only(chat, "jiwoo", said, "shop")
    assert entry.thread == said
    assert await status(chat.graph, "shop-web-1") == "SHUTOFF"

    await chat.press("jiwoo", done, "Undo", "shop")
    await becomes(chat.graph, "shop-web-1", "ACTIVE")
    await chat.reply("jiwoo", said, "shop", wanted=lambda message: "server start" in message.summary)
    assert "server stop" in (await chat.under("jiwoo", said, "shop"))[0].message.summary  # type: ignore[union-attr] # it has one
    found = await operations(chat.graph)
    assert sorted(each["action"] for each in found) == ["server.start", "server.stop"]
    assert {each["actorName"] for each in found} == {"jiwoo"}
    row = (await rows(chat.graph))[-1]
    assert (row["origin"], row["said"], row["channel"]) == ("console", said, entry.room)


async def test_the_undo_button_goes_when_it_was_used(chat: Chatting) -> None:
    said = await chat.said("jiwoo", "server rename shop-web-1 shop-web-one")
    done = await waits(chat, "jiwoo", said, "is done")
    first = (await only(chat, "jiwoo", said)).id
    await chat.press("jiwoo", done, "Undo")
    await chat.reply("jiwoo", said, wanted=lambda message: "shop-web-1" in message.summary)

    async def gone() -> bool:
        entry = next(each for each in await chat.under("jiwoo", said) if each.id == first)
        return entry.message is not None and buttons(entry.message) == []

    await eventually(gone, "the first reply offers no undo any more")


async def test_what_loses_nothing_runs_at_once(chat: Chatting) -> None:
    done = await chat("jiwoo", "server rename shop-web-1 renamed")
    assert "is done" in done.summary
    assert await status(chat.graph, "renamed") == "ACTIVE"


async def test_what_is_deleted_is_told_by_its_name_to_the_end(chat: Chatting) -> None:
    said = await chat.said("jiwoo", "server delete shop-web-2", "shop")
    await chat.press("jiwoo", await waits(chat, "jiwoo", said, "Plan", "shop"), "Confirm", "shop")
    done = await waits(chat, "jiwoo", said, "is done", "shop")
    assert done.summary.startswith("server delete shop-web-2 is done")
    await only(chat, "jiwoo", said, "shop")


async def test_a_plan_that_is_asked_for_waits_even_where_nothing_must_be_confirmed(chat: Chatting) -> None:
    said = await chat.said("jiwoo", "server rename shop-web-1 renamed --plan")
    plan = await waits(chat, "jiwoo", said, "Plan")
    assert await operations(chat.graph) == []
    await chat.press("jiwoo", plan, "Apply")
    await waits(chat, "jiwoo", said, "is done")
    assert await status(chat.graph, "renamed") == "ACTIVE"


async def test_a_plan_is_cancelled(chat: Chatting) -> None:
    said = await chat.said("jiwoo", "server stop shop-web-1")
    plan = await waits(chat, "jiwoo", said, "Plan")
    confirm = button(plan, "Confirm").command
    await chat.press("jiwoo", plan, "Cancel")
    over = await waits(chat, "jiwoo", said, "cancelled")
    assert buttons(over) == []
    late = await chat("jiwoo", confirm)
    assert "answered already" in late.summary
    assert await operations(chat.graph) == []


async def test_confirming_twice_runs_once(chat: Chatting) -> None:
    said = await chat.said("jiwoo", "server stop shop-web-1")
    plan = await waits(chat, "jiwoo", said, "Plan")
    confirm = button(plan, "Confirm").command
    first, second = await chat.said("jiwoo", confirm), await chat.said("jiwoo", confirm)
    await waits(chat, "jiwoo", said, "is done")
    answers = [await chat.under("jiwoo", each) for each in (first, second)]
    refused = [entry.message.summary for found in answers for entry in found if entry.message]
    assert len(refused) == 1
    assert "answered already" in refused[0]
    assert len(await operations(chat.graph)) == 1


async def test_somebody_elses_plan_is_not_confirmed(chat: Chatting) -> None:
    said = await chat.said("jiwoo", "server stop shop-web-1", "shop")
    plan = await waits(chat, "jiwoo", said, "Plan", "shop")
    await chat.press("operator", plan, "Confirm", "shop")
    refusal = await waits(chat, "operator", said, "Only jiwoo", "shop")
    assert refusal.tone is Tone.WARN
    assert not [each for each in await chat.under("jiwoo", said, "shop") if "Only jiwoo" in shown(each.message)]  # type: ignore[arg-type] # each has one
    row = (await rows(chat.graph))[0]
    assert (row["action"], row["result"], row["error"]) == ("server.stop", "DENIED", "DENIED")
    assert await operations(chat.graph) == []
    assert await status(chat.graph, "shop-web-1") == "ACTIVE"


async def test_a_changed_state_is_shown_again_and_not_acted_on(chat: Chatting) -> None:
    server = (await chat.graph.data("jiwoo", '{ server(id: "shop-web-1") { id } }'))["server"]["id"]
    said = await chat.said("jiwoo", f"server stop {server}")
    plan = await waits(chat, "jiwoo", said, "Plan")
    await chat.graph.done("operator", "serverRename", {"server": server, "name": "moved"})
    await chat.press("jiwoo", plan, "Confirm")
    again = await chat.reply("jiwoo", said, wanted=lambda message: "Something changed" in shown(message))
    assert [each["action"] for each in await operations(chat.graph)] == ["server.rename"]
    assert button(again, "Confirm").command != button(plan, "Confirm").command
    await only(chat, "jiwoo", said)


async def test_denied_is_told_privately_and_reaches_no_backend(chat: Chatting) -> None:
    said = await chat.said("haneul", "server stop shop-web-1", "shop")
    answer = await waits(chat, "haneul", said, "Not allowed", "shop")
    assert answer.tone is Tone.BAD
    assert await chat.under("jiwoo", said, "shop") == []
    row = (await rows(chat.graph))[0]
    assert (row["action"], row["result"], row["actorName"], row["said"]) == (
        "server.stop",
        "DENIED",
        "haneul",
        said,
    )
    assert await operations(chat.graph) == []


async def test_a_denied_command_makes_no_call_to_the_cloud(redis: RedisClient, valkey: str, tmp_path: Path) -> None:
    async with watched(valkey, tmp_path, inventory=slow_polls(), identity={"token_cache_seconds": 300}) as krane:
        chat = Chatting(krane.graph)
        await chat("haneul", "whoami")
        krane.world.calls.clear()
        said = await chat.said("haneul", "server stop shop-web-1", "shop")
        await waits(chat, "haneul", said, "Not allowed", "shop")
        assert set(krane.world.calls) <= {"token.show"}  # who somebody is, is asked anew before each change
        said = await chat.said("jiwoo", "server stop shop-web-1", "shop")
        await waits(chat, "jiwoo", said, "Plan", "shop")
        assert "server.list" in krane.world.calls, "a command that is allowed asks the cloud"


async def test_undo_is_for_who_ran_it(chat: Chatting) -> None:
    said = await chat.said("jiwoo", "server rename shop-web-1 renamed", "shop")
    done = await waits(chat, "jiwoo", said, "is done", "shop")
    await chat.press("operator", done, "Undo", "shop")
    await waits(chat, "operator", said, "Only who ran it", "shop")
    assert await status(chat.graph, "renamed") == "ACTIVE"
    assert (await rows(chat.graph))[0]["result"] == "DENIED"


async def test_a_failure_half_way_is_the_end_of_the_reply(chat: Chatting) -> None:
    said = await chat.said("jiwoo", "server start shop-web-1")
    answer = await chat.reply("jiwoo", said)
    assert answer.tone is Tone.BAD
    assert "Not possible now" in answer.summary
    await only(chat, "jiwoo", said)


async def test_the_same_message_delivered_again_does_nothing(chat: Chatting) -> None:
    said = await chat.said("jiwoo", "server rename shop-web-1 renamed")
    await waits(chat, "jiwoo", said, "is done")
    for _ in range(3):
        await chat.said("jiwoo", "server rename shop-web-1 renamed", said_id=said)
    await chat("jiwoo", "version")
    assert len(await operations(chat.graph)) == 1
    await only(chat, "jiwoo", said)


async def test_nothing_is_offered_for_ever(chat: Chatting) -> None:
    late = await chat("jiwoo", "undo 0123456789abcdef")
    assert "over" in late.summary
    assert (await rows(chat.graph))[0]["error"] == "INVALID"


async def test_what_can_not_even_be_planned_is_a_row_too(chat: Chatting) -> None:
    for who, text, result in (
        ("jiwoo", "server stop shop-db-1", "REFUSED"),  # locked
        ("haneul", "server stop shop-web-1 --plan", "DENIED"),
    ):
        said = await chat.said(who, text)
        await chat.reply(who, said)
        row = (await rows(chat.graph))[0]
        assert (row["action"], row["result"], row["actorName"], row["said"]) == ("server.stop", result, who, said)
    assert await operations(chat.graph) == []
