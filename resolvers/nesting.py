"""How deep a value is nested. Pure; asked by `gateway/executor.py` of variables and by `operations` of inputs.

Everything behind works by recursion, so what nobody needs is refused before: else it ends in the middle, as a fault of ours.
"""

from typing import Any, Final

from resolvers.errors import Invalid

MOST: Final = 64  # levels of objects and lists


def check(value: Any, what: str) -> None:
    """Raises Invalid. `what` begins the sentence."""
    level = [value]
    for _ in range(MOST + 1):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise Invalid(f"{what} is nested too deeply: objects and lists have {MOST} levels at most.")


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [inner for inner in value.values() if isinstance(inner, dict | list)]
    return [inner for inner in value if isinstance(inner, dict | list)] if isinstance(value, list) else []
