"""What the terminal does itself: lines that begin with `/` or `:`, and numbers, which press buttons. Pure; done by `program.py`."""

from dataclasses import dataclass
from typing import Final

HELP: Final = {
    "/help": "what can be typed here",
    "/rooms": "the rooms that you are in",
    "/room": "go to a room: /room NAME",
    "/quit": "leave; what runs goes on",
    ":save": "save the file of a message: :save [NUMBER] [PATH]",
    ":source": "the command and the GraphQL document of a message: :source [NUMBER]",
}


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


def read(text: str) -> Typed:
    text = text.strip()
    if (digits := text.removeprefix(":")).isdecimal():
        return Press(int(digits)) if len(digits) <= DIGITS else Mistake("There is no button with such a number.")
    name, _, rest = text.partition(" ")
    rest = rest.strip()
    match name:
        case "/help" | "/rooms" | "/quit" if not rest:
            return Own(name[1:])
        case "/room":
            return GoTo(rest) if rest else Mistake("Name the room: /room NAME. /rooms shows them.")
        case ":save":
            number, _, path = rest.partition(" ")
            if number and not _is_number(number):
                number, path = "", rest
            return Save(_number(number), path.strip() or None)
        case ":source":
            if rest and not _is_number(rest):
                return Mistake("Give the number of a message: :source 7.")
            return ShowSource(_number(rest))
    if name.startswith(":"):
        return Mistake(f"{name} is none of {', '.join(each for each in HELP if each.startswith(':'))}.")
    return Say(text)


def _is_number(word: str) -> bool:
    return word.removeprefix("#").isdecimal() and len(word) <= DIGITS


def _number(word: str) -> int | None:
    return int(word.removeprefix("#")) if word else None
