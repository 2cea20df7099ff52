"""Whatever a message holds, what goes to Slack is inside every limit, and nothing of it is live that outside text brought."""

import json
import re
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import (
    Block,
    Button,
    Buttons,
    Code,
    Fields,
    File,
    Message,
    Note,
    Paragraph,
    Progress,
    Span,
    Steps,
    Style,
    Table,
    Text,
    Tone,
    clean,
)
from bot.platforms.slack.render import OVERFLOW, Level, Rendered, render
from bot.platforms.slack.rich import harmless
from bot.platforms.slack.words import quiet, quiet_cut, typed
from tests.slack.standin.blocks import message_error

NASTY = (
    "<!channel>",
    "<@U1>",
    "<http://evil.example|ok>",
    "*bold*",
    "_i_",
    "~s~",
    "`c`",
    "```x```",
    "> q",
    ">>> q",
    "&lt;",
    "&amp;lt;!here&gt;",
    ":boom:",
    "@here",
    "\u202e",
    "\x00",
    "\ud800",
    "한글 " * 40,
    "😀" * 30,
    "x" * 4_000,
    '"\\\n\t',
)
text = st.one_of(
    st.text(max_size=40),
    st.sampled_from(NASTY),
    st.text(max_size=5).flatmap(lambda t: st.just(t * 900)),
    st.lists(st.sampled_from(NASTY), max_size=4).map("".join),
)
command = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    st.sampled_from(["x" * 2_000, "한" * 2_000]),
)
url = st.one_of(
    st.none(),
    st.just("https://9rum.example/link#x"),
    st.just("javascript:alert(1)"),
    st.just("http://x/" + "y" * 3_500),
)
spans: st.SearchStrategy[Text] = st.lists(st.builds(Span, text, st.sampled_from(Style), url), max_size=4).map(tuple)
cells = st.lists(st.one_of(st.text(max_size=20), st.sampled_from([*NASTY[:-1], "x" * 200])), max_size=5).map(tuple)
times = st.sampled_from(
    [1, 1, 1, 6, 30]
)  # a few things many times: as much for the limits as many things, and sooner made
tables = st.builds(
    lambda columns, rows, many, caption, total: Table(
        columns=columns * min(many, 6),
        rows=tuple(row * min(many, 6) for row in rows) * many,
        caption=caption,
        total=total,
    ),
    cells,
    st.lists(cells, max_size=5).map(tuple),
    times,
    text,
    st.one_of(st.none(), st.integers(0, 10**6)),
)
steps = st.lists(st.tuples(st.sampled_from(["RUNNING", "DONE", "FAILED", "?"]), text, text), max_size=4)
blocks: st.SearchStrategy[Block] = st.one_of(
    st.builds(Paragraph, spans),
    st.builds(lambda pairs, many: Fields(tuple(pairs) * many), st.lists(st.tuples(text, spans), max_size=4), times),
    tables,
    st.builds(Progress, share=st.floats(), label=text),
    st.builds(lambda steps, many: Steps(tuple(steps) * many), steps, times),
    st.builds(Code, text=text, title=text),
    st.builds(Note, spans),
    st.builds(
        lambda buttons, many: Buttons(tuple(buttons) * many),
        st.lists(st.builds(Button, label=text, command=command), max_size=4),
        times,
    ),
)
messages = st.builds(
    lambda blocks, many, summary, tone, file: Message(
        summary=summary, blocks=tuple(blocks) * many, tone=tone, file=file
    ),
    st.lists(blocks, max_size=5),
    st.sampled_from([1, 1, 1, 12]),
    text,
    st.sampled_from(Tone),
    st.one_of(st.none(), st.builds(File, name=st.just("a.log"), text=st.just("x"))),
)
KINDS = {"rich_text", "context", "table", "actions"}
EMOJI = {"white_check_mark", "hourglass_flowing_sand", "warning", "x", "small_blue_diamond"}
BROKEN_OUT = re.compile(r"&(?!amp;|lt;|gt;)|[<>]")
FORMAT = re.compile(r"(?<![^\W_])[*_~`]|[*_~`](?![^\W_])|^\s*&gt;", re.MULTILINE)


