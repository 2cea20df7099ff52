"""Slack's `rich_text` blocks from runs of text, cut to the room that is left. Nothing in a run is read as markup by Slack.

Room is counted in characters of JSON as Slack's server gets it, where each character outside ASCII is six. `render.py` calls it.
"""

import functools
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from bot.messages import Span, Style, Text, clean
from bot.platforms.slack import limits

Json = dict[str, Any]
_ELEMENT = 90  # characters of JSON around the text of a run, at most
_FRAME = 120  # around the runs of a block
_SCHEMES = ("http://", "https://")
# Letters, signs and pictures that need no look at each: looking at every letter of a long log would hold all others up.
_UNUSUAL = re.compile(
    r"[^\n\t\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0400-\u052f\u2010-\u2027\u2030-\u205e\u2190-\u23ff\u2500-\u2b73"
    r"\u3001-\u303f\u3041-\u3096\u30a0-\u30ff\u3131-\u318e\u4e00-\u9fff\uac00-\ud7a3\uff01-\uffbe\U0001f300-\U0001f64f]"
)


class Run(NamedTuple):
    """`emoji` instead of text: one of ours, never of outside data."""

    text: str
    style: Style = Style.PLAIN
    url: str | None = None
    emoji: str = ""


class Part(NamedTuple):
    """`kept`: its line ends and widths matter, it is shown in a box of its own."""

    runs: Sequence[Run]
    kept: bool = False


def harmless(text: str) -> str:
    """Without control characters, halves of surrogates and direction changes: the callers' `clean` again, for what they forgot."""
    return _UNUSUAL.sub(lambda found: _shown(found[0]), text.replace("\r\n", "\n"))


def runs_of(text: Text) -> list[Run]:
    return [_run(span) for span in text if span.text]


def size(block: Json) -> int:
    return len(json.dumps(block))


def rich_text(parts: Iterable[Part], room: int) -> tuple[Json | None, bool]:
    """A block no longer than `room`, and whether all of it is in; None when there is nothing to show or no room."""
    left, elements, whole = room - _FRAME, [], True
    for part in parts:
        inline: list[Json] = []
        for run in part.runs:
            for piece in _pieces(run):
                made, left, fits = _fitted(piece, left)
                if made is not None:
                    inline.append(made)
                whole = whole and fits
                if not fits:
                    break
            if not whole:
                break
        if inline:
            kind = "rich_text_preformatted" if part.kept else "rich_text_section"
            elements.append({"type": kind, "elements": inline})
            left -= _ELEMENT
        if not whole:
            break
    return ({"type": "rich_text", "elements": elements} if elements else None), whole


def json_cut(text: str, room: int) -> str:
    """As much of the text as fits in so many characters of JSON; an ellipsis says that there was more."""
    if len(text) * 12 <= room or sum(map(_cost, text)) <= room:
        return text
    used, kept = 6, 0  # the ellipsis
    for character in text:
        used += _cost(character)
        if used > room:
            break
        kept += 1
    return f"{text[:kept]}…" if kept else ""


@functools.lru_cache(4_096)
def _shown(character: str) -> str:
    return clean(character, 1, lines=True)


def _run(span: Span) -> Run:
    url = span.url if span.url and span.url.startswith(_SCHEMES) and len(span.url) <= limits.URL else None
    return Run(span.text, span.style, url)


def _pieces(run: Run) -> Iterable[Run]:
    text = harmless(run.text[: limits.BLOCKS_JSON + 1])  # more can not fit
    if run.emoji or len(text) <= limits.RICH_TEXT or run.url:
        return (run._replace(text=text[: limits.RICH_TEXT]),)
    starts = range(0, len(text), limits.RICH_TEXT)
    return tuple(run._replace(text=text[start : start + limits.RICH_TEXT]) for start in starts)


def _fitted(run: Run, left: int) -> tuple[Json | None, int, bool]:
    left -= _ELEMENT + (sum(map(_cost, run.url)) if run.url else 0)
    if left <= 0:
        return None, 0, False
    if run.emoji:
        return {"type": "emoji", "name": run.emoji}, left, True
    text = json_cut(run.text, left)
    if not text:
        return None, left, not run.text
    return _element(run, text), left - sum(map(_cost, text)), text == run.text


def _element(run: Run, text: str) -> Json:
    made: Json = {"type": "link", "url": run.url, "text": text} if run.url else {"type": "text", "text": text}
    if run.style is not Style.PLAIN:
        made["style"] = {run.style.value: True}
    return made


def _cost(character: str) -> int:
    if character in '"\\\n\t':
        return 2
    if " " <= character <= "~":
        return 1
    return 6 if character <= "\uffff" else 12
