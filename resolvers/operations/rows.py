"""Audit rows of attempts and operations, with their secrets masked. Called by `engine` and `approvals`."""

from datetime import datetime
from typing import Any

from resolvers.action import Action
from resolvers.actor import Actor
from resolvers.audit import AuditResult, AuditRow
from resolvers.errors import Denied, GurumError
from resolvers.inventory.store import shown
from resolvers.operations.record import Record

MASK = "***"
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
        project_id=actor.only_project,
        input=kept,
        cut=kept != given,
        error=error.code,
        message=error.message,
    )


def of_record(record: Record, result: AuditResult, at: datetime) -> AuditRow:
    """The start or the end of an operation."""
    ended = record.finished_at
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
        input=record.input,
        plan_hash=record.plan_hash,
        error=record.error.code if record.error else None,
        message=record.error.message if record.error else None,
        duration=(ended - record.started_at).total_seconds() if ended else None,
        backend_request_ids=record.backend_request_ids,
    )


def masked(plain: dict[str, Any], action: Action) -> dict[str, Any]:
    """The input as it may be stored and shown: without what was left out, secrets hidden."""
    return {name: MASK if name in action.secret else value for name, value in plain.items() if value is not None}


def shortened(value: Any) -> Any:
    """A refused input as it is kept for ever: enough to see what was tried, however much was sent."""
    if isinstance(value, str):
        return shown(value, KEPT_TEXT)
    if isinstance(value, list):
        return [shortened(member) for member in value[:KEPT_MEMBERS]]
    if isinstance(value, dict):
        kept = list(value.items())[:KEPT_MEMBERS]
        return {shown(name, KEPT_TEXT): shortened(member) for name, member in kept}
    return value
