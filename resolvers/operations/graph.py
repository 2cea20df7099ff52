"""Operations in the schema: types, queries, and the subscription that follows one. Used by `resolvers/graph/schema.py`."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import strawberry
from strawberry import Info
from strawberry.scalars import JSON

from resolvers.context import Context
from resolvers.errors import Invalid
from resolvers.graph.nodes import Node
from resolvers.graph.spelling import camel_keys
from resolvers.operations.record import OperationState, StepState

strawberry.enum(OperationState, description=OperationState.__doc__)
strawberry.enum(StepState, description="How far a step of an operation is.")
MAX_ROWS = 200
LIST_COST = 50  # it may read five times as many from the store


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
    return JSON(camel_keys(root.input))


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
    row = context.inventory.get(context.actor, kind, row_id) if kind in context.inventory.kinds else None
    if row is not None:
        context.leads_to(1)
    return row


def _error(root: strawberry.Parent[Any]) -> Any:
    return root.error if root.state.ended else None  # it is kept a moment before the end


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
    resource_names: list[str] = strawberry.field(
        description="Names as they were when it was planned, in the order of `resourceIds`; they stay when the resource is gone."
    )
    resource: Node | None = strawberry.field(resolver=_resource, description="What it is about, while it exists.")
    resources: list[Node] = strawberry.field(resolver=_resources)
    error: OperationError | None = strawberry.field(resolver=_error, graphql_type=OperationError | None)
    actor_id: str
    actor_name: str
    origin: str = strawberry.field(description="`http`, or the chat platform that it came from.")
    channel: str | None = strawberry.field(description="The channel there.")
    said: str | None = strawberry.field(description="Link or id of the chat message that asked for it.")
    input: JSON = strawberry.field(resolver=_given, description="The input as it was given, secrets masked.")
    started_at: datetime
    finished_at: datetime | None
    backend_request_ids: list[str]
    correlation_id: str
    undo: UndoOfferType | None


@strawberry.type
class OperationQueries:
    @strawberry.field(graphql_type=Operation | None, description="One operation: yours, or of a project that you see.")
    async def operation(self, info: Info[Context, None], id: strawberry.ID) -> Any:  # noqa: A002 - the schema's name
        info.context.require_actor()
        return await info.context.engine.visible(info.context, id)

    @strawberry.field(
        graphql_type=list[Operation],
        description="The newest operations first; of everybody whom you may see when `all`.",
        metadata={"cost": LIST_COST},
    )
    async def operations(self, info: Info[Context, None], first: int = 20, all: bool = False) -> Any:  # noqa: A002 - the schema's name
        context = info.context
        user = None if all else context.actor.user_id
        if not 0 <= first <= MAX_ROWS:
            raise Invalid(f"`first` is between 0 and {MAX_ROWS}; {first} was asked for.", field="first")
        enough = first if user and context.actor.only_project is None else MAX_ROWS * 5  # some may be out of sight
        found: list[Any] = []
        async for record in context.engine.store.newest(user, enough if first else 0):
            if context.engine.sees(context, record):
                found.append(record)
            if len(found) == first:
                break
        return found


@strawberry.type
class OperationSubscriptions:
    @strawberry.subscription(
        graphql_type=Operation, description="The operation now, and again at each change until its end."
    )
    async def operation(self, info: Info[Context, None], id: strawberry.ID) -> AsyncIterator[Any]:  # noqa: A002 - the schema's name
        async for record in info.context.engine.follow(info.context, id):
            yield record
