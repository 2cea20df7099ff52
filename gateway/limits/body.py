"""How long a request's body may be, and how long it may take to come.

Reading stops at the limit, so a body of any size costs no more memory than the limit.
"""

import asyncio
from collections.abc import Mapping
from typing import Final

from starlette.types import Receive

from gateway.errors import Refusal
from gateway.limits.settings import LimitSettings
from resolvers.errors import Invalid


class Disconnected(Exception):
    """The caller went away while sending."""


class BodyLimit:
    name: Final = "body"
    setting: Final = "body_bytes"
    code: Final = Invalid.code

    def __init__(self, settings: LimitSettings) -> None:
        self._most = settings.body_bytes
        self._seconds = settings.body_seconds

    async def read(self, receive: Receive, headers: Mapping[bytes, bytes]) -> bytes:
        """The whole body; raises `Refusal` (413) when it is, or says that it will be, too long, and (408) when it is late."""
        announced = headers.get(b"content-length", b"")
        if announced.isdigit() and int(announced) > self._most:
            raise self._refusal()
        try:
            async with asyncio.timeout(self._seconds):
                return await self._parts(receive)
        except TimeoutError as error:
            raise Refusal(
                Invalid(f"The body did not come within {self._seconds:g} s, the limit for a body."), 408
            ) from error

    async def _parts(self, receive: Receive) -> bytes:
        body = bytearray()  # grows in place: a body may come in as many parts as it has bytes
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Disconnected
            part: bytes = message.get("body", b"")
            if len(body) + len(part) > self._most:
                raise self._refusal()
            last = not message.get("more_body", False)
            if last and not body:
                return part
            body += part
            if last:
                return bytes(body)

    def check_message(self, text: str) -> None:
        """The same limit for one WebSocket message (counted in characters: bytes are never fewer)."""
        if len(text) > self._most:
            raise self._refusal()

    def _refusal(self) -> Refusal:
        return Refusal(Invalid(f"The request is longer than {self._most} bytes, the limit for a body."), 413)
