"""The bot's own commands: their help and options, plans and undos of a project that is not linked, and what is told of several links."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.messages import Message, Tone
from notifications.redis import RedisClient
from tests.bot.chatting import Chatting, button, buttons, shown
from tests.bot.far_chat import FarChat, far_chat
from tests.bot.reading import tables
from tests.bot.talking import becomes, operations, rows, status, talking, waits
from tests.clock import LaterClock

APPROVED = """
rules:
  - allow: [server.stop]
    confirm: none
    approval: {role: member}
  - allow: ["*"]
"""


# -- options -----------------------------------------------------------------------------------------------------------


async def test_help_of_unlink_unlinks_nobody(far: FarChat) -> None:
    await far.link("jiwoo", "shop")
    await far.say("jiwoo", "unlink --help")
    await far.heard("post", "End the link")
    assert await far.graph.app.chat.people.link_of(far.person("jiwoo")) is not None


@pytest.mark.parametrize("text", ["confirm {} --explain", "cancel {} --plan", "approve {} --plan", "refuse {} --json"])
async def test_an_option_that_an_own_command_does_not_have_runs_nothing(chat: Chatting, text: str) -> None:
    said = await chat.said("jiwoo", "server stop shop-web-1", "shop")
    plan = await waits(chat, "jiwoo", said, "Plan", "shop")
    name = button(plan, "Cancel").command.split()[1]
    answer = await chat("jiwoo", text.format(name), "shop")
    command, _, option = text.replace("{} ", "").partition(" ")
    assert answer.summary == f"{command} has no option {option}."
    assert (await rows(chat.graph))[0]["error"] == "INVALID"
    await chat.said("jiwoo", f"confirm {name}", "shop")
    await waits(chat, "jiwoo", said, "is done", "shop")


async def test_help_of_an_own_command_wins_over_its_other_options(chat: Chatting) -> None:
    for text in ("audit replay 1-1 --help", "use project talk --plan --help", "undo x --help"):
        answer = await chat("jiwoo", text)
        assert text.partition(" ")[0] in shown(answer) and answer.tone is Tone.INFO
    assert "No project" in (await chat("jiwoo", "use project")).summary
    assert "Usage" in shown(await chat("operator", "audit --help"))


@pytest.mark.parametrize("text", ["--project shop audit", "audit --action server.rename", "audit", "AUDIT --first 5"])
async def test_the_log_is_read_wherever_its_options_stand(chat: Chatting, text: str) -> None:
    await chat("jiwoo", "server rename shop-web-1 renamed")
    answer = await chat("operator", text)
    assert "audit list" in answer.summary and "server.rename" in shown(answer)
    assert (answer.tone, "could not be read" in shown(answer)) == (Tone.INFO, False)


@pytest.mark.parametrize("text", ["operation list", "search find shop-web-1"])
async def test_a_plain_list_of_rows_is_whole(chat: Chatting, text: str) -> None:
    await chat("jiwoo", "server rename shop-web-2 renamed")
    answer = await chat("jiwoo", text)
    assert tables(answer)[0].rows
    assert (answer.tone, "could not be read" in shown(answer)) == (Tone.INFO, False)


# -- undo --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("option", "words"), [("--plan", "Plan"), ("--explain", "would send")])
async def test_an_undo_is_planned_or_explained_and_not_run(chat: Chatting, option: str, words: str) -> None:
    undo = button(await chat("jiwoo", "server rename shop-web-1 renamed"), "Undo").command
    assert words in (await chat("jiwoo", f"{undo} {option}")).summary
    assert len(await operations(chat.graph)) == 1
    assert "is done" in (await chat("jiwoo", undo)).summary
    assert await status(chat.graph, "shop-web-1") == "ACTIVE"


async def test_an_undo_whose_plan_was_dropped_can_be_asked_for_again(chat: Chatting) -> None:
    """To take a start back is to stop, which is planned first."""
    await chat.graph.done("jiwoo", "serverStop", {"server": "shop-web-1"})
    await becomes(chat.graph, "shop-web-1", "SHUTOFF")
    said = await chat.said("jiwoo", "server start shop-web-1")
    done = await waits(chat, "jiwoo", said, "is done")
    undo = button(done, "Undo").command
    dropped = await chat.said("jiwoo", undo)
    await chat.press("jiwoo", await waits(chat, "jiwoo", dropped, "Plan"), "Cancel")
    await waits(chat, "jiwoo", dropped, "cancelled")
    assert [each.label for each in buttons((await chat.under("jiwoo", said))[0].message or done)] == ["Undo"]

    again = await chat.said("jiwoo", undo)
    await chat.press("jiwoo", await waits(chat, "jiwoo", again, "Plan"), "Confirm")
    await waits(chat, "jiwoo", again, "is done")
    assert await status(chat.graph, "shop-web-1") == "SHUTOFF"
    await chat.reply("jiwoo", said, wanted=lambda message: not buttons(message))
    assert "being undone already" in (await chat("jiwoo", undo)).summary


# -- projects that are not linked --------------------------------------------------------------------------------------


async def test_who_approves_for_a_project_that_is_not_linked_is_told_to_link_it(
    redis: RedisClient, valkey: str, tmp_path: Path
) -> None:
    async with far_chat(valkey, tmp_path, rules=APPROVED) as far:
        await far.link("jiwoo", "talk")
        await far.link("other", "shop", user="haneul", role="reader")
        await far.say("jiwoo", "server stop talk-chat-1")
        plan = await far.heard("post", "Plan")
        for label in ("Approve", "Refuse"):
            before = len(far.platform.said)
            await far.press("other", plan, label)
            told = await far.heard_after(before, "whisper", "about the project talk")
            assert "project:" not in shown(told) and buttons(told) == []
            assert (await rows(far.graph))[0]["result"] == "DENIED"
        assert await operations(far.graph) == []


async def test_who_lost_the_project_of_a_plan_or_an_undo_is_told_to_link_it(far: FarChat) -> None:
    await far.link("jiwoo", "shop")
    await far.say("jiwoo", "server rename shop-web-1 renamed")
    done = await far.heard("post", "is done")
    await far.say("jiwoo", "server stop renamed")
    plan = await far.heard("post", "Plan")
    await far.link("jiwoo", "talk")
    for said, label in ((done, "Undo"), (plan, "Confirm")):
        before = len(far.platform.said)
        await far.press("jiwoo", said, label)
        assert buttons(await far.heard_after(before, "whisper", "about the project shop")) == []
    assert len(await operations(far.graph)) == 1


# -- several links -----------------------------------------------------------------------------------------------------


async def test_help_is_about_all_projects_where_none_is_said(far: FarChat) -> None:
    await far.link("jiwoo", "shop", "talk", role={"shop": "reader", "talk": "member"})
    assert "may not run" not in await _help(far, "help server rename")
    assert "may not run" in await _help(far, "help server rename --project shop")
    assert "may not run" in await _help(far, "help flavor create")
    assert "server: create" in await _help(far, "help") or "create" in await _help(far, "help server")


async def _help(far: FarChat, text: str) -> str:
    before = len(far.platform.said)
    await far.say("jiwoo", text)
    return shown(await far.heard_after(before, "post", ""))


async def test_what_was_delegated_and_ended_is_shown_as_such_and_not_offered(
    redis: RedisClient, valkey: str, tmp_path: Path
) -> None:
    clock = LaterClock()
    async with far_chat(valkey, tmp_path, clock=clock) as far:
        await far.link("jiwoo", "shop", "talk")
        people = far.graph.app.chat.people
        link = await people.link_of(far.person("jiwoo"))
        assert link is not None
        gone = next(each for each in link.delegations if each.name == "shop")
        await far.graph.app.ports.get("identity", "krane").delete_trust(gone.trust)
        await far.say("jiwoo", "server list --project shop")
        await far.heard("whisper", "has ended")

        await far.say("jiwoo", "whoami")
        told = await far.heard("whisper", "acts as jiwoo")
        assert isinstance(told.message, Message)
        lines = {line.partition(" ")[0]: line for line in shown(told.message).splitlines()}
        assert "ended" in lines["shop"] and "UTC" in lines["talk"]

        await far.say("jiwoo", "server list")
        asked = await far.heard("whisper", "Which project")
        assert isinstance(asked.message, Message)
        assert [each.label for each in buttons(asked.message)] == ["talk"]

        clock.ahead = timedelta(days=8).total_seconds()
        before = len(far.platform.said)
        await far.say("jiwoo", "whoami")
        later = await far.heard_after(before, "whisper", "acts as jiwoo")
        assert "UTC" not in shown(later)


async def test_a_fault_is_found_in_the_log_by_its_row(
    redis: RedisClient, valkey: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with talking(valkey, tmp_path) as chat:

        async def fails(person: object) -> None:
            raise RuntimeError("broken")

        monkeypatch.setattr(chat.graph.app.chat.bot.services.defaults, "speak", fails)
        answer = await chat("jiwoo", "language ko")
        found = (await chat.graph.data("operator", "{ auditEntries(first: 1) { error correlationId } }"))[
            "auditEntries"
        ]
        assert found[0]["error"] == "INTERNAL"
        assert found[0]["correlationId"] and found[0]["correlationId"] in answer.summary
