"""A form asked in a terminal, one field after the other. Pure: texts in, sentences out; `program.py` draws it and sends the values.

What must be given is asked first; Enter keeps what a field has already, and `:send` leaves the remaining ones as they are.
"""

import re
from collections.abc import Sequence
from typing import Final

from bot.messages import Choice, FieldKind, Form, FormField, coded, text_of
from bot.terminal.cells import Line, shown, wrap
from bot.terminal.tables import DIM, HEAD

SEND: Final = ":send"
LISTED: Final = 12  # choices that are printed; more are found by completion
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?\Z")
_YES: Final = frozenset({"y", "yes", "true", "on", "예", "네"})
_NO: Final = frozenset({"n", "no", "false", "off", "아니요", "아니오"})


class Asking:
    """`room` and `thread` are those of what was said that led to the form: the answer belongs there."""

    def __init__(self, form: Form, room: str, thread: str) -> None:
        self.form = form
        self.room = room
        self.thread = thread
        self.values: dict[str, list[str]] = {field.name: list(field.initial) for field in form.fields if field.initial}
        self._open = sorted(form.fields, key=lambda field: not _needed(field))  # those that must be given come first

    @property
    def field(self) -> FormField | None:
        """The one that is asked now; None when all is answered."""
        return self._open[0] if self._open else None

    @property
    def prompt(self) -> str:
        field = self.field
        if field is None:
            return ""
        kept = ", ".join(_labels(field)) if field.initial and not field.secret else ""
        aside = kept or ("" if field.required else "optional")
        return f"{shown(field.label)}{f' ({aside})' if aside else ''}: "

    def choices(self) -> Sequence[Choice]:
        if self.field is None:
            return ()
        return YES_NO if self.field.kind is FieldKind.SWITCH else self.field.choices

    def opening(self, width: int) -> list[Line]:
        return wrap([(HEAD, shown(self.form.title)), (DIM, f"  {shown(self.form.command)}")], width)

    def asked(self, width: int) -> list[Line]:
        """What helps to answer the present field."""
        field = self.field
        if field is None:
            return []
        made: list[Line] = []
        if field.hint:
            made += wrap([(DIM, shown(text_of(coded(field.hint, len(field.hint)))))], width)
        for number, choice in enumerate(field.choices[:LISTED], 1):
            made += wrap([("class:number", f"{number:>3} "), ("", shown(choice.label))], width)
        if len(field.choices) > LISTED:
            made += wrap([(DIM, f"… and {len(field.choices) - LISTED} more: type a part and press Tab")], width)
        if not _needed(field):
            leaves = "keeps it" if field.initial else "leaves it empty"
            made += wrap([(DIM, f"Enter {leaves}; {SEND} leaves the rest, and sends")], width)
        return made

    def answer(self, text: str) -> str | None:
        """Take an answer; a sentence when it can not be right, and the field is asked again."""
        field = self.field
        if field is None:
            return None
        said = text if field.secret else text.strip()
        if said == SEND and not any(_needed(each) for each in self._open):
            self._open.clear()
            return None
        if not said.strip():
            if _needed(field):
                return f"{shown(field.label)} is needed. Ctrl-C leaves the form."
            del self._open[0]
            return None
        try:
            self.values[field.name] = _read(field, said)
        except ValueError as error:
            return str(error)
        del self._open[0]
        return None


def _needed(field: FormField) -> bool:
    return field.required and not field.initial


YES_NO: Final = (Choice("yes", "yes"), Choice("no", "no"))


def _read(field: FormField, said: str) -> list[str]:
    """Raises ValueError with a sentence."""
    match field.kind:
        case FieldKind.NUMBER:
            if not _NUMBER.match(said):
                raise ValueError(f"{shown(field.label)} takes a number, such as 3.")
            return [said]
        case FieldKind.SWITCH:
            if said.casefold() not in _YES | _NO:
                raise ValueError(f"{shown(field.label)} takes yes or no.")
            return ["true" if said.casefold() in _YES else "false"]
        case FieldKind.CHOICE if field.choices:
            return [_chosen(field, said)]
        case FieldKind.CHOICES if field.choices:
            return [_chosen(field, part.strip()) for part in said.split(",") if part.strip()]
        case FieldKind.LONG_TEXT:
            return [said.replace("\\n", "\n")]
    return [said]


def _chosen(field: FormField, said: str) -> str:
    """By value, by label, by the one label that begins so, by its number in the list; in this order."""
    wanted = said.casefold()
    for choice in field.choices:
        if said == choice.value:
            return choice.value
    same = [choice.value for choice in field.choices if choice.label.casefold() == wanted]
    begins = [choice.value for choice in field.choices if choice.label.casefold().startswith(wanted)]
    if len(found := same or begins) == 1:
        return found[0]
    if not same and said.isdecimal() and len(said) < 4 and 0 < int(said) <= min(len(field.choices), LISTED):
        return field.choices[int(said) - 1].value
    if len(found) > 1:
        raise ValueError(f"{shown(said)!r} could be {len(found)} of the choices; type more of it, or its number.")
    raise ValueError(f"{shown(said)!r} is not one of the choices.")


def _labels(field: FormField) -> list[str]:
    known = {choice.value: choice.label for choice in field.choices}
    return [shown(known.get(value, value)) for value in field.initial]
