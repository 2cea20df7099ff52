"""How long one operation may take. What it has started upstream is cancelled with it."""

import asyncio
from collections.abc import Awaitable
from typing import Final, TypeVar

from gateway.limits.settings import LimitSettings
from resolvers.errors import TimedOut

T = TypeVar("T")


class DeadlineLimit:
    name: Final = "deadline"
    setting: Final = "deadline_seconds"
    code: Final = TimedOut.code

    def __init__(self, settings: LimitSettings) -> None:
        self._seconds = settings.deadline_seconds

    async def wait(self, work: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._seconds) as scope:
                return await work
        except TimeoutError as error:
            if not scope.expired():
                raise
            raise TimedOut(f"The operation took longer than {self._seconds:g} s, the deadline of a request.") from error
