"""The marker by which a resource is found again after a crash: a short ending of its description, taken off again when rows are made.

Not a tag: Neutron takes no tags in a creating request (`Attribute 'tags' not allowed in POST`, seen on 2026.2; for ports it takes
and drops them), and a tag that is set afterwards would be missing exactly after the crash that it is for.
"""

import re
from typing import Final

from resolvers.errors import Invalid

MAX_DESCRIPTION: Final = 255  # characters; Neutron's limit
_ENDING: Final = re.compile(r"(?:^|\s)\[gurum:[^\[\]\s]*\]\Z")


def marked(description: str | None, marker: str) -> str:
    """Raises Invalid when there is no room left."""
    ending = f"[gurum:{marker}]"
    text = f"{description} {ending}" if description else ending
    if len(text) > MAX_DESCRIPTION:
        raise Invalid(
            f"The description has {len(description or '')} characters; at most {MAX_DESCRIPTION - len(ending) - 1} are allowed.",
            field="description",
        )
    return text


def carries(description: str | None, marker: str) -> bool:
    return (description or "").endswith(f"[gurum:{marker}]")


def unmarked(description: str | None) -> str | None:
    """The description as the person gave it; None when there was none, which Neutron writes as an empty text."""
    return _ENDING.sub("", description or "") or None
