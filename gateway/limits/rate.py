"""How much cost one caller may spend over time: a token bucket per caller, refilled by the second.

Each process keeps its own buckets, so behind n processes a caller has up to n budgets.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from gateway.limits.settings import LimitSettings
from resolvers.errors import RateLimited

# A caller beyond these has been silent for long, and starts again with a full bucket.
_MOST_CALLERS: Final = 20_000


class RateLimit:
    name: Final = "rate"
    setting: Final = "budget"
    code: Final = RateLimited.code

    def __init__(self, settings: LimitSettings, now: Callable[[], float]) -> None:
        self._size = float(settings.budget)
        self._refill = settings.budget_per_second
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # caller -> (left, as of)

    def spend(self, caller: str, cost: int) -> int:
        """Takes the cost out of the caller's budget and answers what is left of it."""
        now = self._now()
        left = self._left(caller, now)
        if cost > left:
            self._keep(caller, left, now)
            if cost > self._size:
                raise RateLimited(
                    f"The operation costs {cost}, more than the whole budget of {int(self._size)} of a caller."
                )
            wait = (cost - left) / self._refill
            raise RateLimited(
                f"The operation costs {cost} and {max(0, int(left))} of your budget of {int(self._size)} is left;"
                f" try again in {max(1, round(wait))} s.",
                retry_after=wait,
            )
        self._keep(caller, left - cost, now)
        return int(left - cost)

    def charge(self, caller: str, cost: int) -> int:
        """Takes what is known afterwards, be it there or not, and answers what is left: below 0 when it was not."""
        now = self._now()
        left = self._left(caller, now) - cost
        self._keep(caller, left, now)
        return math.floor(left)

    def require(self, caller: str) -> None:
        """Raises RateLimited while more was taken than there was."""
        now = self._now()
        left = self._left(caller, now)
        if left < 0:
            wait = self.wait(math.floor(left))
            raise RateLimited(
                f"Your budget of {int(self._size)} is used up; try again in {max(1, round(wait))} s.", retry_after=wait
            )

    def wait(self, left: int) -> float:
        """Seconds until what was taken beyond the budget has flowed back."""
        return max(0, -left) / self._refill

    def _left(self, caller: str, now: float) -> float:
        left, since = self._buckets.get(caller, (self._size, now))
        return min(self._size, left + (now - since) * self._refill)

    def _keep(self, caller: str, left: float, now: float) -> None:
        self._buckets[caller] = (left, now)
        self._buckets.move_to_end(caller)
        if len(self._buckets) > _MOST_CALLERS:
            self._buckets.popitem(last=False)
