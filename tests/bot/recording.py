"""A chat system that writes down what it is told, and fails when it is asked to. For tests of what the bot sends."""

import itertools
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import Fernet

from bot.messages import Form, Message
from bot.platforms.base import Capabilities, Incoming, Person, Place, PlatformError, Receive, Rejected
from bot.ports import Attempt, Deed
from resolvers.seal import Seal

ALL = Capabilities(
    buttons=True, forms=True, private=True, edits=True, threads=True, files=True, signed_in=True, max_choices=100
)


@dataclass
class Said:
    """One thing that was sent: `how` is post, edit, whisper, tell or ask."""

    how: str
    where: str
    id: str | None
    message: Message | Form
    thread: str | None = None


@dataclass
class RecordingPlatform:
    """`failures` are raised one by one before anything is taken; `shown` is what stands in the channels now."""

    name: str = "recorded"
    capabilities: Capabilities = ALL
    said: list[Said] = field(default_factory=list)
    shown: dict[str, Message] = field(default_factory=dict)
    failures: deque[Exception] = field(default_factory=deque)
    mounts: Mapping[str, Any] = field(default_factory=dict)
    receive: Receive | None = None
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def start(self, receive: Receive, rejected: Rejected) -> None:
        self.receive = receive

    async def stop(self) -> None:
        self.receive = None

    async def check(self) -> str | None:
        return None

    def problem(self) -> str | None:
        return None

    async def post(self, place: Place, message: Message, asked: Incoming | None = None) -> str:
        self._fail()
        message_id = f"m{next(self._ids)}"
        self.said.append(Said("post", place.channel, message_id, message, place.thread))
        self.shown[message_id] = message
        return message_id

    async def edit(self, place: Place, message_id: str, message: Message, asked: Incoming | None = None) -> None:
        self._fail()
        if message_id not in self.shown:
            raise PlatformError("message_not_found", "There is no such message.")
        self.said.append(Said("edit", place.channel, message_id, message, place.thread))
        self.shown[message_id] = message

    async def whisper(self, place: Place, person: Person, message: Message, asked: Incoming | None = None) -> None:
        self._fail()
        self.said.append(Said("whisper", person.id, None, message, place.thread))

    async def tell(self, person: Person, message: Message) -> None:
        self._fail()
        self.said.append(Said("tell", person.id, None, message))

    async def ask(self, incoming: Incoming, form: Form) -> None:
        self._fail()
        self.said.append(Said("ask", incoming.person.id, form.id, form))

    def summaries(self, how: str) -> list[str]:
        return [said.message.summary for said in self.said if said.how == how and isinstance(said.message, Message)]

    def _fail(self) -> None:
        if self.failures:
            raise self.failures.popleft()


def own_seal() -> Seal:
    """As the gateway seals, with a key of the test's own."""
    return Seal(Fernet.generate_key())


@dataclass
class RecordingJournal:
    rows: list[Attempt] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)

    async def refused(self, attempt: Attempt) -> None:
        self.rows.append(attempt)

    async def done(self, deed: Deed) -> None:
        self.deeds.append(deed)


def person(name: str = "jiwoo", platform: str = "recorded") -> Person:
    return Person(platform=platform, id=name, name=name, token=f"token-of-{name}")


def place(channel: str = "C1", platform: str = "recorded", thread: str | None = "t1") -> Place:
    return Place(platform=platform, channel=channel, thread=thread)


def incoming(said: str, text: str = "server list", who: str = "jiwoo", channel: str = "C1") -> Incoming:
    return Incoming(id=said, person=person(who), place=place(channel), text=text, at=1.0)
