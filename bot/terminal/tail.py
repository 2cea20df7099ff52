"""The end of the conversation that is still on the screen and can change in place; what is above it has been printed for good.

Pure. `program.py` puts items in, draws `lines`, and prints what `overflow` gives up. An item that was given up while it went on comes
back, in short, when it changes.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

from bot.messages import Tone
from bot.terminal.cells import NARROWEST, Line, Piece, shown, wrap
from bot.terminal.conversation import Said
from bot.terminal.render import compact, render, waits
from bot.terminal.styles import MARKS, tone_style
from bot.terminal.tables import DIM
from bot.texts import Texts

GUTTER = 6  # cells: the number of a message and the mark of its tone


class Item(Protocol):
    @property
    def going_on(self) -> bool: ...

    def lines(self, width: int) -> list[Line]: ...


class Notice:
    """Something that the terminal says itself."""

    going_on = False

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._pieces = list(pieces)

    def lines(self, width: int) -> list[Line]:
        return wrap(self._pieces, max(width, NARROWEST))


class Block:
    """Lines that were made already, for instance of a document."""

    going_on = False

    def __init__(self, make: Callable[[int], list[Line]]) -> None:
        self._make = make

    def lines(self, width: int) -> list[Line]:
        return self._make(width)


class SaidItem:
    """An entry. `about`: what was said that it answers, when that does not stand right above. `again`: it stood further up before."""

    def __init__(self, said: Said, texts: Texts, about: str | None = None, again: bool = False) -> None:
        self.said = said
        self._texts = texts
        self._about = about
        self._again = again
        self._drawn: tuple[int, int, list[Line]] | None = None

    @property
    def going_on(self) -> bool:
        return self.said.going_on

    def lines(self, width: int) -> list[Line]:
        version = self.said.entry.version
        if self._drawn is None or self._drawn[:2] != (version, width):
            self._drawn = (version, width, list(self._draw(width)))
        return self._drawn[2]

    def _draw(self, width: int) -> list[Line]:
        entry, message = self.said.entry, self.said.entry.message
        inner = max(width - GUTTER, NARROWEST)
        if message is None:
            name = shown(entry.author.name) if entry.author is not None else ""
            first, *more = wrap([("class:who", name), ("", "  "), ("", shown(entry.text or "", lines=True))], inner)
            return [((DIM, f"{clock_time(entry.at)} "), *first), *((("", " " * GUTTER), *line) for line in more)]
        short = self._again and not waits(message)
        numbers = self.said.numbers
        lines = compact(message, inner, numbers) if short else render(message, inner, self._texts, numbers)
        if self._about is not None:
            lines = [((DIM, f"{'↻' if self._again else '↳'} "), *_first(self._about, inner - 2)), *lines]
        if entry.to is not None:
            lines = [((DIM, self._texts.line("terminal.only_you")),), *lines]
        number, mark = f"#{self.said.number}", MARKS[Tone.WARN if waits(message) else message.tone]
        first, *more = lines
        gutter: Line = ((DIM, f"{number:<{GUTTER - 2}}"), (tone_style(message.tone), f"{mark} "))
        return [(*gutter, *first), *((("", " " * GUTTER), *line) for line in more)]


class Tail:
    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self.items: list[Item] = []
        self._printed: set[str] = set()  # ids of entries above

    def add(self, item: Item) -> None:
        self.items.append(item)

    def take(self, said: Said, about: str | None) -> None:
        """An entry came or changed."""
        if any(isinstance(item, SaidItem) and item.said is said for item in self.items):
            return
        again = said.entry.id in self._printed
        self.items.append(SaidItem(said, self._texts, about, again))

    def last_said(self) -> Said | None:
        return next((item.said for item in reversed(self.items) if isinstance(item, SaidItem)), None)

    def lines(self, width: int) -> list[Line]:
        return [line for item in self.items for line in item.lines(width)]

    def overflow(self, width: int, height: int) -> list[Item]:
        """What does not fit any more, oldest first. The newest stays while it goes on, however long it is."""
        given_up: list[Item] = []
        used = sum(len(item.lines(width)) for item in self.items)
        while used > height and self.items and not (len(self.items) == 1 and self.items[0].going_on):
            used -= len(self.items[0].lines(width))
            given_up.append(self._give_up())
        return given_up

    def clear(self) -> list[Item]:
        """Everything, to be printed: the program ends, or the room changes."""
        return [self._give_up() for _ in range(len(self.items))]

    def _give_up(self) -> Item:
        item = self.items.pop(0)
        if isinstance(item, SaidItem):
            self._printed.add(item.said.entry.id)
        return item


def clock_time(at: float) -> str:
    """Of the day here; the date too when it is another day."""
    moment = datetime.fromtimestamp(at).astimezone()
    return moment.strftime("%H:%M") if moment.date() == datetime.now().astimezone().date() else moment.strftime("%m-%d")


def _first(text: str, width: int) -> Line:
    first, *more = wrap([(DIM, shown(text))], width - 1)
    return (*first, (DIM, "…")) if more else first
