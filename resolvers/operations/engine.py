"""Starts, resumes and ends operations: the only way by which anything is changed in a cloud.

Called by the mutations (`graph/actions.py`) with a Context; `maintenance` keeps leases and takes over operations whose process died.
Order of an attempt: idempotency key, plan, policy, audit row, record, run in the background, answer when the backend accepted.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
from redis.exceptions import RedisError

from notifications import tasks
from resolvers import ids
from resolvers.action import Action, Plan
from resolvers.actor import Actor, Credential
from resolvers.audit import Audit, AuditResult
from resolvers.clients.requests import collecting
from resolvers.clock import Clock
from resolvers.context import Context, Ports
from resolvers.errors import Conflict, Denied, GurumError, Invalid, NotFound, Unavailable, by_code
from resolvers.inventory.store import Inventory
from resolvers.operations import hiding, keys, project_names, rows
from resolvers.operations.maintenance import Maintenance
from resolvers.operations.record import Failure, OperationState, Record, StepState, UndoOffer
from resolvers.operations.run import Run
from resolvers.operations.store import NOT_OPENED, LeaseLost, OperationStore, TakenOver, unsure
from resolvers.policy import Confirmation, Decision, Policy

log = logging.getLogger(__name__)

ANSWERED = 60.0  # seconds; some calls have a deadline of their own, whatever the settings say
ACCEPT_WAIT = 15.0  # seconds a mutation waits for the backend to accept; then it answers the operation as it is


class Engine:
    def __init__(
        self,
        store: OperationStore,
        audit: Audit,
        inventory: Inventory,
        ports: Ports,
        actions: Mapping[str, Action],
        clock: Clock,
        policy: Policy | None = None,
        write_deadline: float = ANSWERED,
    ) -> None:
        """`write_deadline`: seconds that the clouds are given to answer a change, the longest of all."""
        self.policy = policy or Policy()
        self.store = store
        self.audit = audit
        self.inventory = inventory
        self.ports = ports
        self.actions = actions
        self.clock = clock
        self._answered = timedelta(seconds=max(write_deadline, ANSWERED))
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._starting: set[str] = set()
        self._maintenance = Maintenance(store, clock, self._tasks, self._starting, self._resume)

    # -- life ----------------------------------------------------------------------------------------------------------

    def start_maintenance(self) -> None:
        self._maintenance.start()

    async def stop(self) -> None:
        """End the tasks, not the operations: whoever starts next takes them over from their last durable step."""
        await tasks.end([*self._tasks.values(), *self._maintenance.tasks])
        with contextlib.suppress(RedisError, TimeoutError):  # then it shows by itself, a lease later
            async with asyncio.timeout(1.0):
                await self.store.leave()

    @property
    def running(self) -> int:
        """How many operations this process runs now."""
        return len(self._tasks)

    # -- attempts ------------------------------------------------------------------------------------------------------

    async def attempt(
        self,
        context: Context,
        action: Action,
        given: Any,
        key: str | None = None,
        expected: str | None = None,
        approved: str | None = None,
    ) -> Record:
        """Plan, authorize, run. Answers when the backend has accepted (or has had ACCEPT_WAIT seconds to).

        `expected` is the hash of a plan that the caller saw: another one is refused with Conflict. `approved` is the role with which
        a second person approved it. Raises what the plan, the policy or the backend's refusal of the first step raise; each attempt
        leaves its audit row.
        """
        plain = msgspec.to_builtins(given)
        operation_id = secrets.token_hex(8)
        try:
            rows.check(plain, action)
            if key is not None:
                user, project = context.actor.user_id, context.actor.project_id
                place = project if expected is None else None  # a plan that was seen says where by itself
                known = await keys.bound(self.store, self.clock, user, key, operation_id, [action.name, plain, place])
                if known is not None:
                    return known
            plan = await self._confirmed(context, action, given, (key, operation_id), expected, approved)
        except GurumError as error:
            await self.refused(context, action.name, hiding.masked(plain, action), error)
            raise
        record = self._record(context, action, plan, plain, operation_id)
        concealed = hiding.hidden(plan.args, action)
        self._starting.add(record.id)  # or our own maintenance would take it for an orphan before it runs
        try:
            await self._create(context, record, concealed, key)
            await self._audit(record, AuditResult.STARTED)
            run = self._run(record, context.actor.credential(plan.project_id), concealed)
            task = self._spawn(run, action)
        except RedisError as error:
            raise unsure(record.id) from error
        finally:
            self._starting.discard(record.id)
        return await self._accepted(run, task)

    async def decided(self, context: Context, action: Action, given: Any) -> tuple[Plan, Decision]:
        """The plan, and what the policy asks before it runs. The right to act at all is asked before anything is looked up."""
        actor, policy = context.actor, self.policy
        policy.check(policy.possible(actor, action.name, action.danger))
        if not action.offered_to(actor):
            needed = "an operator of the cloud" if action.system else f"the role `{action.role}` on some project"
            raise Denied(f"`{action.name}` needs {needed}.")
        plan = await action.plan(context, given)
        with rows.in_project(plan.project_id):
            action.authorize(actor, plan)
            name = await self.named(plan.project_id)
            decision = policy.decide(actor, action.name, plan.project_id, name, action.danger)
            policy.check(decision)
        return plan, decision

    def hash_of(self, plan: Plan, action: Action, actor: Actor) -> str:
        """Equal when the same person would cause the same change on the same state; it is shown, and tells nothing of a secret in it."""
        return self.store.digest(plan.content(action.name, actor.user_id))[:32]

    def project_name(self, project_id: str | None) -> str | None:
        return project_names.read(self.inventory, project_id)

    async def named(self, project_id: str | None) -> str | None:
        """The name of a project, by which policy may decide: a moment after the start it is not read yet, and asked for now."""
        return await project_names.looked_up(self.inventory, project_id)

    async def refused(self, context: Context, action: str, given: dict[str, Any], error: GurumError) -> None:
        """The audit row of an attempt that ends here. `given` is masked."""
        row = rows.of_refusal(context.actor, context.correlation_id, action, given, error, self.clock.now())
        await self.audit.append(row)

    async def undo(self, context: Context, operation_id: str, key: str | None = None) -> Record:
        """Run the undo that a finished operation offers, as the caller, with all checks of an ordinary attempt."""
        try:
            record = await self.visible(context, operation_id)
            action = None if record.undo is None else self.actions.get(record.undo.action)
            if record.undo is None or action is None:
                raise Invalid("This operation can not be undone.", field="operationId")
            given = msgspec.convert(record.undo.input, type=action.input)
        except GurumError as error:
            await self.refused(context, "operation.undo", {"operation_id": operation_id}, error)
            raise
        return await self.attempt(context, action, given, key)

    async def visible(self, context: Context, operation_id: str) -> Record:
        """The operation, when it is the caller's own or of a project that the caller sees. Raises NotFound otherwise."""
        record = await self.store.get(operation_id) if operation_id.isalnum() else None
        if record is None or not self.sees(context, record):
            raise NotFound("There is no such operation.", field="id")
        return record

    async def secret(self, context: Context, operation_id: str) -> str:
        """What an operation made that only its own person may read, once. Raises NotFound when there is nothing (any more)."""
        record = await self.visible(context, operation_id)
        secret = await self.store.take_secret(record) if record.actor_id == context.actor.user_id else None
        if secret is None:
            raise NotFound(
                "There is no secret to read: there was none, or it was read before, or it is too old.",
                field="operationId",
            )
        return secret

    @staticmethod
    def sees(context: Context, record: Record) -> bool:
        actor, project = context.actor, record.project_id
        return actor.own(record.actor_id, project) or (
            not record.personal and project is not None and actor.sees(project)
        )

    async def follow(self, context: Context, operation_id: str) -> AsyncIterator[Record]:
        await self.visible(context, operation_id)
        async for record in self.store.follow(operation_id):
            yield record

    # -- running -------------------------------------------------------------------------------------------------------

    async def _accepted(self, run: Run, task: "asyncio.Task[None]") -> Record:
        """The record when the backend accepted, or after ACCEPT_WAIT; raises what the backend refused the first step with."""
        record = run.record
        accepted = asyncio.create_task(run.accepted.wait())
        try:
            await asyncio.wait({task, accepted}, timeout=ACCEPT_WAIT, return_when=asyncio.FIRST_COMPLETED)
        finally:
            accepted.cancel()
        if record.state is OperationState.FAILED and record.error is not None and not run.accepted.is_set():
            error = record.error
            raise by_code(error.code)(
                error.message,
                backend=error.backend,
                request_id=error.request_id,
                field=error.field,
                operation_id=record.id,
            )
        return record

    def _run(self, record: Record, credential: Credential, hidden: dict[str, Any]) -> Run:
        save, get, reveal = self.store.save, self.ports.get, partial(self.store.keep_secret, record)
        return Run(record, credential, self.inventory, get, self.clock, save, reveal, self._answered, hidden)

    def _spawn(self, run: Run, action: Action) -> "asyncio.Task[None]":
        task = asyncio.create_task(self._execute(run, action))
        self._tasks[run.record.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(run.record.id, None))
        return task

    async def _execute(self, run: Run, action: Action) -> None:
        """What the store did not take is not the operation's end: whoever has the lease goes on from its last durable step."""
        record = run.record
        try:
            if record.outcome is None:
                await self._work(run, action)
            await self._end(record, action)
        except RedisError:
            log.warning("operation %s (%s) waits for the store", record.id, record.action, exc_info=True)
        except LeaseLost:
            log.warning("operation %s (%s) goes on in another process", record.id, record.action)

    async def _work(self, run: Run, action: Action) -> None:
        record = run.record
        try:
            with collecting(record.backend_request_ids):
                await action.run(run)
        except (RedisError, LeaseLost):
            raise
        except GurumError as error:
            run.request_id(error.request_id)
            record.error = Failure(
                code=error.code,
                message=hiding.without(error.message, run.secrets),
                retryable=error.retryable,
                backend=error.backend,
                request_id=error.request_id,
                field=error.field,
            )
        except Exception:
            log.exception(
                "operation %s (%s) failed", record.id, record.action, extra={"correlation_id": record.correlation_id}
            )
            record.error = Failure(
                code="INTERNAL",
                message=f"Something went wrong inside 9rum; the log has it under {record.correlation_id}.",
            )

    async def _end(self, record: Record, action: Action | None) -> None:
        """First the outcome, which only who has the lease may store; then its row in the log, once; then the end, which gives the
        lease back. Whoever takes over in between goes on from there."""
        if record.outcome is None:
            record.outcome = OperationState.SUCCEEDED if record.error is None else OperationState.FAILED
            await self.store.save(record)
        record.finished_at = self.clock.now()
        if record.error is None:
            record.progress = 1.0
            if action is not None and (offer := action.way_back(record)) is not None:
                record.undo = UndoOffer(action=offer[0], input=offer[1])
        else:
            for step in record.steps:
                if step.state is StepState.RUNNING:
                    step.state, step.finished_at, step.detail = (
                        StepState.FAILED,
                        record.finished_at,
                        record.error.message,
                    )
        await self._audit(record, AuditResult.SUCCEEDED if record.error is None else AuditResult.FAILED)
        record.state = record.outcome
        await self.store.save(record)

    async def _resume(self, operation_id: str) -> None:
        record = await self.store.get(operation_id)
        if record is None or record.state.ended:
            return
        action = self.actions.get(record.action)
        if action is None:
            if record.outcome is None:
                record.error = Failure(
                    code="INVALID", message=f"`{record.action}` does not exist any more in this version of 9rum."
                )
            await self._end(record, None)
            return
        log.info("operation %s (%s) goes on after a restart", record.id, record.action)
        await self._audit(record, AuditResult.STARTED)  # unless its process came to it before it died
        kept = await self.store.kept_for(record, needed=bool(hiding.missing(record.input, action)))
        if kept is None and record.outcome is None:
            record.error = Failure(code=Conflict.code, message=NOT_OPENED)
            await self._end(record, action)
            return
        token, hidden = kept or ("", {})
        run = self._run(record, Credential(token, ids.native(record.project_id)), hidden)
        self._spawn(run, action)

    # -- own -----------------------------------------------------------------------------------------------------------

    async def _audit(self, record: Record, result: AuditResult) -> None:
        once = f"{record.id}:{'start' if result is AuditResult.STARTED else 'end'}"
        await self.audit.append(rows.of_record(record, result, self.clock.now()), once)

    async def _confirmed(
        self,
        context: Context,
        action: Action,
        given: Any,
        reserved: tuple[str | None, str],
        expected: str | None,
        approved: str | None,
    ) -> Plan:
        """The plan, if it is the one that the caller saw. When there is none, whatever the reason, the key is free again."""
        try:
            plan, decision = await self.decided(context, action, given)
            with rows.in_project(plan.project_id):
                _agreed(context.actor, action, decision, expected is not None, approved)
                if expected is not None and self.hash_of(plan, action, context.actor) != expected:
                    raise Conflict(
                        "The state changed since this plan was made; look at a new plan and confirm that one."
                    )
        except BaseException:
            key, operation_id = reserved
            if key is not None:
                await self.store.release(context.actor.user_id, key, operation_id)
            raise
        return plan

    async def _create(self, context: Context, record: Record, hidden: dict[str, Any], key: str | None) -> None:
        """Raises Unavailable when another process took the idempotency key; that one runs the operation."""
        try:
            await self.store.create(record, context.actor.token, hidden, key)
        except RedisError:
            if key is not None:
                with contextlib.suppress(RedisError):  # nothing, where the operation is there all the same
                    await self.store.release(record.actor_id, key, record.id)
            raise
        except TakenOver as error:
            taken = Unavailable("This call took so long that another one with its key came before it; call again.")
            await self.refused(context, record.action, record.input, taken)
            raise taken from error

    def _record(self, context: Context, action: Action, plan: Plan, plain: dict[str, Any], operation_id: str) -> Record:
        actor = context.actor
        targets = sorted(
            plan.targets, key=lambda target: target.id is None
        )  # what is there first; the run adds what it makes
        return Record(
            id=operation_id,
            action=action.name,
            state=OperationState.PENDING,
            started_at=self.clock.now(),
            actor_id=actor.user_id,
            actor_name=actor.user_name,
            project_id=plan.project_id,
            origin=actor.origin.kind,
            channel=actor.origin.channel,
            said=actor.origin.message,
            correlation_id=context.correlation_id,
            input=hiding.masked(plain, action),
            args=hiding.kept(plan.args, action),
            plan_hash=self.hash_of(plan, action, actor),
            personal=plan.personal,
            resource_id=next((target.id for target in targets if target.id), None),
            resource_ids=[target.id for target in targets if target.id],
            resource_names=[target.name for target in targets],
        )


def _agreed(actor: Actor, action: Action, decision: Decision, seen: bool, approved: str | None) -> None:
    """Raises Denied when the policy asks for more than was done. Over HTTP a program decides by itself whether to look at plans."""
    if decision.approval_role is not None and decision.approval_role != approved:
        raise Denied(
            f"`{action.name}` needs the approval of somebody else with the role `{decision.approval_role}`: "
            "ask for its plan, let it be approved, and apply it."
        )
    if decision.confirmation is not Confirmation.NONE and not seen and actor.origin.kind != "http":
        raise Denied(f"`{action.name}` is confirmed before it runs: look at its plan, and apply that.")
