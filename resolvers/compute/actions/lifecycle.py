"""Changes of a server's state that need nothing but the server: start, stop, reboot, pause, shelve, lock, confirm a resize, delete ...

Each is a row of one table: from which states, to which states, how dangerous, and what takes it back. Listed in `__init__`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from resolvers.action import Action, Danger, Plan
from resolvers.compute.port import ServerStatus, ServerVerb
from resolvers.context import Context
from resolvers.deleting import deletion
from resolvers.making import COPYING
from resolvers.operations.record import Record
from resolvers.operations.run import FOLLOW_LIMIT, Run
from resolvers.planning import CLOCKS_APART, changed, cloud_of, fresh, native, reference_input, require, target, targets

S = ServerStatus
RUNNING = frozenset({S.ACTIVE})
ENDED = frozenset({S.DELETED, S.SOFT_DELETED})


@dataclass(frozen=True)
class Transition:
    """`allowed` are the states it starts from, `wanted` the states it ends in; `back` is the action that undoes it.

    `limit` is long for those that copy the disk.
    """

    verb: ServerVerb
    summary: str
    allowed: frozenset[ServerStatus]
    wanted: frozenset[ServerStatus]
    danger: Danger = Danger.LOW
    back: str | None = None
    limit: float = FOLLOW_LIMIT

    @property
    def name(self) -> str:
        head, *rest = self.verb.value.split("_")
        return "server." + head + "".join(part.title() for part in rest)

    @property
    def recorded(self) -> str:
        """What the server's history calls it."""
        soft_or_hard = self.verb in (ServerVerb.REBOOT_SOFT, ServerVerb.REBOOT_HARD)
        return "reboot" if soft_or_hard else self.name.removeprefix("server.")


TRANSITIONS = (
    Transition(
        ServerVerb.START, "Start a server that is shut off.", frozenset({S.SHUTOFF}), RUNNING, back="server.stop"
    ),
    Transition(
        ServerVerb.STOP,
        "Shut a server off.",
        frozenset({S.ACTIVE, S.ERROR}),
        frozenset({S.SHUTOFF}),
        Danger.HIGH,
        "server.start",
    ),
    Transition(
        ServerVerb.REBOOT_SOFT,
        "Reboot a server, letting its system end cleanly.",
        frozenset({S.ACTIVE}),
        RUNNING,
        Danger.HIGH,
    ),
    Transition(
        ServerVerb.REBOOT_HARD,
        "Reboot a server by power cycle.",
        frozenset({S.ACTIVE, S.SHUTOFF, S.ERROR, S.PAUSED, S.SUSPENDED}),
        RUNNING,
        Danger.HIGH,
    ),
    Transition(
        ServerVerb.PAUSE,
        "Freeze a server in memory.",
        RUNNING,
        frozenset({S.PAUSED}),
        Danger.HIGH,
        back="server.unpause",
    ),
    Transition(ServerVerb.UNPAUSE, "Let a paused server run on.", frozenset({S.PAUSED}), RUNNING, back="server.pause"),
    Transition(
        ServerVerb.SUSPEND,
        "Write a server's memory to disk and halt it.",
        RUNNING,
        frozenset({S.SUSPENDED}),
        Danger.HIGH,
        "server.resume",
    ),
    Transition(
        ServerVerb.RESUME, "Let a suspended server run on.", frozenset({S.SUSPENDED}), RUNNING, back="server.suspend"
    ),
    Transition(
        ServerVerb.SHELVE,
        "Put a server away: it keeps its disk and address and gives its place back.",
        frozenset({S.ACTIVE, S.SHUTOFF, S.PAUSED, S.SUSPENDED}),
        frozenset({S.SHELVED, S.SHELVED_OFFLOADED}),
        Danger.HIGH,
        "server.unshelve",
        COPYING,
    ),
    Transition(
        ServerVerb.UNSHELVE,
        "Bring a shelved server back.",
        frozenset({S.SHELVED, S.SHELVED_OFFLOADED}),
        RUNNING,
        back="server.shelve",
        limit=COPYING,
    ),
    Transition(
        ServerVerb.CONFIRM_RESIZE,
        "Keep the new size after a resize.",
        frozenset({S.VERIFY_RESIZE}),
        frozenset({S.ACTIVE, S.SHUTOFF}),
    ),
    Transition(
        ServerVerb.REVERT_RESIZE,
        "Go back to the old size.",
        frozenset({S.VERIFY_RESIZE}),
        frozenset({S.ACTIVE, S.SHUTOFF}),
        Danger.HIGH,
    ),
)


def busy_or_failed(row: Any) -> str | None:
    """The sentence of a server that ended in ERROR; None while it is on its way."""
    if row.status is S.ERROR and row.task_state is None:
        return f"`{row.name}` ended in ERROR: {row.fault or 'the backend gave no reason'}"
    return None


def settled(wanted: frozenset[ServerStatus]) -> Any:
    """Whether a server rests in one of the states: no task is under way any more."""
    return lambda row: row.status in wanted and row.task_state is None


