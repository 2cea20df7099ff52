"""Which typed commands may not be written to the history file, because they carry a secret. Used by `history.py`; pure.

The same rule tells that masks secrets in audit rows (`redact.py`); what is not understood is judged by how it looks.
"""

import re
from typing import Final

from bot import redact
from bot.catalogue import Catalogue
from bot.parser import Unreadable, Words, split

_LOOKS: Final = re.compile(
    r"-----BEGIN |\bgAAAA[\w-]{20,}|\beyJ[\w-]{8,}\.[\w-]+|\bssh-(rsa|ed25519) |#cloud-config"
    r"|\w://[^/\s:@]+:[^/\s@]+@|(pass(word|wd)?|secret|token)\s*[=:]\s*\S",
    re.IGNORECASE,
)


def carries_secret(text: str, catalogue: Catalogue | None) -> bool:
    if _LOOKS.search(text) or redact.hidden(text) != text:
        return True
    try:
        words = split(text)
    except Unreadable:
        return bool(_LOOKS.search(text) or re.search(r"(?i)pass|secret|token|user-?data", text))
    named = {name for name, _ in words.options}
    named |= {token.pair.option or "" for token in words.tokens if token.pair is not None}
    return any(redact.secret(name) for name in named) or _among_words(words, catalogue)


def _among_words(words: Words, catalogue: Catalogue | None) -> bool:
    """Whether a secret that must be given by name may be one of the words, because there are more than have a place."""
    found = catalogue.find(words.words, {}) if catalogue is not None else None
    if found is None:
        return False
    command, rest = found
    needs = any(parameter.required and redact.secret(parameter.name) for parameter in command.parameters)
    return needs and len(rest) > len(command.positional)
