"""Rooms of the console and what is in them. One room for each project, where all who see the project meet, and one for each person alone.

A room's id is safe in a path and is the channel by which policy and audit rows name it: `console:krane~5f0c` for the project
`project:krane/5f0c`, `console:direct~krane~77aa` for the person `user:krane/77aa`.
"""

from collections.abc import Mapping

import msgspec

from bot.messages import Form, Message
from bot.platforms.base import Place

DIRECT = "direct"
_OWN = f"{DIRECT}~"
NAME = "console"


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
    """One line of a room: what a person typed (`text`) or what the bot said (`message`, without an author).

    `to` makes it visible to one person (id) alone; `thread` is the entry that it belongs under. `answers` is the client's id of the
    message, press or fill that it answered last: a plan's message stands under another one than the `confirm` that was typed.
    Times are seconds since the epoch; `version` grows with every edit.
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
    """A form for the page or the terminal that asked for it. `said` is its own id of the message, press or fill that led to the form."""

    said: str


def direct_room(person_id: str) -> Room:
    return Room(id=_OWN + _path(person_id), name=DIRECT, direct=True, project=None)


def project_room(project_id: str, name: str) -> Room:
    return Room(id=_path(project_id), name=name, direct=False, project=project_id)


def rooms_of(person_id: str, projects: Mapping[str, str]) -> list[Room]:
    """The rooms of a person: the direct one, then those of the projects (global id -> name), by name."""
    shared = [project_room(project, name) for project, name in projects.items()]
    return [direct_room(person_id), *sorted(shared, key=lambda room: (room.name, room.id))]


def place_in(room: Room, thread: str | None) -> Place:
    return Place(
        platform=NAME, channel=room.id, name=room.name, thread=thread, direct=room.direct, project=room.project
    )


def _path(global_id: str) -> str:
    """`project:krane/5f0c` -> `krane~5f0c`."""
    return global_id.partition(":")[2].replace("/", "~")
