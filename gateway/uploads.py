"""The content of an image, streamed to the cloud as the caller: `PUT /images/{id}/content`, for images that `imageCreate` left empty.

Mounted by `gateway/app.py`. GraphQL is no place for gigabytes; nothing is kept here, each part goes on as it comes. What an upload means
is `resolvers/image/upload.py`.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Final

from pydantic import Field
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.caller import Callers
from gateway.errors import HTTP_STATUS, Refusal, present
from gateway.request import caller_key, correlation_of, headers_of
from resolvers.context import Context
from resolvers.errors import Invalid, RateLimited, TimedOut
from resolvers.image.upload import upload
from resolvers.settings import Seconds, Section

PART_SECONDS: Final = 60.0  # in which something must have come, so that a caller who fell silent holds no place


class UploadSettings(Section):
    """Uploads of images."""

    most_bytes: int = Field(64 << 30, gt=0, description="Bytes of one image at most. Default: 64 GiB.")
    seconds: Seconds = Field(3600.0, description="Seconds for one upload. Raise it for slow lines.")
    at_once: int = Field(
        8,
        gt=0,
        description="Uploads of this process at the same time. Each holds one of its 16 connections to a cloud's image service.",
    )
    at_once_per_caller: int = Field(2, gt=0, description="Uploads of one caller at the same time.")


class _TooLong(Invalid):
    """Its status is 413."""


def upload_routes(callers: Callers, settings: UploadSettings) -> list[BaseRoute]:
    places = _Places(settings)

    async def put(request: Request) -> Response:
        headers = headers_of(request.scope)
        try:
            facts, context = await callers.identify(request.scope, headers, "http")
            assert isinstance(context, Context)  # noqa: S101 - app.py makes no other
            with places.one(caller_key(context.actor, facts.address)):
                _announced(request, settings)
                content = _content(request, settings.most_bytes)
                row = await upload(context, request.path_params["image"], content, settings.seconds)
        except Exception as error:
            return _refused(error, correlation_of(request.scope, headers))
        return JSONResponse({"id": row.id})

    return [Route("/images/{image:path}/content", put, methods=["PUT"])]


class _Places:
    """The uploads that run, by caller."""

    def __init__(self, settings: UploadSettings) -> None:
        self._settings = settings
        self._running: Counter[str] = Counter()

    @contextlib.contextmanager
    def one(self, caller: str) -> Iterator[None]:
        """Raises RateLimited when none is free."""
        if self._running[caller] >= self._settings.at_once_per_caller:
            raise RateLimited(
                f"{self._running[caller]} of your uploads are running, the limit of one caller; wait for one to end.",
                retry_after=5,
            )
        if self._running.total() >= self._settings.at_once:
            raise RateLimited(
                f"{self._settings.at_once} uploads are running, the limit of this gateway; try again later.",
                retry_after=5,
            )
        self._running[caller] += 1
        try:
            yield
        finally:
            self._running[caller] -= 1
            self._running = +self._running  # forgets callers without any


def _announced(request: Request, settings: UploadSettings) -> None:
    length = request.headers.get("content-length", "")
    if request.headers.get("content-type") != "application/octet-stream":
        raise Refusal(Invalid("The content of an image has the content-type application/octet-stream."), 415)
    if length.isdigit() and int(length) > settings.most_bytes:
        raise _too_long(settings.most_bytes)


async def _content(request: Request, most: int) -> AsyncIterator[bytes]:
    """Raises errors of ours alone: what broke the content is told to the caller and to the audit log."""
    seen, parts = 0, aiter(request.stream())
    while True:
        try:
            async with asyncio.timeout(PART_SECONDS):
                part = await anext(parts)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise TimedOut(f"Nothing of the image came for {PART_SECONDS:g} s.") from error
        except ClientDisconnect as error:
            raise Invalid("The upload ended in the middle: the caller went away.") from error
        seen += len(part)
        if seen > most:
            raise _too_long(most)
        if part:
            yield part


def _too_long(most: int) -> _TooLong:
    return _TooLong(f"An image may have {most} bytes at most.")


def _refused(error: Exception, correlation_id: str) -> Response:
    shown = present([error.error if isinstance(error, Refusal) else error], correlation_id)
    statuses = {**HTTP_STATUS, "NOT_FOUND": 404, "CONFLICT": 409}
    status = (
        error.status if isinstance(error, Refusal) else 413 if isinstance(error, _TooLong) else statuses[shown.code]
    )
    response = JSONResponse({"errors": shown.errors}, status)
    if shown.retry_after is not None:
        response.headers["retry-after"] = str(max(1, round(shown.retry_after)))
    return response
