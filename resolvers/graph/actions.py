"""Mutations, plans, `apply` and `undo`, generated from the actions of all domains. Used by `schema`.

mutation { serverStart(input: {server: "web-1"}, idempotencyKey: "...") { id state } }
query    { plan { serverStart(input: {server: "web-1"}) { id hash targets { name } changes { attribute before after } } } }
mutation { apply(planId: "...", hash: "...") { id state } }
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import strawberry
from strawberry import Info
from strawberry.scalars import JSON

from resolvers.action import Action
from resolvers.context import Context
from resolvers.graph.commands import Danger
from resolvers.graph.spelling import camel_keys, snake
from resolvers.operations import approvals
from resolvers.operations.graph import Operation
from resolvers.operations.plans import ApprovalState
from resolvers.policy import Confirmation

CALLS: Final = {"cost": 50}  # a plan is made from what backends say right now, and a change is planned and then made


@strawberry.type(name="PlanTarget", description="A resource that an action touches; its id is null before it exists.")
class TargetType:
    kind: str
    name: str
    id: str | None


@strawberry.type(name="PlanChange", description="One value before and after; null where there is none.")
class DifferenceType:
    target: str
    attribute: str
    before: str | None
    after: str | None


@strawberry.type(name="PlanQuota", description="What an action does to a quota.")
class QuotaEffectType:
    service: str
    resource: str
    limit: int | None = strawberry.field(description="Null is unlimited.")
    used: int
    after: int


strawberry.enum(ApprovalState, description=ApprovalState.__doc__)


@strawberry.type(name="PlanApproval", description="What a second person said of a plan that policy asks one for.")
class ApprovalType:
    role: str = strawberry.field(description="What that person needs on the plan's project.")
    state: ApprovalState
    by_id: str | None
    by_name: str | None
    at: datetime | None
    reason: str | None


def _input(root: strawberry.Parent[Any]) -> JSON:
    return JSON(camel_keys(root.input))


@strawberry.type(description="What an action would do; nothing is done by asking. `apply(planId: id, hash)` runs it.")
class Plan:
    id: strawberry.ID
    hash: str = strawberry.field(description="Changes when the state that the plan was made from changes.")
    action: str
    danger: Danger
    requires: str = strawberry.field(description="The role it needs on the project.")
    project_id: str | None
    project_name: str | None
    actor_id: str = strawberry.field(description="Who asked for it, and alone can apply it.")
    actor_name: str
    input: JSON = strawberry.field(resolver=_input, description="The input as it was given, secrets masked.")
    targets: list[TargetType]
    changes: list[DifferenceType]
    quota: list[QuotaEffectType]
    dependants: list[TargetType]
    warnings: list[str]
    undo: str | None = strawberry.field(description="How it can be taken back; null when it can not.")
    confirmation: Confirmation = strawberry.field(description="What the policy asks of you before it runs.")
    approval: ApprovalType | None = strawberry.field(
        description="Of a second person; null when the policy asks for none."
    )
    expires_at: datetime = strawberry.field(description="When it can not be applied any more.")


def mutations(actions: Sequence[Action]) -> type[Any]:
    """The Mutation type: one field per action, and `apply` and `undo`."""
    fields: dict[str, Any] = {snake(action.field_name): _mutation(action) for action in actions}
    fields["apply"] = strawberry.field(
        resolver=_apply,
        graphql_type=Operation,
        description="Run a plan of yours before it expires, when the state is still as it was. Without `idempotencyKey` a plan runs "
        "once; one that needed an approval runs once in any case.",
        metadata=CALLS,
    )
    fields["approve_plan"] = strawberry.field(
        resolver=_approve, graphql_type=Plan, description="Let a plan run that somebody else asked for; they apply it."
    )
    fields["refuse_plan"] = strawberry.field(
        resolver=_refuse, graphql_type=Plan, description="Keep a plan that waits for an approval from running."
    )
    fields["undo"] = strawberry.field(
        resolver=_undo, graphql_type=Operation, description="Take a finished operation back.", metadata=CALLS
    )
    fields["operation_secret"] = strawberry.field(
        resolver=_secret,
        description="Read, once, the secret that an operation of yours made, such as the key of an offered volume.",
    )
    return strawberry.type(
        type("Mutation", (), fields), description="Changes: each starts an operation and answers with it."
    )


def plan_queries(actions: Sequence[Action]) -> type[Any]:
    """`Query.plan` with one field per action."""
    fields = {snake(action.field_name): _planner(action) for action in actions}
    plans = strawberry.type(type("Plans", (), fields), description="The plan of each action: what it would do.")

    def plan(info: Info[Context, None]) -> Any:
        info.context.require_actor()
        return plans()

    fields = {
        "plan": strawberry.field(
            resolver=plan, graphql_type=plans, description="Ask what an action would do, without doing it."
        ),
        "planned": strawberry.field(
            resolver=_planned,
            graphql_type=Plan,
            description="A plan that was made before: for who asked for it, and for whoever may approve it.",
        ),
        "replay": strawberry.field(
            resolver=_replay,
            graphql_type=Plan,
            description="A new plan of the action and input of an old audit row, as you, and as things are now.",
            metadata=CALLS,
        ),
    }
    return strawberry.type(type("PlanQueries", (), fields))


def _mutation(action: Action) -> Any:
    async def resolve(info: Info[Context, None], input: Any, idempotency_key: str | None = None) -> Any:  # noqa: A002 - the argument is named so in the graph
        return await info.context.engine.attempt(info.context, action, input, idempotency_key)

    resolve.__annotations__["input"] = action.input
    summary = f"{action.summary} (`{action.name}`)"
    return strawberry.field(resolver=resolve, graphql_type=Operation, description=summary, metadata=CALLS)


def _planner(action: Action) -> Any:
    async def resolve(info: Info[Context, None], input: Any) -> Any:  # noqa: A002 - the schema's name
        return await approvals.keep(info.context, action, input)

    resolve.__annotations__["input"] = action.input
    return strawberry.field(resolver=resolve, graphql_type=Plan, description=action.summary, metadata=CALLS)


async def _apply(
    info: Info[Context, None],
    plan_id: strawberry.ID,
    hash: str,  # noqa: A002 - the schema's name
    idempotency_key: str | None = None,
) -> Any:
    return await approvals.apply(info.context, plan_id, hash, idempotency_key)


async def _planned(info: Info[Context, None], id: strawberry.ID) -> Any:  # noqa: A002 - the schema's name
    return await approvals.seen(info.context, id)


async def _replay(info: Info[Context, None], audit_id: strawberry.ID) -> Any:
    return await approvals.replay(info.context, audit_id)


async def _approve(info: Info[Context, None], plan_id: strawberry.ID, hash: str) -> Any:  # noqa: A002 - the schema's name
    return await approvals.settle(info.context, plan_id, hash, approve=True)


async def _refuse(
    info: Info[Context, None],
    plan_id: strawberry.ID,
    hash: str,  # noqa: A002 - the schema's name
    reason: str | None = None,
) -> Any:
    return await approvals.settle(info.context, plan_id, hash, approve=False, reason=reason)


async def _secret(info: Info[Context, None], operation_id: strawberry.ID) -> str:
    return await info.context.engine.secret(info.context, operation_id)


async def _undo(info: Info[Context, None], operation_id: strawberry.ID, idempotency_key: str | None = None) -> Any:
    return await info.context.engine.undo(info.context, operation_id, idempotency_key)
