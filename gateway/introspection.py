"""`__schema` and `__type` away from the event loop: the whole schema is a tenth of a second of CPU, and nothing in it needs the loop.

Used by `gateway/executor.py`. A thread works on one of them at a time; it shares the interpreter with the loop in slices of milliseconds.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from gateway.limits.measure import INTROSPECTION


def aside(executor: type[Any]) -> type[Any]:
    """The executor class, which leaves introspection to a thread."""
    lock = asyncio.Lock()

    async def in_thread(work: Callable[[], Any]) -> Any:
        async with lock:
            return await asyncio.to_thread(work)

    class AsideExecutor(executor):  # type: ignore[misc] # a class that is known at runtime only
        def execute_field(self, parent_type: Any, source: Any, details: Any, *where: Any) -> Any:
            work = super().execute_field
            if details[0].node.name.value in INTROSPECTION:
                return in_thread(lambda: work(parent_type, source, details, *where))
            return work(parent_type, source, details, *where)

    return AsideExecutor
