"""A workshop far away, and one process of 9rum before it."""

from collections.abc import AsyncIterator

import pytest

from notifications.redis import RedisClient
from tests.resolvers.operations.workshop import FastClock, Process, Workshop


@pytest.fixture
def shop() -> Workshop:
    return Workshop()


@pytest.fixture
async def process(redis: RedisClient, shop: Workshop) -> AsyncIterator[Process]:
    it = await Process(redis, shop, FastClock(), "one").start()
    yield it
    await it.crash()
