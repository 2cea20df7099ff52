"""A neutral message as plain lines: the file that holds what did not fit, and the last resort when Slack takes no blocks.

`render.py` calls it; `grid` is also the look of a table where Slack shows no table of its own.
"""

import unicodedata
from collections.abc import Sequence

from bot.messages import Block, Buttons, Code, Fields, Message, Note, Paragraph, Progress, Steps, Table, Text
from bot.platforms.slack.rich import harmless

BAR = 20  # characters of a progress bar
_COLUMN = 60  # wider cells are cut in a grid, where one long cell would push all others off the screen
STATES = {"RUNNING": "…", "DONE": "✓", "FAILED": "✗"}


def plain_message(message: Message) -> str:
    lines = [text for text in map(plain_block, message.blocks) if text]
    return harmless("\n\n".join(lines) or message.summary)


def plain_block(block: Block) -> str:
    match block:
        case Paragraph(text=text) | Note(text=text):
            return _text(text)
        case Fields(pairs=pairs):
            return "\n".join(f"{label}: {_text(value)}" for label, value in pairs)
        case Table():
            return "\n".join(part for part in (caption(block), grid(block.columns, block.rows, None)) if part)
        case Progress():
            return bar(block)
        case Steps(steps=steps):
            return "\n".join(_step(*step) for step in steps)
        case Code(text=text, title=title):
            return f"{title}\n{text}" if title else text
        case Buttons(buttons=buttons):
            return "\n".join(f"[{button.label}] {button.command}" for button in buttons)


def caption(table: Table) -> str:
    counted = f"{len(table.rows)} / {table.total}" if table.total is not None and table.total > len(table.rows) else ""
    return "  ".join(part for part in (table.caption, counted) if part)


def bar(progress: Progress) -> str:
    share = min(max(progress.share, 0.0), 1.0) if progress.share == progress.share else 0.0  # NaN is equal to nothing
    full = round(share * BAR)
    return f"{'█' * full}{'░' * (BAR - full)} {share:.0%}" + (f"  {progress.label}" if progress.label else "")


def grid(columns: Sequence[str], rows: Sequence[Sequence[str]], widest: int | None = _COLUMN) -> str:
    """Columns of equal width. A wide character (한) takes two places."""
    table = [[_flat(cell, widest) for cell in row] for row in (columns, *rows)]
    count = max(map(len, table), default=0)
    widths = [max((_width(row[i]) for row in table if i < len(row)), default=0) for i in range(count)]
    lines = ["  ".join(cell + " " * (widths[i] - _width(cell)) for i, cell in enumerate(row)).rstrip() for row in table]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _text(text: Text) -> str:
    return "".join(f"{span.text} ({span.url})" if span.url and span.url != span.text else span.text for span in text)


def _step(state: str, title: str, detail: str) -> str:
    return f"{STATES.get(state, '•')} {title}" + (f"  {detail}" if detail else "")


def _flat(cell: str, widest: int | None) -> str:
    flat = " ".join(harmless(cell).split())
    return flat if widest is None or len(flat) <= widest else f"{flat[: widest - 1]}…"


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
