"""`9rum chat` in a terminal of its own: what somebody sees and types."""

import asyncio
import signal
import stat
from pathlib import Path
from typing import Any

import msgspec

from bot.messages import (
    Button,
    Buttons,
    ButtonStyle,
    Choice,
    FieldKind,
    File,
    Form,
    FormField,
    Message,
    Paragraph,
    Progress,
    Source,
    Tone,
    plain,
)
from tests.bot.terminal.running import in_terminal
from tests.bot.terminal.server import DIRECT, SHOP, Scripted, error, scripted
from tests.polling import eventually

OPEN = " jiwoo · connected"
UNDO = Buttons((Button(label="Undo", command="undo 12", style=ButtonStyle.PRIMARY),))
DONE = Message(summary="web-3 is ACTIVE.", blocks=(Paragraph(plain("web-3 is ACTIVE.")), UNDO), tone=Tone.GOOD)
FORM = Form(
    id="f1",
    title="What server create needs",
    command="server create web-3",
    fields=(
        FormField(name="count", label="Count", kind=FieldKind.NUMBER, initial=("1",)),
        FormField(
            name="flavor", label="Flavor", kind=FieldKind.CHOICE, required=True,
            choices=(Choice("f-1", "m1.small"), Choice("f-2", "m1.large")),
        ),
        FormField(name="key", label="Key", secret=True),
    ),
    submit="Run",
)  # fmt: skip


def running(share: float) -> Message:
    blocks = (Paragraph(plain("Creating web-3.")), Progress(share=share))
    return Message(summary="Creating web-3.", blocks=blocks, tone=Tone.WAIT)


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


async def test_a_form_is_asked_field_by_field(tmp_path: Path) -> None:
    async with scripted() as it, in_terminal(it.url, tmp_path) as terminal:

        async def answer(given: dict[str, Any]) -> None:
            if "text" in given:
                await it.ask(FORM, given["id"])
            else:
                await it.say(DONE, given["thread"])

        it.answer = answer
        await terminal.sees(OPEN)
        terminal.type("server create web-3\r")
        await terminal.sees("  2 m1.large")
        terminal.type("huge\r")
        await terminal.sees("'huge' is not one of the choices.")
        terminal.type("m1.l")
        await terminal.sees("Flavor: m1.l\n")
        terminal.type("\t")
        await terminal.sees("Flavor: m1.large\n")
        terminal.type("\r")
        await terminal.sees("Count (1):")
        terminal.type("many\r")
        await terminal.sees("Count takes a number, such as 3.")
        terminal.type("3\r")
        await terminal.sees("Key (optional):")
        terminal.type("hunter2\r")
        await terminal.sees("web-3 is ACTIVE.")
        first, filled = it.posted
        assert filled["form"] == "f1"
        assert filled["values"] == {"count": ["3"], "flavor": ["f-2"], "key": ["hunter2"]}
        assert filled["thread"] == first["id"]
        assert "hunter2" not in terminal.screen.raw


async def test_ctrl_c_leaves_a_form_and_nothing_is_sent(tmp_path: Path) -> None:
    async with scripted() as it, in_terminal(it.url, tmp_path) as terminal:

        async def answer(given: dict[str, Any]) -> None:
            await it.ask(FORM, given["id"])

        it.answer = answer
        await terminal.sees(OPEN)
        terminal.type("server create web-3\r")
        await terminal.sees("Flavor:")
        terminal.type("m1")
        await terminal.sees("Flavor: m1\n")
        terminal.type("\x03")
        await terminal.loses("Flavor: m1")
        terminal.type("\x03")
        await terminal.sees("The form was left; nothing was sent.")
        await terminal.sees(OPEN)
        terminal.type("\x03")
        await terminal.sees("Ctrl-D or /quit leaves.")
        assert len(it.posted) == 1
        terminal.type("/quit\r")
        assert await terminal.ended() == 0
        assert not it.signed_in, "nothing waits for an answer"


async def test_a_form_is_asked_where_it_was_asked_for_and_one_after_the_other(tmp_path: Path) -> None:
    async with scripted() as it, in_terminal(it.url, tmp_path) as terminal:
        await terminal.sees(OPEN)
        terminal.type("server create web-1\r")
        await it.heard(1)
        await it.ask(FORM, "said-on-a-page")
        await it.say(Message(summary="Said after it."))
        await terminal.sees("Said after it.")  # events come in order: the form was looked at before
        assert "Flavor:" not in terminal.screen.text
        terminal.type("server create web-2\r/room shop\r")
        await it.heard(2)
        await terminal.sees("shop>")
        for said, name in zip(it.posted, ("first", "second"), strict=True):
            await it.ask(msgspec.structs.replace(FORM, id=name, title=f"The {name} form"), said["id"])
        await terminal.sees("The first form")
        assert "The second form" not in terminal.screen.text
        terminal.type("m1.small\r")
        await terminal.sees("Count (1):")
        terminal.type(":send\r")
        await terminal.sees("The second form")
        terminal.type("m1.large\r")
        await terminal.sees("Flavor: m1.large")
        await terminal.sees("Count (1):")
        terminal.type(":send\r")
        await it.heard(4)
        for said, filled in zip(it.posted[:2], it.posted[2:], strict=True):
            assert (filled["thread"], filled["room"]) == (said["id"], said["room"])
        assert [filled["form"] for filled in it.posted[2:]] == ["first", "second"]


async def test_an_answer_in_a_form_is_no_old_command(tmp_path: Path) -> None:
    async with scripted() as it, in_terminal(it.url, tmp_path) as terminal:

        async def answer(given: dict[str, Any]) -> None:
            if given.get("text") == "server create web-3":
                await it.ask(FORM, given["id"])

        it.answer = answer
        await terminal.sees(OPEN)
        terminal.type("hunter2 is what somebody typed\r")
        await it.heard(1)
        terminal.type("server create web-3\r")
        await terminal.sees("Flavor:")
        terminal.type("\x1b[A\x10m1.large\r")  # up, and as up
        await terminal.sees("Count (1):")
        terminal.type("\r")
        await terminal.sees("Key (optional):")
        terminal.type("hunter2")
        await terminal.sees("Key (optional): *******")
        terminal.type("\x1b[C\x05\r")  # right, and the end of the line: both take what is suggested
        await it.heard(3)
        assert it.posted[2]["values"] == {"count": ["1"], "flavor": ["f-2"], "key": ["hunter2"]}
        await terminal.sees("direct>")
        terminal.type("\x1b[A")
        await terminal.sees("direct> server create web-3")


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
