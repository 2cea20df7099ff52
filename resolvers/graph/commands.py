"""`Query.commands`: what this caller may run, with everything that a chat bot, a palette or a form needs to ask for it.

Made from the input classes of the actions, so that there is no second list of commands anywhere.
"""

import dataclasses
import enum
import functools
import types
import typing
from typing import Any

import strawberry
from strawberry import Info

from resolvers.action import Action
from resolvers.action import Danger as Danger
from resolvers.context import Context
from resolvers.graph.spelling import camel

strawberry.enum(Danger, description=Danger.__doc__)  # before any type mentions it, so others import it from here


@strawberry.type(description="One parameter of a command.")
class Parameter:
    name: str = strawberry.field(description="As in the input object.")
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


@strawberry.type(description="Something that this caller may run.")
class Command:
    name: str = strawberry.field(description="`noun.verb`; in chat it is written `noun verb`.")
    summary: str
    danger: Danger
    role: str = strawberry.field(description="The role it needs on the project.")
    parameters: list[Parameter]
    document: str = strawberry.field(description="The GraphQL document that runs it, with one variable `input`.")


@strawberry.type
class CommandQueries:
    @strawberry.field(description="The commands that you may run, by name.")
    def commands(self, info: Info[Context, None]) -> list[Command]:
        context = info.context
        return [command_of(a) for _, a in sorted(context.actions.items()) if a.offered_to(context.actor)]


def command_of(action: Action) -> Command:
    return Command(
        name=action.name,
        summary=action.summary,
        danger=action.danger,
        role="operator" if action.system else action.role,
        parameters=[_parameter(action, field) for field in dataclasses.fields(action.input)],
        document=document_of(action),
    )


def document_of(action: Action) -> str:
    return (
        f"mutation($input: {action.input_name}!, $idempotencyKey: String) "
        f"{{ {action.field_name}(input: $input, idempotencyKey: $idempotencyKey) {{ id state }} }}"
    )


@functools.cache  # help is asked for often, and reading annotations is slow
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
