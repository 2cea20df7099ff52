"""What media type an answer takes, and what a request's body may be: GraphQL over HTTP, sections 5 and 6."""

from functools import lru_cache
from typing import Final

GRAPHQL: Final = "application/graphql-response+json"
JSON: Final = "application/json"
EVENT_STREAM: Final = "text/event-stream"


@lru_cache(maxsize=256)
def negotiate(accept: str) -> str | None:
    """The type of the answer; None when the caller accepts neither.

    `application/graphql-response+json` is chosen only when it is named: with it, a refused document answers 4xx, which clients of
    the older convention (and every `*/*`) do not expect.
    """
    weights = _weights(accept)
    if not weights:
        return JSON
    wildcard = weights.get("application/*", weights.get("*/*", 0.0))
    named, json = weights.get(GRAPHQL, 0.0), weights.get(JSON, wildcard)
    if named and named >= json:
        return GRAPHQL
    return JSON if json else None


@lru_cache(maxsize=256)
def accepts_events(accept: str) -> bool:
    return _weights(accept).get(EVENT_STREAM, 0.0) > 0


@lru_cache(maxsize=256)
def is_json(content_type: str) -> bool:
    """Whether a body is JSON in UTF-8, as its sender says."""
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charset = next((p.partition("=")[2].strip("\"' ") for p in parameters if p.startswith("charset=")), "utf-8")
    return kind == JSON and charset in ("utf-8", "utf8", "us-ascii")


def _weights(accept: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((p[2:].strip() for p in parameters if p.startswith("q=")), "1")
        if kind:
            weights[kind] = _number(quality)
    return weights


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
