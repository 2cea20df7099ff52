"""What the terminal does itself: lines that begin with `/` or `:`, and numbers, which press buttons. Pure; done by `program.py`."""

from dataclasses import dataclass
from typing import Final

from bot.texts import Texts

HELP: Final = {
    "/help": "terminal.help.help",
    "/rooms": "terminal.help.rooms",
    "/room": "terminal.help.room",
    "/quit": "terminal.help.quit",
    ":save": "terminal.help.save",
    ":source": "terminal.help.source",
}  # what each does, as a key of the texts


DIGITS: Final = 9  # of a number; what is longer names nothing here


@dataclass(frozen=True, slots=True)
class Press:
    number: int


@dataclass(frozen=True, slots=True)
class Save:
    number: int | None
    path: str | None


@dataclass(frozen=True, slots=True)
class ShowSource:
    number: int | None


@dataclass(frozen=True, slots=True)
class GoTo:
    room: str


@dataclass(frozen=True, slots=True)
class Own:
    """`help`, `rooms` or `quit`."""

    name: str


@dataclass(frozen=True, slots=True)
class Say:
    text: str


@dataclass(frozen=True, slots=True)
class Mistake:
    sentence: str


Typed = Press | Save | ShowSource | GoTo | Own | Say | Mistake


def helps(said: Texts) -> dict[str, str]:
    return {name: said.line(key) for name, key in HELP.items()}


def read(text: str, said: Texts) -> Typed:
    text = text.strip()
    if (digits := text.removeprefix(":")).isdecimal():
        return Press(int(digits)) if len(digits) <= DIGITS else Mistake(said.line("terminal.button_number"))
    name, _, rest = text.partition(" ")
    rest = rest.strip()
    match name:
        case "/help" | "/rooms" | "/quit" if not rest:
            return Own(name[1:])
        case "/room":
            return GoTo(rest) if rest else Mistake(said.line("terminal.room_which"))
        case ":save":
            number, _, path = rest.partition(" ")
            if number and not _is_number(number):
                number, path = "", rest
            return Save(_number(number), path.strip() or None)
        case ":source":
            if rest and not _is_number(rest):
                return Mistake(said.line("terminal.source_number"))
            return ShowSource(_number(rest))
    if name.startswith(":"):
        known = ", ".join(each for each in HELP if each.startswith(":"))
        return Mistake(said.line("terminal.unknown", name=name, known=known))
    return Say(text)


def _is_number(word: str) -> bool:
    return word.removeprefix("#").isdecimal() and len(word) <= DIGITS


def _number(word: str) -> int | None:
    return int(word.removeprefix("#")) if word else None
