"""The application on a watched sandbox without polls, for tests of plans and operations."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from notifications.redis import RedisClient
from tests.watched import Watched, slow_polls, watched


@pytest.fixture
async def krane(redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[Watched]:
    async with watched(valkey, tmp_path, inventory=slow_polls()) as it:
        yield it
