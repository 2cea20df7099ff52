"""Backends' own ids of the changing calls that are made on behalf of one operation.

`operations/engine.py` opens a collector around an action's run; clients note the id of each successful changing call. A context
variable carries it, so calls of other operations at the same time, and calls in threads, land where they belong.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_collector: ContextVar[list[str] | None] = ContextVar("backend_request_ids", default=None)


@contextmanager
def collecting(into: list[str]) -> Iterator[list[str]]:
    """Within this block, and in tasks started in it, noted ids are appended to the list, each once."""
    reset = _collector.set(into)
    try:
        yield into
    finally:
        _collector.reset(reset)


def note_request_id(request_id: str | None) -> None:
    """Called by clients after a successful changing call; nothing happens outside of `collecting`."""
    into = _collector.get()
    if into is not None and request_id and request_id not in into:
        into.append(request_id)
