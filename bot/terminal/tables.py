"""A table within a width: the widest columns are wrapped when there is too little room, and each row becomes a list when there is far too
little. Pure; used by `render.py`.
"""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Final

from bot.terminal.cells import Line, padded, shown, width_of, wrap

GAP: Final = 2  # cells between columns
SLIM: Final = 6  # cells that a column keeps when it has to shrink
HEAD: Final = "class:head"
DIM: Final = "class:note"


def table_lines(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[Line]:
    heads = [shown(column) for column in columns]
    cells = [[shown(cell) for cell, _ in zip_longest(row[: len(heads)], heads, fillvalue="")] for row in rows]
    if not heads:
        return []
    widths = _widths(heads, cells, width)
    if widths is None:
        return [line for row in cells for line in _record(heads, row, width)]
    right = [bool(cells) and all(_number(row[place]) for row in cells) for place in range(len(heads))]
    made = list(_row(heads, widths, right, HEAD))
    made.append(((DIM, "─" * min(sum(widths) + GAP * (len(widths) - 1), width)),))
    for row in cells:
        made += _row(row, widths, right, "")
    return made


def _widths(heads: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """None: they do not fit side by side."""
    natural = [max([1, width_of(head), *(width_of(row[place]) for row in cells)]) for place, head in enumerate(heads)]
    room = width - GAP * (len(natural) - 1)
    if sum(min(SLIM, own) for own in natural) > room:
        return None
    cap = max(natural)
    while sum(min(own, cap) for own in natural) > room:
        cap -= 1
    widths = [min(own, cap) for own in natural]
    for place, own in enumerate(natural):  # what rounding left over
        if own > widths[place] and sum(widths) < room:
            widths[place] += 1
    return widths


def _row(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool], style: str) -> Iterator[Line]:
    columns = [wrap([(style, cell)], own) for cell, own in zip(cells, widths, strict=True)]
    for parts in zip_longest(*columns, fillvalue=()):
        line: list[tuple[str, str]] = []
        for place, part in enumerate(parts):
            last = place == len(parts) - 1
            cell = part if last and not right[place] else padded(part, widths[place], right=right[place])
            line += [*cell, *([] if last else [("", " " * GAP)])]
        yield tuple(piece for piece in line if piece[1])


def _record(heads: Sequence[str], row: Sequence[str], width: int) -> Iterator[Line]:
    """One row as lines of its own."""
    yield ((DIM, "─" * min(width, 12)),)
    for head, cell in zip(heads, row, strict=True):
        yield from wrap([(HEAD, head), ("", "  "), ("", cell)], width)


def _number(cell: str) -> bool:
    return cell.replace(".", "", 1).replace(",", "").lstrip("-").isdigit() if cell else True
