"""How often callers may make a backend list a kind: so many lists at once, and as many again in each interval of the kind.

One for each purpose, so that readers who ask for everything live take nothing from those who are about to change something. Held by
`collector`; how many is the setting `inventory.forced_lists`.
"""

import enum
from typing import Final

from resolvers.clock import Clock

_ONE: Final = 1.0 - 1e-9  # what flows back by the second is a little more or less than it should be


class Purpose(enum.Enum):
    """READ: a caller wants younger rows. CHANGE: a plan needs the truth."""

    READ = "read"
    CHANGE = "change"


class Allowance:
    """A token bucket; `interval` in seconds."""

    def __init__(self, most: int, interval: float, clock: Clock) -> None:
        self._most = float(most)
        self._per_second = most / interval
        self._clock = clock
        self._left = self._most
        self._since = clock.monotonic()

    @property
    def seconds(self) -> float:
        """Until there is one; 0 now."""
        self._refill()
        return max(0.0, (_ONE - self._left) / self._per_second)

    def take(self) -> bool:
        """Takes one, when there is one."""
        self._refill()
        if self._left < _ONE:
            return False
        self._left -= 1.0
        return True

    def _refill(self) -> None:
        now = self._clock.monotonic()
        self._left = min(self._most, self._left + (now - self._since) * self._per_second)
        self._since = now
