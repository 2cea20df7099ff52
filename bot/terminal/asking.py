"""A form asked in a terminal, one field after the other. Pure: texts in, sentences out; `program.py` draws it and sends the values.

What was refused is asked first, then what must be given; Enter keeps what a field has already, `:empty` empties it, and `:send` leaves the
remaining ones as they are.
"""

import re
from collections.abc import Sequence
from typing import Final

from bot.messages import Choice, FieldKind, Form, FormField, coded, plain, text_of
from bot.terminal.cells import Line, shown, wrap
from bot.terminal.tables import DIM, HEAD
from bot.texts import Texts

SEND: Final = ":send"
EMPTY: Final = ":empty"
WRONG: Final = "class:bad"
LISTED: Final = 12  # choices that are printed; more are found by completion
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?\Z")
_YES: Final = frozenset({"y", "yes", "true", "on", "예", "네"})
_NO: Final = frozenset({"n", "no", "false", "off", "아니요", "아니오"})


class Asking:
    """`room` and `thread` are those of what was said that led to the form: the answer belongs there."""

    def __init__(self, form: Form, room: str, thread: str, texts: Texts) -> None:
        self.form = form
        self._texts = texts
        self.room = room
        self.thread = thread
        self.values: dict[str, list[str]] = {field.name: list(field.initial) for field in form.fields if field.initial}
        self._open = sorted(form.fields, key=lambda field: (not field.problem, not _needed(field)))

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
        aside = kept or ("" if field.required else self._texts.line("terminal.form.optional"))
        return f"{shown(field.label)}{f' ({aside})' if aside else ''}: "

    def choices(self) -> Sequence[Choice]:
        if self.field is None:
            return ()
        if self.field.kind is FieldKind.SWITCH:
            return [Choice(said, said) for said in (self._texts.line("value.yes"), self._texts.line("value.no"))]
        return self.field.choices

    def opening(self, width: int) -> list[Line]:
        title, command = shown(self.form.title), shown(self.form.command)
        rest = command.removeprefix(title) if command.startswith(title) else f"  {command}"
        made = wrap([(HEAD, title), (DIM, rest)], width)
        return [*made, *_wrong(self.form.problem, width)]

    def asked(self, width: int) -> list[Line]:
        """What helps to answer the present field."""
        field = self.field
        if field is None:
            return []
        made = _wrong(field.problem, width)
        if field.hint:
            made += wrap([(DIM, _sentence(field.hint))], width)
        for number, choice in enumerate(field.choices[:LISTED], 1):
            made += wrap([("class:number", f"{number:>3} "), ("", shown(choice.label))], width)
        if len(field.choices) > LISTED:
            more = self._texts.line("terminal.form.more", count=len(field.choices) - LISTED)
            made += wrap([(DIM, more)], width)
        if not _needed(field):
            leaves = self._texts.line("terminal.form.keep" if field.initial else "terminal.form.empty")
            empties = f"; {self._texts.line('terminal.form.empties')}" if _emptied(field) else ""
            made += wrap([(DIM, f"{leaves}{empties}")], width)
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
                return self._texts.line("terminal.form.needed", label=shown(field.label))
            del self._open[0]
            return None
        if said == EMPTY and _emptied(field):
            self.values[field.name] = []
            del self._open[0]
            return None
        try:
            self.values[field.name] = _read(field, said)
        except _Wrong as wrong:
            return self._texts.line(f"terminal.form.{wrong.key}", label=shown(field.label), **wrong.values)
        del self._open[0]
        return None


def _needed(field: FormField) -> bool:
    return field.required and not field.initial


def _emptied(field: FormField) -> bool:
    """Whether it holds something that may be taken away. (A secret may be any text.)"""
    return bool(field.initial) and not (field.required or field.secret or field.kind is FieldKind.SWITCH)


def _sentence(sentence: str) -> str:
    return shown(text_of(coded(sentence, len(sentence))))


def _wrong(problem: str, width: int) -> list[Line]:
    return wrap([(WRONG, _sentence(problem))], width) if problem else []


class _Wrong(Exception):
    """`key` of a sentence about the field, and its values."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def _read(field: FormField, said: str) -> list[str]:
    """Raises _Wrong."""
    match field.kind:
        case FieldKind.NUMBER:
            if not _NUMBER.match(said):
                raise _Wrong("number")
            return [said]
        case FieldKind.SWITCH:
            if said.casefold() not in _YES | _NO:
                raise _Wrong("switch")
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
        raise _Wrong("ambiguous", said=plain(repr(shown(said))), count=len(found))
    raise _Wrong("no_choice", said=plain(repr(shown(said))))


def _labels(field: FormField) -> list[str]:
    known = {choice.value: choice.label for choice in field.choices}
    return [shown(known.get(value, value)) for value in field.initial]
