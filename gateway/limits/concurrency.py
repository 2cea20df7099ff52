"""How many operations of one caller may run at the same time. Subscriptions are counted for themselves."""

from typing import Final

from gateway.limits.settings import LimitSettings
from resolvers.errors import RateLimited


class ConcurrencyLimit:
    name: Final = "concurrency"
    setting: Final = "concurrency"
    code: Final = RateLimited.code

    def __init__(self, settings: LimitSettings) -> None:
        self._most = settings.concurrency
        self._running: dict[str, int] = {}

    def enter(self, caller: str) -> None:
        """Takes a place, which `leave` gives back. Raises when none is free."""
        running = self._running.get(caller, 0)
        if running >= self._most:
            raise RateLimited(
                f"{running} of your operations are running; the limit at the same time is {self._most}.",
                retry_after=1,
            )
        self._running[caller] = running + 1

    def leave(self, caller: str) -> None:
        running = self._running[caller] - 1
        if running:
            self._running[caller] = running
        else:
            del self._running[caller]
