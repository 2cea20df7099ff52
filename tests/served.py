"""The application on a real socket, in a thread of the test process, for clients that are programs of their own: browsers, npm packages."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

from granian.constants import Interfaces
from granian.server.embed import Server

from tests.ports import answers, free_port
from tests.running import Running, running

T = TypeVar("T")


class Served:
    """`url` has no slash at its end. `run` lets a coroutine run where the application lives."""

    def __init__(self, loop: asyncio.AbstractEventLoop, url: str, inside: Running) -> None:
        self.url = url
        self.inside = inside
        self._loop = loop

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def token(self, person: str) -> str:
        return self.run(self.inside.token(person))


@contextlib.contextmanager
def served(store_url: str, folder: Path, port: int | None = None, **settings: Any) -> Iterator[Served]:
    """Starts, waits until it answers, and ends in order. `port`: for settings that name the address."""
    port = port or free_port()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="served", daemon=True)
    thread.start()
    stop = asyncio.Event()
    started: list[Served] = []
    up = threading.Event()

    async def serve() -> None:
        async with running(store_url, folder, **settings) as inside:
            server = Server(
                inside.app.asgi, address="127.0.0.1", port=port, interface=Interfaces.ASGINL, log_enabled=False
            )
            serving = asyncio.create_task(server.serve())
            while not await answers(port):
                assert not serving.done(), serving
                await asyncio.sleep(0.02)
            started.append(Served(loop, f"http://127.0.0.1:{port}", inside))
            up.set()
            await stop.wait()
            await inside.app.transport.connections.end_all()
            server.stop()  # type: ignore[no-untyped-call] # granian's embedded server is not annotated here
            await serving

    work = asyncio.run_coroutine_threadsafe(serve(), loop)
    work.add_done_callback(lambda _: up.set())
    assert up.wait(120), "the gateway did not start"
    if not started:
        work.result(0)
    try:
        yield started[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        work.result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()
