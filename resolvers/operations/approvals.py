"""What becomes of a plan that was shown: it is looked at again, approved or refused by a second person, and applied. By `graph/actions.py`.

The plan stays the asker's: only the asker applies it, and the person who approves it sees what the asker saw.
"""

import hmac
import secrets
from typing import Any

import msgspec

from resolvers.action import Action
from resolvers.actor import Actor
from resolvers.audit import AuditResult, AuditRow
from resolvers.context import Context
from resolvers.errors import Conflict, Denied, GurumError, Invalid, NotFound
from resolvers.inventory.store import shown
from resolvers.operations import hiding, rows
from resolvers.operations.audit_filter import PLACE, sees
from resolvers.operations.plans import KEPT, KEPT_FOR_APPROVAL, Approval, ApprovalState, KeptPlan
from resolvers.operations.record import Record
from resolvers.policy.matching import holds

MAX_REASON = 500  # characters
GONE = "There is no such plan, or it is too old; ask for a new one."


async def keep(context: Context, action: Action, given: Any) -> KeptPlan:
    """The plan of an action, kept for its asker and, where policy asks for one, for whoever approves it."""
    actor, plain = context.actor, msgspec.to_builtins(given)
    rows.check(plain, action)
    try:
        plan, decision = await context.engine.decided(context, action, given)
    except Denied as error:  # looking is not recorded, but what is denied is
        await context.engine.refused(context, action.name, hiding.masked(plain, action), error)
        raise
    kept = KEPT if decision.approval_role is None else KEPT_FOR_APPROVAL
    shown = KeptPlan(
        id=context.plans.new_id(),
        actor_id=actor.user_id,
        actor_name=actor.user_name,
        action=action.name,
        given=plain,
        input=hiding.masked(plain, action),
        hash=context.engine.hash_of(plan, action, actor),
        danger=action.danger,
        requires="operator" if action.system else action.role,
        project_id=plan.project_id,
        project_name=context.engine.project_name(plan.project_id),
        expires_at=context.engine.clock.now() + kept,
        confirmation=decision.confirmation,
        targets=plan.targets,
        changes=plan.changes,
        quota=plan.quota,
        dependants=plan.dependants,
        warnings=plan.warnings,
        undo=plan.undo,
        approval=None if decision.approval_role is None else Approval(role=decision.approval_role),
    )
    await context.plans.keep(shown, kept)
    return shown


async def seen(context: Context, plan_id: str) -> KeptPlan:
    """A kept plan: for its asker, and for whoever may approve it. Raises NotFound for everybody else."""
    context.require_actor()
    plan = await context.plans.get(plan_id)
    if plan is None or not (context.actor.own(plan.actor_id, plan.project_id) or _may_approve(context.actor, plan)):
        raise NotFound(GONE, field="planId")
    return plan


