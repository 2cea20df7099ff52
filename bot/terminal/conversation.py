"""What was said in one room, as far as this terminal knows: entries in order, newest versions only, and the numbers that people type.

Pure. A number stands for one button of one message as long as the program runs: what is pressed is what was read, however many messages
came in between.
"""

import enum
import itertools
from collections.abc import Iterator
from typing import Final

from bot.messages import Button, Message, Tone
from bot.terminal.render import buttons_of, waits
from bot.terminal.wire import Entry

KEPT: Final = 1_000  # entries; with more, the oldest are forgotten, and their buttons with them


class Change(enum.Enum):
    NEW = "new"
    EDITED = "edited"
    OLD = "old"  # known already, or an older version of it


class Said:
    """An entry as it is shown. `number` names messages of the bot for `:save` and `:source`; `numbers` its buttons, by command."""

    def __init__(self, entry: Entry, number: int | None) -> None:
        self.entry = entry
        self.number = number
        self.numbers: dict[str, int] = {}

    @property
    def going_on(self) -> bool:
        """Whether the bot will edit it."""
        return self.entry.message is not None and self.entry.message.tone is Tone.WAIT

    @property
    def waits(self) -> bool:
        """Whether it waits for somebody to answer."""
        return self.entry.message is not None and waits(self.entry.message)


class Conversation:
    def __init__(self) -> None:
        self._said: dict[str, Said] = {}
        self._messages: dict[int, Said] = {}
        self._buttons: dict[int, tuple[Said, str]] = {}
        self._message_numbers = itertools.count(1)
        self._button_numbers = itertools.count(1)

    def __iter__(self) -> Iterator[Said]:
        return iter(self._said.values())

    def merge(self, entry: Entry) -> Change:
        known = self._said.get(entry.id)
        if known is not None and known.entry.version >= entry.version:
            return Change.OLD
        if known is None:
            known = self._said[entry.id] = Said(entry, None)
            if entry.message is not None:
                known.number = next(self._message_numbers)
                self._messages[known.number] = known
            change = Change.NEW
            if len(self._said) > KEPT:
                self._forget(next(iter(self._said.values())))
        else:
            known.entry = entry
            change = Change.EDITED
        self._count(known)
        return change

    def get(self, entry_id: str) -> Said | None:
        return self._said.get(entry_id)

    def answers(self, said_id: str) -> list[Said]:
        """What the bot said to one thing that was said: under it, or by changing an older message."""
        return [
            said
            for said in self
            if said_id in (said.entry.thread, said.entry.answers) and said.entry.message is not None
        ]

    def button(self, number: int) -> tuple[Said, Button] | None:
        """None when there never was one, or the message has changed since."""
        found = self._buttons.get(number)
        if found is None:
            return None
        said, command = found
        offered = buttons_of(said.entry.message) if said.entry.message is not None else []
        return next(((said, button) for button in offered if button.command == command), None)

    def was_button(self, number: int) -> bool:
        return number in self._buttons

    def message(self, number: int | None, having: str, room: str) -> tuple[Said, Message] | None:
        """The one with this number, or the newest one of the room that has such a thing: `file` or `source`."""
        if number is not None:
            said = self._messages.get(number)
            return (said, said.entry.message) if said is not None and said.entry.message is not None else None
        for said in reversed(self._messages.values()):
            message = said.entry.message
            if said.entry.room == room and message is not None and getattr(message, having) is not None:
                return said, message
        return None

    def _forget(self, said: Said) -> None:
        del self._said[said.entry.id]
        self._messages.pop(said.number or 0, None)
        for number in said.numbers.values():
            self._buttons.pop(number, None)

    def _count(self, said: Said) -> None:
        for button in buttons_of(said.entry.message) if said.entry.message is not None else []:
            if button.command not in said.numbers:
                number = next(self._button_numbers)
                said.numbers[button.command] = number
                self._buttons[number] = (said, button.command)
