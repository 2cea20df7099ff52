"""Wrong passwords, counted per user and per address in the store, so that guessing is slow on every process together.

An attempt is counted before it is made and taken back when it was right: attempts at the same time can not slip through.
A user who does not exist is counted like one who does.
"""

import hashlib
from typing import Final

from gateway.sessions import store_answers
from gateway.settings import IdentitySettings
from notifications.redis import RedisClient
from resolvers.errors import RateLimited

_KEYS: Final = ("gurum:sign-in:user:", "gurum:sign-in:address:")


class SignInLimit:
    def __init__(self, redis: RedisClient, settings: IdentitySettings) -> None:
        self._redis = redis
        self._window = settings.sign_in_window_seconds
        self._most = (settings.sign_in_failures, settings.sign_in_failures_per_address)

    async def attempt(self, user: str, address: str | None) -> None:
        """Count one attempt. Raises RateLimited when there were too many wrong ones within the window."""
        pipe = self._redis.pipeline(transaction=True)
        for key in _keys(user, address):
            pipe.set(key, 0, ex=self._window, nx=True)
            pipe.incr(key)
            pipe.ttl(key)
        async with store_answers():
            answers = await pipe.execute()
        waits = [
            max(answers[3 * place + 2], 1) for place, most in enumerate(self._most) if answers[3 * place + 1] > most
        ]
        if waits:
            raise RateLimited(f"Too many failed sign-ins: try again in {max(waits)} s.", retry_after=float(max(waits)))

    async def refund(self, user: str, address: str | None) -> None:
        """The attempt was right, or never decided: it does not count."""
        pipe = self._redis.pipeline(transaction=True)
        for key in _keys(user, address):
            pipe.set(key, 0, ex=self._window, nx=True)  # a key that ended meanwhile must not come back without an end
            pipe.decr(key)
        async with store_answers():
            await pipe.execute()


def _keys(user: str, address: str | None) -> list[str]:
    """Hashed: names that people mistype (sometimes a password) do not belong in the store."""
    return [
        start + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        for start, text in zip(_KEYS, (user, address or "unknown"), strict=True)
    ]
