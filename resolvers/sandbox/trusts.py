"""What a sandbox keeps about rights beside its seed: trusts, and roles that were taken away. In the store, under the identity cloud's name.

`people.py` is the only caller, and decides. Several sandboxes of an installation share both, as they share tokens.
"""

import uuid
from typing import Final

import msgspec

from notifications.redis import RedisClient
from resolvers.names import Names
from resolvers.sandbox.journal import store_errors

_SEPARATOR: Final = "/"


class KeptTrust(msgspec.Struct, frozen=True):
    """Ids are native; `expires_at` in seconds since the epoch."""

    user: str
    project: str
    roles: tuple[str, ...]
    expires_at: float


class Trusts:
    def __init__(self, redis: RedisClient, names: Names) -> None:
        self._redis = redis
        self._cloud = names.cloud
        self._prefix = f"gurum:sandbox:{names.identity_cloud}"

    async def keep(self, trust: KeptTrust, seconds: float) -> str:
        """The id of the new trust, which the store forgets after so long."""
        trust_id = uuid.uuid4().hex
        with store_errors(self._cloud):
            await self._redis.set(self._key(trust_id), msgspec.json.encode(trust), px=max(int(seconds * 1000), 1))
        return trust_id

    async def get(self, trust_id: str, now: float) -> KeptTrust | None:
        with store_errors(self._cloud):
            stored = await self._redis.get(self._key(trust_id))
        trust = msgspec.json.decode(stored, type=KeptTrust) if stored else None
        return trust if trust is not None and trust.expires_at > now else None

    async def delete(self, trust_id: str) -> None:
        with store_errors(self._cloud):
            await self._redis.delete(self._key(trust_id))

    async def take_away(self, user: str, project: str, role: str) -> None:
        with store_errors(self._cloud):
            await self._redis.sadd(self._taken_key, _SEPARATOR.join((user, project, role)))

    async def give_back(self, user: str, project: str, role: str) -> None:
        with store_errors(self._cloud):
            await self._redis.srem(self._taken_key, _SEPARATOR.join((user, project, role)))

    async def taken(self) -> frozenset[tuple[str, str, str]]:
        """(user, project, role) of each role that the seed gave and that was taken away since."""
        with store_errors(self._cloud):
            members = await self._redis.smembers(self._taken_key)
        found = (member.decode().split(_SEPARATOR) for member in members)
        return frozenset((user, project, role) for user, project, role in found)

    @property
    def _taken_key(self) -> str:
        return f"{self._prefix}:roles-taken"

    def _key(self, trust_id: str) -> str:
        return f"{self._prefix}:trust:{trust_id}"
