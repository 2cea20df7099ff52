"""Keeps one kind of one cloud fresh: a full list first, then changes (or the list again), with jitter and back-off.

`store.Inventory` makes one Collection per feed, runs them, and asks for `refresh` when a request wants nothing older than an age.
A failure never empties a table: rows stay, the state says since when and why.
"""

import asyncio
import logging
import math
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from resolvers.clock import Clock
from resolvers.errors import GurumError, TimedOut, Unavailable
from resolvers.inventory.allowance import Allowance, Purpose
from resolvers.inventory.feed import Feed
from resolvers.inventory.table import Changed, Table

log = logging.getLogger(__name__)

OVERLAP = timedelta(seconds=15)  # clocks of gateway and backend may differ; asking for a little more is cheap
FIRST_RETRY = 1.0  # seconds; doubles up to the kind's own interval, so that a backend is seen back within one poll
FORCED_LISTS = 5  # the default of the setting `inventory.forced_lists`
# Seconds for a whole full list. Each page has a deadline of its own in the client, and a large cloud has hundreds of them.
POLL_DEADLINE = 1800.0
STALE_AFTER, STALE_LEAST = (
    3,
    30.0,
)  # intervals, and seconds, without a successful poll: a slow list is not yet a stale one


class Collection:
    """One feed and its state. `as_of` is when the last successful poll began: nothing in the rows is older than that."""

    def __init__(
        self,
        cloud: str,
        feed: Feed[Any],
        table: Table[Any],
        clock: Clock,
        on_changes: Callable[[list[Changed]], None],
        interval: float | None = None,
        rng: random.Random | None = None,
        forced_lists: int = FORCED_LISTS,
    ) -> None:
        self.cloud = cloud
        self.feed = feed
        self.kind = feed.kind
        self.interval = interval or feed.kind.interval
        self.as_of: datetime | None = None
        self.error: str | None = None
        self.polls = 0
        self.allowances = {purpose: Allowance(forced_lists, self.interval, clock) for purpose in Purpose}
        self._table = table
        self._clock = clock
        self._on_changes = on_changes
        self._rng = rng or random.Random()  # noqa: S311 - jitter, not a secret
        self._as_of_monotonic = float("-inf")
        self._failures = 0
        self._since_full = 0
        self._written: dict[str, float] = {}
        self._running: asyncio.Task[None] | None = None
        self._running_since = float("-inf")

    @property
    def age(self) -> float:
        """Seconds since the last successful poll began; infinite before the first."""
        return self._clock.monotonic() - self._as_of_monotonic

    @property
    def stale(self) -> bool:
        return self.error is not None or self.age > max(STALE_AFTER * self.interval, STALE_LEAST)

    async def run(self) -> None:
        """Poll for ever. Ends only by cancellation."""
        while True:
            await self._poll_once_shared()
            await self._clock.sleep(self._pause())

    async def refresh(
        self, not_older_than: float = 0.0, purpose: Purpose | None = None, patience: float = math.inf
    ) -> None:
        """Return when the rows are at most so many seconds old, or when the poll that tried has failed.

        Callers at the same time share one poll; a poll that began too early for a caller is followed by one more. With a `purpose`, a
        poll waits until its allowance has one; whoever would wait longer than `patience` goes on with what is there.
        """
        allowance = None if purpose is None else self.allowances[purpose]
        wanted = self._clock.monotonic() - not_older_than
        while self._as_of_monotonic < wanted:
            began_after = self._running is not None and self._running_since >= wanted
            if self._running is None and allowance is not None and not allowance.take():
                if allowance.seconds > patience:
                    return
                await self._clock.sleep(allowance.seconds)  # whoever wakes first polls, and the others share it
                continue
            await self._poll_once_shared()
            if began_after or self.error is not None:
                return

    def wrote(self, row_id: str) -> None:
        """Remember that this row was just written by us, so that a poll already under way does not undo it."""
        self._written[row_id] = self._clock.monotonic()

    async def _poll_once_shared(self) -> None:
        if self._running is None:
            self._running_since = self._clock.monotonic()
            self._running = asyncio.ensure_future(self._poll())
            self._running.add_done_callback(self._ended)
        await asyncio.shield(self._running)

    def _ended(self, _: "asyncio.Future[None]") -> None:
        self._running = None

    async def _poll(self) -> None:
        began, began_at = self._clock.monotonic(), self._clock.now()
        self.polls += 1
        try:
            async with asyncio.timeout(POLL_DEADLINE):
                changes = await self._fetch(began)
        except GurumError as error:
            self._failed(error.message)
        except TimeoutError:
            self._failed(TimedOut(f"{self.cloud} did not list its {self.kind.titles} in {POLL_DEADLINE:g} s.").message)
        except Exception:
            log.exception("the feed of %s of %s failed", self.kind.titles, self.cloud)
            self._failed(
                Unavailable(f"{self.cloud} gave an answer for its {self.kind.titles} that 9rum can not read.").message
            )
        else:
            if self.error is not None:
                log.info("%s of %s answer again", self.kind.titles, self.cloud)
            self.error, self._failures = None, 0
            self.as_of, self._as_of_monotonic = began_at, began
            self._written = {row_id: at for row_id, at in self._written.items() if at >= began}
            if changes:
                self._on_changes(changes)

    async def _fetch(self, began: float) -> list[Changed]:
        def keep(row_id: str) -> bool:
            return self._written.get(row_id, float("-inf")) >= began

        if self.as_of is None or self.feed.changes is None or self._since_full >= self.feed.every_full:
            rows = await self.feed.full()
            self._since_full = 0
            return self._table.replace(rows, mine=lambda row: bool(row.cloud == self.cloud), keep=keep)
        changed = await self.feed.changes(self.as_of - OVERLAP)
        self._since_full += 1
        done = [self._table.put(row) for row in changed.rows if not keep(row.id)]
        done += [self._table.remove(row_id) for row_id in changed.deleted if not keep(row_id)]
        return [change for change in done if change is not None]

    def _failed(self, sentence: str) -> None:
        if self.error is None:
            log.warning("%s of %s can not be read: %s", self.kind.titles, self.cloud, sentence)
        self.error = sentence
        self._failures += 1

    def _pause(self) -> float:
        pause = self.interval
        if self._failures:
            pause = min(FIRST_RETRY * 2.0 ** (self._failures - 1), self.interval)
        return pause * self._rng.uniform(0.9, 1.1)
