"""The action that gives one thing another name, and its own way back. Used by the domains' `actions`."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import strawberry

from resolvers.action import Action, Plan
from resolvers.actor import Credential
from resolvers.changing import changing
from resolvers.operations.record import Record
from resolvers.planning import changed, checked_name, label, require, required, target

if TYPE_CHECKING:
    from resolvers.context import Context


def renaming(
    kind: str,
    domain: str,
    row_of: Callable[["Context", str], Awaitable[Any]],
    send: Callable[[Any, Credential, str, str], Awaitable[None]],
) -> Action:
    """`<kind>.rename`. `row_of` gives the row, fresh, when it may be changed; `send` takes port, credential, native id and name."""

    async def plan(context: "Context", given: Any) -> Plan:
        name = checked_name(given.name)
        row = await row_of(context, getattr(given, kind))
        require(row.name != name, f"`{name}` is its name already.")
        return Plan(
            project_id=row.project_id,
            targets=[target(row)],
            args={kind: row.id, "name": name, "before": row.name},
            changes=[changed(label(row), "name", row.name, name)],
            undo=f"{kind}.rename" if row.name else None,
        )

    def undo(record: Record) -> tuple[str, dict[str, Any]] | None:
        before = record.args["before"]
        return (f"{kind}.rename", {kind: record.args[kind], "name": before}) if before else None

    article = "an" if kind[0] in "aeiou" else "a"
    return Action(
        name=f"{kind}.rename",
        summary=f"Give {article} {kind} another name.",
        input=_input(kind),
        plan=plan,
        run=changing(
            kind, domain, "Ask to rename", lambda port, run, held: send(port, run.credential, held, run.args["name"])
        ),
        positional=(kind, "name"),
        choices={kind: kind},
        undo=undo,
    )


def _input(kind: str) -> type[Any]:
    fields = {kind: required(f"Id or name of the {kind}."), "name": required("Its new name.")}
    cls = type(f"{kind.title()}RenameInput", (), {"__annotations__": dict.fromkeys(fields, str), **fields})
    return strawberry.input(cls)
