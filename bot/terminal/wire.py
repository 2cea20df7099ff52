"""What the gateway's chat API answers (docs/console.md), as `9rum chat` reads it. Fields that a newer gateway adds are passed over."""

import msgspec

from bot.messages import Form, Message


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """`project` is a global id; None for the direct room."""

    id: str
    name: str
    direct: bool
    project: str | None


class Author(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What a person typed (`text`), or what the bot said (`message`, without an author). `version` grows with every edit.

    `answers` is the client's id of what it answered last. An older gateway does not tell.
    """

    id: str
    room: str
    at: float
    author: Author | None = None
    to: str | None = None
    thread: str | None = None
    answers: str | None = None
    text: str | None = None
    message: Message | None = None
    edited_at: float | None = None
    version: int = 1


class AskedForm(Form, frozen=True, kw_only=True):
    """`said` is the client's id of what led to the form: it is for whoever sent that. An older gateway does not tell."""

    said: str | None = None


class Rooms(msgspec.Struct, frozen=True):
    """`at` is the gateway's time: whoever asks for the events after it misses nothing. An older gateway does not tell."""

    rooms: list[Room]
    me: Author
    at: float | None = None


class Messages(msgspec.Struct, frozen=True):
    messages: list[Entry]


class Ready(msgspec.Struct, frozen=True):
    """The live connection stands: everything from now on comes by it."""
