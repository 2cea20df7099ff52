"""How old an answer is and how each backend behind it fares: what `freshness` on lists and in response extensions tells."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

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
    """`as_of` is the oldest of the backends; None when one of them was never read."""

    as_of: datetime | None
    source: Source
    backends: list[BackendFreshness]


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


def freshness(collections: Iterable[Collection], asked_at: datetime) -> Freshness:
    """`asked_at`: when the request began; rows that were read since then are LIVE."""
    found = list(collections)
    moments = [collection.as_of for collection in found]
    known = [moment for moment in moments if moment is not None]
    as_of = min(known) if known and len(known) == len(moments) else None
    if any(collection.stale for collection in found):
        source = Source.STALE
    else:
        source = Source.LIVE if as_of is not None and as_of >= asked_at else Source.CACHE
    return Freshness(as_of, source, [of_collection(collection) for collection in found])
