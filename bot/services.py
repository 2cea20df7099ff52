"""What the parts of the bot share, as one object that `app` builds: where things are kept, what sends, whom to ask. No behaviour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from bot.counters import Counters
from bot.defaults import Defaults
from bot.due import Due
from bot.follow import Follower
from bot.kept import Kept
from bot.known import Known
from bot.outbox import Outbox
from bot.people import People
from bot.platforms.base import Person, Place, Platform
from bot.ports import Clock, Graph, Journal, RedisClient
from bot.settings import BotSettings


class KeptForm(msgspec.Struct, frozen=True, kw_only=True):
    """A command whose missing values a form asks for. `text` is what was typed.

    Of a form that was refused before: what it held (`values`, without secrets), why it was refused (`problem`, at the parameter `at`), and
    the message that says so, which the next answer replaces.
    """

    person: str
    place: Place
    text: str
    link: str | None
    values: dict[str, list[str]] = {}
    problem: str = ""
    at: str | None = None
    message: str | None = None


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A plan that waits for its asker (`stage` answer) or for a second person (`stage` approval).

    `typed` is the name that must be typed to confirm. `values` are the command's input, to plan again when the state changed, `document` is
    the command's mutation, to be shown, `undo` the operation that it takes back. `project` is what the asker acted for, `plan_project`
    where it happens (global ids).
    """

    person: Person
    place: Place
    message_id: str | None
    stage: str
    plan_id: str
    plan_project: str | None
    hash: str
    action: str
    typed: str | None
    approval: str | None
    expires_at: float
    text: str
    values: dict[str, object]
    project: str | None
    language: str
    link: str | None
    document: str = ""
    undo: str | None = None


class KeptUndo(msgspec.Struct, frozen=True, kw_only=True):
    """Who may take an operation back by its button, for which project it was run, and until when (seconds since the epoch)."""

    person: str
    project: str | None
    until: float


class OwnCommand(Protocol):
    """A command of the bot itself. `usage` as typed, `summary` a key of the texts; `takes` tells which options it knows."""

    @property
    def name(self) -> str: ...

    @property
    def usage(self) -> str: ...

    @property
    def summary(self) -> str: ...

    def takes(self, option: str) -> bool: ...


@dataclass(frozen=True)
class Services:
    settings: BotSettings
    graph: Graph
    journal: Journal
    people: People
    redis: RedisClient
    platforms: Mapping[str, Platform]
    clock: Clock
    outbox: Outbox
    follower: Follower
    due: Due
    forms: Kept[KeptForm]
    pendings: Kept[Pending]
    undos: Kept[KeptUndo]
    defaults: Defaults
    known: Known
    counters: Counters
    own: Sequence[OwnCommand]
    public_url: str | None
    version: str
