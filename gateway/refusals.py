"""Tokens that were not valid, counted by the address that they came from. Used by `gateway/auth.py`.

Each of them is a question to Keystone, over the few connections by which everybody's are asked; so whoever makes tokens up has to wait.
Each process counts for itself, and only what it must ask about: a token that it knows is good from any address.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from resolvers.errors import RateLimited

WINDOW: Final = 60.0  # seconds
MOST_ADDRESSES: Final = 10_000


class Refusals:
    """`most`: of one address within the window."""

    def __init__(self, most: int, now: Callable[[], float]) -> None:
        self._most = most
        self._now = now
        self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()  # by address, with the end of its window

    def attempt(self, address: str | None) -> None:
        """Counts one, before Keystone is asked: many at the same time can not slip through. Raises RateLimited when there were too many.

        `None`: it came from within.
        """
        if address is None:
            return
        now = self._now()
        count, ends = self._counts.get(address, (0, 0.0))
        if ends <= now:
            count, ends = 0, now + WINDOW
        if count >= self._most:
            wait = ends - now
            raise RateLimited(
                f"{count} tokens that are not valid came from your address within a minute; try again in {max(1, round(wait))} s.",
                retry_after=wait,
            )
        self._counts[address] = (count + 1, ends)
        self._counts.move_to_end(address)
        if len(self._counts) > MOST_ADDRESSES:
            self._counts.popitem(last=False)

    def forgive(self, address: str | None) -> None:
        """It was valid, or nobody could say."""
        count, ends = self._counts.get(address or "", (0, 0.0))
        if count:
            self._counts[address or ""] = (count - 1, ends)
