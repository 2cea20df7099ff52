"""Tokens of people who are signed in to 9rum, by which they are acted for later: of their newest sessions, any of which may end first.

Used by `people`. Sealed, in Redis:

    gurum:chat:tokens:{account}    hash: by the SHA-256 of a token, when it came last (ms since the epoch) and the sealed token
"""

import hashlib
from typing import Final

from bot.ports import Clock, RedisClient, Seal

KEPT: Final = 16  # of one person
SECONDS: Final = 24 * 3600  # the longest session; a token that ended before is refused by Keystone
KEEP: Final = """
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
if redis.call('HLEN', KEYS[1]) <= tonumber(ARGV[5]) then return end
local all, oldest, since = redis.call('HGETALL', KEYS[1]), nil, math.huge
for i = 1, #all, 2 do
  local came = tonumber(string.match(all[i + 1], '^%d+'))
  if came < since and all[i] ~= ARGV[1] then oldest, since = all[i], came end
end
redis.call('HDEL', KEYS[1], oldest)
"""


class Tokens:
    def __init__(self, redis: RedisClient, seal: Seal, clock: Clock) -> None:
        self._redis = redis
        self._seal = seal
        self._clock = clock

    async def keep(self, account: str, token: str) -> None:
        given = (_digest(token), self._now(), self._seal.close(token.encode(), _place(account)), SECONDS, KEPT)
        await self._redis.eval(KEEP, 1, _place(account), *given)

    async def of(self, account: str) -> list[str]:
        """Those that may still be good, the newest first."""
        found: list[tuple[int, str]] = []
        for value in (await self._redis.hgetall(_place(account))).values():
            came, _, sealed = value.partition(b" ")
            token = self._seal.open(sealed, _place(account))
            if token is not None and int(came) > self._now() - SECONDS * 1000:
                found.append((int(came), token.decode()))
        return [token for _, token in sorted(found, reverse=True)]

    async def drop(self, account: str, token: str) -> bool:
        """Whether it was there. It was taken back, or its session ended: others may be good still."""
        return bool(await self._redis.hdel(_place(account), _digest(token)))

    def _now(self) -> int:
        return int(self._clock.now().timestamp() * 1000)


def _place(account: str) -> str:
    return f"gurum:chat:tokens:{account}"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
