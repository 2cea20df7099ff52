"""Waiting in tests: for a condition, with a deadline and a description, never for a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(
    look: Callable[[], Awaitable[T | None]], what: str, seconds: float = 30.0, pause: float = 0.05
) -> T:
    """The first answer that is neither None nor False; a failure that says what was waited for, and the last answer."""
    deadline = time.monotonic() + seconds
    while True:
        found = await look()
        if found is not None and found is not False:
            return found
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what} (last answer: {found!r})"
        await asyncio.sleep(pause)
