"""What is typed into a terminal and has to arrive: lost connections, lost answers, and leaving meanwhile."""

import asyncio
import signal
from pathlib import Path
from typing import Any

from bot.messages import Button, Buttons, Message, Tone
from tests.bot.terminal.examples import DONE, OPEN, running
from tests.bot.terminal.running import in_terminal
from tests.bot.terminal.server import DIRECT, SHOP, Scripted, error, scripted


async def test_what_was_typed_last_is_sent_and_has_the_session(tmp_path: Path) -> None:
    async with scripted() as it, in_terminal(it.url, tmp_path) as terminal:

        async def hears(given: dict[str, Any]) -> None:
            await terminal.gives_back()

        it.hears = hears
        await terminal.sees(OPEN)
        terminal.type("server create web-3\r\x04")
        assert await terminal.ended() == 0
        assert [each["text"] for each in it.posted] == ["server create web-3"]
        assert "ot sent" not in terminal.screen.all
        assert it.signed_in, "the bot has not answered: it may only begin"


async def test_what_may_not_have_been_sent_is_told_and_has_the_session(tmp_path: Path) -> None:
    async with scripted() as it, in_terminal(it.url, tmp_path) as terminal:
        leaving = asyncio.Event()

        async def hears(given: dict[str, Any]) -> None:
            await leaving.wait()

        it.hears = hears
        await terminal.sees(OPEN)
        terminal.type("server create web-3\rserver list\r")
        await it.heard(1)
        terminal.type("\x04")
        assert await terminal.ended() == 0
        await terminal.sees("Perhaps not sent: server create web-3")
        await terminal.sees("\nNot sent: server list")
        assert it.signed_in
        leaving.set()


async def test_what_was_not_sent_is_told_and_needs_no_session(tmp_path: Path) -> None:
    async with scripted() as it, in_terminal(it.url, tmp_path) as terminal:
        messages = f"/chat/rooms/{DIRECT.id}/messages"
        await terminal.sees(OPEN)
        it.refuse[messages] = [error("The bot is starting.", "UNAVAILABLE", 503, retryAfter=600)]
        terminal.type("server create web-3\r")
        await it.refused(messages)
        terminal.type("\x04")
        assert await terminal.ended() == 0
        await terminal.sees("Not sent: server create web-3")
        assert "Perhaps" not in terminal.screen.all
        assert not it.signed_in


async def test_what_others_wait_for_does_not_keep_the_session(tmp_path: Path) -> None:
    plan = Message(summary="Delete?", blocks=(Buttons((Button(label="Approve", command="approve 1"),)),))
    async with scripted() as it:
        for mine in (False, True):
            it.answer = Scripted().answer
            async with in_terminal(it.url, tmp_path) as terminal:
                await terminal.sees(OPEN)
                await it.say(running(0.5), (await it.type("server create web-9")).id)
                await it.say(plan, (await it.type("server delete web-9", room=SHOP)).id, SHOP)
                terminal.type("whoami\r")
                await it.heard(len(it.posted) + 1)
                await it.say(plan if mine else DONE, it.posted[-1]["thread"])
                await terminal.sees("] Approve" if mine else "] Undo")
                terminal.type("\x04")
                assert await terminal.ended() == 0
            assert it.signed_in is mine


async def test_a_confirmation_that_was_typed_and_answered_does_not_keep_the_session(tmp_path: Path) -> None:
    plan = Message(summary="Delete?", blocks=(Buttons((Button(label="Confirm", command="confirm 1"),)),))
    async with scripted() as it:
        for done in (True, False):
            async with in_terminal(it.url, tmp_path) as terminal:
                await terminal.sees(OPEN)
                waiting = await it.say(plan, (await it.type("server delete web-9")).id)
                terminal.type("confirm 1\r")
                await it.heard(len(it.posted) + 1)
                await it.edit(waiting, DONE if done else running(0.5), it.posted[-1]["id"])
                await terminal.sees("] Undo" if done else "50%")
                terminal.type("\x04")
                assert await terminal.ended() == 0
            assert it.signed_in is not done


async def test_a_press_that_was_taken_is_not_told_as_refused(tmp_path: Path) -> None:
    async with scripted() as it, in_terminal(it.url, tmp_path) as terminal:

        async def answer(given: dict[str, Any]) -> None:
            await it.edit(it.entries[given["message"]], Message(summary="Undone.", tone=Tone.GOOD))

        it.answer, it.deaf = answer, 1
        await terminal.sees(OPEN)
        await it.say(DONE)
        await terminal.sees("[1] Undo")
        terminal.type("1\r")
        await terminal.sees("Undone.")
        await terminal.sees("sending")
        await terminal.sees(OPEN)
        assert it.conflicts == 1
        assert "ot sent" not in terminal.screen.all
        again = [error("Starting.", "UNAVAILABLE", 503), error("This button is not there any more.", "CONFLICT", 409)]
        it.refuse[f"/chat/rooms/{DIRECT.id}/messages"] = again
        await it.say(DONE)
        await terminal.sees("[2] Undo")
        terminal.type("2\r")
        await terminal.sees("Not sent: This button is not there any more.")


async def test_a_lost_connection_is_said_and_what_was_missed_comes(tmp_path: Path) -> None:
    async with scripted() as it, in_terminal(it.url, tmp_path) as terminal:
        await terminal.sees(OPEN)
        entry = await it.type("before")
        await terminal.sees("before")
        await it.lose_connections()
        await it.nobody_listens()
        await it.type("meanwhile")
        await terminal.sees("The gateway ended the connection. Trying again.")
        await terminal.sees("Connected again.")
        await terminal.sees("meanwhile")
        assert it.asked_after == [repr(it.at), repr(entry.at)]
        assert terminal.screen.all.count("before") == 1


async def test_nothing_is_missed_on_a_connection_on_which_nothing_came_yet(tmp_path: Path) -> None:
    async with scripted() as it, in_terminal(it.url, tmp_path) as terminal:
        await terminal.sees(OPEN)
        await it.lose_connections()
        await it.nobody_listens()
        await it.type("meanwhile", room=SHOP)
        await terminal.sees("Connected again.")
        await terminal.sees("1 new in other rooms")


async def test_a_session_that_ended_is_said_when_the_program_ends(tmp_path: Path) -> None:
    async with scripted() as it, in_terminal(it.url, tmp_path) as terminal:
        await terminal.sees(OPEN)
        it.signed_in = False
        terminal.type("server list\r")
        await terminal.sees("Not sent: Sign in to see the conversation.")
        await it.lose_connections()
        assert await terminal.ended() == 2


async def test_no_color_leaves_out_colours_and_a_signal_ends_it_in_order(tmp_path: Path) -> None:
    async with scripted() as it, in_terminal(it.url, tmp_path, NO_COLOR="1") as terminal:
        await terminal.sees(OPEN)
        await it.say(DONE)
        await terminal.sees("✓ web-3 is ACTIVE.")
        colours = [each for each in terminal.screen.raw.split("\x1b[") if each.startswith(("3", "4", "0;3", "0;9"))]
        assert not [each for each in colours if each.partition("m")[0].split(";")[-1] in map(str, range(30, 48))]
        terminal.process.send_signal(signal.SIGTERM)
        assert await terminal.ended() == 0
        assert terminal.screen.raw.rstrip().endswith(("\x1b[?25h", "\x1b[?2004l", "\x1b[0m", "Undo")), (
            "the terminal is given back"
        )
