"""The pages of other origins that may call 9rum from a browser (CORS): those of the setting `graphql.allowed_origins`, no others.

Wrapped around the routes of GraphQL (`gateway/transport.py`) and of the session (`gateway/sign_in.py`). Whether such a page may use the
session cookie is asked again by each request (`origin_allowed` in `gateway/request.py`): a form needs no leave of a browser.
"""

import re
from collections.abc import Iterable
from typing import Annotated, Final

from pydantic import AfterValidator
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

_ORIGIN: Final = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?")


def _as_browsers_write_it(given: str) -> str:
    origin = given.lower().removesuffix("/")
    if not _ORIGIN.fullmatch(origin):
        raise ValueError("should be an origin without a path, such as https://console.example.com")
    return origin


Origin = Annotated[str, AfterValidator(_as_browsers_write_it)]


def shared(view: ASGIApp, allowed_origins: Iterable[str], methods: Iterable[str] = ("GET", "POST")) -> ASGIApp:
    """The view, for pages of these origins too; without any, a browser refuses them all by itself."""
    origins = tuple(allowed_origins)
    if not origins:
        return view
    return CORSMiddleware(
        view,
        allow_origins=origins,
        allow_credentials=True,
        allow_methods=tuple(methods),
        allow_headers=("content-type", "x-auth-token", "x-correlation-id", "x-request-id", "traceparent", "tracestate"),
        expose_headers=("x-correlation-id", "x-query-cost", "x-budget-remaining", "retry-after", "etag"),
        max_age=600,
    )
