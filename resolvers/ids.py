"""Global ids: `kind:cloud/native`, readable and typed, e.g. `server:krane/5f0c...`. Used by every domain and by `node(id)`.

The native part may contain slashes (`deployment:dkos-1/shop/api`); kind and cloud may not.
"""

import re
from typing import NamedTuple

from resolvers.errors import Invalid

_SHAPE = re.compile(r"(?P<kind>[a-z][a-zA-Z0-9]*):(?P<cloud>[A-Za-z0-9][A-Za-z0-9_.-]*)/(?P<native>\S.*)\Z")
MAX_LENGTH = 512  # longer than any id of a backend; keeps error texts and keys small


class GlobalId(NamedTuple):
    kind: str
    cloud: str
    native: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.cloud}/{self.native}"


def make(kind: str, cloud: str, native: str) -> str:
    return f"{kind}:{cloud}/{native}"


def parse(text: str) -> GlobalId:
    """Raises Invalid with the shape that is expected."""
    match = _SHAPE.match(text) if len(text) <= MAX_LENGTH else None
    if match is None:
        raise Invalid("An id looks like `server:krane/5f0c...` (kind, cloud, and the id in that cloud).", field="id")
    return GlobalId(match["kind"], match["cloud"], match["native"])


def looks_like(text: str, kind: str) -> bool:
    """Whether a reference that may be an id or a name is an id of this kind."""
    return text.startswith(f"{kind}:") and len(text) <= MAX_LENGTH and _SHAPE.match(text) is not None


def native(text: str | None) -> str | None:
    """The backend's own id inside a global id; None stays None."""
    return None if text is None else text.split("/", 1)[1]
