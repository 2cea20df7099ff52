"""How many subscriptions of one caller may run at the same time: each of them is woken by each event, wanted or not."""

from collections import Counter
from typing import Final

from gateway.limits.settings import LimitSettings
from resolvers.errors import RateLimited


class SubscriptionLimit:
    name: Final = "subscriptions"
    setting: Final = "subscriptions"
    code: Final = RateLimited.code

    def __init__(self, settings: LimitSettings) -> None:
        self._most = settings.subscriptions
        self._running: Counter[str] = Counter()

    def check(self, caller: str) -> None:
        """Raises when there is no place for another one."""
        running = self._running[caller]
        if running >= self._most:
            raise RateLimited(
                f"{running} of your subscriptions are running; the limit at the same time is {self._most}.",
                retry_after=5,
            )

    def enter(self, caller: str) -> None:
        """Takes a place, which `leave` gives back."""
        self._running[caller] += 1

    def leave(self, caller: str) -> None:
        self._running[caller] -= 1
        if not self._running[caller]:
            del self._running[caller]
