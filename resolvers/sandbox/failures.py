"""Failures on demand: what a call to the sandbox meets before it does anything.

Set by the settings (`failures: {server.create: 0.1}`, a share of calls) and at run time by `World.fail`, which tests and demos use.
A call is known by its domain (`compute`) and its operation (`server.create`); both are accepted wherever a failure is set.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from resolvers.clock import Clock
from resolvers.errors import Denied, GurumError, TimedOut, Unavailable

FailureKind = Literal["down", "slow", "error500", "reject"]
READ_DEADLINE, WRITE_DEADLINE = 5.0, 30.0  # seconds; the same as the OpenStack adapters have by default


@dataclass
class Failure:
    """`seconds` is how late a slow backend answers, None for never. `times` is how many more calls fail, None for all."""

    kind: FailureKind
    seconds: float | None = None
    times: int | None = None


class Failures:
    def __init__(self, cloud: str, shares: Mapping[str, float], clock: Clock, rng: random.Random) -> None:
        self._cloud = cloud
        self._shares = shares
        self._clock = clock
        self._rng = rng
        self._set: dict[str, Failure] = {}

    def set(self, what: str, failure: Failure) -> None:
        self._set[what] = failure

    def end(self, what: str | None = None) -> None:
        """End the failure of a domain or operation, or all of them."""
        if what is None:
            self._set.clear()
        self._set.pop(what or "", None)

    async def meet(self, domain: str, operation: str, deadline: float) -> None:
        """Return when the call may go on. Raises what the caller of a failing backend would get."""
        for what in (operation, domain):
            share = self._shares.get(what, 0.0)
            if share and self._rng.random() < share:
                raise self._error(Failure("error500"), domain, operation)
            failure = self._set.get(what)
            if failure is None or failure.times == 0:
                continue
            if failure.times is not None:
                failure.times -= 1
            if failure.kind == "slow":
                await self._wait(failure.seconds, domain, deadline)
            else:
                raise self._error(failure, domain, operation)

    async def _wait(self, seconds: float | None, domain: str, deadline: float) -> None:
        if seconds is not None and seconds < deadline:
            await self._clock.sleep(seconds)
            return
        await self._clock.sleep(deadline)
        raise TimedOut(f"{self._cloud} ({domain}) did not answer within {deadline:g} s.", backend=self._cloud)

    def _error(self, failure: Failure, domain: str, operation: str) -> GurumError:
        if failure.kind == "down":
            return Unavailable(f"{self._cloud} ({domain}) does not answer: it seems to be down.", backend=self._cloud)
        if failure.kind == "reject":
            return Denied(f"The policy of {self._cloud} does not allow `{operation}`.", backend=self._cloud)
        return Unavailable(f"{self._cloud} ({domain}) answered `{operation}` with an inner error.", backend=self._cloud)
