"""The console as a `Platform`. `gateway/console/chat.py` brings what people do on the page and in the terminal, and reads what they see.

Its people are signed in to 9rum, so they need no link. Membership of rooms is the gateway's to check, before it calls.
"""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
from redis.exceptions import RedisError

from bot import redact
from bot.messages import Form, Message
from bot.platforms.base import Capabilities, Incoming, Person, Place, PlatformError, Receive, Rejected
from bot.platforms.base import Entry as How
from bot.platforms.console.entries import Entries, seen_by
from bot.platforms.console.listening import listen
from bot.platforms.console.rooms import NAME, AskedForm, Author, Entry, Room, direct_room, place_in
from bot.ports import Bus, Clock, RedisClient

KNOWN_SECONDS = 24 * 3600.0  # that a message said again is handed over again: as long as the inbox surely knows its id
UNSURE, UNSURE_SECONDS = (
    1_000,
    1_000.0,
)  # messages that may be stored or not, and for how long: longer than the outbox tries


class Closed(Exception):
    """The bot does not take anything now; the text was not kept."""


class ConsolePlatform:
    name = NAME
    capabilities = Capabilities(
        buttons=True, forms=True, private=True, edits=True, threads=True, files=True, signed_in=True, max_choices=500
    )
    mounts: Mapping[str, Any] = {}

    def __init__(
        self,
        redis: RedisClient,
        bus: Bus,
        clock: Clock,
        hide: Callable[[str, str], str] = lambda text, channel: redact.hidden(text),
    ) -> None:
        """`hide` answers what is kept of a text in a channel: the text without secrets, and always the same."""
        self._hide = hide
        self._entries = Entries(redis, bus, clock)
        self._bus = bus
        self._clock = clock
        self._unsure: OrderedDict[bytes, tuple[float, str]] = (
            OrderedDict()
        )  # what was posted -> until when, under which id
        self._receive: Receive | None = None

    # -- platform ------------------------------------------------------------------------------------------------------

    async def start(self, receive: Receive, rejected: Rejected) -> None:
        self._receive = receive

    async def stop(self) -> None:
        self._receive = None

    def problem(self) -> str | None:
        return None

    async def post(self, place: Place, message: Message, asked: Incoming | None = None) -> str:
        return await self._post(place.channel, place.thread, None, message, _said(asked))

    async def edit(self, place: Place, message_id: str, message: Message, asked: Incoming | None = None) -> None:
        with _reached():
            known = await self._entries.get(place.channel, message_id)
            if known is None or not await self._entries.replace(
                msgspec.structs.replace(
                    known,
                    message=message,
                    answers=_said(asked) or known.answers,
                    edited_at=self.now(),
                    version=known.version + 1,
                )
            ):
                raise PlatformError("message_not_found", "The message is not there any more.")

    async def whisper(self, place: Place, person: Person, message: Message, asked: Incoming | None = None) -> None:
        to = None if place.direct else person.id
        await self._post(place.channel, place.thread, to, message, _said(asked))

    async def tell(self, person: Person, message: Message) -> None:
        await self._post(direct_room(person.id).id, None, None, message, None)

    async def ask(self, incoming: Incoming, form: Form) -> None:
        if incoming.trigger is None:
            raise PlatformError("no_trigger", "Nobody waits for the form.")
        asked = AskedForm(**msgspec.structs.asdict(form), said=incoming.trigger)
        with _reached():
            await self._entries.offer(incoming.person.id, asked)

    async def check(self) -> str | None:
        return None

    # -- what the page and the terminal do -----------------------------------------------------------------------------

    async def history(self, room: Room, person: Person, before: float | None, limit: int) -> list[Entry]:
        """Entries that the person may see, oldest first, before a time (seconds since the epoch)."""
        return await self._entries.history(room.id, person.id, before, limit)

    def now(self) -> float:
        """The time that entries are written down with, as `listen` takes it."""
        return self._clock.now().timestamp()

    def listen(self, person: Person, rooms: Sequence[Room], after: float | None) -> AsyncIterator[Entry | AskedForm]:
        """Entries that come or change in these rooms, and forms for the person; first what changed since `after`."""
        return listen(self._entries, self._bus, person.id, [room.id for room in rooms], after)

    async def say(self, person: Person, room: Room, said_id: str, text: str, thread: str | None = None) -> None:
        """What a person typed. The same `said_id` again does nothing. Raises Closed; PlatformError when the id names something else.

        That it is in the room does not tell that it was handed over: whoever put it there may have died between. The inbox knows
        what it has.
        """
        place = place_in(room, thread or said_id)
        entry = Entry(
            id=said_id,
            room=room.id,
            at=self.now(),
            author=Author(id=person.id, name=person.name),
            thread=thread,
            text=self._hide(text, place.key),
        )
        kept = await self._entries.add(entry)
        if kept.author is None or (kept.author.id, kept.text, kept.thread) != (person.id, entry.text, thread):
            raise PlatformError("id_taken", "This id was used for another message; say it with a new one.")
        if entry.at - kept.at > KNOWN_SECONDS:
            return
        try:
            await self._hand_over(
                Incoming(
                    id=_unique(person, said_id),
                    person=person,
                    place=place,
                    text=text,
                    message=None,
                    link=said_id,
                    trigger=said_id,
                    at=kept.at,
                )
            )
        except BaseException:
            if kept == entry:
                await self._entries.remove(room.id, said_id)
            raise

    async def press(self, person: Person, room: Room, said_id: str, command: str, message_id: str) -> None:
        """A button of a message in the room. Raises Closed; PlatformError when the message has no such button (any more)."""
        known = await self._entries.get(room.id, message_id)
        if known is None or known.message is None or not seen_by(known, person.id):
            raise PlatformError("stale_button", "This button is not there any more.")
        if command not in _commands(known.message):
            raise PlatformError("stale_button", "This button is not there any more.")
        await self._hand_over(
            Incoming(
                id=_unique(person, said_id),
                person=person,
                place=place_in(room, known.thread or known.id),
                text=command,
                entry=How.BUTTON,
                message=message_id,
                link=message_id,
                trigger=said_id,
                at=self.now(),
            )
        )

    async def fill(
        self, person: Person, room: Room, said_id: str, form: str, values: dict[str, list[str]], thread: str | None
    ) -> None:
        """A filled form. Raises Closed."""
        await self._hand_over(
            Incoming(
                id=_unique(person, said_id),
                person=person,
                place=place_in(room, thread),
                text="",
                entry=How.FORM,
                link=said_id,
                trigger=said_id,
                form=form,
                values=values,
                at=self.now(),
            )
        )

    # -- own -----------------------------------------------------------------------------------------------------------

    async def _hand_over(self, incoming: Incoming) -> None:
        if self._receive is None:
            raise Closed("The bot is starting or stopping; say it again in a moment.")
        await self._receive(incoming)

    async def _post(self, room: str, thread: str | None, to: str | None, message: Message, answers: str | None) -> str:
        """A store that goes away in the middle may have taken it: the next try of the same message has the same id."""
        what = hashlib.sha256(msgspec.json.encode((room, thread, to, message))).digest()
        until, entry_id = self._unsure.pop(what, (0.0, ""))
        if until <= self._clock.monotonic():
            entry_id = f"bot-{secrets.token_hex(8)}"
        try:
            with _reached():
                await self._entries.add(
                    Entry(id=entry_id, room=room, at=self.now(), to=to, thread=thread, answers=answers, message=message)
                )
        except PlatformError:
            self._unsure[what] = (self._clock.monotonic() + UNSURE_SECONDS, entry_id)
            while len(self._unsure) > UNSURE:
                self._unsure.popitem(last=False)
            raise
        return entry_id


@contextmanager
def _reached() -> Iterator[None]:
    """The store's failures as the outbox knows them: it tries again."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise PlatformError("unavailable", "The store of the conversation does not answer.", retry=True) from error


def _said(asked: Incoming | None) -> str | None:
    """The client's id of what is answered, where it came from the console."""
    return asked.trigger if asked is not None and asked.person.platform == ConsolePlatform.name else None


def _unique(person: Person, said_id: str) -> str:
    """Ids are made by clients: one person's can not be mistaken for, or used up by, another's."""
    return f"console:{person.id}:{said_id}"


def _commands(message: Message) -> set[str]:
    return {button.command for block in message.blocks for button in getattr(block, "buttons", ())}
