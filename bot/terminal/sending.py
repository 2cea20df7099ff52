"""What is on its way to the bot, in order. Owned by `program.py`.

Each thing said has an id made here, so sending it again after a lost connection is harmless: the gateway takes it once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from bot.terminal.asking import Asking
from bot.terminal.client import ChatError, Client, new_id
from bot.terminal.wire import Entry

ATTEMPTS: Final = 6
FIRST_PAUSE: Final = 0.5  # seconds, doubled each time; cut short when the connection stands again
Send = Callable[[], Awaitable[None]]


class Sending:
    """`failed` gets a sentence for each thing that could not be said."""

    def __init__(self, client: Client, failed: Callable[[str], Awaitable[None]]) -> None:
        self._client = client
        self._failed = failed
        self._queue: asyncio.Queue[tuple[str, Send]] = asyncio.Queue()
        self._connected = asyncio.Event()
        self._open: list[str] = []  # threads in which an answer is awaited, oldest first
        self._sent_now = 0

    @property
    def waiting(self) -> bool:
        return self._sent_now > 0

    def say(self, room: str, text: str) -> None:
        said_id = new_id()
        self._put(said_id, lambda: self._client.say(room, said_id, text))

    def press(self, room: str, command: str, message: Entry) -> None:
        said_id = new_id()
        self._put(message.thread or message.id, lambda: self._client.press(room, said_id, command, message.id))

    def fill(self, room: str, asking: Asking) -> None:
        said_id = new_id()
        self._put(
            asking.thread or said_id,
            lambda: self._client.fill(room, said_id, asking.form.id, asking.values, asking.thread),
        )

    def newest_open(self) -> str | None:
        """The thread of the newest thing that was said here and not answered yet."""
        return self._open[-1] if self._open else None

    def answered(self, thread: str) -> None:
        if thread in self._open:
            self._open.remove(thread)

    def wake(self) -> None:
        """The connection stands (again): what waits is sent now."""
        self._connected.set()

    async def run(self) -> None:
        while True:
            thread, send = await self._queue.get()
            try:
                await self._attempt(send)
            except ChatError as error:
                self.answered(thread)
                await self._failed(f"Not sent: {error}")
            finally:
                self._sent_now -= 1

    def _put(self, thread: str, send: Send) -> None:
        self.answered(thread)
        self._open.append(thread)
        self._sent_now += 1
        self._queue.put_nowait((thread, send))

    async def _attempt(self, send: Send) -> None:
        """Raises ChatError when it is of no use to go on."""
        pause = FIRST_PAUSE
        for attempt in range(ATTEMPTS):
            try:
                await send()
                return
            except ChatError as error:
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
