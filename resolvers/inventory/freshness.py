"""How old an answer is and how each backend behind it fares: what `freshness` on lists and in response extensions tells."""

import enum
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from resolvers.inventory.allowance import Purpose
from resolvers.inventory.collector import Collection


class Source(enum.StrEnum):
    """LIVE: read for this request. CACHE: from the read model, within its interval. STALE: older, because a backend does not answer."""

    LIVE = "LIVE"
    CACHE = "CACHE"
    STALE = "STALE"


class BackendState(enum.StrEnum):
    """OK: read within its interval. DEGRADED: late. DOWN: the last poll failed, and `error` says how."""

    OK = "OK"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"


@dataclass(frozen=True, slots=True)
class BackendFreshness:
    """One kind of one cloud. `lag_seconds` is the age of its rows, None before the first list."""

    name: str
    kind: str
    status: BackendState
    as_of: datetime | None
    lag_seconds: float | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Freshness:
    """`as_of` is the oldest of the backends; None when one of them was never read. `warnings`: what is older than was asked for."""

    as_of: datetime | None
    source: Source
    backends: list[BackendFreshness]
    warnings: list[str]


def of_collection(collection: Collection) -> BackendFreshness:
    healthy = BackendState.DEGRADED if collection.stale else BackendState.OK
    state = healthy if collection.error is None else BackendState.DOWN
    return BackendFreshness(
        name=collection.cloud,
        kind=collection.kind.name,
        status=state,
        as_of=collection.as_of,
        lag_seconds=None if collection.as_of is None else round(max(collection.age, 0.0), 3),
        error=collection.error,
    )


def freshness(collections: Iterable[Collection], asked_at: datetime, max_ages: Mapping[str, float]) -> Freshness:
    """`asked_at`: when the request began; rows that were read since then are LIVE. `max_ages`: what it asked for, by kind."""
    found = list(collections)
    moments = [collection.as_of for collection in found]
    known = [moment for moment in moments if moment is not None]
    as_of = min(known) if known and len(known) == len(moments) else None
    if any(collection.stale for collection in found):
        source = Source.STALE
    else:
        source = Source.LIVE if as_of is not None and as_of >= asked_at else Source.CACHE
    backends = [of_collection(collection) for collection in found]
    late = [each for each in found if each.kind.name in max_ages and _late(each, asked_at, max_ages[each.kind.name])]
    return Freshness(as_of, source, backends, [_warning(collection) for collection in late])


def _late(collection: Collection, asked_at: datetime, max_age: float) -> bool:
    return collection.as_of is not None and (asked_at - collection.as_of).total_seconds() > max_age


def _warning(collection: Collection) -> str:
    again = max(1, math.ceil(collection.allowances[Purpose.READ].seconds))
    return (
        f"The {collection.kind.titles} of {collection.cloud} are {math.ceil(collection.age)} s old, older than `maxAge` says; "
        f"ask again in {again} s."
    )
