"""`9rum chat` in a terminal of its own: what somebody sees and types."""

import stat
from pathlib import Path
from typing import Any

from bot.messages import File, Message, Paragraph, Source, Tone, plain
from tests.bot.terminal.examples import DONE, OPEN, running
from tests.bot.terminal.running import in_terminal
from tests.bot.terminal.server import DIRECT, SHOP, error, scripted
from tests.polling import eventually


async def test_an_edit_changes_the_message_in_place(tmp_path: Path) -> None:
    async with scripted() as it, in_terminal(it.url, tmp_path) as terminal:

        async def answer(given: dict[str, Any]) -> None:
            await it.say(running(0.25), given["thread"])

        it.answer = answer
        await terminal.sees(OPEN)
        terminal.type("server create web-3\r")
        await terminal.sees("25%")
        (reply,) = [entry for entry in it.entries.values() if entry.message is not None]
        await it.edit(reply, running(0.75))
        await terminal.sees("75%")
        assert "25%" not in terminal.screen.all
        await it.edit(reply, DONE)
        await terminal.sees("✓ web-3 is ACTIVE.")
        await terminal.sees("[1] Undo")
        assert "Creating" not in terminal.screen.all
        assert terminal.screen.all.count("server create web-3") == 1
        terminal.type("\x04")
        assert await terminal.ended() == 0
        assert "[1] Undo" in terminal.screen.all, "what was said stays on the terminal"
        assert not it.signed_in


async def test_a_message_that_scrolled_away_is_told_again_in_short(tmp_path: Path) -> None:
    async with scripted() as it, in_terminal(it.url, tmp_path, rows=20) as terminal:
        await terminal.sees(OPEN)
        asked = await it.type("server create web-3")
        reply = await it.say(running(0.25), asked.id)
        for number in range(20):
            await it.type(f"line {number}")
        await terminal.sees("line 19")
        await terminal.sees("25%", above=True)
        await it.edit(reply, DONE)
        await terminal.sees("✓ ↻ server create web-3")
        await terminal.sees("[1] Undo")
        assert terminal.screen.all.count("web-3 is ACTIVE.") == 1


async def test_typing_a_number_presses_the_button(tmp_path: Path) -> None:
    async with scripted() as it, in_terminal(it.url, tmp_path) as terminal:
        await terminal.sees(OPEN)
        await it.say(DONE)
        await terminal.sees("[1] Undo")
        terminal.type("1\r:1\r:7\r")
        await terminal.sees("There is no button 7.")
        await it.heard(2)
        pressed = [(each["button"], each["message"]) for each in it.posted]
        assert pressed == [("undo 12", "bot-1"), ("undo 12", "bot-1")]
        await it.edit(it.entries["bot-1"], Message(summary="Undone.", tone=Tone.GOOD))
        await terminal.sees("Undone.")
        terminal.type("1\r")
        await terminal.sees("Button 1 is gone: its message has changed.")
        assert len(it.posted) == 2


async def test_no_line_ends_the_conversation(tmp_path: Path) -> None:
    async with scripted() as it, in_terminal(it.url, tmp_path, columns=200) as terminal:
        await terminal.sees(OPEN)
        await it.say(Message(summary="2 lines", file=File(name="log.txt", text="one\ntwo\n")))
        await terminal.sees("file: log.txt")
        terminal.type(":save ~nosuchuser/x\r")
        await terminal.sees("~nosuchuser/x could not be written: the name can not be used.")
        terminal.paste(f":save {'n' * 300}")
        await terminal.sees("could not be written: File name too long.")
        terminal.paste("7" * 5_000)
        await terminal.sees("There is no button with such a number.")
        terminal.paste(f":source {'7' * 5_000}")
        await terminal.sees("Give the number of a message: :source 7.")
        terminal.paste(b"server show caf\xe9")
        await terminal.sees("What was typed or pasted is not UTF-8 text, and is not used.")
        terminal.type("server list\r")
        await it.heard(1)
        assert it.posted[0]["text"] == "server list"


async def test_the_newest_file_is_that_of_the_room(tmp_path: Path) -> None:
    async with scripted() as it, in_terminal(it.url, tmp_path) as terminal:
        await terminal.sees(OPEN)
        source = Source(command="server log web-1", document="query { server { log } }")
        await it.say(Message(summary="2 lines", file=File(name="a.txt", text="a"), source=source), room=SHOP)
        await terminal.sees("1 new in other rooms")
        terminal.type(":save\r")
        await terminal.sees("There is no file.")
        terminal.type(":source\r")
        await terminal.sees("No message tells its source.")
        terminal.type("/room shop\r")
        await terminal.sees("file: a.txt")
        terminal.type(":save\r")
        await terminal.sees("Saved a.txt.")


async def test_the_history_is_kept_for_the_person_alone_without_secrets(tmp_path: Path) -> None:
    async with scripted() as it:
        async with in_terminal(it.url, tmp_path) as terminal:
            await terminal.sees(OPEN)
            for text in ("server list", "server create x --user-data=hunter2", "server list", "whoami"):
                terminal.type(f"{text}\r")
            await it.heard(4)
            terminal.type("\x1b[A\x1b[A\x1b[A\x1b[A")
            await terminal.sees("direct> server list")
            terminal.type("\x1b[B")
            await terminal.sees("direct> server create x --user-data=hunter2")
            terminal.type("\x03/quit\r")
            assert await terminal.ended() == 0
        kept = tmp_path / "state" / "9rum" / "history"
        assert kept.read_text() == "server list\nserver list\nwhoami\n/quit\n"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        async with in_terminal(it.url, tmp_path) as terminal:
            await terminal.sees(OPEN)
            terminal.type("\x1b[A\x1b[A")
            await terminal.sees("direct> whoami")


