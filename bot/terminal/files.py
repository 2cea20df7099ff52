"""Saving the file of a message; used by `program.py`. The name came from outside, so it names a new file here and no place."""

import os
from pathlib import Path

from bot.messages import File, plain
from bot.terminal.cells import shown
from bot.texts import Texts


def save(file: File, path: str | None, texts: Texts) -> tuple[bool, str]:
    """Whether it was done, and a sentence. Nothing is ever overwritten."""
    name = shown(file.name.replace("\\", "/").rpartition("/")[2]).strip().lstrip(".") or "file.txt"
    place = Path(path or name)
    content = file.text.encode("utf-8", "replace")
    try:
        place = place.expanduser() if path else place
        if place.is_dir():
            place /= name
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(content)
    except FileExistsError:
        return False, texts.line("terminal.file_exists", path=plain(shown(str(place))))
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: `~name` of nobody
        reason = error.strerror if isinstance(error, OSError) else texts.line("terminal.file_name")
        return False, texts.line("terminal.file_unwritten", path=plain(shown(str(place))), reason=reason)
    return True, texts.line("terminal.file_saved", path=plain(shown(str(place))))
