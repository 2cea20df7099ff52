"""JSON of answers, for every transport: orjson, which is fast, and the standard library for the little that orjson refuses."""

import json
from typing import Any

import orjson


def encode(payload: Any) -> bytes:
    """One line of JSON. Integers beyond 64 bits, keys that are no text, and lone surrogates take the slow way."""
    try:
        return orjson.dumps(payload)
    except TypeError:
        return json.dumps(payload, default=str, separators=(",", ":")).encode()
