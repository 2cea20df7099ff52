"""Mutations, plans, `apply` and `undo`, generated from the actions of all domains. Used by `schema`.

mutation { serverStart(input: {server: "web-1"}, idempotencyKey: "...") { id state } }
query    { plan { serverStart(input: {server: "web-1"}) { id hash targets { name } changes { attribute before after } } } }
mutation { apply(planId: "...", hash: "...") { id state } }
"""

import hmac
from collections.abc import Sequence
from typing import Any

import msgspec
import strawberry
from strawberry import Info

from resolvers import action as declared
from resolvers.action import Action
from resolvers.context import Context
from resolvers.errors import Conflict, NotFound
from resolvers.graph.commands import Danger
from resolvers.graph.spelling import snake
from resolvers.operations.graph import Operation


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


@strawberry.type(description="What an action would do; nothing is done by asking. `apply(planId: id, hash)` runs it.")
class Plan:
    id: strawberry.ID
    hash: str = strawberry.field(description="Changes when the state that the plan was made from changes.")
    action: str
    danger: Danger
    requires: str = strawberry.field(description="The role it needs on the project.")
    targets: list[TargetType]
    changes: list[DifferenceType]
    quota: list[QuotaEffectType]
    dependants: list[TargetType]
    warnings: list[str]
    undo: str | None = strawberry.field(description="How it can be taken back; null when it can not.")


class PlanData:
    """A plan as the schema reads it."""

    def __init__(self, plan_id: str, digest: str, action: Action, plan: declared.Plan) -> None:
        self.id = plan_id
        self.hash = digest
        self.action = action.name
        self.danger = action.danger
        self.requires = "operator" if action.system else action.role
        self.targets = plan.targets
        self.changes = plan.changes
        self.quota = plan.quota
        self.dependants = plan.dependants
        self.warnings = plan.warnings
        self.undo = plan.undo


def mutations(actions: Sequence[Action]) -> type[Any]:
    """The Mutation type: one field per action, and `apply` and `undo`."""
    fields: dict[str, Any] = {snake(action.field_name): _mutation(action) for action in actions}
    fields["apply"] = strawberry.field(
        resolver=_apply,
        graphql_type=Operation,
        description="Run a plan of the last 15 minutes, when the state is still as it was.",
    )
    fields["undo"] = strawberry.field(
        resolver=_undo, graphql_type=Operation, description="Take a finished operation back."
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

    described = strawberry.field(
        resolver=plan, graphql_type=plans, description="Ask what an action would do, without doing it."
    )
    return strawberry.type(type("PlanQueries", (), {"plan": described}))


def _mutation(action: Action) -> Any:
    async def resolve(info: Info[Context, None], input: Any, idempotency_key: str | None = None) -> Any:  # noqa: A002 - the argument is named so in the graph
        return await info.context.engine.attempt(info.context, action, input, idempotency_key)

    resolve.__annotations__["input"] = action.input
    return strawberry.field(resolver=resolve, graphql_type=Operation, description=f"{action.summary} (`{action.name}`)")


def _planner(action: Action) -> Any:
    async def resolve(info: Info[Context, None], input: Any) -> Any:  # noqa: A002 - the schema's name
        context = info.context
        plan = await context.engine.plan(context, action, input)
        digest = plan.hash(action.name, context.actor.user_id)
        plan_id = await context.plans.keep(context.actor.user_id, action.name, msgspec.to_builtins(input), digest)
        return PlanData(plan_id, digest, action, plan)

    resolve.__annotations__["input"] = action.input
    return strawberry.field(resolver=resolve, graphql_type=Plan, description=action.summary)


async def _apply(
    info: Info[Context, None],
    plan_id: strawberry.ID,
    hash: str,  # noqa: A002 - the schema's name
    idempotency_key: str | None = None,
) -> Any:
    context = info.context
    kept = await context.plans.take(context.actor.user_id, plan_id)
    if kept is None:
        raise NotFound(
            "There is no such plan, or it is older than a quarter of an hour; ask for a new one.", field="planId"
        )
    name, plain, digest = kept
    if not hmac.compare_digest(digest.encode(), hash.encode()):
        raise Conflict("The hash is not the one of this plan; look at the plan again.", field="hash")
    action = context.actions[name]
    given = msgspec.convert(plain, type=action.input, strict=False)
    return await context.engine.attempt(context, action, given, idempotency_key, expected=digest)


async def _secret(info: Info[Context, None], operation_id: strawberry.ID) -> str:
    return await info.context.engine.secret(info.context, operation_id)


async def _undo(info: Info[Context, None], operation_id: strawberry.ID, idempotency_key: str | None = None) -> Any:
    return await info.context.engine.undo(info.context, operation_id, idempotency_key)
