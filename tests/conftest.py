"""Fixtures that more than one folder of tests uses: the whole application on the sandbox, and a store of its own for each test."""

import gc
import signal
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from bot import asking
from notifications.redis import RedisClient
from tests.clock import LeapingLoop
from tests.running import Running, demo_passwords, running
from tests.served import Served, served
from tests.stores import store_in

pytest_plugins = ["tests.lab.fixtures", "tests.contract.counts", "tests.hanging"]


def pytest_collection_finish() -> None:
    """What was imported stays, and takes half of the time of every look for garbage: nobody looks through it again."""
    gc.collect()
    gc.freeze()


def pytest_configure() -> None:
    """Whatever a shell starts in the background ignores SIGINT, and so would each process that a test starts and interrupts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": LeapingLoop}


@pytest.fixture(autouse=True)
def unhurried(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists to choose from come however slow the machine is: people are shown a form without them after a second and a half.

    A real cloud may take longer than the three seconds in which Slack opens a form, so beside the lab they stay.
    """
    if request.node.get_closest_marker("lab") is None:
        monkeypatch.setattr(asking, "CHOICES_WAIT", 600.0)


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real store for all tests of the session; each test empties it before it uses it."""
    with store_in(tmp_path_factory.mktemp("valkey")) as store:
        yield store


@pytest.fixture
async def redis(valkey: str) -> AsyncIterator[RedisClient]:
    """An empty store."""
    client = Redis.from_url(valkey, socket_timeout=15)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
async def graph(redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[Running]:
    """The whole application in process, on a small sandbox with people, fifty times as fast as a real one.

    `await graph("jiwoo", "{ servers { nodes { name } } }")` asks as a person, over HTTP.
    """
    async with running(valkey, tmp_path) as it:
        yield it


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The application on a real socket, with a store of its own, for all tests that only read or make what they look at."""
    folder = tmp_path_factory.mktemp("served")
    with store_in(folder) as store, served(store, folder) as it:
        yield it


@pytest.fixture(scope="session")
def gateway_url(gateway: Served) -> str:
    return gateway.url


@pytest.fixture(scope="session")
def demo_token(gateway: Served) -> str:
    """A token of jiwoo, without a scope."""
    return gateway.token("jiwoo")


@pytest.fixture(scope="session")
def demo_people() -> Mapping[str, str]:
    """Names and passwords; the first sees servers."""
    return demo_passwords()
