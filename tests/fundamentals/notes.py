"""A domain as small as one can be: notes on a board, kept by an imaginary backend. Every lesson of this folder uses it.

In `resolvers/` these are files: `port.py` (rows, kinds, what is asked of a backend), `types.py` (GraphQL), `actions/`, one file for each
backend, and `__init__.py` with the constant `DOMAIN`, which has one line in `resolvers/__init__.py`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import strawberry

from resolvers.action import Action, Danger, Plan, Target
from resolvers.actor import Credential
from resolvers.changing import changing
from resolvers.checks import CheckResult
from resolvers.clock import Clock
from resolvers.context import Context
from resolvers.deleting import deletion
from resolvers.domain import Domain, Resource
from resolvers.errors import NotFound, Unavailable
from resolvers.graph.edges import one
from resolvers.graph.nodes import Node, resource
from resolvers.inventory.feed import Changes, Feed
from resolvers.inventory.kinds import Kind, Row, Scope
from resolvers.making import among, make
from resolvers.names import Names
from resolvers.operations.record import Record
from resolvers.operations.run import Run
from resolvers.planning import (
    changed,
    checked_name,
    cloud_for,
    described,
    edit,
    fresh,
    known,
    project_for,
    required,
    target,
)
from resolvers.reading import Column
from resolvers.sandbox.world import World

if TYPE_CHECKING:
    from resolvers.compute.types import Server
    from resolvers.identity.types import Project

# -- the port: what a row is, who sees it, and what lists can do with it --------------------------------------------------


class NoteRow(Row, frozen=True, kw_only=True, gc=False):
    """References to other rows are global ids."""

    project_id: str
    server_id: str | None
    colour: str
    written_at: datetime


NOTE = Kind(
    name="note",
    row=NoteRow,
    scope=Scope.PROJECT,  # members of `project_id` see it, and operators
    plural="notes",
    title="note",
    indexes=("name", "project_id", "server_id"),
    filters=("name", "colour", "written_at"),
    edges={"project": ("project_id", "project"), "server": ("server_id", "server")},
    orders=("name", "written_at"),
    facets=("colour",),
)

# -- the backend: its rows as a feed, and its changes as the person ------------------------------------------------------


class Board:
    """The far system. A real adapter translates between one like it and the port; here the two are one class."""

    def __init__(self, world: World, names: Names) -> None:
        self._names = names
        self._clock = Clock()
        self._changed: dict[str, datetime] = {}
        self.rows: dict[str, NoteRow] = {}
        self.away = False

    def pin(self, name: str, colour: str, project: str, server: str | None = None) -> str:
        """Puts a note there, as somebody at the board does; its native id. `project` and `server` are global ids."""
        native = f"n{len(self._changed)}"
        row = NoteRow(
            id=self._names.id("note", native),
            native_id=native,
            cloud=self._names.cloud,
            name=name,
            project_id=project,
            server_id=server,
            colour=colour,
            written_at=self._clock.now(),
        )
        self._keep(row)
        return native

    def feeds(self) -> Sequence[Feed[Any]]:
        """What the read model asks, with 9rum's own account. `changes` may be left out where a backend can not tell."""
        return [Feed(NOTE, self._full, self._one, self._since)]

    async def check(self) -> Sequence[CheckResult]:
        """For `9rum check`."""
        self._ask()
        return [CheckResult("board", True, "The board answers.")]

    async def write(self, acting: Credential, name: str, colour: str, server: str | None) -> str:
        """`acting` is the person, in a project; a real adapter calls with their token."""
        self._ask()
        project = self._names.ref("project", acting.project)
        assert project is not None
        return self.pin(name, colour, project, server)

    async def paint(self, acting: Credential, native: str, colour: str) -> None:
        self._keep(msgspec.structs.replace(self._row(native), colour=colour))

    async def tear_off(self, acting: Credential, native: str) -> None:
        self._row(native)
        del self.rows[native]
        self._changed[native] = self._clock.now()

    async def _full(self) -> Sequence[NoteRow]:
        self._ask()
        return list(self.rows.values())

    async def _one(self, native: str) -> NoteRow | None:
        self._ask()
        return self.rows.get(native)

    async def _since(self, moment: datetime) -> Changes[NoteRow]:
        self._ask()
        changed = [native for native, at in self._changed.items() if at >= moment]
        gone = [self._names.id("note", native) for native in changed if native not in self.rows]
        return Changes([self.rows[native] for native in changed if native in self.rows], gone)

    def _keep(self, row: NoteRow) -> None:
        self.rows[row.native_id] = row
        self._changed[row.native_id] = self._clock.now()

    def _row(self, native: str) -> NoteRow:
        self._ask()
        if native not in self.rows:
            raise NotFound("The board has no such note.")
        return self.rows[native]

    def _ask(self) -> None:
        if self.away:
            raise Unavailable("The board does not answer.")