def taken(run: Run, port: Any, server: str, action: str) -> Callable[[], Awaitable[bool | None]]:
    """A `find` for the step `request` of what must not be done twice: the server's own history tells whether it was asked for."""

    async def find() -> bool | None:
        step = run.record.step("request")
        since = step.started_at - CLOCKS_APART if step is not None else run.record.started_at
        history = await port.history(run.credential, native(server))
        recent = (entry for entry in history if entry.action == action and entry.started_at >= since)
        return any(entry.user_id == run.record.actor_id for entry in recent) or None

    return find


async def server_of(context: Context, reference: str) -> Any:
    """The server, fresh, when nothing else is at work on it. Raises Conflict otherwise."""
    row = await fresh(context, "server", reference)
    require(row.status not in ENDED, f"`{row.name}` is deleted.")
    require(row.task_state is None, f"`{row.name}` is busy ({row.task_state}); wait until it is done.")
    return row


def unlocked(context: Context, row: Any) -> None:
    """Nova refuses changes of a locked server to everybody but operators; say so before it does."""
    require(
        not row.locked or context.actor.operator,
        f"`{row.name}` is locked; unlock it first, by `server unlock` or whoever locked it.",
    )


def _transition(transition: Transition) -> Action:
    async def plan(context: Context, given: Any) -> Plan:
        row = await server_of(context, given.server)
        unlocked(context, row)
        states = " or ".join(sorted(transition.allowed))
        require(row.status in transition.allowed, f"`{row.name}` is {row.status}; this needs it to be {states}.")
        after = " or ".join(sorted(transition.wanted))
        warnings = [f"`{row.name}` does not answer meanwhile."] if transition.danger is Danger.HIGH else []
        return Plan(
            project_id=row.project_id,
            targets=[target(row)],
            args={"server": row.id},
            changes=[changed(row.name, "status", row.status, after)],
            warnings=warnings,
            undo=transition.back,
        )

    async def run(run: Run) -> None:
        server = run.args["server"]
        port = run.port("compute", cloud_of(server))
        title = transition.verb.value.replace("_", " ")
        await run.once(
            "request",
            f"Ask for: {title}",
            lambda: port.change_server(run.credential, native(server), transition.verb),
            taken(run, port, server, transition.recorded),
        )
        wanted = transition.wanted
        failed = busy_or_failed if S.ERROR not in transition.allowed else lambda row: None
        await run.until(
            "state", f"Wait for {' or '.join(sorted(wanted))}", server, settled(wanted), failed, transition.limit
        )

    def undo(record: Record) -> tuple[str, dict[str, Any]] | None:
        return None if transition.back is None else (transition.back, {"server": record.args["server"]})

    name = transition.name
    return Action(
        name=name,
        summary=transition.summary,
        input=reference_input(_input_name(name), "server", "Id or name of the server."),
        plan=plan,
        run=run,
        danger=transition.danger,
        positional=("server",),
        choices={"server": "server"},
        undo=undo if transition.back else None,
    )


def _locking(verb: ServerVerb, summary: str, locked: bool) -> Action:
    async def plan(context: Context, given: Any) -> Plan:
        row = await server_of(context, given.server)
        require(row.locked is not locked, f"`{row.name}` is {'locked' if locked else 'not locked'} already.")
        return Plan(
            row.project_id, [target(row)], {"server": row.id}, [changed(row.name, "locked", row.locked, locked)]
        )

    async def run(run: Run) -> None:
        server = run.args["server"]
        port = run.port("compute", cloud_of(server))
        await run.once("request", f"Ask for: {verb}", lambda: port.change_server(run.credential, native(server), verb))
        await run.until("state", "Wait until it is so", server, lambda row: row.locked is locked)

    back = "server.unlock" if locked else "server.lock"
    return Action(
        name=f"server.{verb}",
        summary=summary,
        input=reference_input(_input_name(f"server.{verb}"), "server", "Id or name of the server."),
        plan=plan,
        run=run,
        positional=("server",),
        choices={"server": "server"},
        undo=lambda record: (back, {"server": record.args["server"]}),
    )


async def _plan_delete(context: Context, given: Any) -> Plan:
    row = await server_of(context, given.server)
    unlocked(context, row)
    attached = [context.inventory.get(context.actor, "volume", volume) for volume in row.volume_ids]
    ports = context.inventory.related(context.actor, "port", "server_id", row.id)
    dependants = targets([held for held in (*attached, *ports) if held is not None])
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"server": row.id},
        changes=[changed(row.name, "status", row.status, "deleted")],
        dependants=dependants,
        warnings=[
            "The disk of the server is gone for good; attached volumes stay unless they were made to go with it."
        ],
    )


def _input_name(action: str) -> str:
    noun, verb = action.split(".")
    return noun.title() + verb[0].upper() + verb[1:] + "Input"


DELETE = deletion(
    "server",
    "server",
    "compute",
    "Delete a server and its disk.",
    "Id or name of the server.",
    _plan_delete,
    lambda port, acting, held: port.delete_server(acting, held),
    stuck=busy_or_failed,
)

ACTIONS = (
    *(_transition(transition) for transition in TRANSITIONS),
    _locking(ServerVerb.LOCK, "Protect a server from changes.", True),
    _locking(ServerVerb.UNLOCK, "Allow changes of a server again.", False),
    DELETE,
)
