"""A neutral message as lines of a terminal, each within the width. Pure: Message in, lines of styled text out.

`styles.py` gives the styles their colours. Used by the conversation on the screen (buttons have numbers) and by what is printed for
programs (buttons show the command that they stand for).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from bot.messages import (
    Block,
    Button,
    Buttons,
    ButtonStyle,
    Code,
    Fields,
    Message,
    Note,
    Paragraph,
    Progress,
    Source,
    Steps,
    Style,
    Table,
    Text,
    plain,
)
from bot.terminal.cells import NARROWEST, Line, Piece, cut, line_width, shown, text_of_line, width_of, wrap
from bot.terminal.tables import DIM, HEAD, table_lines
from bot.texts import Texts

ANSWERS: Final = frozenset({"confirm", "approve", "cancel"})  # the bot's own commands about a plan
BAR: Final = 24  # cells of a progress bar at most
LABEL: Final = 24  # cells of a field's label at most; longer ones stand on their own line
STYLES: Final = {Style.PLAIN: "", Style.BOLD: "class:bold", Style.CODE: "class:code"}
BUTTONS: Final = {
    ButtonStyle.PLAIN: "class:button",
    ButtonStyle.PRIMARY: "class:button.primary",
    ButtonStyle.DANGER: "class:button.danger",
}
STEPS: Final = {"DONE": ("class:good", "✓"), "FAILED": ("class:bad", "✗"), "RUNNING": ("class:wait", "…")}


def render(message: Message, width: int, texts: Texts, numbers: Mapping[str, int] | None = None) -> list[Line]:
    """`numbers`: which number presses a button (by its command). Without, a button shows its command."""
    width = max(width, NARROWEST)
    made: list[Line] = []
    if not any(not isinstance(block, Buttons | Note) for block in message.blocks):
        made += wrap([("", shown(message.summary))], width)
    for block in message.blocks:
        made += _block(block, width, numbers)
    if message.file is not None:
        size = len(message.file.text.encode("utf-8", "replace"))
        title = f"{shown(message.file.title)} · " if message.file.title else ""
        file = plain(f"{title}{shown(message.file.name)}, {_size(size)}")
        made += wrap([(DIM, texts.line("terminal.file", file=file))], width)
    return made


def compact(message: Message, width: int, numbers: Mapping[str, int] | None = None) -> list[Line]:
    """One line of what a message has become, and its buttons: for one that scrolled away while it was going on."""
    width = max(width, NARROWEST)
    made: list[Line] = [cut([("", shown(message.summary))], width)]
    for block in message.blocks:
        if isinstance(block, Buttons):
            made += _buttons(block.buttons, width, numbers)
    return made


def source_lines(source: Source, variables: str, width: int) -> list[Line]:
    """The command and the document that a card came from; `variables` as JSON text."""
    width = max(width, NARROWEST)
    made = wrap([(HEAD, shown(source.command))], width)
    for text in (source.document, variables):
        made += _code(text, width) if text else []
    return made


def plain_text(lines: Iterable[Line]) -> str:
    """For programs and for terminals without styles; ends with a line end when there is a line."""
    return "".join(f"{text_of_line(line).rstrip()}\n" for line in lines)


def buttons_of(message: Message) -> list[Button]:
    return [button for block in message.blocks if isinstance(block, Buttons) for button in block.buttons]


def waits(message: Message) -> bool:
    """Whether it is a plan that waits for somebody to answer: what it says must be seen whole before anybody does."""
    return any(button.command.split(" ")[0] in ANSWERS for button in buttons_of(message))


def _block(block: Block, width: int, numbers: Mapping[str, int] | None) -> list[Line]:
    match block:
        case Paragraph():
            return wrap(_pieces(block.text), width)
        case Note():
            return wrap([(f"{DIM} {style}".strip(), text) for style, text in _pieces(block.text)], width)
        case Fields():
            return list(_fields(block, width))
        case Table():
            return _table(block, width)
        case Progress():
            return _progress(block, width)
        case Steps():
            return [line for step in block.steps for line in _step(*step, width)]
        case Code():
            title = wrap([(DIM, shown(block.title))], width) if block.title else []
            return [*title, *_code(block.text, width)]
        case Buttons():
            return _buttons(block.buttons, width, numbers)


def _pieces(text: Text) -> list[Piece]:
    made: list[Piece] = []
    for span in text:
        words = shown(span.text, lines=True)
        if span.url is None:
            made.append((STYLES[span.style], words))
        else:
            url = shown(span.url)
            made += (
                [("class:link", words)] if words in (url, "") else [("", f"{words} ("), ("class:link", url), ("", ")")]
            )
    return made


def _fields(fields: Fields, width: int) -> Iterator[Line]:
    labels = [shown(label) for label, _ in fields.pairs]
    fitting = [width_of(label) for label in labels if width_of(label) <= min(LABEL, width // 2)]
    column = max(fitting, default=0) + 2
    for label, (_, value) in zip(labels, fields.pairs, strict=True):
        values = wrap(_pieces(value), width - column)
        if width_of(label) + 2 > column:
            yield from wrap([(DIM, label)], width)
            label = ""
        yield ((DIM, label + " " * (column - width_of(label))), *values[0])
        for line in values[1:]:
            yield (("", " " * column), *line)


def _table(table: Table, width: int) -> list[Line]:
    made = wrap([(HEAD, shown(table.caption))], width) if table.caption else []
    made += table_lines(table.columns, table.rows, width)
    if not table.caption and table.total is not None and table.total > len(table.rows):  # a caption tells it already
        made.append(((DIM, f"{len(table.rows)} / {table.total}"),))
    return made


def _progress(progress: Progress, width: int) -> list[Line]:
    share = min(max(progress.share, 0.0), 1.0) if progress.share == progress.share else 0.0  # not a number is none
    bar = min(BAR, width - 8)
    full = round(share * bar)
    line: list[Piece] = [("class:bar", "█" * full), (DIM, "░" * (bar - full)), ("", f" {share:4.0%}")]
    return wrap([*line, ("", f"  {shown(progress.label)}")], width) if progress.label else [tuple(line)]


def _step(state: str, title: str, detail: str, width: int) -> list[Line]:
    style, mark = STEPS.get(state, (DIM, "·"))
    pieces = [("", shown(title)), (DIM, f"  {shown(detail)}" if detail else "")]
    first, *more = wrap(pieces, width - 2)
    return [((style, f"{mark} "), *first), *((("", "  "), *line) for line in more)]


def _code(text: str, width: int) -> list[Line]:
    lines = shown(text, lines=True).rstrip("\n").split("\n")
    return [(("", "  "), *part) for line in lines for part in _chopped(line, width - 2)]


def _chopped(line: str, width: int) -> Iterator[Line]:
    """Code keeps its spaces, so it is broken where the line is full."""
    part, used = "", 0
    for char in line:
        used += width_of(char)
        if used > width:
            yield (("class:code", part),)
            part, used = "", width_of(char)
        part += char
    yield (("class:code", part),)


def _buttons(buttons: Iterable[Button], width: int, numbers: Mapping[str, int] | None) -> list[Line]:
    made: list[list[Piece]] = [[]]
    for button in buttons:
        if numbers is None:
            pieces = [(BUTTONS[button.style], f"[{shown(button.label)}]"), ("", f" {shown(button.command)}")]
            made += [list(line) for line in wrap(pieces, width)]
            continue
        label = f"[{numbers[button.command]}] " if button.command in numbers else ""
        piece = cut([("class:number", label), (BUTTONS[button.style], shown(button.label))], width)
        if made[-1] and line_width(made[-1]) + 2 + line_width(piece) > width:
            made.append([])
        made[-1] += [*([("", "  ")] if made[-1] else []), *piece]
    return [tuple(line) for line in made if line]


def _size(count: int) -> str:
    if count < 1024:
        return f"{count} B"
    return f"{count / 1024:.1f} KiB" if count < 1024 * 1024 else f"{count / 1024 / 1024:.1f} MiB"
