"""Looking at many rows takes long, and the event loop is everybody's: such work is done in steps, and the loop is given back between.

Steps are written by `where`, `paging`, `store` and `graph/filters.py`. Root fields begin them by `Turns`; where an index leads to few rows,
`whole` takes them all at once.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Generator
from typing import Final, TypeVar

T = TypeVar("T")
Steps = Generator[int, None, T]  # each step yields how many conditions were asked in it, of all rows together

ROWS: Final = 100  # of one step: with the most conditions of a filter a millisecond or two
AT_ONCE: Final = 0.002  # seconds that all work of one answer may take where it begins
SLICE: Final = 0.005  # seconds for which the loop is held by what goes on after that


def whole(steps: Steps[T]) -> T:
    while True:
        try:
            next(steps)
        except StopIteration as done:
            value: T = done.value
            return value


class Turns:
    """Long work of one process: one slice of it at a time, so that much of it holds the loop no longer than one does."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self.now = now
        self._lock = asyncio.Lock()

    def begin(
        self, steps: Steps[T], asked: Callable[[int], None], seconds: float = AT_ONCE
    ) -> tuple[T | Awaitable[T], float]:
        """The result where it is there within `seconds`, else an awaitable of it; and how many are left of them.

        `asked` is told the conditions of each step.
        """
        until = self.now() + seconds
        found = self._begun(steps, asked, seconds)
        return found, until - self.now()

    def _begun(self, steps: Steps[T], asked: Callable[[int], None], seconds: float) -> T | Awaitable[T]:
        try:
            self._slice(steps, asked, seconds)
        except StopIteration as done:
            value: T = done.value
            return value
        return self._rest(steps, asked)

    async def _rest(self, steps: Steps[T], asked: Callable[[int], None]) -> T:
        while True:
            async with self._lock:  # whoever waits is next: nobody has two slices before others had one
                await asyncio.sleep(0)
                try:
                    self._slice(steps, asked, SLICE)
                except StopIteration as done:
                    value: T = done.value
                    return value

    def _slice(self, steps: Steps[T], asked: Callable[[int], None], seconds: float) -> None:
        """Raises StopIteration with the result at the end."""
        until = self.now() + seconds
        while self.now() < until:
            asked(next(steps))
