"""Scalars of our own. Used in arguments of lists and in actions."""

import re
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from resolvers.errors import Invalid

_SHAPE = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|m|h|d)?\Z")
_SECONDS = {"ms": 0.001, "s": 1.0, None: 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def parse_duration(value: Any) -> float:
    """Seconds. Raises Invalid for anything else than a number of seconds or a text like `30s`."""
    match = _SHAPE.match(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    if match is None:
        raise Invalid("A duration is a number of seconds or a text like `500ms`, `30s`, `5m`, `2h`, `1d`.")
    return float(match[1]) * _SECONDS[match[2]]


Duration = NewType("Duration", float)
DURATION = strawberry.scalar(
    name="Duration",
    description="A span of time: a number of seconds, or a text like `500ms`, `30s`, `5m`, `2h`, `1d`.",
    serialize=float,
    parse_value=parse_duration,
)
SCALARS: dict[object, ScalarDefinition] = {Duration: DURATION}
