"""An answer as it came, as JSON that a file holds and in which nobody can hide anything. Called by `tables`."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.messages import clean
from bot.replies.wording import at


def fitting(data: Any, path: Sequence[str], most: int) -> tuple[str | None, int, int]:
    """The text, how many rows (the list at the path) it holds, and of how many. It is valid always; None when no row at all would fit."""
    found = at(data, ".".join(path))
    rows = found if isinstance(found, list) else [found]
    text, kept = _dumped(data), len(rows)
    while len(text) > most:
        kept = min(kept * most // len(text), kept - 1)
        if kept <= 0:
            return None, 0, len(rows)
        text = _dumped(_replaced(data, path, rows[:kept]))
    return text, kept, len(rows)


def _dumped(data: Any) -> str:
    text = json.dumps(data, ensure_ascii=False, indent=2, default=str)
    hidden = {ord(c): _escape(c) for c in set(text) if c != "\n" and clean(c) != c}
    return text.translate(hidden) if hidden else text


def _escape(c: str) -> str:
    """A character that nobody sees, as JSON's own escape."""
    units = c.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def _replaced(data: Mapping[str, Any], path: Sequence[str], rows: Sequence[Any]) -> dict[str, Any]:
    name, *rest = path
    return {**data, name: _replaced(data[name], rest, rows) if rest else rows}
