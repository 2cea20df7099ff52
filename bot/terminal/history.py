"""What was typed before, kept for the person alone in a file that only they can read. Given to prompt_toolkit by `program.py`.

A command that carries a secret is remembered until the program ends and is never written.
"""

import contextlib
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from prompt_toolkit.history import History

from bot.messages import plain
from bot.texts import Texts

KEPT: Final = 2_000  # lines; the file is shortened when it has twice as many


class FileOfCommands(History):
    """One command a line, oldest first. When the file can not be used, the history stays in memory, and `told` says so once."""

    def __init__(self, path: Path, secret: Callable[[str], bool], texts: Texts) -> None:
        super().__init__()
        self.path = path
        self._problem: str | None = None
        self._usable = True
        self._secret = secret
        self._texts = texts

    def load_history_strings(self) -> Iterable[str]:
        """Newest first, as prompt_toolkit wants it."""
        try:
            lines = self.path.read_text("utf-8", "replace").splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            self._give_up(error)
            return []
        if len(lines) > 2 * KEPT:
            self._shorten(lines[-KEPT:])
        return [line for line in reversed(lines[-KEPT:]) if line]

    def store_string(self, string: str) -> None:
        line = " ".join(string.split())
        if not line or not self._usable or self._secret(string):
            return
        try:
            self._write(self.path, f"{line}\n", os.O_APPEND)
        except OSError as error:
            self._give_up(error)

    def told(self) -> str | None:
        """A sentence, once, when the file can not be used."""
        problem, self._problem = self._problem, None
        return problem

    def _shorten(self, lines: Iterable[str]) -> None:
        new = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):  # it is only longer than it should be
            self._write(new, "".join(f"{line}\n" for line in lines), os.O_TRUNC)
            new.replace(self.path)

    def _write(self, path: Path, text: str, how: int) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8", errors="replace") as file:
            os.fchmod(handle, 0o600)  # also when somebody made it readable
            file.write(text)

    def _give_up(self, error: OSError) -> None:
        self._usable = False
        self._problem = self._texts.line("terminal.history", path=plain(str(self.path)), reason=error.strerror)


def history_path(environment: Mapping[str, str]) -> Path:
    """https://specifications.freedesktop.org/basedir-spec: `~/.local/state/9rum/history`."""
    state = environment.get("XDG_STATE_HOME", "")
    folder = Path(state) if state.startswith("/") else Path.home() / ".local" / "state"
    return folder / "9rum" / "history"
