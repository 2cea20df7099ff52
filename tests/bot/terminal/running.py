"""`9rum chat` as a program: with pipes, or in a terminal of its own."""

import asyncio
import contextlib
import fcntl
import os
import pty
import struct
import sys
import termios
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.project import ROOT
from tests.bot.terminal.emulator import Emulator
from tests.bot.terminal.server import PASSWORD
from tests.polling import eventually

SECONDS = 40.0


@dataclass(frozen=True)
class Done:
    status: int | None
    out: str
    err: str


async def chat(
    url: str, folder: Path, *arguments: str, user: str | None = "jiwoo", typed: str | None = None, **more: str
) -> Done:
    """Runs it to its end. `typed` is piped in."""
    who = [] if user is None else ["--user", user]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", "chat", "--url", url, *who, *arguments,
        cwd=folder, env=environment(folder, **more),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate((typed or "").encode()), SECONDS)
    return Done(process.returncode, out.decode(), err.decode())


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GURUM_", "LC_", "COLUMNS"))}
    given = {"GURUM_PASSWORD": PASSWORD, "PYTHONPATH": str(ROOT), "HOME": str(folder), "LANG": "C.UTF-8", **more}
    given.setdefault("XDG_STATE_HOME", str(folder / "state"))
    return {**kept, "TERM": "xterm-256color", **given}


class InTerminal:
    """The program in a pseudo-terminal; `screen` is what somebody would see."""

    def __init__(self, master: int, process: "asyncio.subprocess.Process", screen: Emulator) -> None:
        self._master = master
        self.process = process
        self.screen = screen

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    async def sees(self, text: str, seconds: float = SECONDS, *, above: bool = False) -> None:
        """`above`: it has scrolled away."""

        async def look() -> bool:
            return text in ("\n".join(self.screen.above) if above else self.screen.text)

        try:
            await eventually(look, f"{text!r} on the screen", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.screen.text}") from None

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
        if process.returncode is None:
            process.kill()
            await process.wait()
        loop.remove_reader(master)
        os.close(master)
