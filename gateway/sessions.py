"""Sessions: the cookie of a person who signed in leads to the person's Keystone token, which never leaves 9rum.

The cookie is `id.key`. The store holds the token under the id, encrypted with the key: whoever has the store alone has no token,
and whoever has a cookie has one session. Used by `gateway/auth.py` and `gateway/sign_in.py`.
"""

import asyncio
import base64
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from redis.exceptions import RedisError

from notifications.redis import RedisClient
from resolvers.errors import Unavailable

STORE_SECONDS = 3.0  # an embedded store that crashed is back within one
AWAY: Final = "The store that keeps the sessions does not answer now; try again in a moment."
_COOKIE: Final = re.compile(r"([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})\Z")  # 16 and 32 random bytes


class Sessions:
    def __init__(self, redis: RedisClient) -> None:
        self._redis = redis

    async def create(self, token: str, seconds: int) -> str:
        """The value of a new cookie."""
        name, key = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
        async with store_answers():
            await self._redis.set(_place(name), _cipher(key).encrypt(token.encode()), ex=seconds)
        return f"{name}.{key}"

    async def token(self, cookie: str) -> str | None:
        """The token of a session; None when it has ended or the cookie is not one of ours."""
        match = _COOKIE.match(cookie)
        if match is None:
            return None
        async with store_answers():
            kept = await self._redis.get(_place(match[1]))
        if kept is None:
            return None
        try:
            return _cipher(match[2]).decrypt(kept).decode()
        except InvalidToken:
            return None

    async def end(self, cookie: str) -> str | None:
        """Forget a session and answer its token. Nothing is forgotten for a cookie with a wrong key."""
        token = await self.token(cookie)
        if token is not None:
            async with store_answers():
                await self._redis.delete(_place(cookie.partition(".")[0]))
        return token


@asynccontextmanager
async def store_answers() -> AsyncIterator[None]:
    """Raises Unavailable: the store's own patience with a lost connection is longer than a request lasts."""
    try:
        async with asyncio.timeout(STORE_SECONDS):
            yield
    except (RedisError, OSError, TimeoutError) as error:
        raise Unavailable(AWAY, retry_after=STORE_SECONDS) from error


def _place(name: str) -> str:
    return f"gurum:session:{name}"


def _cipher(key: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"gurum session").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
