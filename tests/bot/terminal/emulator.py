"""As much of a terminal as prompt_toolkit asks for: a screen of cells that follows the sequences, and answers where the cursor is."""

import codecs
import re

from prompt_toolkit.utils import get_cwidth

_SEQUENCE = re.compile(r"\x1b(?:\[([?>=]?[\d;]*)([ -/]*[@-~])|\]([^\x07\x1b]*)(?:\x07|\x1b\\)|([ -/]*[0-~]))")
_BEGUN = re.compile(r"\x1b(?:\[[?>=]?[\d;]*[ -/]*|\][^\x07]*|[ -/]*)?\Z")


class Emulator:
    """`above` are the lines that scrolled away."""

    def __init__(self, rows: int, columns: int) -> None:
        self.rows = rows
        self.columns = columns
        self.above: list[str] = []
        self.raw = ""
        self._screen = [self._empty() for _ in range(rows)]
        self._row = self._column = 0
        self._rest = ""
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join("".join(row).rstrip() for row in self._screen).rstrip()

    @property
    def all(self) -> str:
        """With what scrolled away."""
        return "\n".join([*self.above, self.text])

    def feed(self, given: bytes) -> bytes:
        """What the terminal answers."""
        text = self._decode(given)
        self.raw += text
        text = self._rest + text
        self._rest = ""
        answers = b""
        place = 0
        while place < len(text):
            if text[place] != "\x1b":
                self._put(text[place])
                place += 1
                continue
            if (match := _SEQUENCE.match(text, place)) is None:
                assert _BEGUN.match(text, place), repr(text[place : place + 20])
                self._rest = text[place:]
                break
            answers += self._obey(match[1] or "", match[2] or "")
            place = match.end()
        return answers

    def _put(self, char: str) -> None:
        if char == "\r":
            self._column = 0
        elif char == "\n":
            self._down()
        elif char == "\b":
            self._column = max(self._column - 1, 0)
        elif char >= " ":
            width = get_cwidth(char)
            if width == 0:
                return
            if self._column + width > self.columns:
                self._column = 0
                self._down()
            self._screen[self._row][self._column] = char
            for more in range(1, width):
                self._screen[self._row][self._column + more] = ""
            self._column += width

    def _down(self) -> None:
        if self._row < self.rows - 1:
            self._row += 1
            return
        self.above.append("".join(self._screen.pop(0)).rstrip())
        self._screen.append(self._empty())

    def _obey(self, numbers: str, final: str) -> bytes:
        given = [int(part) for part in numbers.split(";") if part.isdigit()]
        count = given[0] if given and given[0] else 1
        match final:
            case "A":
                self._row = max(self._row - count, 0)
            case "B":
                self._row = min(self._row + count, self.rows - 1)
            case "C":
                self._column = min(self._column + count, self.columns - 1)
            case "D":
                self._column = max(self._column - count, 0)
            case "G":
                self._column = count - 1
            case "H":
                self._row, self._column = count - 1, (given[1] if len(given) > 1 else 1) - 1
            case "K":
                self._clear_line(given[0] if given else 0)
            case "J":
                self._clear(given[0] if given else 0)
            case "n" if given == [6]:
                return f"\x1b[{self._row + 1};{self._column + 1}R".encode()
        return b""

    def _clear_line(self, how: int) -> None:
        begin, end = (self._column if how == 0 else 0), (self._column + 1 if how == 1 else self.columns)
        self._screen[self._row][begin:end] = [" "] * (end - begin)

    def _clear(self, how: int) -> None:
        if how == 0:
            self._clear_line(0)
        for row in range(self._row + 1 if how == 0 else 0, self.rows):
            self._screen[row] = self._empty()

    def _empty(self) -> list[str]:
        return [" "] * self.columns
