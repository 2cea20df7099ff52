"""`9rum serve`: opens the application, listens, says how to begin, and ends in order when a signal comes.

Called by `gateway/__main__.py`. The server runs in this process and loop (granian, embedded), so the application is opened before the
first request can come and closed after the last one went.
"""

import asyncio
import contextlib
import errno
import gc
import logging
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator

from granian.constants import Interfaces
from granian.server.embed import Server

from gateway.app import Application
from gateway.settings import Settings
from gateway.store import StoreError
from gateway.welcome import welcome
from resolvers.errors import GurumError

log = logging.getLogger("gurum.serve")

LOOK_EVERY = 0.05  # seconds
LOADED_SECONDS = 60.0  # the welcome waits so long for the first lists; the server answers before


class NotListening(Exception):
    """The address can not be listened on; the text is one sentence for people."""


async def serve(app: Application, settings: Settings) -> int:
    """The exit status. Raises SettingsError for what only shows now."""
    stop = asyncio.Event()
    with _signals(stop):
        try:
            _free(settings.http.host, settings.http.port)
            async with _opened(app):
                return await _listen(app, settings, stop)
        except (StoreError, GurumError, NotListening) as error:
            sys.stderr.write(f"{error}\n")
            return 1


async def _listen(app: Application, settings: Settings, stop: asyncio.Event) -> int:
    server = Server(
        app.asgi,
        address=settings.http.host,
        port=settings.http.port,
        interface=Interfaces.ASGINL,  # without lifespan: the application is open already
        backlog=1024,
        log_enabled=False,  # our own edge writes the log, with correlation ids
    )
    serving = asyncio.create_task(server.serve())
    greeting = asyncio.create_task(_greet(app, settings))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    greeting.cancel()
    stopping.cancel()
    if serving.done():
        log.error("the HTTP server ended by itself", exc_info=serving.exception())
        return 1
    log.info("stopping: no new requests, running ones get %g s", settings.http.shutdown_seconds)
    await app.transport.connections.end_all()
    server.stop()  # type: ignore[no-untyped-call] # granian's embedded server is not annotated here
    _, unfinished = await asyncio.wait({serving}, timeout=settings.http.shutdown_seconds)
    if unfinished:
        log.warning("some requests did not end in time and are cut off")
        serving.cancel()
    return 0


async def _greet(app: Application, settings: Settings) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LOADED_SECONDS):
            while True:
                if app.inventory.loaded and await _answers(settings.http.host, settings.http.port):
                    break
                await asyncio.sleep(LOOK_EVERY)
    # Libraries and the first rows stay for good: the collector of garbage need not walk them at each full round.
    gc.collect()
    gc.freeze()
    sys.stdout.write(welcome(settings, app.role))
    sys.stdout.flush()


async def _answers(host: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    return True


@contextlib.asynccontextmanager
async def _opened(app: Application) -> AsyncIterator[None]:
    await app.open()
    try:
        yield
    finally:
        await app.close()


def _free(host: str, port: int) -> None:
    """granian shares a port with whoever listens on it already; two gateways that answer by turns would be a riddle."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise NotListening(
                    f"http.port: {host}:{port} is in use by another program; set another port."
                ) from error
            raise NotListening(f"http.host: can not listen on {host}:{port}: {error.strerror}.") from error
        except UnicodeError as error:  # a name that can be none, such as one with two dots in a row
            raise NotListening("http.host: is neither an address nor the name of a machine.") from error


@contextlib.contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()

    def first(number: int) -> None:
        stop.set()
        loop.remove_signal_handler(number)  # a second one ends the process at once

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, first, number)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
