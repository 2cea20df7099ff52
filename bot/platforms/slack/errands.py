"""What is done beside the answers, and nobody waits for: files below a message, a word to who said too much. Ended with the platform."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from bot import loops
from bot.platforms.base import PlatformError

_log = logging.getLogger("bot.platforms.slack")


class Errands:
    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self, errand: Coroutine[Any, Any, None], what: str) -> None:
        task = asyncio.create_task(self._done(errand, what), name="slack-errand")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        await loops.end(list(self._tasks))

    async def _done(self, errand: Coroutine[Any, Any, None], what: str) -> None:
        try:
            await errand
        except PlatformError as error:
            _log.warning("%s did not work: %s", what, error)
        except Exception:
            _log.exception("%s failed", what)
