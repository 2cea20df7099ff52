"""`9rum chat` as a program: with pipes, or in a terminal of its own. What needs no process of its own runs in this one, which is faster."""

import asyncio
import contextlib
import fcntl
import io
import os
import pty
import struct
import sys
import termios
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.__main__ import main
from tests.architecture.project import ROOT
from tests.bot.terminal.emulator import Emulator
from tests.bot.terminal.server import PASSWORD
from tests.polling import eventually

SECONDS = 40.0
PAUSE = 0.01  # between looks at a screen: they cost little
OWN = ("GURUM_", "LC_", "COLUMNS")  # what the tests give themselves
NONE: Mapping[str, str] = {}


@dataclass(frozen=True)
class Done:
    status: int | str | None
    out: str
    err: str


async def chat(
    url: str, folder: Path, *arguments: str, user: str | None = "jiwoo", typed: str | None = None, **more: str
) -> Done:
    """Runs it to its end. `typed` is piped in."""
    async with started(url, folder, *arguments, user=user, **more) as process:
        out, err = await asyncio.wait_for(process.communicate((typed or "").encode()), SECONDS)
        return Done(process.returncode, out.decode(), err.decode())


@contextlib.asynccontextmanager
async def started(
    url: str, folder: Path, *arguments: str, user: str | None = "jiwoo", **more: str
) -> AsyncIterator["asyncio.subprocess.Process"]:
    """With pipes; it does not outlive the test."""
    who = [] if user is None else ["--user", user]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", "chat", "--url", url, *who, *arguments,
        cwd=folder, env=environment(folder, **more),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        await _end(process)


async def chat_here(
    url: str, *arguments: str, user: str | None = "jiwoo", typed: bytes = b"", environment: Mapping[str, str] = NONE
) -> Done:
    """As `chat`, by a call of the command line in a thread of this process: one at a time."""
    who = [] if user is None else ["--user", user]
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as here, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        for name in list(os.environ):
            if name.startswith(OWN):
                here.delenv(name)
        for name, value in {"GURUM_PASSWORD": PASSWORD, "LANG": "C.UTF-8", **environment}.items():
            here.setenv(name, value)
        here.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed), "utf-8"))
        given = ["chat", "--url", url, *who, "--timeout", f"{SECONDS:g}", *arguments]  # a thread ends by itself only
        status = await asyncio.to_thread(_called, given)
    return Done(status, out.getvalue(), err.getvalue())


def _called(arguments: list[str]) -> int | str | None:
    try:
        return main(arguments)
    except SystemExit as ended:  # wrong arguments
        return ended.code


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OWN)}
    given = {"GURUM_PASSWORD": PASSWORD, "PYTHONPATH": str(ROOT), "HOME": str(folder), "LANG": "C.UTF-8", **more}
    given.setdefault("XDG_STATE_HOME", str(folder / "state"))
    return {**kept, "TERM": "xterm-256color", **given}


class InTerminal:
    """The program in a pseudo-terminal; `screen` is what somebody would see."""

    def __init__(self, master: int, process: "asyncio.subprocess.Process", screen: Emulator) -> None:
        self._master = master
        self.process = process
        self.screen = screen

    def type(self, text: str | bytes) -> None:
        os.write(self._master, text.encode() if isinstance(text, str) else text)

    def paste(self, text: str | bytes) -> None:
        """As terminals mark it, and Enter."""
        self.type(b"\x1b[200~" + (text.encode() if isinstance(text, str) else text) + b"\x1b[201~\r")

    async def sees(self, text: str, seconds: float = SECONDS, *, above: bool = False) -> None:
        """`above`: it has scrolled away."""

        async def look() -> bool:
            return text in ("\n".join(self.screen.above) if above else self.screen.text)

        try:
            await eventually(look, f"{text!r} on the screen", seconds, PAUSE)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.screen.text}") from None

    async def loses(self, text: str) -> None:
        """It is not on the screen any more."""

        async def look() -> bool:
            return text not in self.screen.text

        await eventually(look, f"{text!r} is gone from the screen", pause=PAUSE)

    async def gives_back(self) -> None:
        """Nothing more can be typed."""

        async def look() -> bool:
            return "\x1b[?2004l" in self.screen.raw

        await eventually(look, "pasting is not marked any more", pause=PAUSE)

    async def ended(self) -> int:
        return await asyncio.wait_for(self.process.wait(), SECONDS)


@contextlib.asynccontextmanager
async def in_terminal(
    url: str, folder: Path, *arguments: str, user: str = "jiwoo", rows: int = 30, columns: int = 90, **more: str
) -> AsyncIterator[InTerminal]:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.set_blocking(master, False)
    screen = Emulator(rows, columns)
    loop = asyncio.get_running_loop()

    def read() -> None:
        with contextlib.suppress(BlockingIOError, OSError):  # the program has ended when the terminal is gone
            if answer := screen.feed(os.read(master, 65_536)):
                os.write(master, answer)

    loop.add_reader(master, read)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", "chat", "--url", url, "--user", user, *arguments,
        cwd=folder, env=environment(folder, **more), stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    try:
        yield InTerminal(master, process, screen)
    finally:
        await _end(process)
        loop.remove_reader(master)
        os.close(master)


async def _end(process: "asyncio.subprocess.Process") -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()
