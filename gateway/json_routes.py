"""What routes of plain JSON share: only our own pages may change something, bodies are read strictly, and errors have GraphQL's shape, in
the language of the reader.

Used by `sign_in.py` and `chat/link.py`, whose callers are pages with a session cookie, and by `console/`, whose callers may bring a token.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

import orjson
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from bot import texts
from gateway import media
from gateway.errors import HTTP_STATUS, Refusal, present
from gateway.limits.body import BodyLimit, Disconnected
from gateway.request import correlation_of, headers_of, origin_allowed
from resolvers.errors import Denied, Invalid
from resolvers.inventory.store import shown

M = TypeVar("M", bound=BaseModel)
Answering = Callable[[Request], Awaitable[Response]]
_LANGUAGE: Final = re.compile(r"\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})\s*(?:[;,]|$)")


def served(answer: Answering) -> Answering:
    """The route: whatever `answer` raises becomes an answer, and none is kept by a browser or a proxy."""

    async def serve(request: Request) -> Response:
        headers = headers_of(request.scope)
        correlation_id = correlation_of(request.scope, headers)
        try:
            response = await answer(request)
        except Disconnected:
            return Response(status_code=400)
        except Exception as error:
            response = refused(error, correlation_id, locale_of(headers))
        response.headers["cache-control"] = "no-store"
        return response

    return serve


def locale_of(headers: Mapping[bytes, bytes]) -> str | None:
    """The language that the caller's program names first."""
    found = _LANGUAGE.match(headers.get(b"accept-language", b"").decode("latin-1"))
    return found[1] if found else None


def own_page(request: Request, allowed_origins: Iterable[str], what: str) -> dict[bytes, bytes]:
    """The headers; raises Refusal for a page of another origin, whoever's cookie the browser added. `what` it may not do here."""
    headers = headers_of(request.scope)
    if not origin_allowed(request.scope, headers, allowed_origins):
        raise Refusal(Denied(f"Pages of another origin may not {what}."))
    return headers


async def json_object(
    request: Request, headers: Mapping[bytes, bytes], limit: BodyLimit, what: str, shape: str
) -> dict[str, Any]:
    """The body. `shape` is a sentence that says what it should be."""
    if not media.is_json(headers.get(b"content-type", b"").decode("latin-1")):
        raise Refusal(Invalid(f"Send {what} as application/json. {shape}"), 415)
    body = await limit.read(request.receive, headers)
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Invalid(f"The body is not JSON. {shape}") from None
    if not isinstance(given, dict):
        raise Invalid(f"The body is not a JSON object. {shape}")
    return given


def validated(model: type[M], given: Mapping[str, Any], shape: str) -> M:
    """Raises Invalid with the place of the first fault; a value is never repeated, for it may be a secret."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise Invalid(f"`{shown(place)}` is missing, not known, or not as it should be. {shape}", field=place) from None


def refused(error: Exception, correlation_id: str, locale: str | None) -> Response:
    told = present([error.error if isinstance(error, Refusal) else error], correlation_id)
    for each in told.errors:
        each["message"] = texts.of(locale).sentence(each["message"])
    status = error.status if isinstance(error, Refusal) else HTTP_STATUS[told.code]
    response = Response(orjson.dumps({"errors": told.errors}), status, media_type=media.JSON)
    if told.retry_after is not None:
        response.headers["retry-after"] = str(max(1, round(told.retry_after)))
    return response
