"""`Query.commands`: what this caller may run, with everything that a chat bot, a palette or a form needs to ask for it.

Made from the input classes of the actions and from the reads of the domains, so that there is no second list of commands anywhere.
"""

import dataclasses
import enum
import functools
import types
import typing
from collections.abc import Iterable
from typing import Any

import strawberry
from strawberry import Info

from resolvers.action import Action
from resolvers.action import Danger as Danger
from resolvers.actor import Actor
from resolvers.context import Context
from resolvers.errors import NotFound
from resolvers.graph.spelling import camel
from resolvers.inventory.store import shown
from resolvers.operations import project_names
from resolvers.policy.decision import Confirmation
from resolvers.reading import Param, Read

strawberry.enum(Danger, description=Danger.__doc__)  # before any type mentions it, so others import it from here
strawberry.enum(Confirmation, description=Confirmation.__doc__)


@strawberry.enum(description="READ: it asks, and changes nothing. CHANGE: it starts an operation.")
class CommandKind(enum.Enum):
    READ = "READ"
    CHANGE = "CHANGE"


@strawberry.type(description="One parameter of a command.")
class Parameter:
    name: str = strawberry.field(description="As in the input object, or as the variable.")
    type: str = strawberry.field(description="GraphQL type without list and non-null marks.")
    required: bool
    many: bool = strawberry.field(description="Whether it takes a list.")
    position: int | None = strawberry.field(
        description="Place among the words of a chat command; null when it is named."
    )
    choices: list[str] = strawberry.field(description="The values of an enum; empty for other types.")
    choices_from: str | None = strawberry.field(description="The kind whose rows are the choices, by name or id.")
    default: str | None
    help: str


@strawberry.type(name="CommandColumn", description="One column of a table, one line of a card.")
class ColumnType:
    title: str
    path: str


@strawberry.type(description="Something that can be run.")
class Command:
    name: str = strawberry.field(description="`noun.verb`; in chat it is written `noun verb`.")
    summary: str
    kind: CommandKind
    danger: Danger
    role: str = strawberry.field(description="The role it needs on the project.")
    parameters: list[Parameter]
    document: str = strawberry.field(
        description="The GraphQL document that runs it. A CHANGE takes one variable `input`, an object of the parameters, and "
        "`idempotencyKey`; a READ takes each parameter as a variable."
    )
    columns: list[ColumnType] = strawberry.field(
        description="Of a READ: what a table or a card shows. A path is dotted below one row; through a list it means each member."
    )
    rows: str | None = strawberry.field(
        description="Of a READ: the dotted path in `data` to the list of rows, or to the single object."
    )
    total: str | None = strawberry.field(description="Of a READ of pages: the path of the number of all rows.")
    next: str | None = strawberry.field(
        description="Of a READ of pages: the path of `{endCursor hasNextPage}`; the cursor is given as `after`."
    )
    text: str | None = strawberry.field(description="Of a READ of a long text: the path of it.")
    allowed: bool = strawberry.field(description="Whether you may run it here: by your roles, and by the policy.")
    confirmation: Confirmation = strawberry.field(description="What the policy asks of you here before it runs.")
    approval: str | None = strawberry.field(
        description="The role that a second person needs to let it run here; null when nobody is needed."
    )


@dataclasses.dataclass(frozen=True)
class Offer:
    """A command as it is for everybody, and who may see it."""

    command: Command
    offered_to: typing.Callable[[Actor], bool]

    def to(self, context: Context, project: str | None) -> Command:
        """As it is for this caller, in the project of this name that the caller works in when there is only one."""
        actor = context.actor
        only = actor.only_project
        policy, name = context.engine.policy, self.command.name
        danger = self.command.danger if self.command.kind is CommandKind.CHANGE else None
        decision = (
            policy.possible(actor, name, danger) if only is None else policy.decide(actor, name, only, project, danger)
        )
        return dataclasses.replace(
            self.command,
            allowed=decision.allowed and self.offered_to(actor),
            confirmation=decision.confirmation,
            approval=decision.approval_role,
        )


