"""Background loops that survive a store that is away for a moment, and the end of tasks. Used by all in the bot that runs on its own."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from redis.exceptions import RedisError

from bot.ports import Clock

log = logging.getLogger(__name__)

AGAIN = 0.2  # seconds
AFTER_FAILURE = 0.5  # seconds


async def every(clock: Clock, seconds: float, what: str, work: Callable[[], Awaitable[object]]) -> None:
    """Do it, wait, do it again, for ever. A failure is logged and tried again."""
    while True:
        pause = seconds
        try:
            await work()
        except (RedisError, OSError) as error:
            log.warning("%s: the store can not be reached: %s", what, error)
            pause = max(seconds, AFTER_FAILURE)
        except Exception:
            log.exception("%s failed; trying again", what)
            pause = max(seconds, AFTER_FAILURE)
        await clock.sleep(pause)


async def end(tasks: "Iterable[asyncio.Task[Any]]") -> None:
    """Cancel tasks and wait until they are done. Asks again, because a library may lose a cancellation that comes while it connects."""
    waiting = {task for task in tasks if not task.done()}
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=AGAIN)
