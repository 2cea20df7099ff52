"""Neutral messages as Slack's blocks, inside every limit of `limits.py` and with nothing live that outside text brought along.

Pure; `platform.py` calls `render` with a level and sends what comes out. No `mrkdwn` object is ever made: outside text stands in
`rich_text`, `plain_text` and `raw_text`, which Slack does not parse. What does not fit goes whole into a file.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages import (
    Block,
    Button,
    Buttons,
    ButtonStyle,
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
    Tone,
)
from bot.platforms.base import PlatformError
from bot.platforms.slack import limits, plain
from bot.platforms.slack.rich import Json, Part, Run, harmless, json_cut, rich_text, runs_of, size
from bot.platforms.slack.words import quiet_cut

OVERFLOW = "answer.txt"
_BUTTONS_JSON = 5_000  # of all blocks, kept for buttons
_BUTTONS_BLOCKS = 8
_HINT_JSON = 200  # kept for the line that names the file
_SHORT = 500
_EMOJI = {Tone.GOOD: "white_check_mark", Tone.WAIT: "hourglass_flowing_sand", Tone.WARN: "warning", Tone.BAD: "x"}
_STATES = {"RUNNING": "hourglass_flowing_sand", "DONE": "white_check_mark", "FAILED": "x"}
_EMPTY_CELL = "–"  # Slack refuses an empty cell


class Level(enum.IntEnum):
    """How much Slack is trusted to take: from its table block, over blocks of old, to text alone and the bare summary."""

    TABLES = 0
    BLOCKS = 1
    TEXT = 2
    SUMMARY = 3


@dataclass(frozen=True)
class Rendered:
    """`blocks` are empty from level TEXT on."""

    text: str
    blocks: list[Json]
    files: tuple[File, ...]


def has_table(message: Message) -> bool:
    return any(isinstance(block, Table) for block in message.blocks)


def render(message: Message, level: Level) -> Rendered:
    if level >= Level.TEXT:
        return _as_text(message, level)
    canvas = _Canvas(_actions(message), tables=1 if level is Level.TABLES else 0)
    tone = _EMOJI.get(message.tone)
    for number, block in enumerate(message.blocks):
        canvas.draw(number, block, tone)
        tone = None  # before the first line only
    if not canvas.blocks:
        canvas.draw(-1, Paragraph((Span(_summary(message)),)), _EMOJI.get(message.tone))
    text, _ = quiet_cut(_summary(message), limits.TEXT)
    return Rendered(text, canvas.finished(), _files(message, whole=canvas.whole))


class _Canvas:
    """Blocks so far, and the room that is left. Buttons come first in the count and in their place in the order."""

    def __init__(self, actions: dict[int, list[Json]], tables: int) -> None:
        self.blocks: list[Json] = []
        self.whole = True
        self._actions = actions
        self._tables = tables
        held = [block for rows in actions.values() for block in rows]
        self._room = limits.BLOCKS_JSON - _HINT_JSON - sum(size(block) + 2 for block in held)
        self._places = limits.BLOCKS - 1 - len(held)

    def draw(self, number: int, block: Block, tone: str | None) -> None:
        if isinstance(block, Buttons):
            rows = self._actions[number]
            self.blocks += rows
            self.whole = self.whole and sum(len(row["elements"]) for row in rows) == len(block.buttons)
        elif isinstance(block, Note) and not any(span.url for span in block.text):
            self._note(block)
        elif isinstance(block, Table):
            self._table(block)
        else:
            self._rich(_parts(block, tone))

    def finished(self) -> list[Json]:
        if not self.whole:
            self.blocks.append(_context(f"… → {OVERFLOW}"))
        return self.blocks

    def _rich(self, parts: Sequence[Part]) -> None:
        made, whole = rich_text(parts, self._room) if self._places > 0 else (None, not any(part.runs for part in parts))
        self.whole = self.whole and whole
        if made is not None:
            self._keep(made)

    def _note(self, note: Note) -> None:
        text = harmless("".join(span.text for span in note.text))
        shown = json_cut(text[: limits.CONTEXT_TEXT], self._room - 100)
        self.whole = self.whole and shown == text
        if shown.strip() and self._places > 0:
            self._keep(_context(shown))

    def _table(self, table: Table) -> None:
        if caption := plain.caption(table):
            self._rich([Part([Run(caption, Style.BOLD)])])
        if not table.columns and not table.rows:
            return
        if self._tables > 0 and self._places > 0 and (made := _table_block(table, self._room)) is not None:
            self._tables -= 1  # Slack takes one table a message
            self.whole = self.whole and _whole_table(made, table)
            self._keep(made)
        else:
            self._rich([Part([Run(plain.grid(table.columns, table.rows))], kept=True)])

    def _keep(self, block: Json) -> None:
        self.blocks.append(block)
        self._room -= size(block) + 2
        self._places -= 1


def _parts(block: Block, tone: str | None) -> list[Part]:
    mark = [Run("", emoji=tone), Run(" ")] if tone else []
    match block:
        case Paragraph(text=text) | Note(text=text):
            return [Part([*mark, *runs_of(text)])]
        case Fields(pairs=pairs):
            rows = [[Run(f"{label}: ", Style.BOLD), *runs_of(value), Run("\n")] for label, value in pairs]
            return [Part([run for row in rows for run in row])]
        case Progress():
            return [Part([*mark, Run(plain.bar(block))])]
        case Steps(steps=steps):
            return [Part([run for step in steps for run in _step(*step)])]
        case Code(text=text, title=title):
            head = [Part([Run(title, Style.BOLD)])] if title else []
            return [*head, Part([Run(text)], kept=True)]
        case _:
            return []


def _step(state: str, title: str, detail: str) -> list[Run]:
    mark = _STATES.get(state, "small_blue_diamond")
    return [Run("", emoji=mark), Run(f" {title}" + (f"  {detail}" if detail else "") + "\n")]


def _context(text: str) -> Json:
    return {"type": "context", "elements": [{"type": "plain_text", "text": text, "emoji": False}]}


def _table_block(table: Table, room: int) -> Json | None:
    """As many rows as fit; None when not even one does."""
    columns = min(max(len(table.columns), *(len(row) for row in table.rows), 1), limits.TABLE_CELLS)
    rows: list[list[Json]] = []
    used, characters = 60, 0
    for row in (table.columns, *table.rows)[: limits.TABLE_ROWS]:
        cells = [_cell(row[i] if i < len(row) else "") for i in range(columns)]
        used += sum(size(cell) + 2 for cell in cells) + 4
        characters += sum(len(cell["text"]) for cell in cells)
        if used > room or characters > limits.TABLE_TEXT:
            break
        rows.append(cells)
    return {"type": "table", "rows": rows} if len(rows) > min(1, len(table.rows)) else None


def _cell(text: str) -> Json:
    return {"type": "raw_text", "text": harmless(text).strip() or _EMPTY_CELL}


def _whole_table(made: Json, table: Table) -> bool:
    return len(made["rows"]) == len(table.rows) + 1 and all(
        len(row) <= limits.TABLE_CELLS for row in (table.columns, *table.rows)
    )


def _actions(message: Message) -> dict[int, list[Json]]:
    """Rows of buttons, by the number of the block that they are of. The file names the commands of what has no room."""
    made: dict[int, list[Json]] = {}
    room, places, count = _BUTTONS_JSON, _BUTTONS_BLOCKS, 0
    for number, block in enumerate(message.blocks):
        if not isinstance(block, Buttons):
            continue
        rows: list[Json] = []
        for button in block.buttons:
            count += 1
            element = _button(button, count)
            room -= size(element) + 2
            if not rows or len(rows[-1]["elements"]) == limits.ACTIONS:
                room, places = room - 40, places - 1
                if places < 0:
                    break
                rows.append({"type": "actions", "elements": []})
            if room < 0:
                break
            rows[-1]["elements"].append(element)
        made[number] = [row for row in rows if row["elements"]]
    return made


def _button(button: Button, number: int) -> Json:
    if len(button.command) > limits.BUTTON_VALUE or not _encodes(button.command):
        raise PlatformError("button_value", "The command of a button is too long for Slack; offer it as text instead.")
    label = harmless(button.label).strip() or harmless(button.command).strip() or "…"
    if len(label) > limits.BUTTON_LABEL:
        label = f"{label[: limits.BUTTON_LABEL - 1]}…"
    text = {"type": "plain_text", "text": label, "emoji": False}
    element: Json = {"type": "button", "action_id": f"command:{number}", "text": text, "value": button.command}
    if button.style is not ButtonStyle.PLAIN:
        element["style"] = button.style.value
    return element


def _encodes(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _as_text(message: Message, level: Level) -> Rendered:
    content = _summary(message) if level is Level.SUMMARY else plain.plain_message(message)
    text, whole = quiet_cut(content if content.strip() else "…", _SHORT if level is Level.SUMMARY else limits.TEXT)
    return Rendered(text, [], _files(message, whole=whole and level is Level.TEXT))


def _summary(message: Message) -> str:
    summary = harmless(message.summary).strip()
    return summary or plain.plain_message(message).strip() or "…"


def _files(message: Message, *, whole: bool) -> tuple[File, ...]:
    own = (message.file,) if message.file is not None else ()
    return own if whole else (*own, File(name=OVERFLOW, text=plain.plain_message(message)))
