"""Operations in Redis: documents, the list of open ones, leases, idempotency keys, and the sealed token of a running one.

Called by `engine` alone. Each write also publishes the record on the bus, so followers hear of it in every process.

    gurum:op:{id}         the record, JSON; kept KEPT_SECONDS after its last change
    gurum:op:{id}:token   the person's token and the secrets of the input, sealed; deleted at the end, TOKEN_SECONDS at most
    gurum:op:{id}:lease   the process that runs it
    gurum:op:{id}:secret  what only the person may read, once, sealed
    gurum:ops:open        ids that have not ended
    gurum:ops:all         ids by start time, and gurum:ops:user:{user}
    gurum:idem:{user}:{key}   idempotency key -> operation id, hash of the input, and the process that plans it
    gurum:process:{owner}     there while a process lives
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any, cast

import msgspec
import orjson
from redis.exceptions import WatchError

from notifications.bus import Bus
from notifications.redis import RedisClient
from resolvers.errors import GurumError
from resolvers.operations.record import Record
from resolvers.seal import Seal

KEPT_SECONDS = 30 * 24 * 3600
TOKEN_SECONDS = 24 * 3600
IDEMPOTENCY_SECONDS = 24 * 3600
PLANNING_SECONDS = 600  # of a key that has no operation yet: longer than a request, and the end of one that crashed
SECRET_SECONDS = 3600
LEASE_MS = 10_000
READ_AT_ONCE = 50
NOT_OPENED = (
    "What this operation needs to go on is gone, or was kept for something else: nothing more is sent to the cloud. "
    "Look at what it has made, and ask for the rest anew."
)
# A key that was reserved by a process that died before it stored the operation is free again: nothing had begun.
_RESERVE = """
redis.call('SET', 'gurum:process:' .. ARGV[2], '1', 'PX', ARGV[4])
local held = redis.call('GET', KEYS[1])
if held then
  if string.match(held, '^%S+') == ARGV[5] then return false end
  local id, owner = string.match(held, '^(%S+) %S+ (%S+)$')
  local gone = id and redis.call('EXISTS', 'gurum:process:' .. owner) == 0
  if not (gone and redis.call('EXISTS', 'gurum:op:' .. id) == 0) then return held end
end
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'EX', ARGV[3])
return false
"""
_RELEASE = """
local held = redis.call('GET', KEYS[1])
local ours = held and string.match(held, '^%S+') == ARGV[1]
if ours and redis.call('EXISTS', 'gurum:op:' .. ARGV[1]) == 0 then redis.call('DEL', KEYS[1]) end
"""
_CLAIM = """
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
# A process that hung longer than its lease may have lost the operation: what it would write then is older than what is there.
# Each script is harmless to repeat, because the client repeats what it got no answer to.
_SAVE = """
local now = redis.call('GET', KEYS[1])
if now == ARGV[3] then return 1 end
local held = redis.call('GET', KEYS[2])
if held and held ~= ARGV[1] then return 0 end
if not now or cjson.decode(now)['version'] ~= tonumber(ARGV[2]) then return 0 end
redis.call('SET', KEYS[1], ARGV[3], 'EX', ARGV[4])
if ARGV[5] == 'ended' then
  redis.call('SREM', KEYS[3], ARGV[6])
  redis.call('DEL', KEYS[2], KEYS[4])
end
return 1
"""
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Record).decode
_sorted = msgspec.json.Encoder(order="sorted").encode


class TakenOver(Exception):
    """Another process took our idempotency key, because it thought that we were gone; it runs the operation."""


class LeaseLost(Exception):
    """Another process goes on with the operation, because ours did not keep its lease."""