# -- the graph: the row is the source of its GraphQL type, so leaves are attributes ---------------------------------------

_identity = strawberry.lazy("resolvers.identity.types")


@resource(NOTE, "Note", "A note that somebody pinned to a project.")
class Note(Node):
    colour: str
    written_at: datetime
    project: Annotated["Project", _identity] | None = one("project", "project_id", "The project that it is pinned to.")
    server: Annotated["Server", strawberry.lazy("resolvers.compute.types")] | None = one(
        "server", "server_id", "The server that it tells of."
    )


# -- the actions: one declaration each --------------------------------------------------------------------------------------


@strawberry.input
class NoteWriteInput:
    name: str = required("What it says.")
    colour: str = described("Its colour.", "yellow")
    server: str | None = described("The server that it tells of, by name or id.")
    project: str | None = described("Project, by name or id; that of your token when left out.")


async def _plan_write(context: Context, given: NoteWriteInput) -> Plan:
    """Finds what the names mean, looks whether it may be, and says what would change; it changes nothing."""
    name = checked_name(given.name)
    cloud, project = cloud_for(context, "note", None), project_for(context, given.project)
    server = known(context, "server", given.server, cloud) if given.server is not None else None
    return Plan(
        project_id=project.id,  # the rights are looked at there
        targets=[Target("note", name)],
        args={"cloud": cloud, "name": name, "colour": given.colour, "server": server and server.id},
        changes=[changed(name, "note", None, f"{given.colour}, in {project.name}")],
        undo="note.delete",
    )


async def _run_write(run: Run) -> None:
    """By steps that are kept: after a crash it goes on where it was. `among` finds what an interrupted step has made."""
    args = run.args
    await make(
        run,
        "note",
        "note",
        args["cloud"],
        "Write the note",
        lambda board: board.write(run.credential, args["name"], args["colour"], args["server"]),
        among(run, "note", args["cloud"], "project_id", run.record.project_id, lambda row: row.name == args["name"]),
    )


def _undo_write(record: Record) -> tuple[str, dict[str, Any]] | None:
    return ("note.delete", {"note": record.resource_id}) if record.resource_id else None


@strawberry.input
class NotePaintInput:
    note: str = required("Id or name of the note.")
    colour: str = required("Its new colour.")


async def _plan_paint(context: Context, given: NotePaintInput) -> Plan:
    row = await fresh(context, "note", given.note)  # read live: a plan is made from the truth
    change = edit(row, {"colour": given.colour})
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"note": row.id, **change.after, "before": change.before},
        changes=change.differences,
        undo="note.paint",
    )


def _undo_paint(record: Record) -> tuple[str, dict[str, Any]] | None:
    return "note.paint", {"note": record.args["note"], "colour": record.args["before"]["colour"]}


async def _plan_delete(context: Context, given: Any) -> Plan:
    row = await fresh(context, "note", given.note)
    return Plan(row.project_id, [target(row)], {"note": row.id}, [changed(row.name, "note", row.colour, None)])


ACTIONS = (
    Action(
        name="note.write",
        summary="Pin a note to a project.",
        input=NoteWriteInput,
        plan=_plan_write,
        run=_run_write,
        positional=("name",),
        choices={"server": "server", "project": "project"},
        undo=_undo_write,
    ),
    Action(
        name="note.paint",
        summary="Give a note another colour.",
        input=NotePaintInput,
        plan=_plan_paint,
        run=changing(
            "note",
            "note",
            "Paint it",
            lambda board, run, native: board.paint(run.credential, native, run.args["colour"]),
        ),
        positional=("note", "colour"),
        choices={"note": "note"},
        undo=_undo_paint,
    ),
    # DESTRUCTIVE: in chat its plan is shown and must be confirmed.
    deletion(
        "note",
        "note",
        "note",
        "Tear a note off.",
        "Id or name of the note.",
        _plan_delete,
        lambda board, acting, native: board.tear_off(acting, native),
        danger=Danger.DESTRUCTIVE,
    ),
)

# -- what the rest of 9rum sees of all this -----------------------------------------------------------------------------------

DOMAIN = Domain(
    name="note",
    resources=(
        Resource(NOTE, Note, (Column("Name", "name"), Column("Colour", "colour"), Column("Server", "server.name"))),
    ),
    backends={"sandbox": "tests.fundamentals.notes:Board"},  # text: imported when a cloud of the settings wants it
    actions=ACTIONS,
)
