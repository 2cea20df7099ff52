"""The append-only record of every attempted action: who, from where, what, with which result. Denied and refused attempts too.

Rows live in one Redis stream. Each row carries the hash of the row before it, so that a removed or changed row shows; the hashes are made
with the installation's key, so that who has the store alone can not make others that fit. Written by `operations/engine.py`, read by
`graph/audit.py`. Inputs arrive here with their secrets masked already.
"""

import enum
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from redis.exceptions import WatchError

from notifications.redis import RedisClient
from resolvers.clock import Clock

STREAM = "gurum:audit"
HEAD = "gurum:audit:head"
FIRST = "0" * 64
ONCE_SECONDS = 31 * 24 * 3600  # longer than an operation is kept, which is 30 days
PAGE = 500  # rows read at once
MAX_SCANNED = 50_000  # rows that one search looks at: some 300 ms of CPU
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
    `cut`: the input was longer than what is kept of it.
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
    cut: bool = False


class StoredRow(msgspec.Struct, kw_only=True, frozen=True):
    """`id` is the place in the stream."""

    id: str
    row: AuditRow
    intact: bool


class Found(msgspec.Struct, kw_only=True, frozen=True):
    """`looked_at` is the oldest row that a search came to; None when it came to the end of the log (or of the time asked for)."""

    rows: list[StoredRow]
    looked_at: StoredRow | None


@dataclass(frozen=True, slots=True)
class Verification:
    """`place` is the row that does not fit, `end` when the newest rows are missing; None when the log is whole. `fault` is a sentence."""

    rows: int
    place: str | None = None
    fault: str | None = None


class Chain:
    """The hashes of the log. `key` is the installation's (gateway/secret.py); what is made of it here serves nothing else."""

    def __init__(self, key: bytes) -> None:
        self._key = hmac.digest(key, b"the chain of the audit log", hashlib.sha256)

    def hash(self, before: str, document: bytes) -> str:
        return hmac.new(self._key, before.encode() + document, hashlib.sha256).hexdigest()

    def head(self, newest: str) -> str:
        """What HEAD holds when the newest row has this hash: not the hash alone, or who cuts the end off could put an older one there."""
        return f"{newest}:{self.hash('head', newest.encode())}"

    def stored(self, place: bytes, fields: dict[bytes, bytes]) -> StoredRow:
        return StoredRow(
            id=place.decode(), row=msgspec.json.decode(fields[b"row"], type=AuditRow), intact=self._fits(fields)
        )

    def fault(self, before: str, fields: dict[bytes, bytes]) -> str | None:
        """Why a row can not stand behind the one whose hash is `before`."""
        if set(fields) != {b"row", b"before", b"hash"}:
            return "it is no row of this log"
        if not self._fits(fields):
            return "it was changed"
        if fields[b"before"].decode() != before:
            return "it does not follow the row before it: rows between them were removed, or it was moved"
        return None

    def _fits(self, fields: dict[bytes, bytes]) -> bool:
        made = self.hash(fields[b"before"].decode(errors="replace"), fields[b"row"])
        return hmac.compare_digest(made.encode(), fields[b"hash"])


class Audit:
    def __init__(self, redis: RedisClient, clock: Clock, key: bytes) -> None:
        self._redis = redis
        self.clock = clock
        self._chain = Chain(key)

    async def append(self, row: AuditRow, once: str | None = None) -> None:
        """Add a row behind the last one; two writers at once are put in order by an optimistic transaction.

        `once` names what the row tells of: a second row of the same name is not added, for as long as operations are kept.
        """
        document, mark = _encode(row), f"gurum:audit:once:{once}"
        while True:
            async with self._redis.pipeline(transaction=True) as pipe:
                try:
                    await pipe.watch(HEAD, mark)
                    if once is not None and await pipe.exists(mark):
                        return
                    before = ((await pipe.get(HEAD)) or FIRST.encode()).decode().partition(":")[0]
                    digest = self._chain.hash(before, document)
                    pipe.multi()
                    pipe.xadd(STREAM, {"row": document, "before": before, "hash": digest})
                    pipe.set(HEAD, self._chain.head(digest))
                    if once is not None:
                        pipe.set(mark, 1, ex=ONCE_SECONDS)
                    await pipe.execute()
                except WatchError:
                    continue
                return

    async def newest(self, limit: int) -> list[StoredRow]:
        """Rows from the newest back. `intact` compares each row with its own hash."""
        found = await self._redis.xrevrange(STREAM, count=limit)
        return [self._chain.stored(place, fields) for place, fields in found]

    async def one(self, row_id: str) -> StoredRow | None:
        found = await self._redis.xrange(STREAM, min=row_id, max=row_id, count=1)
        return self._chain.stored(*found[0]) if found else None

    async def search(
        self,
        wanted: Callable[[AuditRow], bool],
        limit: int,
        before: str | None = None,
        since_id: str | None = None,
        most: int = MAX_SCANNED,
    ) -> Found:
        """Up to `limit` rows that are wanted, from the newest back, of at most `most` that are looked at. `since_id` ends it earlier."""
        rows: list[StoredRow] = []
        top, bottom, last = f"({before}" if before else "+", since_id or "-", None
        for _ in range(0, most, PAGE):
            page = await self._redis.xrevrange(STREAM, max=top, min=bottom, count=PAGE)
            for place, fields in page:
                last = self._chain.stored(place, fields)
                if wanted(last.row):
                    rows.append(last)
                    if len(rows) == limit:
                        return Found(rows=rows, looked_at=last)
            if len(page) < PAGE:
                return Found(rows=rows, looked_at=None)
            top = f"({page[-1][0].decode()}"
        return Found(rows=rows, looked_at=last)

    async def verify(self) -> Verification:
        """Follow the chain from the first row to the last; rows may be added meanwhile."""
        before, place, count = FIRST, "-", 0
        while True:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.xrange(STREAM, min=place, count=1_000)
                pipe.get(HEAD)
                found, head = await pipe.execute()
            if not found:
                break
            for row_id, fields in found:
                if fault := self._chain.fault(before, fields):
                    return Verification(count, row_id.decode(), fault)
                before, count = fields[b"hash"].decode(), count + 1
            place = f"({found[-1][0].decode()}"
        if head != (self._chain.head(before).encode() if count else None):
            return Verification(count, "end", "the newest rows were removed")
        return Verification(count)
