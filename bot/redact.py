"""What people typed, as it may be kept for ever and shown to others: shortened, and without the values of what looks like a secret.

Used for audit rows, sources of messages and plans, and for what the console keeps of its rooms. Pure. What is masked is told by the names
of parameters, so it works before anybody knows the command, and on a text that can not be read; secrets that are given as mere words are
`Turn.shown`'s to hide.
"""

import re
from collections.abc import Mapping
from typing import Any

from bot.messages import clean

MASK = "***"
KEPT = 300  # characters
_ANYWHERE = ("password", "passphrase", "secret", "token", "private", "credential", "userdata")
_ENDING = ("pass", "passwd", "key")
# A word is one value, however many quotes and escapes it is made of.
_VALUE = r"""(?:"(?:\\.|[^"\\])*"?|“[^”"]*[”"]?|'[^']*'?|‘[^’']*[’']?|\\.|\S)+"""
_OPTION = re.compile(
    rf"(?:(?<=\s)|^)(?:(?P<option>[-—–]{{1,2}}[A-Za-z][\w-]*)(?P<sign>\s*=\s*|\s+(?!(?:--|[—–])[A-Za-z])){_VALUE}"
    rf"|(?P<pair>[A-Za-z][\w-]*)={_VALUE})"
)


def secret(name: str) -> bool:
    """Whether the value of a parameter of this name is never shown."""
    folded = re.sub(r"[-_—–]", "", name).casefold()
    return folded.endswith(_ENDING) or any(part in folded for part in _ANYWHERE)


def hidden(typed: str) -> str:
    """The text as it was typed, without secrets."""
    return _OPTION.sub(_hidden, typed)


def text(typed: str) -> str:
    """One line of command text without secrets, at most KEPT characters."""
    return clean(hidden(typed[: 4 * KEPT].strip()), KEPT)


def values(given: Mapping[str, Any]) -> dict[str, Any]:
    """Variables as they may be shown."""
    shown: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, Mapping):
            shown[name] = values(value)
        else:
            shown[name] = MASK if value is not None and name != "idempotencyKey" and secret(name) else value
    return shown


def _hidden(match: re.Match[str]) -> str:
    if match["option"] is not None:
        return f"{match['option']}{match['sign']}{MASK}" if secret(match["option"]) else match[0]
    return f"{match['pair']}={MASK}" if secret(match["pair"]) else match[0]
