"""Operations and audit rows in the schema: types, queries, and the subscription that follows one. Used by `resolvers/graph/schema.py`."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import strawberry
from strawberry import Info
from strawberry.scalars import JSON

from resolvers.audit import AuditResult
from resolvers.context import Context
from resolvers.errors import Denied, Invalid
from resolvers.graph.nodes import Node
from resolvers.graph.spelling import camel
from resolvers.operations.record import OperationState, StepState

strawberry.enum(OperationState, description=OperationState.__doc__)
strawberry.enum(StepState, description="How far a step of an operation is.")
strawberry.enum(AuditResult, description=AuditResult.__doc__)
MAX_ROWS = 200
_PLACE = re.compile(r"[0-9]{1,19}-[0-9]{1,19}\Z")  # an id of a Redis stream


@strawberry.type(description="One step of an operation.")
class OperationStep:
    name: str
    title: str
    state: StepState
    detail: str | None = strawberry.field(
        description="What is seen of it right now, such as the state of the resource."
    )
    started_at: datetime
    finished_at: datetime | None


@strawberry.type(description="Why an operation failed.")
class OperationError:
    code: str
    message: str
    retryable: bool
    backend: str | None
    request_id: str | None
    field: str | None


def _given(root: strawberry.Parent[Any]) -> JSON:
    return camel_keys(root.input)


@strawberry.type(description="The action and input that take an operation back; `undo(operationId)` runs it.")
class UndoOfferType:
    action: str
    input: JSON = strawberry.field(resolver=_given)


def _resource(root: strawberry.Parent[Any], info: Info[Context, None]) -> Any:
    return _row(info.context, root.resource_id)


def _resources(root: strawberry.Parent[Any], info: Info[Context, None]) -> Any:
    found = (_row(info.context, row_id) for row_id in root.resource_ids)
    return [row for row in found if row is not None]


def _row(context: Context, row_id: str | None) -> Any:
    kind = (row_id or "").split(":", 1)[0]
    return context.inventory.get(context.actor, kind, row_id) if kind in context.inventory.kinds else None


@strawberry.type(description="A change under way or done. Follow it with `subscription { operation(id) }`.")
class Operation:
    id: strawberry.ID
    action: str
    state: OperationState
    progress: float = strawberry.field(description="Between 0 and 1.")
    steps: list[OperationStep]
    resource_id: str | None = strawberry.field(
        description="Global id of what it is about; stays when the resource is gone."
    )
    resource_ids: list[str]
    resource: Node | None = strawberry.field(resolver=_resource, description="What it is about, while it exists.")
    resources: list[Node] = strawberry.field(resolver=_resources)
    error: OperationError | None
    actor_id: str
    actor_name: str
    origin: str
    input: JSON = strawberry.field(resolver=_given, description="The input as it was given, secrets masked.")
    started_at: datetime
    finished_at: datetime | None
    backend_request_ids: list[str]
    correlation_id: str
    undo: UndoOfferType | None


@strawberry.type(description="A row of the audit log.")
class AuditEntry:
    id: strawberry.ID
    at: datetime
    action: str
    result: AuditResult
    actor_id: str
    actor_name: str
    origin: str
    project_id: str | None
    operation_id: str | None
    resource_ids: list[str]
    input: JSON
    error: str | None
    message: str | None
    duration: float | None = strawberry.field(description="Seconds from start to end.")
    correlation_id: str
    backend_request_ids: list[str]
    intact: bool = strawberry.field(description="Whether the row still fits its own hash.")


@strawberry.type
class OperationQueries:
    @strawberry.field(graphql_type=Operation | None, description="One operation: yours, or of a project that you see.")
    async def operation(self, info: Info[Context, None], id: strawberry.ID) -> Any:  # noqa: A002 - the schema's name
        info.context.require_actor()
        return await info.context.engine.visible(info.context, id)

    @strawberry.field(
        graphql_type=list[Operation],
        description="The newest operations first; of everybody whom you may see when `all`.",
    )
    async def operations(self, info: Info[Context, None], first: int = 20, all: bool = False) -> Any:  # noqa: A002 - the schema's name
        context = info.context
        user = None if all else context.actor.user_id
        if not 0 <= first <= MAX_ROWS:
            raise Invalid(f"`first` is between 0 and {MAX_ROWS}; {first} was asked for.", field="first")
        records = await context.engine.store.newest(user, first if user else MAX_ROWS * 5)
        return [record for record in records if context.engine.sees(context, record)][:first]

    @strawberry.field(graphql_type=list[AuditEntry], description="The newest audit rows first; for operators.")
    async def audit_entries(
        self, info: Info[Context, None], first: int = 50, before: strawberry.ID | None = None
    ) -> Any:
        context = info.context
        if not context.actor.operator:
            raise Denied("The audit log is for operators of the cloud.")
        if not 0 <= first <= MAX_ROWS:
            raise Invalid(f"`first` is between 0 and {MAX_ROWS}; {first} was asked for.", field="first")
        if before is not None and not _PLACE.match(before):
            raise Invalid("`before` is not the id of an audit row; take it from a row's `id`.", field="before")
        return [_entry(stored) for stored in await context.audit.newest(first, before)] if first else []


@strawberry.type
class OperationSubscriptions:
    @strawberry.subscription(
        graphql_type=Operation, description="The operation now, and again at each change until its end."
    )
    async def operation(self, info: Info[Context, None], id: strawberry.ID) -> AsyncIterator[Any]:  # noqa: A002 - the schema's name
        async for record in info.context.engine.follow(info.context, id):
            yield record


def camel_keys(plain: dict[str, Any]) -> JSON:
    """An input as the schema spells it; it is stored as Python spells it."""
    return JSON({camel(name): value for name, value in plain.items()})


def _entry(stored: Any) -> AuditEntry:
    row = stored.row
    return AuditEntry(
        id=stored.id,
        at=row.at,
        action=row.action,
        result=row.result,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        origin=row.origin,
        project_id=row.project_id,
        operation_id=row.operation_id,
        resource_ids=row.resource_ids,
        input=camel_keys(row.input),
        error=row.error,
        message=row.message,
        duration=row.duration,
        correlation_id=row.correlation_id,
        backend_request_ids=row.backend_request_ids,
        intact=stored.intact,
    )
