"""What a platform (a chat system) gives and takes, in neutral words. Implementations stand beside this file and in `PLATFORMS`.

A platform turns what comes in into `Incoming` and hands it to `receive`, which returns only when it is stored durably: a platform
acknowledges to its server after that. It renders neutral messages and forms within its own budgets, and declares what it can do; the bot
degrades by capability, never by a platform's name.
"""

import enum
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from bot.messages import Form, Message

ELSEWHERE = ":"  # between the channel and the id of a message that stands elsewhere than in the place


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """The account on the platform. `id` is unique on the platform (`T1/U7` on Slack); `locale` such as `ko-KR`.

    `token` is set by platforms whose people are signed in to 9rum itself (the console): their Keystone token. It is sealed before it is
    stored and never shown.
    """

    platform: str
    id: str
    name: str = ""
    locale: str | None = None
    token: str | None = None

    @property
    def key(self) -> str:
        """`slack:T1/U7`: how audit rows and the store name the account."""
        return f"{self.platform}:{self.id}"

    def __repr__(self) -> str:
        return f"Person({self.key})"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where something was said. `direct`: only this person and the bot are there. `thread` is the message that replies go under.

    `project` is the project (global id) of a channel that belongs to one (a console room), its default.
    """

    platform: str
    channel: str
    name: str = ""
    thread: str | None = None
    direct: bool = False
    project: str | None = None

    @property
    def key(self) -> str:
        """`slack:C0123`: how policy and settings name the channel."""
        return f"{self.platform}:{self.channel}"


class Entry(enum.StrEnum):
    """How something came in. A button and a form carry command text as well, so they take the same way as typed text."""

    TEXT = "text"
    BUTTON = "button"
    FORM = "form"


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a person did. `id` is the platform's own id of it, equal for repeated deliveries.

    `message` is the id of the message with the pressed button; `link` an address of the request for audit rows; `trigger` lets the
    platform open a form for a few seconds. `door` is the platform's own way to answer where the bot may not write: as good as a key, so it
    is never stored but sealed. `form` and `values` (name -> values) come with a filled form. `at` is seconds since the epoch.
    """

    id: str
    person: Person
    place: Place
    text: str
    entry: Entry = Entry.TEXT
    message: str | None = None
    link: str | None = None
    trigger: str | None = None
    door: str | None = None
    form: str | None = None
    values: dict[str, list[str]] | None = None
    at: float = 0.0


Receive = Callable[[Incoming], Awaitable[bool]]
# Stores it; False: it was received before. Raises when it can not be stored, InboxFull or another: the platform must not acknowledge then.

Rejected = Callable[[str, str, Mapping[str, str]], Awaitable[None]]
# (platform, reason, facts) of a delivery that was refused at the door: `signature`, `replayed`. Counted, and audited at a bounded rate.


class InboxFull(Exception):
    """Too much is waiting, of everybody or of this person: the person is told, and says it again later.

    `key` and `values` make the sentence (`bot.texts`), in the language of the person.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Capabilities:
    """`forms`: can open a form when there is a trigger. `private`: can show a reply to one person in a shared channel.

    `signed_in`: its people are signed in to 9rum and need no link. `max_choices` of a select field.
    """

    buttons: bool = False
    forms: bool = False
    private: bool = False
    edits: bool = False
    threads: bool = False
    files: bool = False
    signed_in: bool = False
    max_choices: int = 100


class PlatformError(Exception):
    """The chat system did not take it. `code` is its own (`channel_not_found`), `retry`: whether sending again makes sense.

    `retry_after` (seconds) when it asked to wait. `nobody`: the person is gone, or takes no messages of the bot, whatever is mended here.
    The text is a sentence without tokens.
    """

    def __init__(
        self,
        code: str,
        sentence: str,
        *,
        retry: bool = False,
        retry_after: float | None = None,
        nobody: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.code = code
        self.retry = retry or retry_after is not None
        self.retry_after = retry_after
        self.nobody = nobody


class Platform(Protocol):
    """Sending raises PlatformError. Every call has a deadline of its own. `outbox.py` is the only caller of what sends to channels."""

    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def mounts(self) -> Mapping[str, Any]:
        """ASGI applications by path (`/slack/events`) that the gateway serves for it; most have none."""
        ...

    async def start(self, receive: Receive, rejected: Rejected) -> None:
        """Connect and begin to receive. A chat system that is down is no error here: `problem` tells, and it keeps trying."""
        ...

    async def stop(self) -> None: ...

    def problem(self) -> str | None:
        """One sentence when it does not work now, for readiness; None when it is well."""
        ...

    async def check(self) -> str | None:
        """Ask the chat system once whether it can be used with these settings, without starting; a sentence when not, for `9rum check`."""
        ...

    async def post(self, place: Place, message: Message, asked: Incoming | None = None) -> str:
        """Say it in the place (in its thread when it has one). The id by which it can be edited, `CHANNEL:ID` where it went elsewhere.

        `asked` is what it answers: where the bot may not write, the platform lets its person know by other ways.
        """
        ...

    async def edit(self, place: Place, message_id: str, message: Message, asked: Incoming | None = None) -> None: ...

    async def whisper(self, place: Place, person: Person, message: Message, asked: Incoming | None = None) -> None:
        """Show it to this person alone: ephemeral in a channel, or a direct message."""
        ...

    async def tell(self, person: Person, message: Message) -> None:
        """A direct message, out of the blue (a trust ends soon)."""
        ...

    async def ask(self, incoming: Incoming, form: Form) -> None:
        """Open a form. Raises PlatformError(`no_trigger`) when the moment has passed: the bot then offers a button that asks again."""
        ...
