"""Action: one state-changing operation. One declaration gives the mutation, its plan, the command, the policy target and the audit row.

Each domain lists its actions in `ACTIONS`; `graph/actions.py` makes the schema from them, `operations/engine.py` runs them.

    plan(ctx, input)   resolves names, checks state, rights and quota, and says what would change; it changes nothing.
                       It raises the errors that the caller shall see at once (NotFound, Invalid, Conflict, Denied, QuotaExceeded).
    run(run)           does it with `run.args` (from the plan) by durable steps; it may be called again after a crash.
"""

import enum
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from resolvers.actor import MEMBER, Actor
from resolvers.errors import Denied, NotFound

if TYPE_CHECKING:
    from resolvers.context import Context
    from resolvers.operations.record import Record
    from resolvers.operations.run import Run

log = logging.getLogger(__name__)


class Danger(enum.StrEnum):
    """LOW: nothing is lost. HIGH: service is interrupted or money is spent. DESTRUCTIVE: something can not be brought back."""

    LOW = "LOW"
    HIGH = "HIGH"
    DESTRUCTIVE = "DESTRUCTIVE"


@dataclass(frozen=True, slots=True)
class Target:
    """A resource that the action touches. `id` is None for what does not exist yet."""

    kind: str
    name: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One value before and after; texts as people read them, None for absent."""

    target: str
    attribute: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class QuotaEffect:
    """What the action does to a quota. `limit` None is unlimited."""

    service: str
    resource: str
    limit: int | None
    used: int
    after: int


@dataclass(frozen=True)
class Plan:
    """What would happen. `args` is plain data for `Run`, resolved to global ids; it is part of the hash and is not shown.

    `project_id` (global) is where the action happens: rights are checked there and the person's token is scoped to it. `personal`: it
    touches what belongs to the caller as a person (keypairs), so members of the project do not see the operation.
    `dependants` are resources that depend on the targets and would feel it.
    """

    project_id: str | None
    targets: list[Target]
    args: dict[str, Any]
    changes: list[Difference] = field(default_factory=list)
    quota: list[QuotaEffect] = field(default_factory=list)
    dependants: list[Target] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    undo: str | None = None
    personal: bool = False

    def content(self, action: str, user_id: str) -> bytes:
        """Equal when the same person would cause the same change on the same state. Quota usage moves by itself and is left out."""
        content = [action, user_id, self.project_id, self.args, self.targets, self.changes, self.dependants]
        return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


I = TypeVar("I")  # noqa: E741 - the input class
Undo = Callable[["Record"], tuple[str, dict[str, Any]] | None]


@dataclass(frozen=True)
class Action:
    """`name` is `noun.verb`; `input` a strawberry input class; `role` what the caller needs on the plan's project.

    `positional`: input fields that a chat command takes without a name, in order. `secret`: input fields that are never stored or
    shown, and are given by name, so that a text that is kept before anybody reads the command can hide them; `addresses`: those that
    hold web addresses, of which what may be a secret is hidden (`operations/hiding.py`). `undo` gives the action and input that
    would take a finished operation back, or None.
    `system`: for operators only. `choices`: input field -> kind whose rows are offered as values.
    """

    name: str
    summary: str
    input: type[Any]
    plan: Callable[["Context", Any], Awaitable[Plan]]
    run: Callable[["Run"], Awaitable[None]]
    danger: Danger = Danger.LOW
    role: str = MEMBER
    system: bool = False
    positional: tuple[str, ...] = ()
    secret: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    choices: Mapping[str, str] = field(default_factory=dict)
    undo: Undo | None = None

    def __post_init__(self) -> None:
        bare = self.secret & set(self.positional)
        if bare:
            raise ValueError(f"`{self.name}` takes a secret without a name: {', '.join(sorted(bare))}")

    @property
    def field_name(self) -> str:
        """`server.create` -> `serverCreate`."""
        noun, verb = self.name.split(".")
        return noun + verb[0].upper() + verb[1:]

    @property
    def input_name(self) -> str:
        return self.field_name[0].upper() + self.field_name[1:] + "Input"

    def offered_to(self, actor: Actor) -> bool:
        """Whether help and `Query.commands` show it to this caller at all."""
        return actor.operator if self.system else actor.holds(self.role)

    def way_back(self, record: "Record") -> tuple[str, dict[str, Any]] | None:
        """What `undo` tells of a finished operation. What can not be told holds up no end: the operation is done."""
        try:
            return None if self.undo is None else self.undo(record)
        except Exception:
            log.exception("how operation %s (%s) is taken back can not be told", record.id, self.name)
            return None

    def authorize(self, actor: Actor, plan: Plan) -> None:
        """9rum's own decision, deny by default; the backend decides again. Raises Denied with what is missing."""
        if self.system:
            if not actor.operator:
                raise Denied(f"`{self.name}` is for operators of the cloud.")
            return
        if not actor.sees(plan.project_id):
            raise NotFound("There is no such project.")
        if self.role not in actor.roles_on(plan.project_id):
            raise Denied(f"`{self.name}` needs the role `{self.role}` on the project, which you do not have.")
