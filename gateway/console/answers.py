"""How the conversation's routes answer and refuse, and read a number of an address; used by `chat.py` and `events.py`."""

import re
from typing import Any

import msgspec
import orjson
from starlette.responses import Response

from gateway import media
from gateway.errors import HTTP_STATUS, Refusal, present
from resolvers.errors import Invalid


def answer(content: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type=media.JSON)


def refused(error: Exception, correlation_id: str) -> Response:
    """In GraphQL's shape, so that a page has one way to read errors."""
    errors = present([error.error if isinstance(error, Refusal) else error], correlation_id)
    status = error.status if isinstance(error, Refusal) else HTTP_STATUS[errors.code]
    headers = {"cache-control": "no-store", **(error.headers if isinstance(error, Refusal) else {})}
    if errors.retry_after is not None:
        headers["retry-after"] = str(max(1, round(errors.retry_after)))
    return Response(orjson.dumps({"errors": errors.errors}), status, headers, media.JSON)


def number(text: str | None, name: str) -> float | None:
    """A parameter of the address that is a time or a count. Raises Invalid."""
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,12}(\.\d{1,9})?", text):
        raise Invalid(f"`{name}` must be a number.", field=name)
    return float(text)