async def test_commands_options_and_names_are_completed(tmp_path: Path) -> None:
    async with scripted() as it:
        it.graph = graph
        async with in_terminal(it.url, tmp_path) as terminal:
            await terminal.sees(OPEN)

            async def known() -> bool:
                return len(it.graphql) >= 2

            await eventually(known, "the commands are read")
            terminal.type("ser")
            await terminal.sees("create, list")
            terminal.type("\t")
            await terminal.sees("direct> server")
            terminal.type(" cr")
            await terminal.sees("create  server.create.")
            terminal.type("\t")
            await terminal.sees("direct> server create")
            terminal.type(" --fl")
            await terminal.sees("Its size.")
            terminal.type("\t")
            await terminal.sees("direct> server create --flavor")
            terminal.type(" m1.la")
            await terminal.sees("m1.large")
            terminal.type("\t")
            await terminal.sees("direct> server create --flavor m1.large")
            terminal.type("\r")
            await it.heard(1)
            assert it.posted[0]["text"] == "server create --flavor m1.large"


async def test_rooms_are_shown_and_entered(tmp_path: Path) -> None:
    async with scripted() as it:
        await it.type("before", room=SHOP)
        async with in_terminal(it.url, tmp_path) as terminal:
            await terminal.sees(OPEN)
            await it.type("hello", room=SHOP)
            await terminal.sees("1 new in other rooms")
            terminal.type("/rooms\r")
            await terminal.sees("shop  1 new")
            terminal.type("/room attic\r")
            await terminal.sees("There is no room attic, or it is not yours.")
            terminal.type("/room shop\r")
            await terminal.sees("shop>")
            await terminal.sees("minho  before")
            await terminal.sees("minho  hello")
            terminal.type("server list\r")
            await it.heard(1)
            assert it.posted[0]["room"] == SHOP.id


async def test_files_and_sources_are_shown_and_saved(tmp_path: Path) -> None:
    async with scripted() as it, in_terminal(it.url, tmp_path) as terminal:
        await terminal.sees(OPEN)
        log = File(name="../../.bashrc", text="one\x1b[2J\ntwo\n")
        source = Source(command="server log web-1", document="query { server { log } }", variables={"id": "web-1"})
        await it.say(Message(summary="2 lines", file=log, source=source))
        await terminal.sees("file: ../../.bashrc")
        terminal.type(":source 1\r")
        await terminal.sees("query { server { log } }")
        await terminal.sees('"id": "web-1"')
        terminal.type(":save\r")
        await terminal.sees("Saved bashrc.")
        assert (tmp_path / "bashrc").read_text() == log.text
        terminal.type(":save 1\r")
        await terminal.sees("bashrc is there already")
        terminal.type(":save #1 log.txt\r")
        await terminal.sees("Saved log.txt.")
        terminal.type(":source 9\r")
        await terminal.sees("Message 9 does not tell its source.")


async def test_nothing_in_a_message_moves_the_cursor(tmp_path: Path) -> None:
    async with scripted() as it, in_terminal(it.url, tmp_path) as terminal:
        await terminal.sees(OPEN)
        await it.type("before")
        await it.say(Message(summary="x", blocks=(Paragraph(plain("\x1b[2J\x1b[Hgone\x07\x9b1A")),)))
        await terminal.sees("gone")
        assert "before" in terminal.screen.text
        assert "\x1b[2J" not in terminal.screen.raw
        assert "\x07" not in terminal.screen.raw
        it.refuse[f"/chat/rooms/{DIRECT.id}/messages"] = [error("No \x1b[2J\x9b2Jnever.", "INVALID", 400)]
        terminal.type("help\r")
        await terminal.sees("Not sent: No ")
        assert "before" in terminal.screen.text
        assert "\x9b" not in terminal.screen.raw


async def graph(given: dict[str, Any]) -> dict[str, Any]:
    flavor = {"name": "flavor", "choicesFrom": "flavor", "required": True, "help": "Its size."}
    commands = [_command("server.create", [flavor], "CHANGE"), _command("server.list", [], "READ")]
    if "rows" in given["query"] and "flavors" in given["query"]:
        return {"data": {"rows": {"nodes": [{"id": "f-1", "name": "m1.small"}, {"id": "f-2", "name": "m1.large"}]}}}
    return {"data": {"commands": commands}}


def _command(name: str, parameters: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    common: dict[str, Any] = {
        "type": "String",
        "many": False,
        "position": None,
        "choices": [],
        "default": None,
        "help": "",
    }
    return {
        "name": name, "summary": f"{name}.", "kind": kind, "danger": "LOW", "role": "member", "document": "",
        "rows": None, "total": None, "next": None, "text": None, "columns": [],
        "confirmation": "NONE", "approval": None, "allowed": True,
        "parameters": [{**common, **parameter} for parameter in parameters],
    }  # fmt: skip