@given(messages, st.sampled_from(Level))
@settings(max_examples=60, deadline=None)
def test_every_message_is_inside_every_limit_and_inert(message: Message, level: Level) -> None:
    made = render(message, level)

    assert 0 < len(made.text) <= 4_000
    assert BROKEN_OUT.search(made.text) is None
    assert FORMAT.search(made.text) is None
    assert message_error(made.blocks) is None
    assert len(json.dumps(made.blocks)) <= 12_000
    assert bool(made.blocks) is (level < Level.TEXT)
    assert message.file is None or message.file in made.files
    json.dumps([made.blocks, made.text], ensure_ascii=False).encode()  # no half of a surrogate
    known = {span.url for span in _spans(message)}
    for block in made.blocks:
        assert block["type"] in KINDS
        for element in _dicts(block):
            assert element.get("type") != "mrkdwn"
            assert element.get("type") not in ("user", "channel", "usergroup", "broadcast", "date")
            assert element.get("type") != "link" or (element["url"] in known and element["url"].startswith("http"))
            assert element.get("type") != "emoji" or element["name"] in EMOJI
            assert element.get("type") != "plain_text" or element["emoji"] is False


@given(messages)
@settings(max_examples=40, deadline=None)
def test_what_is_cut_is_whole_in_the_file(message: Message) -> None:
    made = render(message, Level.BLOCKS)
    overflow = [file.text for file in made.files if file.name == OVERFLOW]
    commands = [button.command for block in message.blocks if isinstance(block, Buttons) for button in block.buttons]
    shown = [element["value"] for block in made.blocks if block["type"] == "actions" for element in block["elements"]]

    assert shown == commands or overflow, "buttons are missing, and no file names their commands"
    for file in overflow:
        written = _squeezed(file)
        once = {_squeezed(said) for said in set(_all_of(message))}  # most of it stands there many times
        assert [said for said in once if said not in written] == []
    if not overflow:
        for one in message.blocks:
            if isinstance(one, Code) and one.text.isascii() and one.text.isprintable():
                assert one.text in _read(made)


@given(st.text(), st.integers(10, 100))
def test_cutting_does_not_cut_through_an_escape(given_text: str, limit: int) -> None:
    cut, whole = quiet_cut(given_text, limit)

    assert len(cut) <= limit
    assert BROKEN_OUT.search(cut) is None
    assert whole is (len(quiet(given_text)) <= limit)


@given(st.text(st.characters(exclude_characters="*_~`>")))
def test_what_is_quieted_reads_the_same(given_text: str) -> None:
    assert typed(quiet(given_text)) == given_text


def test_names_keep_the_marks_inside_of_words() -> None:
    assert quiet("web_1 a*b `x` *y*") == "web_1 a*b ˋxˋ ∗y∗"


def test_no_character_that_hides_or_turns_is_passed_by() -> None:
    """What `harmless` does not look at is what `clean` would leave as it is."""
    everything = "".join(map(chr, range(0x20000)))

    assert harmless(everything) == clean(everything, len(everything), lines=True)


def test_many_small_blocks_keep_the_buttons() -> None:
    parts = tuple(Paragraph((Span(f"line {number}"),)) for number in range(80))
    last = Buttons((Button(label="Go", command="go"),))
    made = render(Message(summary="x", blocks=(*parts, last)), Level.TABLES)

    assert len(made.blocks) <= 50
    assert made.blocks[-2]["type"] == "actions"
    assert made.files[0].name == OVERFLOW and "line 79" in made.files[0].text


def _all_of(message: Message) -> Iterator[str]:
    """Every text that a person should be able to read somewhere, and every command behind a button."""
    for block in message.blocks:
        match block:
            case Paragraph(text=spans) | Note(text=spans):
                yield from (span.text for span in spans)
            case Fields(pairs=pairs):
                yield from (text for label, value in pairs for text in (label, *(span.text for span in value)))
            case Table():
                yield from (block.caption, *block.columns, *(cell for row in block.rows for cell in row))
            case Progress():
                yield block.label
            case Steps(steps=steps):
                yield from (text for _, title, detail in steps for text in (title, detail))
            case Code():
                yield from (block.title, block.text)
            case Buttons(buttons=buttons):
                yield from (text for button in buttons for text in (button.label, button.command))


def _squeezed(text: str) -> str:
    return "".join(harmless(text).split())


def _spans(message: Message) -> list[Span]:
    found: list[Span] = []
    for block in message.blocks:
        if isinstance(block, Paragraph | Note):
            found += block.text
        elif isinstance(block, Fields):
            found += [span for _, value in block.pairs for span in value]
    return found


def _dicts(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value, *(found for inner in value.values() for found in _dicts(inner))]
    return [found for inner in value for found in _dicts(inner)] if isinstance(value, list) else []


def _read(made: Rendered) -> str:
    return "".join(
        str(element["text"])
        for block in made.blocks
        for element in _dicts(block)
        if isinstance(element.get("text"), str)
    )
