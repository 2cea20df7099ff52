"""How deep and how large a value is. Pure; asked by `gateway/executor.py` of variables and by `operations` of inputs.

Everything behind works by recursion, so what nobody needs is refused before: else it ends in the middle, as a fault of ours.
And strawberry makes an object of a class of each object that is given, at 0.2 ms, before anybody is asked who the caller is.
"""

from collections.abc import Mapping
from typing import Any, Final

from resolvers.errors import Invalid

MOST: Final = 64  # levels of objects and lists
MOST_OBJECTS: Final = 500
MOST_VALUES: Final = 20_000  # of any kind, objects and lists too


def check(value: Any, what: str, uses: Mapping[str, int] | None = None) -> None:
    """Raises Invalid. `what` begins the sentence. `uses`: how often each member of `value` is used, and so counts."""
    if uses is None or not isinstance(value, dict):
        _refuse(*_size(value, what), what)
        return
    objects = values = 0
    for name, member in value.items():
        more, many = _size(member, what)
        objects, values = objects + more * uses.get(name, 0), values + many * uses.get(name, 0)
        _refuse(objects, values, what)


def _size(value: Any, what: str) -> tuple[int, int]:
    """Objects and values; the counting ends where they are too many for one use."""
    objects, values, level = 0, 1, [value]
    for _ in range(MOST + 1):
        objects += sum(isinstance(outer, dict) for outer in level)
        inside = [inner for outer in level for inner in _members(outer)]
        values += len(inside)
        level = [inner for inner in inside if isinstance(inner, dict | list)]
        if not level or objects > MOST_OBJECTS or values > MOST_VALUES:
            return objects, values
    raise Invalid(f"{what} is nested too deeply: objects and lists have {MOST} levels at most.")


def _refuse(objects: int, values: int, what: str) -> None:
    if objects > MOST_OBJECTS or values > MOST_VALUES:
        raise Invalid(
            f"{what} holds too much: {MOST_OBJECTS} objects and {MOST_VALUES} values at most, each use counted."
        )


def _members(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
