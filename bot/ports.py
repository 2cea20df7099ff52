"""What the bot asks of the rest of 9rum, as protocols; `gateway/chat/` gives objects that fit. The bot imports none of the other rooms.

`RedisClient` is redis-py's asyncio client, used untyped as elsewhere; our clients always answer bytes.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol

RedisClient = Any


@dataclass(frozen=True, slots=True)
class Acting:
    """As whom, where and for which project a document runs. The token never shows in a repr.

    `project` is a global id (`project:krane/...`) and narrows what is seen and done to that project; None: all that the token allows.
    `platform`, `channel` and `message` (a link or id of the request) become the origin of audit rows; policy reads the first two.
    `person` is how the chat platform names the asker.
    """

    token: str = field(repr=False)
    project: str | None
    platform: str
    channel: str
    message: str | None
    person: str


@dataclass(frozen=True, slots=True)
class GraphError:
    """One error of an answer, as `extensions` tells it. `candidates` are (id, name) of what an ambiguous name could mean.

    `at_door`: the request was refused before any of it ran, so there is no audit row of it (but of what policy denies).
    """

    code: str
    message: str
    field: str | None = None
    candidates: tuple[tuple[str, str], ...] = ()
    retryable: bool = False
    retry_after: float | None = None  # seconds
    correlation_id: str | None = None
    operation_id: str | None = None
    at_door: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """`data` None: the request itself was refused."""

    data: Mapping[str, Any] | None
    errors: tuple[GraphError, ...] = ()
    extensions: Mapping[str, Any] = field(default_factory=dict)


class Graph(Protocol):
    """Runs GraphQL text as a person, with all limits of any other caller: the bot has no back door. Never raises but Cancelled."""

    async def execute(
        self,
        acting: Acting,
        document: str,
        variables: Mapping[str, Any],
        *,
        command: str | None = None,
        correlation_id: str | None = None,
    ) -> Answer:
        """`command` names the read command (`server.list`) that the document is, so that policy decides on it; a refusal is DENIED."""
        ...

    def subscribe(self, acting: Acting, document: str, variables: Mapping[str, Any]) -> AsyncIterator[Answer]:
        """Answers until the subscription ends by itself, or the iterator is closed."""
        ...


@dataclass(frozen=True, slots=True)
class Attempt:
    """Something that was refused before it reached the graph: an unlinked person, somebody else's button, a forged signature.

    `person` is how the platform names the asker (`slack:T1/U7`), `user` the linked Keystone user's global id when there is one.
    """

    person: str
    command: str  # the command's name, or `chat` when none could be read
    code: str  # as in errors: DENIED, INVALID, CONFLICT, UNAUTHENTICATED
    sentence: str
    platform: str
    channel: str
    message: str | None = None
    text: str = ""  # what was typed; shortened and without secrets by whoever makes the Attempt
    user: str | None = None
    user_name: str | None = None
    correlation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was done and is no operation of the graph: an account was linked, the project of a channel was chosen.

    `person` and `platform` as in `Attempt`; `user` did it, a Keystone user's global id. `facts` are plain data without secrets.
    """

    person: str
    command: str
    platform: str
    channel: str | None = None
    message: str | None = None
    user: str | None = None
    user_name: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


class Journal(Protocol):
    """Each call appends an audit row."""

    async def refused(self, attempt: Attempt) -> None: ...

    async def done(self, deed: Deed) -> None: ...


class Seal(Protocol):
    """Encrypts what must rest in the store for a while, with the installation's key, for one place: the name of a key in the store."""

    def close(self, secret: bytes, place: str) -> bytes: ...

    def open(self, sealed: bytes, place: str) -> bytes | None:
        """None when it was sealed for another place or with another key, or was changed."""
        ...


@dataclass(frozen=True, slots=True)
class TrustToken:
    token: str = field(repr=False)
    expires_at: datetime


class Identities(Protocol):
    """Keystone, as far as linked accounts need it. Raises the errors below, and no others of Keystone's."""

    async def trust_token(self, trust_id: str) -> TrustToken:
        """A token of the person who made the trust. Raises TrustGone, RoleGone, IdentityAway."""
        ...

    async def delete_trust(self, trust_id: str) -> None:
        """Nothing happens when there is no such trust. Raises IdentityAway."""
        ...

    def project_name(self, project_id: str) -> str:
        """The name of a project (global id), or its id while it was not read yet."""
        ...

    async def projects(self, token: str, name: str) -> Sequence[tuple[str, str]]:
        """(global id, name) of the projects of that name, or native id, which the token's person sees. Raises TrustGone, IdentityAway."""
        ...


class TrustGone(Exception):
    """The trust or the token has ended, was deleted, or never was."""


class RoleGone(Exception):
    """The person lost a role that the trust delegates, or was disabled."""


class IdentityAway(Exception):
    """Keystone does not answer now."""


class Subscription(Protocol):
    """Payloads of one topic from the moment of entering; raises when the reader is too slow."""

    def __enter__(self) -> "Subscription": ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def __aiter__(self) -> AsyncIterator[bytes]: ...


class Bus(Protocol):
    """Heard by every process of the installation; not kept for those who are away."""

    async def publish(self, topic: str, payload: bytes) -> None: ...

    def subscribe(self, topic: str) -> Subscription: ...


class Clock(Protocol):
    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


def first_code(errors: Sequence[GraphError]) -> str | None:
    return errors[0].code if errors else None
