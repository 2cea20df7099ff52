"""The whole application with its bot, spoken to through the console platform, or from a chat system whose people link their accounts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from notifications.redis import RedisClient
from tests.bot.chatting import Chatting
from tests.bot.far_chat import FarChat, far_chat
from tests.bot.people_room import Room, opened
from tests.running import Running


@pytest.fixture
def chat(graph: Running) -> Chatting:
    return Chatting(graph)


@pytest.fixture
async def far(redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[FarChat]:
    async with far_chat(valkey, tmp_path) as it:
        yield it


@pytest.fixture
async def room(redis: RedisClient) -> AsyncIterator[Room]:
    it = await opened(redis)
    yield it
    await it.close()
