"""What copies content takes its time: an hour in which a row does not move is no failure there."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from notifications.redis import RedisClient
from resolvers.clock import Clock
from resolvers.operations.run import FOLLOW_LIMIT
from tests.watched import slow_polls, watched

pytestmark = pytest.mark.anyio
TIMES = 1000  # as fast as the real time
SPEED = 0.003  # of the cloud: what normally takes three seconds takes a quarter of an hour and more


class HastyClock(Clock):
    """All of time runs faster: the moments, the durations and the sleeps."""

    def __init__(self) -> None:
        self._began, self._at = super().now(), super().monotonic()

    def now(self) -> datetime:
        return self._began + timedelta(seconds=self.monotonic() - self._at)

    def monotonic(self) -> float:
        return self._at + (super().monotonic() - self._at) * TIMES

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / TIMES)


@pytest.mark.parametrize(
    ("action", "given"),
    [
        ("volumeCreate", {"name": "copy", "sourceVolume": "scratch"}),
        ("volumeBackupCreate", {"name": "b", "volume": "scratch"}),
        ("volumeBackupRestore", {"backup": "weekly"}),
        ("imageCreate", {"name": "i", "address": "https://images.example/i.qcow2"}),
        ("serverSnapshot", {"name": "s", "server": "shop-web-1"}),
        ("serverRebuild", {"server": "shop-web-1", "image": "ubuntu-22.04"}),
        ("serverResize", {"server": "shop-web-1", "flavor": "m1.large"}),
        ("serverShelve", {"server": "shop-web-1"}),
    ],
)
async def test_a_copy_is_not_given_up(
    redis: RedisClient, valkey: str, tmp_path: Path, action: str, given: dict[str, Any]
) -> None:
    assert FOLLOW_LIMIT < 3 / SPEED
    clock = HastyClock()
    async with watched(valkey, tmp_path, clock, SPEED, inventory=slow_polls()) as krane:
        began = clock.monotonic()
        await krane.graph.done("jiwoo", action, given, "shop")
        assert clock.monotonic() - began > FOLLOW_LIMIT
