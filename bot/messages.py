"""Neutral messages: what the bot says, before a platform gives it a form. Made by `replies.py` and the commands, rendered in `platforms/`.

Text of outside (names, labels, log lines) enters by `clean` only, as the text of a span: it never carries markup. A platform escapes every
span, so nothing in a name can mention, link or format. All classes are plain data that JSON can hold.
"""

import enum
import re
import unicodedata
from typing import Any

import msgspec

MAX_CELL = 200  # characters of one outside text in a sentence or a cell; longer ones end with an ellipsis
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_KEPT = frozenset(
    "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
)  # Korean does without, other scripts and emoji do not
# Marks stand at the ends of words; one inside a word came with a name. A pair around nothing (an empty name) is no mark either.
_CODED = re.compile(r"(?<![\w`])(?:``(?![\w`])|`(?P<code>.+?)`(?![\w`]))", re.ASCII)


class Style(enum.StrEnum):
    PLAIN = "plain"
    BOLD = "bold"
    CODE = "code"


class Tone(enum.StrEnum):
    """What a message is about at a glance: the colour of a card, the emoji before a line."""

    INFO = "info"
    GOOD = "good"
    WAIT = "wait"
    WARN = "warn"
    BAD = "bad"


class ButtonStyle(enum.StrEnum):
    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


class Span(msgspec.Struct, frozen=True):
    """A run of text in one style. `url` (http or https, of 9rum's own making, never of outside data) makes it a link."""

    text: str
    style: Style = Style.PLAIN
    url: str | None = None


Text = tuple[Span, ...]


class Button(msgspec.Struct, frozen=True, kw_only=True):
    """`command` is command text, so pressing is the same as typing it."""

    label: str
    command: str
    style: ButtonStyle = ButtonStyle.PLAIN
    document: str | None = None  # the GraphQL document that it runs, where it is known beforehand


class Paragraph(msgspec.Struct, frozen=True, tag="paragraph"):
    text: Text


class Fields(msgspec.Struct, frozen=True, tag="fields"):
    """Labels with values, in order."""

    pairs: tuple[tuple[str, Text], ...]


class Table(msgspec.Struct, frozen=True, kw_only=True, tag="table"):
    """Cells are clean text. `shown` of `total` rows; `total` None when it is not known."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    total: int | None = None


class Progress(msgspec.Struct, frozen=True, kw_only=True, tag="progress"):
    """`share` between 0 and 1."""

    share: float
    label: str = ""


class Steps(msgspec.Struct, frozen=True, tag="steps"):
    """(state, title, detail): state is RUNNING, DONE or FAILED."""

    steps: tuple[tuple[str, str, str], ...]


class Code(msgspec.Struct, frozen=True, kw_only=True, tag="code"):
    """Text that keeps its lines: a document, JSON, a log."""

    text: str
    title: str = ""


class Note(msgspec.Struct, frozen=True, tag="note"):
    """Small print: ages, correlation ids, hints."""

    text: Text


class Buttons(msgspec.Struct, frozen=True, tag="buttons"):
    buttons: tuple[Button, ...]


Block = Paragraph | Fields | Table | Progress | Steps | Code | Note | Buttons


class File(msgspec.Struct, frozen=True, kw_only=True):
    """Long output. `text` is UTF-8 text of at most some megabytes."""

    name: str
    text: str
    title: str = ""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What a message came from: the chat command and the GraphQL document with its variables (secrets masked)."""

    command: str
    document: str = ""
    variables: dict[str, Any] = {}


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """`summary` is one plain line: the notification, and all that a platform shows that can show nothing else."""

    summary: str
    blocks: tuple[Block, ...] = ()
    tone: Tone = Tone.INFO
    file: File | None = None
    source: Source | None = None


class FieldKind(enum.StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"
    SWITCH = "switch"


class Choice(msgspec.Struct, frozen=True):
    """`value` is what the command gets, `label` what people read."""

    value: str
    label: str


class FormField(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is the parameter's name in the command. `choices` of CHOICE and CHOICES; `initial` are values already given.

    `problem` tells why what it held was refused, and belongs at the field; as `hint`, it is a sentence with its backticks.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    choices: tuple[Choice, ...] = ()
    initial: tuple[str, ...] = ()
    hint: str = ""
    secret: bool = False
    problem: str = ""


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """`command` is the text typed so far, for people to read; `id` finds the kept form when its values come back.

    `problem` tells why the form was refused as a whole, when it comes once more.
    """

    id: str
    title: str
    command: str
    fields: tuple[FormField, ...]
    submit: str
    problem: str = ""


def with_blocks(message: Message, *blocks: Block) -> Message:
    """With more blocks, above the buttons that it has."""
    buttons = tuple(block for block in message.blocks if isinstance(block, Buttons))
    others = tuple(block for block in message.blocks if not isinstance(block, Buttons))
    return msgspec.structs.replace(message, blocks=(*others, *blocks, *buttons))


def with_button(message: Message, button: Button) -> Message:
    """With one more button, before those that it has."""
    rows = [block for block in message.blocks if isinstance(block, Buttons)]
    if not rows:
        return with_blocks(message, Buttons((button,)))
    joined = Buttons((button, *rows[0].buttons))
    blocks = tuple(joined if block is rows[0] else block for block in message.blocks)
    return msgspec.structs.replace(message, blocks=blocks)


def plain(text: str) -> Text:
    """Text in no style."""
    return (Span(text),)


def text_of(text: Text) -> str:
    return "".join(span.text for span in text)


def coded(sentence: object, limit: int = MAX_CELL) -> Text:
    """A sentence of the graph, cleaned: what stands between backticks is code, other backticks are signs like any other.

    A name in it may hold marks of its own. All that they can do is to be shown as code, or not.
    """
    whole = clean(sentence, limit)
    spans: list[Span] = []
    end = 0
    for found in _CODED.finditer(whole):
        if found["code"] is not None:
            spans += [Span(whole[end : found.start()]), Span(found["code"], Style.CODE)]
            end = found.end()
    return tuple(span for span in (*spans, Span(whole[end:])) if span.text)


def clean(value: object, limit: int = MAX_CELL, *, lines: bool = False) -> str:
    """Outside text as it may be shown: bounded, without control, invisible or bidi characters. `lines` keeps line ends and tabs."""
    given = "" if value is None else str(value)
    cut = given if len(given) <= limit else given[: max(limit - 1, 0)] + "…"
    if cut.isascii() and cut.isprintable():
        return cut
    rare = {ord(c): _replacement(c) for c in set(cut) if not _harmless(c, lines)}
    return cut.translate(rare) if rare else cut


def _harmless(c: str, lines: bool) -> bool:
    if lines and c in "\n\t":
        return True
    # Cc control, Cf format (bidi overrides, zero width), Co private, Cs surrogate, Cn unassigned, Zl/Zp line and paragraph separators
    return unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp") or c in _KEPT


def _replacement(c: str) -> str:
    return " " if c in "\n\r\t\v\f\u2028\u2029\x85" else _REPLACEMENT
