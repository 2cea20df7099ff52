"""Audit rows of attempts and operations, with their secrets masked. Called by `engine` and `approvals`."""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson

from resolvers import nesting
from resolvers.action import Action
from resolvers.actor import Actor
from resolvers.audit import AuditResult, AuditRow
from resolvers.errors import Denied, GurumError, Invalid
from resolvers.inventory.store import shown
from resolvers.operations import hiding
from resolvers.operations.record import Record

MOST = (
    64 * 1024
)  # bytes of an input, without its secrets: it is kept for 30 days and sent with each change of its operation
KEPT = 16 * 1024  # bytes of an input that are kept for ever; of a larger one its beginning
KEPT_TEXT, KEPT_MEMBERS = 200, 50  # of each text and list of a refused input


def of_refusal(
    actor: Actor, correlation_id: str, action: str, given: dict[str, Any], error: GurumError, at: datetime
) -> AuditRow:
    """An attempt that never became an operation. `given` is masked already."""
    kept = shortened(given)
    return AuditRow(
        at=at,
        action=action,
        result=AuditResult.DENIED if isinstance(error, Denied) else AuditResult.REFUSED,
        actor_id=actor.user_id,
        actor_name=actor.user_name,
        origin=actor.origin.kind,
        channel=actor.origin.channel,
        said=actor.origin.message,
        correlation_id=correlation_id,
        project_id=error.project_id or actor.only_project,
        input=kept,
        cut=kept != given,
        error=error.code,
        message=error.message,
    )


@contextlib.contextmanager
def in_project(project_id: str | None) -> Iterator[None]:
    """A refusal in it is told of in the audit log of that project."""
    try:
        yield
    except GurumError as error:
        error.project_id = project_id
        raise


def of_record(record: Record, result: AuditResult, at: datetime) -> AuditRow:
    """The start or the end of an operation."""
    ended = record.finished_at
    kept = record.input if _size(record.input) <= KEPT else shortened(record.input)
    return AuditRow(
        at=at,
        action=record.action,
        result=result,
        actor_id=record.actor_id,
        actor_name=record.actor_name,
        origin=record.origin,
        channel=record.channel,
        said=record.said,
        correlation_id=record.correlation_id,
        project_id=record.project_id,
        operation_id=record.id,
        resource_ids=record.resource_ids,
        input=kept,
        cut=kept != record.input,
        plan_hash=record.plan_hash,
        error=record.error.code if record.error else None,
        message=record.error.message if record.error else None,
        duration=(ended - record.started_at).total_seconds() if ended else None,
        backend_request_ids=record.backend_request_ids,
    )


def check(plain: dict[str, Any], action: Action) -> None:
    """Raises Invalid for an input of which there is too much. Secrets are not kept with it, and have limits of their own."""
    nesting.check(plain, "The input")
    try:
        size = _size(hiding.masked(plain, action))
    except TypeError as error:
        raise Invalid("The input holds a number of more than 64 bits, or half a character.") from error
    if size > MOST:
        raise Invalid(f"The input has {size} bytes; at most {MOST} are taken. Give shorter texts and fewer of them.")


def shortened(value: Any) -> Any:
    """An input as it is kept for ever: enough to see what was tried, however much was sent."""
    return _shortened(value, [KEPT])


def _shortened(value: Any, left: list[int]) -> Any:
    """`left` is how many characters there is room for."""
    left[0] -= 1
    if isinstance(value, str):
        text = shown(value, max(1, min(KEPT_TEXT, left[0])))
        left[0] -= len(text)
        return text
    if isinstance(value, list):
        return [_shortened(member, left) for member in value[:KEPT_MEMBERS] if left[0] > 0]
    if isinstance(value, dict):
        kept = [(_shortened(name, left), member) for name, member in list(value.items())[:KEPT_MEMBERS] if left[0] > 0]
        return {name: _shortened(member, left) for name, member in kept}
    return value


def _size(plain: dict[str, Any]) -> int:
    return len(orjson.dumps(plain))
