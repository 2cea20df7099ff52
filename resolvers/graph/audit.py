"""The audit log in the schema. Used by `schema`."""

from datetime import datetime
from typing import Any

import strawberry
from strawberry import Info
from strawberry.scalars import JSON

from resolvers.audit import MAX_SCANNED, AuditResult, StoredRow
from resolvers.context import Context
from resolvers.errors import Denied, Invalid, TooExpensive
from resolvers.graph.spelling import camel_keys
from resolvers.operations.audit_filter import PLACE, Wanted, may_read, test_of

strawberry.enum(AuditResult, description=AuditResult.__doc__)
MAX_ROWS = 200
SEARCH_COST = 250  # it may look at `MAX_SCANNED` rows


@strawberry.type(description="A row of the audit log.")
class AuditEntry:
    id: strawberry.ID
    at: datetime
    action: str
    result: AuditResult
    actor_id: str
    actor_name: str
    origin: str = strawberry.field(description="`http`, or the chat platform that it came from.")
    channel: str | None = strawberry.field(description="The channel there.")
    said: str | None = strawberry.field(description="Link or id of the chat message that asked for it.")
    project_id: str | None
    operation_id: str | None
    resource_ids: list[str]
    input: JSON
    plan_hash: str | None = strawberry.field(description="Of the plan that ran, or was approved or refused.")
    error: str | None
    message: str | None = strawberry.field(description="The sentence that the caller got.")
    duration: float | None = strawberry.field(description="Seconds from start to end.")
    correlation_id: str
    backend_request_ids: list[str]
    intact: bool = strawberry.field(description="Whether the row still fits its own hash.")


@strawberry.type
class AuditQueries:
    @strawberry.field(
        graphql_type=list[AuditEntry],
        description="The newest audit rows first: all for operators, those of a project for its admins. `actor`, `resource` and "
        "`project` are a name or an id, `action` and `channel` may hold `*`; `before` is the id of a row.",
        metadata={"cost": SEARCH_COST},
    )
    async def audit_entries(
        self,
        info: Info[Context, None],
        first: int = 50,
        before: strawberry.ID | None = None,
        actor: str | None = None,
        action: str | None = None,
        resource: str | None = None,
        channel: str | None = None,
        project: str | None = None,
        result: AuditResult | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Any:
        context = info.context
        if not may_read(context.actor):
            raise Denied(
                "The audit log is for operators of the cloud, and for admins of a project about their project."
            )
        if not 0 <= first <= MAX_ROWS:
            raise Invalid(f"`first` is between 0 and {MAX_ROWS}; {first} was asked for.", field="first")
        if before is not None and not PLACE.match(before):
            raise Invalid("`before` is not the id of an audit row; take it from a row's `id`.", field="before")
        wanted = Wanted(actor, action, resource, channel, project, result, since, until)
        wanted.check()
        if not first:
            return []
        start = before if before is not None else wanted.until_id
        found = await context.audit.search(test_of(context, wanted), first, start, wanted.since_id, MAX_SCANNED)
        if not found.rows and found.looked_at is not None:
            raise TooExpensive(
                f"None of the {MAX_SCANNED:,} rows that were looked at fits; to look at older ones, ask again "
                f'with `before: "{found.looked_at.id}"`.',
                field="before",
            )
        return [_entry(stored) for stored in found.rows]


def _entry(stored: StoredRow) -> AuditEntry:
    row = stored.row
    return AuditEntry(
        id=strawberry.ID(stored.id),
        at=row.at,
        action=row.action,
        result=row.result,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        origin=row.origin,
        channel=row.channel,
        said=row.said,
        project_id=row.project_id,
        operation_id=row.operation_id,
        resource_ids=row.resource_ids,
        input=JSON(camel_keys(row.input)),
        plan_hash=row.plan_hash,
        error=row.error,
        message=row.message,
        duration=row.duration,
        correlation_id=row.correlation_id,
        backend_request_ids=row.backend_request_ids,
        intact=stored.intact,
    )
