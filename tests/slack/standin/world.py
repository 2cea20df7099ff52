"""What the stand-in knows: people, channels, messages, files, modals, triggers; and what it was told to get wrong."""

import itertools
import time
import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
TEAM, APP, BOT_USER, BOT_ID = "T1", "A1", "U0BOT", "B1"
BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-standin-bot", "xapp-standin-app", "standin-signing-secret"
SCOPES = frozenset({"commands", "chat:write", "app_mentions:read", "im:history", "users:read", "files:write"})
TRIGGER_SECONDS = 3.0
RESPONSES = 5  # uses of a response_url


@dataclass
class Channel:
    """`bot`: whether the bot is a member. Private ones do not even exist for those who are not."""

    id: str
    name: str
    bot: bool = True
    private: bool = False
    archived: bool = False


@dataclass
class Posted:
    """A message as Slack keeps it. `to`: one person alone sees it."""

    channel: str
    ts: str
    text: str
    blocks: list[Json]
    thread: str | None = None
    to: str | None = None
    edits: int = 0
    files: list[str] = field(default_factory=list)  # ids
    by: str = BOT_USER
    at: float = field(default_factory=time.monotonic)  # of the last change
    history: list[str] = field(default_factory=list)  # texts before the edits


@dataclass
class Failure:
    """What a method answers instead, `times` times, to calls that `when` finds: an error, a status, or nothing at all.

    `leaps`: seconds that pass at once when it is silent, for whoever waits in the event loop.
    """

    error: str = ""
    status: int = 200
    retry_after: float | None = None
    silent: bool = False
    leaps: float = 0.0
    body: str | None = None  # as text/html, as proxies answer
    times: int = 1
    when: Callable[[Json], bool] = lambda _: True


@dataclass
class Call:
    method: str
    arguments: Json
    at: float = field(default_factory=time.monotonic)


@dataclass
class User:
    id: str
    name: str
    locale: str
    direct: str


@dataclass
class File:
    name: str
    length: int
    data: bytes | None = None


class World:
    """`now` is the time by which triggers grow old."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.now = now
        self.scopes = set(SCOPES)
        self.used: set[str] = set()  # of the scopes, those that something which happened needed
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[tuple[str, str], Posted] = {}
        self.whispers: list[Posted] = []
        self.files: dict[str, File] = {}
        self.views: dict[str, Json] = {}
        self.viewers: dict[str, str] = {}  # view -> user
        self.triggers: dict[str, tuple[float, str]] = {}  # trigger -> made at, user
        self.responses: dict[str, tuple[int, str, str, str | None]] = {}  # id -> uses left, channel, user, message
        self.calls: list[Call] = []
        self.failures: dict[str, deque[Failure]] = defaultdict(deque)
        self.bot_token = BOT_TOKEN
        self.limit: tuple[float, int] | None = None  # posts a second and burst, by channel
        self.buckets: dict[str, tuple[float, float]] = {}
        self.away = False
        self._count = itertools.count(1)

    def ts(self) -> str:
        return f"{int(time.time())}.{next(self._count):06d}"

    def user(self, name: str, locale: str = "en-US") -> User:
        found = next((user for user in self.users.values() if user.name == name), None)
        if found is None:
            number = len(self.users) + 1
            found = self.users[f"U{number}"] = User(f"U{number}", name, locale, f"D{number}")
            self.channels[found.direct] = Channel(found.direct, "directmessage")
        return found

    def direct(self, *people: str) -> str:
        """The direct messages of these people among themselves, where the bot is not; the channel's id."""
        for name in people:
            self.user(name)
        found = Channel(f"D{len(self.channels) + 1:03d}P", "directmessage", bot=False, private=True)
        self.channels[found.id] = found
        return found.id

    def channel(self, name: str) -> Channel:
        """By name or id; made when there is none."""
        found = next((channel for channel in self.channels.values() if name in (channel.id, channel.name)), None)
        if found is None:
            found = Channel(f"C{len(self.channels) + 1}", name)
            self.channels[found.id] = found
        return found

    def trigger(self, user: str) -> str:
        made = f"{uuid.uuid4().int % 10**12}.{TEAM}.{uuid.uuid4().hex}"
        self.triggers[made] = (self.now(), user)
        return made

    def response(self, channel: str, user: str, message: str | None = None) -> str:
        made = uuid.uuid4().hex
        self.responses[made] = (RESPONSES, channel, user, message)
        return made

    def seen(self, channel: str, user: str | None = None) -> list[Posted]:
        """What is there, in the order of its posting; with what only this person sees."""
        own = [one for one in self.whispers if one.channel == channel and user is not None and one.to == user]
        all_ = [one for (place, _), one in self.messages.items() if place == channel]
        return sorted([*all_, *own], key=lambda one: one.ts.split(".")[1])

    def failing(self, method: str, arguments: Json) -> Failure | None:
        waiting = self.failures[method]
        found = next((failure for failure in waiting if failure.when(arguments)), None)
        if found is not None:
            found.times -= 1
            if found.times <= 0:
                waiting.remove(found)
        return found

    def wait(self, channel: str) -> float | None:
        """Seconds to wait before the next post in the channel; None when it may go now."""
        if self.limit is None:
            return None
        rate, burst = self.limit
        now = time.monotonic()
        tokens, last = self.buckets.get(channel, (float(burst), now))
        tokens = min(float(burst), tokens + (now - last) * rate)
        if tokens < 1:
            self.buckets[channel] = (tokens, now)
            return (1 - tokens) / rate
        self.buckets[channel] = (tokens - 1, now)
        return None


def refusal(error: str, **more: Any) -> Mapping[str, Any]:
    return {"ok": False, "error": error, **more}
