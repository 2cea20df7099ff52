"""Messages as lines of a terminal: within the width whatever they hold, and nothing in them that a terminal would obey."""

import time
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from bot import texts
from bot.messages import (
    Button,
    Buttons,
    Code,
    Fields,
    File,
    Message,
    Note,
    Paragraph,
    Progress,
    Source,
    Span,
    Steps,
    Style,
    Table,
    Tone,
    plain,
)
from bot.terminal.cells import Line, line_width, text_of_line
from bot.terminal.conversation import Conversation
from bot.terminal.render import buttons_of, compact, plain_text, render, source_lines
from bot.terminal.tail import GUTTER, SaidItem
from bot.terminal.wire import Entry
from tests.bot.terminal.messages import messages, outside

EN = texts.of("en")
WIDTHS = st.integers(26, 140)
OBEYED = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
ZWNJ = "\N{ZERO WIDTH NON-JOINER}"


def checked(lines: list[Line], width: int) -> None:
    for line in lines:
        text = text_of_line(line)
        assert line_width(line) <= width, text
        assert not [c for c in text if unicodedata.category(c) in OBEYED and c != ZWNJ], ascii(text)


@given(messages, WIDTHS)
@settings(max_examples=120, deadline=None)
def test_any_message_stays_within_the_width_and_commands_nothing(message: Message, width: int) -> None:
    numbers = {button.command: number for number, button in enumerate(buttons_of(message), 1)}
    checked(render(message, width, EN), width)
    checked(render(message, width, EN, numbers), width)
    checked(compact(message, width, numbers), width)
    if message.source is not None:
        checked(source_lines(message.source, '{"a": 1}', width), width)


@given(messages, outside, WIDTHS, st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_entry_stays_within_the_width_with_its_gutter(message: Message, text: str, width: int, said: bool) -> None:
    conversation = Conversation()
    if said:
        conversation.merge(Entry(id="a", room="r", at=time.time(), text=text))
    else:
        conversation.merge(Entry(id="a", room="r", at=time.time(), message=message, to="me"))
    (item,) = conversation
    for again in (False, True):
        checked(SaidItem(item, EN, text, again).lines(width), max(width, 20 + GUTTER))


def shown(*blocks: object, width: int = 60, **more: object) -> list[str]:
    message = Message(summary="summary", blocks=blocks, **more)  # type: ignore[arg-type] # blocks of any kind
    return plain_text(render(message, width, EN)).splitlines()


def test_a_table_is_aligned_by_what_characters_take() -> None:
    table = Table(columns=("Name", "VCPUs"), rows=(("web-1", "2"), ("데이터베이스", "16")), total=9)
    assert shown(table) == [
        "Name          VCPUs",
        "───────────────────",
        "web-1             2",
        "데이터베이스     16",
        "2 / 9",
    ]


def test_wide_columns_are_wrapped_and_narrow_ones_are_left_alone() -> None:
    table = Table(columns=("Id", "Description"), rows=(("1", "the quick brown fox jumps over the lazy dog"), ("2", "")))
    assert shown(table, width=30) == [
        "Id  Description",
        "──────────────────────────────",
        " 1  the quick brown fox jumps",
        "    over the lazy dog",
        " 2",
    ]


def test_a_table_that_is_far_too_wide_becomes_lists() -> None:
    columns = tuple(f"column{number}" for number in range(6))
    lines = shown(Table(columns=columns, rows=(tuple("abcdef"),)), width=30)
    assert lines[1:] == [f"column{number}  {letter}" for number, letter in enumerate("abcdef")]


def test_every_kind_of_block_is_shown() -> None:
    lines = shown(
        Paragraph((Span("web-1", Style.CODE), Span(" is "), Span("ACTIVE", Style.BOLD))),
        Paragraph((Span("Link your account", url="https://9rum.example/link"), Span("."))),
        Fields((("Name", plain("web-1")), ("Image", plain("ubuntu")))),
        Progress(share=0.5, label="building"),
        Steps((("DONE", "Accepted", ""), ("RUNNING", "Building", "host-3"), ("FAILED", "Booting", ""))),
        Code(text="{\n  me { name }\n}\n", title="The document"),
        Note(plain("3 seconds old")),
        Buttons((Button(label="Undo", command="undo 12"),)),
        file=File(name="console.log", text="x" * 2048, title="Console"),
    )
    assert lines == [
        "web-1 is ACTIVE",
        "Link your account (https://9rum.example/link).",
        "Name   web-1",
        "Image  ubuntu",
        "████████████░░░░░░░░░░░░  50%  building",
        "✓ Accepted",
        "… Building  host-3",
        "✗ Booting",
        "The document",
        "  {",
        "    me { name }",
        "  }",
        "3 seconds old",
        "[Undo] undo 12",
        "file: Console · console.log, 2.0 KiB",
    ]


def test_the_summary_stands_in_where_there_is_nothing_else() -> None:
    assert shown() == ["summary"]
    assert shown(Note(plain("aside"))) == ["summary", "aside"]
    assert shown(Paragraph(plain("text"))) == ["text"]


def test_long_words_and_lines_of_code_are_broken_where_they_are_full() -> None:
    assert shown(Paragraph(plain("x" * 25)), width=20) == ["x" * 20, "x" * 5]
    assert shown(Code(text="a" * 20 + " b"), width=20) == ["  " + "a" * 18, "  aa b"]


def test_a_number_presses_the_button_that_was_read_however_many_came_later() -> None:
    conversation = Conversation()
    plan = Message(
        summary="Delete?", blocks=(Buttons((Button(label="Confirm", command="confirm 1"),)),), tone=Tone.WARN
    )
    other = Message(summary="Other", blocks=(Buttons((Button(label="More", command="server list"),)),))
    conversation.merge(Entry(id="plan", room="r", at=1.0, message=plan))
    conversation.merge(Entry(id="list", room="r", at=2.0, message=other))
    first, second = conversation.button(1), conversation.button(2)
    assert first is not None
    assert first[1].command == "confirm 1"
    assert second is not None
    assert second[1].command == "server list"
    conversation.merge(Entry(id="plan", room="r", at=1.0, message=other, version=2))
    assert conversation.button(1) is None
    assert conversation.was_button(1)
    third = conversation.button(3)
    assert third is not None
    assert third[0].entry.id == "plan"


def test_the_source_of_a_message_is_shown_with_its_variables() -> None:
    source = Source(command="server list", document="query { me }", variables={"first": 1})
    assert plain_text(source_lines(source, '{"first": 1}', 40)) == 'server list\n  query { me }\n  {"first": 1}\n'
