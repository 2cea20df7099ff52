"""What people typed, as it may be kept for ever and shown to others: shortened, and without the values of what looks like a secret.

Used for audit rows, sources of messages and plans, and for what the console keeps of its rooms. Pure. What is masked is told by the names
of parameters, so it works before anybody knows the command, and on a text that can not be read; secrets that are given as mere words are
`guarded.py`'s to hide. Of web addresses the host and the path stay: what is behind them may be the key of a signed address, and what is
before the host a password.
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
# Whatever begins like an address is one, however it goes on: so no text is looked through twice. Behind one in quotes may be spaces.
_URL = r"""(?P<scheme>[A-Za-z][\w+.-]{0,20}://)(?P<login>[^\s/?#@"'“”‘’]*@)?(?P<path>[^\s?#"'“”‘’]*)"""
_TYPED = re.compile(
    rf"""(?:(?P<double>(?<=["“„]))|(?P<single>(?<=['‘])))?{_URL}"""
    rf"""(?:(?P<mark>[?#])(?(double)(?:\\.|[^"”\\])+|(?(single)[^'’]+|{_VALUE})))?""",
    re.DOTALL,
)
_GIVEN = re.compile(rf"{_URL}(?:(?P<mark>[?#]).+)?", re.DOTALL)


def secret(name: str) -> bool:
    """Whether the value of a parameter of this name is never shown."""
    folded = re.sub(r"[-_—–]", "", name).casefold()
    return folded.endswith(_ENDING) or any(part in folded for part in _ANYWHERE)


def hidden(typed: str) -> str:
    """The text as it was typed, without secrets."""
    return _TYPED.sub(_address, _OPTION.sub(_hidden, typed))


def text(typed: str) -> str:
    """One line of command text without secrets, at most KEPT characters."""
    return clean(hidden(typed[: 4 * KEPT].strip()), KEPT)


def values(given: Mapping[str, Any]) -> dict[str, Any]:
    """Variables as they may be shown."""
    return {name: value if name == "idempotencyKey" else _shown(name, value) for name, value in given.items()}


def hides(name: str, value: Any) -> bool:
    """Whether `values` hides it, or a part of it."""
    return values({name: value}) != {name: value}


def _shown(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return values(value)
    if value is not None and secret(name):
        return MASK
    if isinstance(value, list):
        return [_shown(name, each) for each in value]
    return _GIVEN.sub(_address, value) if isinstance(value, str) else value


def _address(match: re.Match[str]) -> str:
    login, mark = f"{MASK}@" if match["login"] else "", f"{match['mark']}{MASK}" if match["mark"] else ""
    return f"{match['scheme']}{login}{match['path']}{mark}"


def _hidden(match: re.Match[str]) -> str:
    if match["option"] is not None:
        return f"{match['option']}{match['sign']}{MASK}" if secret(match["option"]) else match[0]
    return f"{match['pair']}={MASK}" if secret(match["pair"]) else match[0]
