"""What streams of Server-Sent Events share, those of GraphQL (`sse.py`) and those of the chat page (`console/events.py`)."""

from typing import Final

from starlette.types import Receive

HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),  # nginx would collect events before it passes them on
]
COMMENT: Final = b":\n\n"  # a sign of life


async def disconnected(receive: Receive) -> None:
    """Returns when the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
