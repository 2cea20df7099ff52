"""The whole application with the domain of the tutorial beside its own, on a small sandbox, and the imaginary backend behind it."""

from collections.abc import AsyncIterator, Sequence
from functools import cache
from pathlib import Path

import pytest
import strawberry

from gateway.schema import build_schema
from notifications.redis import RedisClient
from resolvers import DOMAINS
from resolvers.domain import Domain
from tests.bot.chatting import Chatting
from tests.fundamentals import notes
from tests.running import CLOUD, Running, running


@cache
def domains() -> tuple[Sequence[Domain], strawberry.Schema]:
    """What `resolvers/__init__.py` lists, and one more."""
    found = (*DOMAINS, notes.DOMAIN)
    return found, build_schema(found)


@pytest.fixture
async def graph(redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(valkey, tmp_path, domains=domains()) as it:
        yield it


@pytest.fixture
def board(graph: Running) -> notes.Board:
    """The backend itself, where things happen without 9rum."""
    board = graph.app.ports.get("note", CLOUD)
    assert isinstance(board, notes.Board)
    return board


@pytest.fixture
def chat(graph: Running) -> Chatting:
    return Chatting(graph)
