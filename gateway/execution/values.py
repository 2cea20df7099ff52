"""Fields as plain functions: what graphql-core makes of a field and its value, without a path, an info object and six calls for each.

Used by `subtrees.py` and `fast.py`. Each function gives what graphql-core gives, or raises: for null in the wrong place, a value that the
type does not take, an error, something awaitable. graphql-core then does it anew, so that errors and their paths are its own.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from enum import Enum
from operator import attrgetter
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    Undefined,
    get_nullable_type,
)
from strawberry.types.field import StrawberryField

Read = Callable[[Any, Any], Any]  # of a source, or of a value, and the request's context
Below = Callable[[GraphQLObjectType], Read]  # what is read of a value that is an object

_PLAIN: Final = (str, int, float, datetime)  # bool is an int
# Of these nothing is coerced: what has exactly the class is answered as it is.
_AS_IT_IS: Final[dict[str, type[Any]]] = {"String": str, "ID": str, "Boolean": bool}
_LEAST, _MOST = -(2**31), 2**31 - 1  # of GraphQL's Int


class Unusual(Exception):
    """This answer is for graphql-core."""


class NotCompiled(Exception):
    """This field or selection is for graphql-core, whatever it is read from."""


def leaves_of(schema: GraphQLSchema) -> dict[tuple[str, str], Read]:
    """How each field is read that answers leaves or lists of them, by the names of type and field."""
    found: dict[tuple[str, str], Read] = {}
    for type_ in schema.type_map.values():
        for name, field in type_.fields.items() if isinstance(type_, GraphQLObjectType) else ():
            with suppress(NotCompiled):
                found[type_.name, name] = reading(field, _no_object)
    return found


def reading(field: GraphQLField, below: Below) -> Read:
    """Reads a field of a source. Raises NotCompiled unless it is an attribute, or declares by `metadata={"read": f}` that `f(source,
    context)` is all there is to it (`resolvers/graph/edges.py`)."""
    declared = field.extensions.get("strawberry-definition")
    if not isinstance(declared, StrawberryField) or field.args or declared.extensions:  # such as a permission
        raise NotCompiled
    read: Read | None = declared.metadata.get("read")
    if read is not None:
        complete = completed(field.type, below)
        return lambda source, context: complete(read(source, context), context)
    if not declared.is_basic_field or declared.default_resolver is not getattr:
        raise NotCompiled
    return _attribute(attrgetter(declared.python_name), field.type, below)


def _attribute(get: Callable[[Any], Any], type_: GraphQLOutputType, below: Below) -> Read:
    """Most of all fields: by one call where the value is answered as it is."""
    bare, complete = get_nullable_type(type_), completed(type_, below)
    as_it_is = _AS_IT_IS.get(bare.name) if isinstance(bare, GraphQLScalarType) else None

    def read(source: Any, context: Any) -> Any:
        value = get(source)
        return value if value.__class__ is as_it_is else complete(value, context)

    return read


def completed(type_: GraphQLOutputType, below: Below) -> Read:
    """What becomes of a value. Raises NotCompiled for an abstract type: which type it is in truth, graphql-core finds."""
    if isinstance(type_, GraphQLNonNull):
        return _there(type_.of_type, below)
    there = _there(type_, below)
    return lambda value, context: None if value is None else there(value, context)


def _there(type_: GraphQLOutputType, below: Below) -> Read:
    """What becomes of a value that must not be null."""
    if isinstance(type_, GraphQLScalarType):
        return _scalar(type_)
    if isinstance(type_, GraphQLEnumType):
        return _enum(type_)
    if isinstance(type_, GraphQLObjectType):
        return below(type_)
    if isinstance(type_, GraphQLList):
        return _items(completed(type_.of_type, below))
    raise NotCompiled


def _items(item: Read) -> Read:
    def items(value: Any, context: Any) -> list[Any]:
        # What can be read once only must be left to graphql-core as it is.
        if value.__class__ is not tuple and value.__class__ is not list:
            raise Unusual
        return [item(each, context) for each in value]

    return items


def _scalar(type_: GraphQLScalarType) -> Read:
    as_it_is, is_int, coerce = _AS_IT_IS.get(type_.name), type_.name == "Int", type_.coerce_output_value

    def scalar(value: Any, context: Any) -> Any:
        kind = value.__class__
        if kind is as_it_is or (is_int and kind is int and _LEAST <= value <= _MOST):
            return value
        done = coerce(value) if isinstance(value, _PLAIN) else None
        if done is None or done is Undefined:
            raise Unusual
        return done

    return scalar


def _enum(type_: GraphQLEnumType) -> Read:
    members: type[Enum] = type_.wrapped_cls  # type: ignore[attr-defined] # of strawberry's own class for enums
    names = {member: type_.coerce_output_value(member) for member in members}
    return lambda value, context: names[value]


def _no_object(type_: GraphQLObjectType) -> Read:
    raise NotCompiled
