"""What is done beside the answers, and nobody waits for: files below a message, a word to who said too much. Ended with the platform."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from bot import loops
from bot.platforms.base import PlatformError

LEAVING = 5.0  # seconds in which errands may still be done when the platform stops, and then so long for a word on what is left
Missed = Callable[[], Awaitable[None]]
_log = logging.getLogger("bot.platforms.slack")


class Errands:
    def __init__(self) -> None:
        self._tasks: dict[asyncio.Task[None], Missed | None] = {}
        self._closed = False

    def open(self) -> None:
        self._closed = False

    def run(self, errand: Coroutine[Any, Any, None], what: str, missed: Missed | None = None) -> None:
        """`missed` says that it was not done, when the platform stops before."""
        if self._closed:
            errand.close()
            _log.warning("%s was left: the platform has stopped", what)
            return
        task = asyncio.create_task(self._done(errand, what), name="slack-errand")
        self._tasks[task] = missed
        task.add_done_callback(lambda _: self._tasks.pop(task, None))

    async def stop(self) -> None:
        self._closed = True
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=LEAVING)
        left = dict(self._tasks)
        await loops.end(left)
        words = [asyncio.create_task(_said(missed)) for missed in left.values() if missed is not None]
        if words:
            await asyncio.wait(words, timeout=LEAVING)
            await loops.end(words)

    async def _done(self, errand: Coroutine[Any, Any, None], what: str) -> None:
        try:
            await errand
        except PlatformError as error:
            _log.warning("%s did not work: %s", what, error)
        except Exception:
            _log.exception("%s failed", what)


async def _said(missed: Missed) -> None:
    try:
        await missed()
    except Exception:
        _log.exception("that an errand was left could not be said")
