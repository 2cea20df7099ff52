"""The one error tree: what can go wrong, as a code, a sentence for people, and whether a retry makes sense.

Raised everywhere below the gateway; adapters in `clients/` raise these `from` the vendor's own errors, so that no vendor
error leaks upward. `gateway/errors.py` turns them into GraphQL errors; nobody parses messages.

    GurumError
     +-- Unauthenticated   UNAUTHENTICATED  who are you?
     +-- Denied            DENIED           known, but not allowed (never for what the caller may not see: NotFound)
     +-- NotFound          NOT_FOUND        no such thing in the caller's sight
     +-- Invalid           INVALID          the input can not be right, ambiguous names included
     +-- Conflict          CONFLICT         right input, wrong state of the resource
     +-- QuotaExceeded     QUOTA_EXCEEDED
     +-- RateLimited       RATE_LIMITED
     +-- TooExpensive      TOO_EXPENSIVE    the query itself is over a limit
     +-- Unavailable       UNAVAILABLE      a backend is down or answers nonsense
     +-- TimedOut          TIMED_OUT        a backend did not answer within its deadline
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several resources that an ambiguous name could mean."""

    id: str
    name: str


class GurumError(Exception):
    """`message` is one sentence for people: no secret, no stack trace, no address of an inner server.

    `backend` names the cloud (as configured), `request_id` is the backend's own id of the failed call. `lost`: the backend may have
    done what was asked all the same, only its answer is not known. `project_id` is where the attempt was, for its audit row.
    """

    code: ClassVar[str] = "INTERNAL"
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        backend: str | None = None,
        request_id: str | None = None,
        field: str | None = None,
        candidates: Sequence[Candidate] = (),
        retry_after: float | None = None,
        operation_id: str | None = None,
        lost: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.backend = backend
        self.request_id = request_id
        self.field = field
        self.candidates = tuple(candidates)
        self.retry_after = retry_after  # seconds
        self.operation_id = operation_id
        self.lost = lost
        self.project_id: str | None = None

    def extensions(self) -> dict[str, Any]:
        """The `extensions` of the GraphQL error, without what is empty."""
        known: dict[str, Any] = {
            "code": self.code,
            "retryable": self.retryable,
            "backend": self.backend,
            "requestId": self.request_id,
            "field": self.field,
            "candidates": [{"id": c.id, "name": c.name} for c in self.candidates] or None,
            "retryAfter": self.retry_after,
            "operationId": self.operation_id,
        }
        return {key: value for key, value in known.items() if value is not None}


class Unauthenticated(GurumError):
    code = "UNAUTHENTICATED"


class Denied(GurumError):
    code = "DENIED"


class NotFound(GurumError):
    code = "NOT_FOUND"


class Invalid(GurumError):
    code = "INVALID"


class Conflict(GurumError):
    code = "CONFLICT"


class QuotaExceeded(GurumError):
    code = "QUOTA_EXCEEDED"


class RateLimited(GurumError):
    code = "RATE_LIMITED"
    retryable = True


class TooExpensive(GurumError):
    code = "TOO_EXPENSIVE"


class Unavailable(GurumError):
    code = "UNAVAILABLE"
    retryable = True


class TimedOut(GurumError):
    code = "TIMED_OUT"
    retryable = True


ERRORS: tuple[type[GurumError], ...] = (
    Unauthenticated,
    Denied,
    NotFound,
    Invalid,
    Conflict,
    QuotaExceeded,
    RateLimited,
    TooExpensive,
    Unavailable,
    TimedOut,
)


def by_code(code: str) -> type[GurumError]:
    """The class of a code that was stored (an operation's error read back from the store)."""
    return next((error for error in ERRORS if error.code == code), GurumError)
