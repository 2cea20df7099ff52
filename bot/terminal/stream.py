"""The live events, with the connection made again whenever it is lost. Owned by `program.py` and `batch.py`.

It asks for what changed since the newest entry that came, at first since the rooms were read, so that nothing is missed and nothing needs
to be asked for.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from bot.terminal.client import ChatError, Client
from bot.terminal.wire import AskedForm, Entry, Ready

FIRST_PAUSE: Final = 0.5  # seconds before the first attempt to connect again; doubled each time
LONGEST_PAUSE: Final = 15.0
Sleep = Callable[[float], Awaitable[None]]


class Listener(Protocol):
    """`lost` gets a sentence, once for each loss. `connected` is called each time that the connection stands."""

    async def entry(self, entry: Entry) -> None: ...

    async def form(self, form: AskedForm) -> None: ...

    async def connected(self, again: bool) -> None: ...

    async def lost(self, sentence: str) -> None: ...


class Stream:
    """`after` is the gateway's time from which on everything is wanted; None: from when the connection stands."""

    def __init__(self, client: Client, listener: Listener, after: float | None, sleep: Sleep = asyncio.sleep) -> None:
        self._client = client
        self._listener = listener
        self._after = after
        self._sleep = sleep

    async def run(self) -> None:
        """Until it is cancelled. Raises ChatError when connecting again is of no use: the session ended, or the gateway has no chat."""
        pause, down, ever = FIRST_PAUSE, False, False
        while True:
            try:
                async for event in self._client.events(self._after):
                    if isinstance(event, Ready):
                        await self._listener.connected(ever)
                        pause, down, ever = FIRST_PAUSE, False, True
                    else:
                        await self._take(event)
            except ChatError as error:
                if not error.away:
                    raise
                if not down:
                    await self._listener.lost(str(error))
                down = True
                await self._sleep(error.retry_after or pause * random.uniform(0.75, 1.25))  # noqa: S311 - spreads clients
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _take(self, event: Entry | AskedForm) -> None:
        if isinstance(event, AskedForm):
            await self._listener.form(event)
            return
        self._after = max(self._after or 0.0, event.edited_at or 0.0, event.at)
        await self._listener.entry(event)