class OperationStore:
    """`key` is a Fernet key that never leaves the installation; what it encrypts is useless in a copy of the store."""

    def __init__(self, redis: RedisClient, bus: Bus, key: bytes, owner: str) -> None:
        self._redis = redis
        self._bus = bus
        self._seal = Seal(key)
        self._owner = "".join(owner.split()) or "-"  # a word, because it stands between spaces

    async def live(self) -> None:
        """Say that this process lives; said again well within LEASE_MS."""
        await self._redis.set(f"gurum:process:{self._owner}", "1", px=LEASE_MS)

    async def leave(self) -> None:
        await self._redis.delete(f"gurum:process:{self._owner}")

    async def create(self, record: Record, token: str, secrets: Mapping[str, Any], key: str | None = None) -> None:
        """`secrets` are those of the arguments, `key` is the idempotency key that was reserved for it. Raises TakenOver when that is
        another's meanwhile."""
        async with self._redis.pipeline(transaction=True) as pipe:
            try:
                if key is not None:
                    await self._still_ours(pipe, record, key)
                    pipe.multi()
                self._write(pipe, record, orjson.dumps([token, dict(secrets)]), key)
                await pipe.execute()
            except WatchError as error:
                raise TakenOver from error
        await self._bus.publish(f"operation:{record.id}", _encode(record))

    @staticmethod
    async def _still_ours(pipe: Any, record: Record, key: str) -> None:
        name = f"gurum:idem:{record.actor_id}:{key}"
        await pipe.watch(name)
        held = cast(bytes | None, await pipe.get(name))
        if held is None or held.split(b" ")[0] != record.id.encode():
            raise TakenOver

    def _write(self, pipe: Any, record: Record, needed: bytes, key: str | None) -> None:
        moment = record.started_at.timestamp()
        pipe.set(f"gurum:op:{record.id}", _encode(record), ex=KEPT_SECONDS)
        pipe.set(_token(record), self._seal.close(needed, _as_asked(record)), ex=TOKEN_SECONDS)
        pipe.set(f"gurum:op:{record.id}:lease", self._owner, px=LEASE_MS)
        pipe.sadd("gurum:ops:open", record.id)
        if key is not None:
            pipe.expire(f"gurum:idem:{record.actor_id}:{key}", IDEMPOTENCY_SECONDS)
        for index in ("gurum:ops:all", f"gurum:ops:user:{record.actor_id}"):
            pipe.zadd(index, {record.id: moment})
            pipe.zremrangebyscore(index, 0, moment - KEPT_SECONDS)
            pipe.expire(index, KEPT_SECONDS)

    async def save(self, record: Record) -> None:
        """Raises LeaseLost when another process has the operation meanwhile."""
        name, read = f"gurum:op:{record.id}", record.version
        record.version += 1
        document = _encode(record)
        given = (self._owner, read, document, KEPT_SECONDS, "ended" if record.state.ended else "open", record.id)
        if not await self._redis.eval(_SAVE, 4, name, f"{name}:lease", "gurum:ops:open", f"{name}:token", *given):
            raise LeaseLost
        await self._bus.publish(f"operation:{record.id}", document)

    async def get(self, operation_id: str) -> Record | None:
        document = await self._redis.get(f"gurum:op:{operation_id}")
        return None if document is None else _decode(document)

    async def newest(self, user_id: str | None, limit: int) -> AsyncIterator[Record]:
        """The newest operations of one user, or of everybody; a few are read at once, because each may be large."""
        index = "gurum:ops:all" if user_id is None else f"gurum:ops:user:{user_id}"
        found = await self._redis.zrevrange(index, 0, limit - 1) if limit else []
        for first in range(0, len(found), READ_AT_ONCE):
            names = [f"gurum:op:{i.decode()}" for i in found[first : first + READ_AT_ONCE]]
            for document in await self._redis.mget(names):
                if document is not None:
                    yield _decode(document)

    async def kept_for(self, record: Record, needed: bool) -> tuple[str, dict[str, Any]] | None:
        """The person's token, and the secrets of the arguments, with which a running operation goes on; no token when that has ended.

        None when it can not: what is there was sealed with another key, for another operation or for another change than the one that
        the record tells of; or nothing is there, and it is `needed`.
        """
        sealed = await self._redis.get(_token(record))
        if sealed is None:
            return None if needed else ("", {})
        document = self._opened(sealed, _as_asked(record))
        return None if document is None else orjson.loads(document)

    async def keep_secret(self, record: Record, secret: str) -> None:
        """Something that only the person may read, once, within SECRET_SECONDS; sealed until then."""
        await self._redis.set(_secret(record), self._seal.close(secret.encode(), _of_person(record)), ex=SECRET_SECONDS)

    async def take_secret(self, record: Record) -> str | None:
        return self._opened(await self._redis.getdel(_secret(record)), _of_person(record))

    def digest(self, content: bytes) -> str:
        """Of what may hold a secret; see `Seal.digest`."""
        return self._seal.digest(content)

    def _opened(self, sealed: bytes | None, place: str) -> str | None:
        document = None if sealed is None else self._seal.open(sealed, place)
        return None if document is None else document.decode()

    async def claim(self, operation_id: str) -> bool:
        """Take or keep the lease. False when another process has it."""
        return bool(await self._redis.eval(_CLAIM, 1, f"gurum:op:{operation_id}:lease", self._owner, LEASE_MS))

    async def open_ids(self) -> list[str]:
        return sorted(member.decode() for member in await self._redis.smembers("gurum:ops:open"))

    async def reserve(self, user_id: str, key: str, operation_id: str, input_hash: str) -> tuple[str, str] | None:
        """Bind an idempotency key until `create`; None when it was free, else the operation id and input hash it is bound to."""
        given = (f"{operation_id} {input_hash}", self._owner, PLANNING_SECONDS, LEASE_MS, operation_id)
        held = cast(bytes | None, await self._redis.eval(_RESERVE, 1, f"gurum:idem:{user_id}:{key}", *given))
        if held is None:
            return None
        known, known_hash = held.decode().split(" ")[:2]
        return known, known_hash

    async def release(self, user_id: str, key: str, operation_id: str) -> None:
        """Forget a key whose operation was refused before it began, so that the corrected call may use it again."""
        await self._redis.eval(_RELEASE, 1, f"gurum:idem:{user_id}:{key}", operation_id)

    async def follow(self, operation_id: str) -> AsyncIterator[Record]:
        """The record now, then at each change, until its end. Nothing when there is no such operation."""
        with self._bus.subscribe(f"operation:{operation_id}") as events:
            record = await self.get(operation_id)
            if record is None:
                return
            yield record
            version = record.version
            if record.state.ended:
                return
            async for payload in events:
                record = _decode(payload)
                if record.version <= version:
                    continue
                version = record.version
                yield record
                if record.state.ended:
                    return


def unsure(operation_id: str) -> GurumError:
    """The store went away while an operation was given to it: it may have it, and then it runs."""
    return GurumError(
        "The store of 9rum did not answer, so it is not known whether the change has begun; look at the operation before you ask again.",
        operation_id=operation_id,
    )


def _as_asked(record: Record) -> str:
    """The place of a token: it serves this change for this person, and no other that somebody may write into the record."""
    asked = [record.action, record.actor_id, record.project_id, record.args]
    return f"{_token(record)} {_sorted(asked).decode()}"


def _token(record: Record) -> str:
    return f"gurum:op:{record.id}:token"


def _secret(record: Record) -> str:
    return f"gurum:op:{record.id}:secret"


def _of_person(record: Record) -> str:
    return f"{_secret(record)} {record.actor_id}"