async def replay(context: Context, audit_id: str) -> KeptPlan:
    """A new plan of what an old audit row tells, for whoever may read the row and may run the action now."""
    context.require_actor()
    stored = await context.audit.one(audit_id) if PLACE.match(audit_id) else None
    row = None if stored is None else stored.row
    if row is None or not (context.actor.own(row.actor_id, row.project_id) or sees(context.actor, row)):
        raise NotFound("There is no such audit row.", field="auditId")
    action = context.actions.get(row.action)
    if action is None:
        raise Invalid(f"`{shown(row.action)}` is nothing that can be planned.", field="auditId")
    if secret := hiding.missing(row.input, action):
        raise Invalid(f"`{secret[0]}` was a secret and is not in the log; type the command again.", field="auditId")
    try:
        given = msgspec.convert(row.input, type=action.input, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(
            "What was asked for then is no whole command of today; type it again.", field="auditId"
        ) from error
    if row.cut:
        raise Invalid("The log has only the beginning of what was asked for; type the command again.", field="auditId")
    return await keep(context, action, given)


async def apply(context: Context, plan_id: str, digest: str, key: str | None) -> Record:
    """Run a plan, once, when the state is still as it was. Raises what `Engine.attempt` raises."""
    context.require_actor()
    try:
        plan = await context.plans.get(plan_id)
        if plan is None or not context.actor.own(plan.actor_id, plan.project_id):
            raise NotFound(GONE, field="planId")
        _same(plan, digest)
        attempt = await _begun(context, plan)
    except GurumError as error:
        await context.engine.refused(context, "plan.apply", {"plan_id": plan_id}, error)
        raise
    action = context.actions[plan.action]
    given = msgspec.convert(plan.given, type=action.input, strict=False)
    own = f"plan-{plan.id}"
    if plan.approval is None:
        return await context.engine.attempt(context, action, given, own if key is None else key, plan.hash)
    try:  # what one approval allows happens once, whatever key comes with it
        return await context.engine.attempt(context, action, given, own, plan.hash, plan.approval.role)
    except GurumError as error:  # whatever else ended it, it may have begun
        if error.operation_id is None:
            await context.plans.give_back(plan.id, attempt)
        raise


async def settle(context: Context, plan_id: str, digest: str, approve: bool, reason: str | None = None) -> KeptPlan:
    """Approve or refuse a plan that somebody else asked for. Doing it twice is harmless."""
    context.require_actor()
    command, given = f"plan.{'approve' if approve else 'refuse'}", {"plan_id": plan_id, "reason": reason}
    try:
        plan = await seen(context, plan_id)
        state = _settled(context.actor, plan, digest, approve, reason)
        if approve:
            policy = context.engine.policy
            policy.check_approval(context.actor, plan.action, plan.project_id, plan.project_name)
        at = context.engine.clock.now()
        if not await context.plans.settle(plan.id, state, context.actor.user_id, context.actor.user_name, at, reason):
            raise Conflict(await _stands(context, plan))
    except GurumError as error:
        await context.engine.refused(context, command, {k: v for k, v in given.items() if v is not None}, error)
        raise
    await context.audit.append(_row(context, command, plan, reason))
    return await seen(context, plan_id)


# -- own ---------------------------------------------------------------------------------------------------------------


def _may_approve(actor: Actor, plan: KeptPlan) -> bool:
    return plan.approval is not None and holds(actor, plan.approval.role, plan.project_id)


def _settled(actor: Actor, plan: KeptPlan, digest: str, approve: bool, reason: str | None) -> ApprovalState:
    """The state that it gets. Raises what speaks against it."""
    _same(plan, digest)
    if plan.approval is None:
        raise Invalid("This plan needs nobody's approval.", field="planId")
    if plan.actor_id == actor.user_id and approve:
        raise Denied("You asked for this yourself; somebody else approves it.")
    if reason is not None and (len(reason) > MAX_REASON or not reason.isprintable()):
        raise Invalid(f"A reason is a text of at most {MAX_REASON} printable characters.", field="reason")
    return ApprovalState.APPROVED if approve else ApprovalState.REFUSED


def _same(plan: KeptPlan, digest: str) -> None:
    if not hmac.compare_digest(plan.hash.encode(), digest.encode()):
        raise Conflict("The hash is not the one of this plan; look at the plan again.", field="hash")


async def _begun(context: Context, plan: KeptPlan) -> str:
    """Raises Denied for a plan that nobody approved yet, or that was refused."""
    attempt = secrets.token_hex(8)
    if plan.approval is not None and not await context.plans.begin(plan.id, attempt):
        if plan.approval.state is ApprovalState.REFUSED:
            raise Denied(f"This plan was refused by {plan.approval.by_name}; it can not be applied.")
        raise Denied(f"This plan waits for the approval of somebody else with the role `{plan.approval.role}`.")
    return attempt


async def _stands(context: Context, plan: KeptPlan) -> str:
    now = await context.plans.get(plan.id)
    if now is None or now.approval is None:
        return GONE
    if now.approval.state is ApprovalState.REFUSED:
        return f"This plan was refused by {now.approval.by_name}; that stays."
    return "This plan is being applied, or was; it can not be refused any more."


def _row(context: Context, command: str, plan: KeptPlan, reason: str | None) -> AuditRow:
    actor = context.actor
    return AuditRow(
        at=context.engine.clock.now(),
        action=command,
        result=AuditResult.SUCCEEDED,
        actor_id=actor.user_id,
        actor_name=actor.user_name,
        origin=actor.origin.kind,
        channel=actor.origin.channel,
        said=actor.origin.message,
        correlation_id=context.correlation_id,
        project_id=plan.project_id,
        resource_ids=[target.id for target in plan.targets if target.id],
        input={"plan_id": plan.id, "action": plan.action, "asker": plan.actor_name}
        | ({} if reason is None else {"reason": reason}),
        plan_hash=plan.hash,
    )
