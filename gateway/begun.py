"""Federated sign-ins that were begun: the browser holds a random state, the store its hash, what it was for, and an end.

Used by `federated.py`. A state is good once: what comes from Keystone is only taken from a browser in which somebody began.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

from gateway.sessions import store_answers
from notifications.redis import RedisClient
from resolvers.errors import RateLimited

SECONDS: Final = 600
# Each is a row of the store for so long, and costs nobody a password: much more than people of one address need.
MOST_OF_ADDRESS: Final = 1000
_STATE: Final = re.compile(r"[A-Za-z0-9_-]{43}\Z")  # 32 random bytes


class Page(StrEnum):
    """From where, and so to where."""

    CONSOLE = "console"
    LINK = "link"
    EXPLORER = "explorer"

    @property
    def path(self) -> str:
        return {"console": "/", "link": "/link", "explorer": "/explorer"}[self.value]


@dataclass(frozen=True, slots=True)
class Start:
    login: str  # the name in the settings
    page: Page


class Begun:
    def __init__(self, redis: RedisClient) -> None:
        self._redis = redis

    async def begin(self, start: Start, address: str | None) -> str:
        """The state for the browser. Raises RateLimited when an address begins without end."""
        state = secrets.token_urlsafe(32)
        count = f"gurum:sso:address:{_digest(address or 'unknown')}"
        pipe = self._redis.pipeline(transaction=True)
        pipe.set(count, 0, ex=SECONDS, nx=True)
        pipe.incr(count)
        pipe.ttl(count)
        async with store_answers():
            _, number, wait = await pipe.execute()
            if number > MOST_OF_ADDRESS:
                raise RateLimited(f"Too many sign-ins were begun: try again in {wait} s.", retry_after=float(wait))
            await self._redis.set(_place(state), msgspec.json.encode(start), ex=SECONDS)
        return state

    async def take(self, state: str | None) -> Start | None:
        """What was begun; None for a state that was used, has ended, or never was."""
        if state is None or not _STATE.match(state):
            return None
        async with store_answers():
            kept = await self._redis.getdel(_place(state))
        return None if kept is None else msgspec.json.decode(kept, type=Start)


def _place(state: str) -> str:
    return f"gurum:sso:state:{_digest(state)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
