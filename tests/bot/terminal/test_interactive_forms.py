"""Forms of the bot, asked in a terminal of its own."""

from pathlib import Path
from typing import Any

import msgspec

from bot.messages import Choice, FieldKind, Form, FormField, Message
from tests.bot.terminal.examples import DONE, OPEN
from tests.bot.terminal.running import in_terminal
from tests.bot.terminal.server import scripted

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


async def test_a_form_that_was_refused_is_asked_again_with_why_and_what_was_given(tmp_path: Path) -> None:
    count, flavor, key = FORM.fields
    size = FormField(name="size", label="Boot volume size", initial=("40",))
    held = (
        msgspec.structs.replace(flavor, initial=("f-1",), problem="`m1.small` is too small."),
        msgspec.structs.replace(count, initial=("7",)),
        size,
        key,
    )
    again = msgspec.structs.replace(FORM, id="f2", fields=held, problem="Say what to boot.")
    async with scripted() as it, in_terminal(it.url, tmp_path) as terminal:

        async def answer(given: dict[str, Any]) -> None:
            if "text" in given:
                await it.ask(FORM, given["id"])
            elif given["form"] == "f1":
                await it.ask(again, given["id"])
            else:
                await it.say(DONE, given["thread"])

        it.answer = answer
        await terminal.sees(OPEN)
        terminal.type("server create web-3\r")
        await terminal.sees("Flavor:")
        terminal.type("m1.small\r")
        await terminal.sees("Count (1):")
        terminal.type(":send\r")
        await terminal.sees("Say what to boot.")
        await terminal.sees("m1.small is too small.")
        await terminal.sees("Flavor (m1.small):")
        terminal.type("m1.large\r")
        await terminal.sees("Count (7):")
        await terminal.sees(":empty leaves it empty")
        terminal.type("\r")
        await terminal.sees("Boot volume size (40):")
        terminal.type(":empty\r")
        await terminal.sees("Key (optional):")
        terminal.type("\r")
        await terminal.sees("web-3 is ACTIVE.")
        first, _, filled = it.posted
        assert (filled["form"], filled["thread"]) == ("f2", first["id"])
        assert filled["values"] == {"flavor": ["f-2"], "count": ["7"], "size": []}


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
