"""Errors as callers see them: our error tree to GraphQL errors and HTTP statuses; everything unknown masked and logged.

Used by the executor and the views. The tree itself is `resolvers/errors.py`.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import FieldNode, GraphQLError
from redis.exceptions import ConnectionError as StoreConnectionError
from redis.exceptions import TimeoutError as StoreTimeoutError

from resolvers.errors import GurumError, Invalid, Unauthenticated, Unavailable

log = logging.getLogger("gurum.errors")

# What HTTP says when a request brought no data at all. Errors beside data never change the status (200).
HTTP_STATUS: Final[Mapping[str, int]] = {
    "UNAUTHENTICATED": 401,
    "DENIED": 403,
    "NOT_FOUND": 400,  # the address of the request exists; what its document asks for does not
    "INVALID": 400,
    "PERSISTED_QUERY_NOT_FOUND": 400,
    "CONFLICT": 400,
    "QUOTA_EXCEEDED": 400,
    "RATE_LIMITED": 429,
    "TOO_EXPENSIVE": 400,
    "UNAVAILABLE": 503,
    "TIMED_OUT": 504,
    "INTERNAL": 500,
}

_LONGEST: Final = 2_000  # characters of a message
_STORE_AWAY: Final = "The store of 9rum does not answer now; try again in a moment."
_STORE_SECONDS: Final = 3.0


class Refusal(Exception):
    """An answer of HTTP itself: the request never became a GraphQL operation. `status` holds under every media type."""

    def __init__(self, error: GurumError, status: int | None = None, **headers: str) -> None:
        super().__init__(error.message)
        self.error = error
        self.status = status or HTTP_STATUS[error.code]
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class RequestErrors(Exception):
    """Faults of a document found before execution: GraphQL's own errors of syntax, validation, operation choice."""

    def __init__(self, errors: Sequence[GraphQLError | GurumError]) -> None:
        super().__init__(errors[0].message)
        self.errors = errors


@dataclass(slots=True)
class Presented:
    """Errors ready for the wire, and the code that stands for all of them (the first error's)."""

    errors: list[dict[str, Any]] = field(default_factory=list)
    code: str = "OK"
    retry_after: float | None = None


def present(errors: Sequence[Exception], correlation_id: str) -> Presented:
    """All errors of one answer. Unknown ones are logged with their stack, here and only here."""
    shown = Presented()
    for error in errors:
        known = _known(error)
        # Sentences of GraphQL repeat what the caller wrote, which may be a megabyte.
        entry: dict[str, Any] = {"message": known.message[:_LONGEST] if known else masked(correlation_id)}
        if isinstance(error, GraphQLError):
            if error.locations:
                entry["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
            if error.path is not None:
                entry["path"] = error.path
        extensions: dict[str, Any] = (
            known.extensions() if known else {"code": GurumError.code, "retryable": GurumError.retryable}
        )
        extensions["correlationId"] = correlation_id
        entry["extensions"] = extensions
        shown.errors.append(entry)
        if shown.code == "OK":
            shown.code = extensions["code"]
            shown.retry_after = known.retry_after if known else None
        if known is None:
            log_unknown(error, correlation_id)
    return shown


def masked(correlation_id: str) -> str:
    return f"Something went wrong inside 9rum; the log has it under correlation id {correlation_id}."


def log_unknown(error: BaseException, correlation_id: str) -> None:
    cause = getattr(error, "original_error", None) or error
    path = getattr(error, "path", None)
    log.error(
        "unknown error%s",
        f" at {'.'.join(map(str, path))}" if path else "",
        exc_info=(type(cause), cause, cause.__traceback__),
        extra={"correlation_id": correlation_id},
    )


def unauthenticated_only(errors: Sequence[Mapping[str, Any]], data: Mapping[str, Any] | None) -> bool:
    """Whether nothing could be answered because nobody is signed in: HTTP then says 401, so that clients sign in again."""
    return (
        bool(errors)
        and all(error["extensions"]["code"] == Unauthenticated.code for error in errors)
        and not any(value is not None for value in (data or {}).values())
    )


def _known(error: Exception) -> GurumError | None:
    """The error of our tree that tells this one to people, or None when it must be masked."""
    if not isinstance(error, GraphQLError):
        return _of_ours(error)
    cause: BaseException | None = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if (ours := _of_ours(cause)) is not None:
        # While input is coerced, GraphQL's sentence also names the variable and the place in it.
        return ours if error.path is not None else Invalid(error.message, field=ours.field)
    if error.path is None:
        return Invalid(error.message)
    # During execution only an argument can be the caller's fault, and graphql-core marks those at the argument or value.
    # Marked at the field: a result that does not fit its type, or an error raised by the library. Both are ours.
    if cause is None and error.nodes and not all(isinstance(node, FieldNode) for node in error.nodes):
        return Invalid(error.message)
    return None


def _of_ours(error: BaseException | None) -> GurumError | None:
    """What the store refuses is a fault of ours, unlike its being away."""
    if isinstance(error, (StoreConnectionError, StoreTimeoutError)):
        log.warning("the store does not answer: %s", error)
        return Unavailable(_STORE_AWAY, retry_after=_STORE_SECONDS)
    return error if isinstance(error, GurumError) else None
