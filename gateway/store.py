"""The store: Redis or Valkey by its address, or an embedded server of our own. The same client either way.

Opened and closed by `gateway/app.py`; everybody else gets the client (`notifications.redis.RedisClient`).
"""

import asyncio
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis, UnixDomainSocketConnection
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.driver_info import DriverInfo
from redis.exceptions import RedisError

from gateway.embedded import EmbeddedServer, StoreError
from gateway.settings import StoreSettings
from gateway.version import VERSION
from notifications.redis import RedisClient

__all__ = ["Store", "StoreError"]

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0  # longer than the bus waits in one reading (notifications/bus.py)
FREE_SECONDS = 10.0  # wait for a free connection
# A connection lost under a call is made anew and the call repeated; an embedded server that crashed is back within a second.
RETRIES, FIRST_PAUSE, LONGEST_PAUSE = 10, 0.05, 1.0


class Store:
    """`redis` is there between `open` and `close`; it answers bytes."""

    redis: RedisClient

    def __init__(self, settings: StoreSettings) -> None:
        self._settings = settings
        self._server: EmbeddedServer | None = None

    @property
    def place(self) -> str:
        """Where the data is, for people: never with a password."""
        return "The store of `store.url`" if self._settings.url else f"The embedded store in {self._settings.folder}"

    async def open(self) -> None:
        """Raises StoreError with one sentence: no server, a folder in use, an address that nobody answers."""
        if self._settings.url is None:
            self._server = EmbeddedServer(self._settings.folder)
            await self._server.start()
        try:
            await self._reach()
            self.redis = Redis(connection_pool=self._pool(RETRIES))
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        if hasattr(self, "redis"):
            await self.redis.aclose(close_connection_pool=True)
        if self._server is not None:
            await self._server.stop()

    def _pool(self, retries: int) -> BlockingConnectionPool:
        options: dict[str, Any] = {
            "max_connections": self._settings.connections,
            "timeout": FREE_SECONDS,
            "socket_timeout": ANSWER_SECONDS,
            "socket_connect_timeout": CONNECT_SECONDS,
            "retry": Retry(ExponentialWithJitterBackoff(base=FIRST_PAUSE, cap=LONGEST_PAUSE), retries),
            "health_check_interval": 30,
            "driver_info": DriverInfo("9rum", VERSION),  # as `CLIENT LIST` shows us
        }
        if self._server is not None:
            return BlockingConnectionPool(
                connection_class=UnixDomainSocketConnection, path=str(self._server.socket), **options
            )
        url = self._settings.url
        assert url is not None  # noqa: S101 - `open` made an embedded server without one
        try:
            return BlockingConnectionPool.from_url(url.get_secret_value(), **options)
        except ValueError as error:
            raise StoreError("store.url: should look like redis://host:6379/0, rediss:// or unix://.") from error

    async def _reach(self) -> None:
        """Ask once, without repeating: at the start a wrong address or password shall be said soon."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS), Redis(connection_pool=self._pool(retries=0)) as first:
                await first.ping()
                await first.connection_pool.disconnect()
        except (RedisError, OSError, TimeoutError) as error:
            # the client's own text tells a wrong address from a wrong password, and shows neither password nor user
            why = str(error).rstrip(".") or f"nothing came within {CONNECT_SECONDS:g} s"
            raise StoreError(f"{self.place} can not be used: {why}.") from error
