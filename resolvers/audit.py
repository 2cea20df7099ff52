"""The append-only record of every attempted action: who, from where, what, with which result. Denied and refused attempts too.

Rows live in one Redis stream. Each row carries the hash of the row before it, so that a removed or changed row shows.
Written by `operations/engine.py`, read by `operations/graph.py`. Inputs arrive here with their secrets masked already.
"""

import enum
import hashlib
from datetime import datetime
from typing import Any

import msgspec
from redis.exceptions import WatchError

from notifications.redis import RedisClient
from resolvers.clock import Clock

STREAM = "gurum:audit"
HEAD = "gurum:audit:head"
FIRST = "0" * 64
_encode = msgspec.json.Encoder(order="sorted").encode


class AuditResult(enum.StrEnum):
    """STARTED is followed by SUCCEEDED or FAILED of the same operation; DENIED and REFUSED attempts never became an operation."""

    STARTED = "STARTED"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    DENIED = "DENIED"
    REFUSED = "REFUSED"


class AuditRow(msgspec.Struct, kw_only=True, frozen=True):
    """`duration` is seconds from start to end. `error` is the code of a failure. `message` is the sentence the caller got.

    `origin` is where the attempt came from (`http`, a chat platform), `channel` the channel there, `said` the message (a link or an id).
    """

    at: datetime
    action: str
    result: AuditResult
    actor_id: str
    actor_name: str
    origin: str
    correlation_id: str
    project_id: str | None = None
    operation_id: str | None = None
    resource_ids: list[str] = []
    input: dict[str, Any] = {}
    plan_hash: str | None = None
    error: str | None = None
    message: str | None = None
    duration: float | None = None
    backend_request_ids: list[str] = []
    channel: str | None = None
    said: str | None = None


class StoredRow(msgspec.Struct, kw_only=True, frozen=True):
    """`id` is the place in the stream."""

    id: str
    row: AuditRow
    intact: bool


class Audit:
    def __init__(self, redis: RedisClient, clock: Clock) -> None:
        self._redis = redis
        self.clock = clock

    async def append(self, row: AuditRow) -> None:
        """Add a row behind the last one; two writers at once are put in order by an optimistic transaction."""
        document = _encode(row)
        while True:
            async with self._redis.pipeline(transaction=True) as pipe:
                try:
                    await pipe.watch(HEAD)
                    before = ((await pipe.get(HEAD)) or FIRST.encode()).decode()
                    digest = chained(before, document)
                    pipe.multi()
                    pipe.xadd(STREAM, {"row": document, "before": before, "hash": digest})
                    pipe.set(HEAD, digest)
                    await pipe.execute()
                except WatchError:
                    continue
                return

    async def newest(self, limit: int, before: str | None = None) -> list[StoredRow]:
        """Rows from the newest back, `before` a row's id. `intact` compares each row with its own hash."""
        found = await self._redis.xrevrange(STREAM, max=f"({before}" if before else "+", count=limit)
        return [
            StoredRow(
                id=place.decode(),
                row=msgspec.json.decode(fields[b"row"], type=AuditRow),
                intact=chained(fields[b"before"].decode(), fields[b"row"]) == fields[b"hash"].decode(),
            )
            for place, fields in found
        ]

    async def verify(self) -> str | None:
        """None when the chain is whole, else the id of the first row that does not fit."""
        before, place = FIRST, "-"
        while found := await self._redis.xrange(STREAM, min=place, count=1_000):
            for row_id, fields in found:
                whole = (
                    chained(before, fields[b"row"]) == fields[b"hash"].decode() and fields[b"before"].decode() == before
                )
                if not whole:
                    return str(row_id.decode())
                before = fields[b"hash"].decode()
            place = f"({found[-1][0].decode()}"
        head = ((await self._redis.get(HEAD)) or FIRST.encode()).decode()
        return None if head == before else "end"


def chained(before: str, document: bytes) -> str:
    return hashlib.sha256(before.encode() + document).hexdigest()
