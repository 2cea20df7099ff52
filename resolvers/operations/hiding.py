"""What nobody may read of an input and of a plan's arguments, and what is kept and shown in its place. Called by the others here.

Secrets are hidden whole. Of web addresses the host and the path stay, because people need them to know what was meant; what is behind
them is hidden, because a signed address has its key there, and so is a name or a password before the host.
"""

import re
from collections.abc import Mapping
from typing import Any

from resolvers.action import Action

MASK = "***"
SHORTEST = 6  # characters of a secret that is looked for in a sentence: a shorter one may be any word of it
_NAME = re.compile(r"\A((?:[^/?#]*:)?//)?[^/?#]*@")
_BEHIND = re.compile(r"([?#]).+", re.DOTALL)


def masked(plain: Mapping[str, Any], action: Action) -> dict[str, Any]:
    """An input as it may be stored and shown: without what was left out, secrets hidden."""
    return {name: _shown(action, name, value) for name, value in plain.items() if value is not None}


def hidden(values: Mapping[str, Any], action: Action) -> dict[str, Any]:
    """Those of an input or of a plan's arguments that are not kept as they are."""
    return {
        name: value for name, value in values.items() if name in action.secret or _shown(action, name, value) != value
    }


def kept(values: Mapping[str, Any], action: Action) -> dict[str, Any]:
    """The others: with `hidden` they are all."""
    sealed = hidden(values, action)
    return {name: value for name, value in values.items() if name not in sealed}


def missing(plain: Mapping[str, Any], action: Action) -> list[str]:
    """The names in a `masked` input of what is not in it any more, or not whole."""
    return sorted(
        name
        for name, value in plain.items()
        if name in action.secret or (name in action.addresses and MASK in str(value))
    )


def without(text: str, secrets: Mapping[str, Any]) -> str:
    """A sentence, of a backend for instance, that may repeat what it was sent."""
    for value in secrets.values():
        if isinstance(value, str) and len(value) >= SHORTEST:
            text = text.replace(value, MASK)
    return text


def address(text: str) -> str:
    """As it may be shown, whether it is a good address or not."""
    return _BEHIND.sub(rf"\1{MASK}", _NAME.sub(rf"\1{MASK}@", text))


def _shown(action: Action, name: str, value: Any) -> Any:
    if name in action.secret:
        return MASK
    return address(value) if name in action.addresses and isinstance(value, str) else value
