"""What is on its way to the bot, in order, and where its answers belong. Owned by `program.py`.

Each thing said has an id made here, so sending it again after a lost connection is harmless: the gateway takes it once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from bot.messages import Button, plain
from bot.terminal.asking import Asking
from bot.terminal.cells import shown
from bot.terminal.client import ChatError, Client, new_id
from bot.terminal.wire import Entry

ATTEMPTS: Final = 6
FIRST_PAUSE: Final = 0.5  # seconds, doubled each time; cut short when the connection stands again
Send = Callable[[], Awaitable[None]]


class Origin(NamedTuple):
    """Where something was said, and the thread in which it is answered."""

    room: str
    thread: str


class _Item:
    """`about` is what people know it by. `unsure`: it may have been taken, though no answer says so."""

    def __init__(self, said_id: str, about: str, send: Send) -> None:
        self.said_id = said_id
        self.about = about
        self.send = send
        self.unsure = False


class Sending:
    """`failed` gets a sentence for each thing that could not be said; `ended` is called for each that was taken or refused."""

    def __init__(self, client: Client, failed: Callable[[str], Awaitable[None]], ended: Callable[[], None]) -> None:
        self._client = client
        self._failed = failed
        self._ended = ended
        self._queue: asyncio.Queue[_Item] = asyncio.Queue()
        self._connected = asyncio.Event()
        self._unsent: list[_Item] = []  # neither taken nor refused
        self._own: dict[str, Origin] = {}  # by the ids made here
        self._open: list[str] = []  # ids of what is not answered yet

    @property
    def waiting(self) -> bool:
        """Whether something is still to be sent."""
        return bool(self._unsent)

    @property
    def awaiting(self) -> bool:
        """Whether something that was said is not answered yet."""
        return bool(self._open)

    @property
    def _threads(self) -> frozenset[str]:
        return frozenset(origin.thread for origin in self._own.values())

    def say(self, room: str, text: str) -> None:
        said_id = new_id()
        self._put(said_id, Origin(room, said_id), shown(text), lambda: self._client.say(room, said_id, text))

    def press(self, button: Button, message: Entry) -> None:
        said_id, origin = new_id(), Origin(message.room, message.thread or message.id)
        self._put(
            said_id,
            origin,
            f"[{shown(button.label)}]",
            lambda: self._client.press(origin.room, said_id, button.command, message.id),
        )

    def fill(self, asking: Asking) -> None:
        said_id, origin = new_id(), Origin(asking.room, asking.thread)
        self._put(
            said_id,
            origin,
            shown(asking.form.title),
            lambda: self._client.fill(origin.room, said_id, asking.form.id, asking.values, origin.thread),
        )

    def origin(self, said_id: str | None) -> Origin | None:
        """Of what was said here under this id. Without an id (see AskedForm): of the newest that is not answered yet."""
        if said_id is not None:
            return self._own.get(said_id)
        return next((self._own[said] for said in reversed(self._open)), None)

    def answered(self, said_id: str | None, thread: str) -> None:
        """Something in a thread answers what was said under the id; without one of ours, the oldest that was said in the thread."""
        if said_id not in self._own:
            said_id = next((each for each in self._open if self._own[each].thread == thread), None)
        self._closed(said_id)

    def asked(self, entry: Entry) -> bool:
        """Whether it was said here what this is the answer to."""
        return entry.answers in self._own or (entry.thread or entry.id) in self._threads

    def wake(self) -> None:
        """The connection stands (again): what waits is sent now."""
        self._connected.set()

    async def run(self) -> None:
        while True:
            item = await self._queue.get()
            try:
                await self._attempt(item)
            except ChatError as error:
                if not item.unsure:
                    self._closed(item.said_id)
                await self._failed(self._not_sent(item, str(error)))
            self._unsent.remove(item)
            self._queue.task_done()
            self._ended()

    async def join(self) -> None:
        """Until everything was taken or refused."""
        await self._queue.join()

    def give_up(self) -> list[str]:
        """After `run` was cancelled: a sentence for each thing that is still to be sent."""
        for item in self._unsent:
            if not item.unsure:
                self._closed(item.said_id)
        return [self._not_sent(item, item.about) for item in self._unsent]

    def _not_sent(self, item: _Item, what: str) -> str:
        key = "terminal.perhaps_sent" if item.unsure else "terminal.not_sent"
        return self._client.texts.line(key, what=plain(what))

    def _closed(self, said_id: str | None) -> None:
        if said_id is not None and said_id in self._open:
            self._open.remove(said_id)

    def _put(self, said_id: str, origin: Origin, about: str, send: Send) -> None:
        self._own[said_id] = origin
        self._open.append(said_id)
        item = _Item(said_id, about, send)
        self._unsent.append(item)
        self._queue.put_nowait(item)

    async def _attempt(self, item: _Item) -> None:
        """Raises ChatError when it is of no use to go on."""
        pause = FIRST_PAUSE
        for attempt in range(ATTEMPTS):
            before, item.unsure = item.unsure, True
            try:
                await item.send()
                return
            except ChatError as error:
                if before and error.code == "CONFLICT":
                    return  # it was taken before: the bot has changed the button's message since
                item.unsure = before or error.unsure
                if not error.away or attempt == ATTEMPTS - 1:
                    raise
                self._connected.clear()
                await self._pause(error.retry_after or pause)
                pause *= 2

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._connected.wait()
        except TimeoutError:
            return
