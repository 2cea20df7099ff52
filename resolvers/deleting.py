"""The action that deletes one thing: asked for at most once, and followed until it is gone. Used by the domains' `actions`."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from resolvers.action import Action, Danger, Plan, Undo
from resolvers.actor import Credential
from resolvers.operations.run import Run
from resolvers.planning import cloud_of, native, reference_input

if TYPE_CHECKING:
    from resolvers.context import Context

GOING = ("deleting", "pending_delete")


def deletion(
    kind: str,
    field: str,
    domain: str,
    summary: str,
    text: str,
    plan: Callable[["Context", Any], Awaitable[Plan]],
    send: Callable[[Any, Credential, str], Awaitable[None]],
    *,
    title: str = "Ask to delete",
    stuck: Callable[[Any], str | None] = lambda row: None,
    danger: Danger = Danger.DESTRUCTIVE,
    system: bool = False,
    undo: Undo | None = None,
) -> Action:
    """`<kind>.delete`, whose input is one reference, `field`, with `text` as its help.

    The plan's args hold the row's id under `field`, and under `touched` what changes with it and is read again. `stuck` tells of a
    row that will not go any more.
    """

    async def run(run: Run) -> None:
        row_id = run.args[field]
        port = run.port(domain, cloud_of(row_id))

        async def taken() -> bool | None:
            row = await run.inventory.reread(row_id)
            return True if row is None or _going(row) else None

        await run.once("request", title, lambda: send(port, run.credential, native(row_id)), taken)
        await run.reread(*run.args.get("touched", ()))
        await run.until_gone("gone", "Wait until it is gone", row_id, stuck)

    return Action(
        name=f"{kind}.delete",
        summary=summary,
        input=reference_input(f"{kind[0].upper()}{kind[1:]}DeleteInput", field, text),
        plan=plan,
        run=run,
        danger=danger,
        system=system,
        positional=(field,),
        choices={field: kind},
        undo=undo,
    )


def _going(row: Any) -> bool:
    """Servers say it by their task, what else takes its time by its status. Asking again would be refused."""
    return getattr(row, "task_state", None) == "deleting" or getattr(row, "status", None) in GOING
