"""From the bytes of a request to `GraphQLRequest`: JSON and its shape, checked once for every transport."""

from typing import Any, Final
from urllib.parse import parse_qsl

import orjson

from gateway.documents import GraphQLRequest
from gateway.errors import Refusal
from resolvers.errors import Invalid

# The name on the wire, the type it must have, and how a person would say that type.
_WANTED: Final = (
    ("query", str, "a string"),
    ("variables", dict, "an object"),
    ("operationName", str, "a string"),
    ("extensions", dict, "an object"),
    ("documentId", str, "a string"),
)


def from_body(body: bytes) -> GraphQLRequest:
    if not body:
        raise Refusal(Invalid("The request has no body."))
    try:
        return from_object(orjson.loads(body))
    except orjson.JSONDecodeError as error:
        raise Refusal(
            Invalid(f"The body is not JSON: {error.msg} (line {error.lineno}, column {error.colno}).")
        ) from error


def from_query_string(query: bytes) -> GraphQLRequest:
    try:
        pairs = dict(parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20))
    except ValueError as error:
        raise Refusal(Invalid("The query string can not be read as UTF-8 parameters.")) from error
    parameters: dict[str, Any] = dict(pairs)
    for name in ("variables", "extensions"):
        text = pairs.get(name)
        if text is not None:
            try:
                parameters[name] = orjson.loads(text) if text else None
            except orjson.JSONDecodeError as error:
                raise Refusal(Invalid(f"The parameter {name} is not JSON: {error.msg}.", field=name)) from error
    return from_object(parameters)


def from_object(data: object) -> GraphQLRequest:
    """Unknown members are left alone, as the specification asks."""
    if isinstance(data, list):
        raise Refusal(Invalid("Batches are not served; send one operation per request."))
    if not isinstance(data, dict):
        raise Refusal(Invalid("The request must be a JSON object with a query."))
    for name, kind, words in _WANTED:
        value = data.get(name)
        if value is not None and not isinstance(value, kind):
            raise Refusal(Invalid(f"The parameter {name} must be {words}.", field=name))
    return GraphQLRequest(
        query=data.get("query"),
        variables=data.get("variables"),
        operation_name=data.get("operationName") or None,
        extensions=data.get("extensions"),
        document_id=data.get("documentId"),
    )