def command_queries(actions: Iterable[Action], reads: Iterable[Read]) -> type[Any]:
    """`Query.commands` and `Query.command` over these."""
    offers = [Offer(command_of(action), action.offered_to) for action in actions]
    offers += [Offer(command_of_read(read), read.offered_to) for read in reads]
    by_name = {offer.command.name: offer for offer in sorted(offers, key=lambda offer: offer.command.name)}

    @strawberry.type
    class CommandQueries:
        @strawberry.field(description="The commands that you may run, by name; with `all` those too that you may not.")
        async def commands(self, info: Info[Context, None], all: bool = False) -> list[Command]:  # noqa: A002 - the schema's name
            project = await _only_project(info.context)
            found = (offer.to(info.context, project) for offer in by_name.values())
            return [command for command in found if all or command.allowed]

        @strawberry.field(description="One command, whether you may run it or not.")
        async def command(self, info: Info[Context, None], name: str) -> Command:
            info.context.require_actor()
            if name not in by_name:
                raise NotFound(f"There is no command named `{shown(name, 60)}`.", field="name")
            return by_name[name].to(info.context, await _only_project(info.context))

    return CommandQueries


async def _only_project(context: Context) -> str | None:
    return await project_names.looked_up(context.inventory, context.actor.only_project)


def command_of(action: Action) -> Command:
    return Command(
        name=action.name,
        summary=action.summary,
        kind=CommandKind.CHANGE,
        danger=action.danger,
        role="operator" if action.system else action.role,
        parameters=[_parameter(action, field) for field in dataclasses.fields(action.input)],
        document=document_of(action),
        columns=[],
        rows=None,
        total=None,
        next=None,
        text=None,
        allowed=True,
        confirmation=Confirmation.NONE,
        approval=None,
    )


def command_of_read(read: Read) -> Command:
    return Command(
        name=read.name,
        summary=read.summary,
        kind=CommandKind.READ,
        danger=Danger.LOW,
        role=read.role,
        parameters=[_variable(param) for param in read.parameters],
        document=read.document,
        columns=[ColumnType(title=column.title, path=column.path) for column in read.columns],
        rows=read.rows,
        total=read.total,
        next=read.next,
        text=read.text,
        allowed=True,
        confirmation=Confirmation.NONE,
        approval=None,
    )


def document_of(action: Action) -> str:
    return (
        f"mutation($input: {action.input_name}!, $idempotencyKey: String) "
        f"{{ {action.field_name}(input: $input, idempotencyKey: $idempotencyKey) {{ id state }} }}"
    )


def _variable(param: Param) -> Parameter:
    return Parameter(
        name=param.name,
        type=param.type,
        required=param.required,
        many=param.many,
        position=param.position,
        choices=list(param.choices),
        choices_from=param.choices_from,
        default=None,
        help=param.help,
    )


@functools.cache  # reading annotations is slow
def _hints(given: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(given)


def _parameter(action: Action, field: dataclasses.Field[Any]) -> Parameter:
    hint = _hints(action.input)[field.name]  # type: ignore[arg-type] # mypy takes no class for hashable
    optional, many, inner = _shape(hint)
    default = None if field.default in (dataclasses.MISSING, None) else field.default
    required = not optional and field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    return Parameter(
        name=camel(field.name),
        type=_type_name(inner),
        required=required,
        many=many,
        position=action.positional.index(field.name) if field.name in action.positional else None,
        choices=[member.name for member in inner] if isinstance(inner, type) and issubclass(inner, enum.Enum) else [],
        choices_from=action.choices.get(field.name),
        default=str(getattr(default, "name", default)) if default is not None else None,
        help=getattr(field, "description", None) or "",
    )


def _shape(hint: Any) -> tuple[bool, bool, Any]:
    """(optional, list, inner type) of an annotation."""
    optional = many = False
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        optional = True
        hint = next(arm for arm in typing.get_args(hint) if arm is not type(None))
    if typing.get_origin(hint) is list:
        many, hint = True, typing.get_args(hint)[0]
    return optional, many, hint


def _type_name(inner: Any) -> str:
    plain = {str: "String", int: "Int", float: "Float", bool: "Boolean", strawberry.ID: "ID"}
    return plain.get(inner, getattr(inner, "__name__", "String"))
