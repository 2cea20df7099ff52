"""Runs of styled text and the cells of a terminal that they take: East Asian characters take two. Pure; used by all that draws.

Everything that comes from outside passes `shown` here, whatever was done to it before: a terminal obeys control characters.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from prompt_toolkit.utils import get_cwidth

from bot.messages import clean

Piece = tuple[str, str]  # (style, text), as prompt_toolkit draws them
Line = tuple[Piece, ...]

NARROWEST: Final = 20  # cells; a narrower terminal gets lines of this width
TAB: Final = "    "
_STACKED: Final = 2  # combining marks on one character; more would be drawn over the lines above
# The joiner and the emoji selector change widths after the fact, and terminals do not agree how.
_DROPPED: Final = str.maketrans("", "", "\N{ZERO WIDTH JOINER}\N{VARIATION SELECTOR-16}")


def width_of(text: str) -> int:
    return get_cwidth(text)


def line_width(line: Iterable[Piece]) -> int:
    return sum(width_of(text) for _, text in line)


def text_of_line(line: Iterable[Piece]) -> str:
    return "".join(text for _, text in line)


def shown(text: str, *, lines: bool = False) -> str:
    """Outside text without anything that a terminal would obey. `lines` keeps line ends; tabs become spaces."""
    harmless = clean(text.translate(_DROPPED), len(text) + 1, lines=lines).replace("\t", TAB)
    return harmless if harmless.isascii() else "".join(_unstacked(harmless))


def is_text(typed: str) -> bool:
    """Whether it can be sent and written: bytes that are no UTF-8 come in as halves of characters."""
    return not any("\ud800" <= char <= "\udfff" for char in typed)


def wrap(pieces: Iterable[Piece], width: int) -> list[Line]:
    """Lines of at most `width` cells, broken between words where that is possible. At least one line."""
    made: list[Line] = []
    for paragraph in _paragraphs(pieces):
        made += _wrapped(paragraph, width)
    return made


def cut(pieces: Sequence[Piece], width: int) -> Line:
    """The beginning, with an ellipsis when something is left out."""
    if line_width(pieces) <= width:
        return tuple(pieces)
    kept: list[Piece] = []
    room = width - 1
    for style, text in pieces:
        fits = _fitting(text, room)
        room -= width_of(fits)
        kept.append((style, fits + ("…" if len(fits) < len(text) else "")))
        if len(fits) < len(text):
            break
    return tuple(kept)


def padded(line: Line, width: int, *, right: bool = False) -> Line:
    space = ("", " " * max(width - line_width(line), 0))
    return (space, *line) if right else (*line, space)


def _fitting(text: str, room: int) -> str:
    for index, char in enumerate(text):
        room -= width_of(char)
        if room < 0:
            return text[:index]
    return text


def _unstacked(text: str) -> Iterator[str]:
    stacked = 0
    for char in text:
        stacked = stacked + 1 if char != "\n" and width_of(char) == 0 else 0
        if stacked <= _STACKED:
            yield char


def _paragraphs(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Split at line ends."""
    paragraph: list[Piece] = []
    for style, text in pieces:
        first, *rest = text.split("\n")
        paragraph.append((style, first))
        for following in rest:
            yield paragraph
            paragraph = [(style, following)]
    yield paragraph


def _wrapped(pieces: Sequence[Piece], width: int) -> Iterator[Line]:
    if line_width(pieces) <= width:
        yield tuple(piece for piece in pieces if piece[1])
        return
    chars = [(style, char) for style, text in pieces for char in text]
    start = 0
    while start < len(chars):
        end = _break(chars, start, width)
        yield _joined(chars[start:end])
        start = end
        while start < len(chars) and chars[start][1] == " ":  # the space that the line was broken at
            start += 1


def _break(chars: Sequence[Piece], start: int, width: int) -> int:
    """Where the line that begins at `start` ends: after the last word that fits, or inside a word that is longer than a line."""
    used, end = 0, start
    while end < len(chars):
        used += width_of(chars[end][1])
        if used > width:
            break
        end += 1
    if end == len(chars) or chars[end][1] == " ":
        return end
    for place in range(end, start, -1):
        if chars[place - 1][1] == " " and any(char != " " for _, char in chars[start : place - 1]):
            return place
    return max(end, start + 1)


def _joined(chars: Sequence[Piece]) -> Line:
    line: list[Piece] = []
    for style, char in chars:
        if line and line[-1][0] == style:
            line[-1] = (style, line[-1][1] + char)
        else:
            line.append((style, char))
    if line:
        line[-1] = (line[-1][0], line[-1][1].rstrip(" "))
    return tuple(piece for piece in line if piece[1])
