"""Time, passed in wherever behaviour depends on it, so that tests control it and never sleep."""

import asyncio
import time
from datetime import UTC, datetime


class Clock:
    """The real one. `monotonic` is for durations and ages, `now` for what people and backends read."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
