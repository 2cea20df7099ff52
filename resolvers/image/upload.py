"""`image.upload`: the content of an image that was made empty. No Action, for gigabytes are no input of GraphQL.

Policy decides on it and the audit log records it as any change. Called by `gateway/uploads.py`, which knows what HTTP says of it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Final

from resolvers.action import Danger
from resolvers.actor import MEMBER
from resolvers.audit import AuditResult, AuditRow
from resolvers.clients.requests import collecting
from resolvers.context import Context
from resolvers.errors import Conflict, Denied, GurumError, TimedOut, Unavailable
from resolvers.operations import project_names, rows
from resolvers.planning import cloud_of, fresh, native

COMMAND: Final = "image.upload"


async def upload(context: Context, reference: str, content: AsyncIterator[bytes], seconds: float) -> Any:
    """The image's row. Raises what the policy, the image's state, the content itself or the cloud refuse it with.

    Each attempt leaves its rows in the audit log: one when it is refused, a start and an end when it is not.
    """
    try:
        row = await _allowed(context, reference)
    except GurumError as error:
        await context.engine.refused(context, COMMAND, {"image": reference}, error)
        raise
    started, requests = context.engine.clock.now(), list[str]()
    await context.audit.append(_row(context, row, AuditResult.STARTED, started, requests))
    try:
        with collecting(requests):
            await _send(context, row, content, seconds)
    except BaseException as error:
        await context.audit.append(_row(context, row, AuditResult.FAILED, started, requests, error))
        raise
    await context.audit.append(_row(context, row, AuditResult.SUCCEEDED, started, requests))
    return row


async def _allowed(context: Context, reference: str) -> Any:
    """As the engine does it for actions: the right to upload at all is asked before anything is looked up."""
    actor, policy = context.actor, context.engine.policy
    policy.check(policy.possible(actor, COMMAND, Danger.LOW))
    row = await fresh(context, "image", reference)
    with rows.in_project(row.project_id):
        await _decided(context, row)
    return row


async def _decided(context: Context, row: Any) -> None:
    actor, policy = context.actor, context.engine.policy
    if MEMBER not in actor.roles_on(row.project_id):
        raise Denied(f"An upload needs the role `{MEMBER}` on the image's project, which you do not have.")
    name = await project_names.looked_up(context.inventory, row.project_id)
    decision = policy.decide(actor, COMMAND, row.project_id, name, Danger.LOW)
    policy.check(decision)
    if decision.approval_role is not None:
        raise Denied(
            f"The policy wants `{COMMAND}` approved, and an upload has no plan to approve: "
            "give `image.create` an address that the cloud fetches."
        )
    if row.status != "queued":
        raise Conflict(f"`{row.name}` is {row.status}: only an image without content takes an upload.")


async def _send(context: Context, row: Any, content: AsyncIterator[bytes], seconds: float) -> None:
    port, credential = context.ports.get("image", cloud_of(row.id)), context.actor.credential(row.project_id)
    try:
        async with asyncio.timeout(seconds):
            await port.upload_image(credential, native(row.id), content, seconds)
    except TimeoutError as error:
        raise TimedOut(f"The upload took longer than {seconds:g} s.") from error
    with contextlib.suppress(Unavailable, TimedOut):  # the image has its content; the next poll brings the row
        await context.inventory.reread(row.id)


def _row(
    context: Context,
    image: Any,
    result: AuditResult,
    started: datetime,
    requests: list[str],
    error: BaseException | None = None,
) -> AuditRow:
    actor, now = context.actor, context.engine.clock.now()
    known = error if isinstance(error, GurumError) else None
    return AuditRow(
        at=now,
        action=COMMAND,
        result=result,
        actor_id=actor.user_id,
        actor_name=actor.user_name,
        origin=actor.origin.kind,
        correlation_id=context.correlation_id,
        project_id=image.project_id,
        resource_ids=[image.id],
        input={"image": image.id},
        error=None if error is None else known.code if known else GurumError.code,
        message=None if error is None else known.message if known else "The upload was cut off inside 9rum.",
        duration=None if result is AuditResult.STARTED else (now - started).total_seconds(),
        backend_request_ids=requests,
    )
