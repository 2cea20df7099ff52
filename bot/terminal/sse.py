"""Server-Sent Events from bytes. Pure; used by `client.py`. https://html.spec.whatwg.org/multipage/server-sent-events.html"""

from collections.abc import Iterator

LONGEST = 16_000_000  # bytes of one event: an entry with a long file


class EventTooLong(Exception):
    """The stream does not end an event."""


class Events:
    """Keeps what is not complete yet. Raises EventTooLong."""

    def __init__(self) -> None:
        self._rest = b""
        self._kind = ""
        self._data: list[str] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[tuple[str, str]]:
        """(kind, data) of every event that this chunk completes; comments are left out."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) + self._size > LONGEST:
            raise EventTooLong
        for line in lines:
            text = line.removesuffix(b"\r").decode("utf-8", "replace")
            if text:
                self._field(text)
                continue
            if self._data:
                yield self._kind or "message", "\n".join(self._data)
            elif self._kind:
                yield self._kind, ""
            self._kind, self._data, self._size = "", [], 0

    def _field(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._kind = value
        elif name == "data":
            self._data.append(value)
            self._size += len(value)
