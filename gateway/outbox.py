"""The messages that wait for one reader: bounded, so that a slow reader costs no more than the bound.

Filled by the operations of a connection, emptied by its one writer. Everybody waits its turn in `put`; a subscription waits only so long
(`put_in_time`) and is dropped then.
"""

import asyncio
from collections import deque


class Outbox:
    def __init__(self, messages: int, size: int) -> None:
        self._messages = messages
        self._size = size  # bytes
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._bytes = 0
        self._filled = asyncio.Event()
        self._freed = asyncio.Event()

    def offer(self, key: str, message: bytes) -> bool:
        """False when it does not fit. A message that is larger than the bound fits an empty box."""
        if self._waiting and (len(self._waiting) >= self._messages or self._bytes + len(message) > self._size):
            return False
        self._waiting.append((key, message))
        self._bytes += len(message)
        self._filled.set()
        return True

    async def put(self, key: str, message: bytes) -> None:
        while not self.offer(key, message):
            self._freed.clear()
            await self._freed.wait()

    async def put_in_time(self, key: str, message: bytes, seconds: float) -> bool:
        """False when the reader made no room in time."""
        if self.offer(key, message):
            return True
        try:
            async with asyncio.timeout(seconds):
                await self.put(key, message)
        except TimeoutError:
            return False
        return True

    def forget(self, key: str) -> int:
        """Throws away what waits of one subscription; answers how many messages that were."""
        kept = deque(entry for entry in self._waiting if entry[0] != key)
        lost = len(self._waiting) - len(kept)
        self._waiting = kept
        self._bytes = sum(len(message) for _, message in kept)
        self._freed.set()
        return lost

    async def take(self) -> bytes:
        """The next message, when there is one. The box has one reader."""
        while not self._waiting:
            self._filled.clear()
            await self._filled.wait()
        _, message = self._waiting.popleft()
        self._bytes -= len(message)
        self._freed.set()
        return message
