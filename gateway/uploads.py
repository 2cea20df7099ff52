"""The content of an image, streamed to the cloud as the caller: `PUT /images/{id}/content`, for images that `imageCreate` left empty.

Mounted by `gateway/app.py`. GraphQL is no place for gigabytes; nothing is kept here, each part goes on as it comes.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.caller import Callers
from gateway.errors import HTTP_STATUS, Refusal, present
from gateway.request import correlation_of, headers_of
from resolvers.actor import MEMBER
from resolvers.context import Context
from resolvers.errors import Conflict, Denied, Invalid, TimedOut
from resolvers.planning import cloud_of, fresh, native
from resolvers.settings import Seconds, Section


class UploadSettings(Section):
    """Uploads of images."""

    most_bytes: int = Field(64 << 30, gt=0, description="Bytes of one image at most. Default: 64 GiB.")
    seconds: Seconds = Field(3600.0, description="Seconds for one upload. Raise it for slow lines.")


def upload_routes(callers: Callers, settings: UploadSettings) -> list[BaseRoute]:
    async def upload(request: Request) -> Response:
        headers = headers_of(request.scope)
        correlation_id = correlation_of(request.scope, headers)
        try:
            _, context = await callers.identify(request.scope, headers, "http")
            assert isinstance(context, Context)  # noqa: S101 - app.py makes no other
            row = await _image(context, request.path_params["image"])
            _announced(request, settings)
            async with asyncio.timeout(settings.seconds):
                port = context.ports.get("image", cloud_of(row.id))
                content = _bounded(request, settings.most_bytes)
                await port.upload_image(context.actor.credential(row.project_id), native(row.id), content)
                await context.inventory.reread(row.id)
        except TimeoutError:
            return _refused(TimedOut(f"The upload took longer than {settings.seconds:g} s."), correlation_id)
        except Refusal as refusal:
            return _refused(refusal.error, correlation_id, refusal.status)
        except Exception as error:
            return _refused(error, correlation_id)
        return JSONResponse({"id": row.id}, headers={"x-correlation-id": correlation_id})

    return [Route("/images/{image:path}/content", upload, methods=["PUT"])]


async def _image(context: Context, reference: str) -> Any:
    row = await fresh(context, "image", reference)
    if MEMBER not in context.actor.roles_on(row.project_id):
        raise Denied(f"An upload needs the role `{MEMBER}` on the image's project, which you do not have.")
    if row.status != "queued":
        raise Conflict(f"`{row.name}` is {row.status}: only an image without content takes an upload.")
    return row


def _announced(request: Request, settings: UploadSettings) -> None:
    length = request.headers.get("content-length", "")
    if request.headers.get("content-type") != "application/octet-stream":
        raise Refusal(Invalid("The content of an image has the content-type application/octet-stream."), 415)
    if length.isdigit() and int(length) > settings.most_bytes:
        raise Refusal(Invalid(f"An image may have {settings.most_bytes} bytes at most."), 413)


async def _bounded(request: Request, most: int) -> AsyncIterator[bytes]:
    seen = 0
    async for part in request.stream():
        seen += len(part)
        if seen > most:
            raise Refusal(Invalid(f"An image may have {most} bytes at most."), 413)
        if part:
            yield part


def _refused(error: Exception, correlation_id: str, status: int | None = None) -> Response:
    shown = present([error], correlation_id)
    code = 404 if shown.code == "NOT_FOUND" else 409 if shown.code == "CONFLICT" else HTTP_STATUS[shown.code]
    return JSONResponse({"errors": shown.errors}, status or code, headers={"x-correlation-id": correlation_id})
