"""Object subtrees as plain functions: what a document selects of a type, read from a source without paths, infos and calls for each field.

Made for `fast.py`. A subtree is compiled when each of its fields is an attribute, or declares by `metadata={"read": f}` that `f(source,
context)` is all there is to it (`resolvers/graph/edges.py`). Whatever does not go as usual (null in the wrong place, a value that the type
does not take, an error) ends the attempt: graphql-core then does the subtree anew, so that errors, paths and nulls are its own.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from operator import attrgetter
from typing import Any, Final, NoReturn

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    Undefined,
)
from strawberry.types.field import StrawberryField

from gateway.execution.leaves import PLAIN

Read = Callable[[Any, Any], Any]  # of a source, or of a value, and the request's context
Fields = list[Any]  # graphql-core's details of one response key: the nodes that were merged under it

# Of these nothing is coerced: what has exactly the class is answered as it is.
_AS_IT_IS: Final[dict[str, type[Any]]] = {"String": str, "ID": str, "Boolean": bool}
_LEAST, _MOST = -(2**31), 2**31 - 1  # of GraphQL's Int


class Unusual(Exception):
    """This answer is for graphql-core."""


class NotCompiled(Exception):
    """This selection is for graphql-core, whatever it is read from."""


def unusual() -> NoReturn:
    raise Unusual


class Compiler:
    """For one document and one choice of what its directives leave. Compiles each selection once, however often fragments lead to it: a
    short document can lead to one in very many ways."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], Read | None] = {}

    def object(self, executor: Any, type_: GraphQLObjectType, selected: Fields) -> Read:
        """The function that reads what is `selected` of a source of the type. Raises NotCompiled."""
        key = (type_.name, *[id(each.node) for each in selected])
        if key not in self._known:
            self._known[key] = None  # until it is done, and for good when it can not be
            self._known[key] = self._object(executor, type_, selected)
        read = self._known[key]
        if read is None:
            raise NotCompiled
        return read

    def _object(self, executor: Any, type_: GraphQLObjectType, selected: Fields) -> Read:
        if any(each.defer_usage is not None or each.fragment_variable_values is not None for each in selected):
            raise NotCompiled
        grouped, deferred, forbidden = executor.collect_subfields(type_, selected)
        if deferred or forbidden:
            raise NotCompiled
        fields = [(key, self._field(executor, type_, details)) for key, details in grouped.items()]
        fits: Any = type_.is_type_of  # those of ours ask for the class of the row alone (resolvers/graph/nodes.py)

        def read(source: Any, context: Any) -> dict[str, Any]:
            if fits is not None and not fits(source, None):
                raise Unusual
            return {key: field(source, context) for key, field in fields}

        return read

    def _field(self, executor: Any, type_: GraphQLObjectType, details: Fields) -> Read:
        name = details[0].node.name.value
        if name == "__typename":
            return lambda source, context: type_.name
        field: GraphQLField | None = type_.fields.get(name)
        if field is None or field.args:
            raise NotCompiled
        made_of = field.extensions.get("strawberry-definition")
        if not isinstance(made_of, StrawberryField) or made_of.extensions:
            raise NotCompiled
        complete = self._completed(executor, field.type, details)
        metadata: Mapping[Any, Any] = made_of.metadata or {}
        declared: Read | None = metadata.get("read")
        if declared is not None:
            return lambda source, context: complete(declared(source, context), context)
        if not getattr(field.resolve, "_is_default", False):  # strawberry's mark of a field that is an attribute
            raise NotCompiled
        return _attribute(field, attrgetter(made_of.python_name), complete)

    def _completed(self, executor: Any, type_: GraphQLOutputType, details: Fields) -> Read:
        """What becomes of a value, null included."""
        needed = isinstance(type_, GraphQLNonNull)
        there = self._there(executor, type_.of_type if isinstance(type_, GraphQLNonNull) else type_, details)

        def complete(value: Any, context: Any) -> Any:
            if value is not None:
                return there(value, context)
            if needed:
                raise Unusual
            return None

        return complete

    def _there(self, executor: Any, type_: GraphQLOutputType, details: Fields) -> Read:
        """What becomes of a value that is not null."""
        if isinstance(type_, GraphQLScalarType):
            return _scalar(type_)
        if isinstance(type_, GraphQLEnumType):
            return _enum(type_)
        if isinstance(type_, GraphQLObjectType):
            return self.object(executor, type_, details)
        if not isinstance(type_, GraphQLList):
            raise NotCompiled  # which type an interface is in truth, graphql-core finds
        item = self._completed(executor, type_.of_type, details)

        def items(value: Any, context: Any) -> list[Any]:
            if value.__class__ is not tuple and value.__class__ is not list:
                raise Unusual
            return [item(each, context) for each in value]

        return items


def _attribute(field: GraphQLField, attribute: Callable[[Any], Any], complete: Read) -> Read:
    """Most of all fields: by one call where the value is answered as it is."""
    bare = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    as_it_is = _AS_IT_IS.get(bare.name) if isinstance(bare, GraphQLScalarType) else None

    def read(source: Any, context: Any) -> Any:
        value = attribute(source)
        return value if value.__class__ is as_it_is else complete(value, context)

    return read


def _scalar(type_: GraphQLScalarType) -> Read:
    as_it_is, is_int, coerce = _AS_IT_IS.get(type_.name), type_.name == "Int", type_.coerce_output_value

    def scalar(value: Any, context: Any) -> Any:
        kind = value.__class__
        if kind is as_it_is or (is_int and kind is int and _LEAST <= value <= _MOST):
            return value
        return _checked(coerce, value)

    return scalar


def _enum(type_: GraphQLEnumType) -> Read:
    names: dict[Enum, Any] = {}  # by member; there are as many as the enum has

    def enum(value: Any, context: Any) -> Any:
        if not isinstance(value, Enum):
            raise Unusual
        name = names.get(value)
        if name is None:
            name = names[value] = _checked(type_.coerce_output_value, value)
        return name

    return enum


def _checked(coerce: Callable[[Any], Any], value: Any) -> Any:
    """As the type coerces it; an error of an unusual value is told by graphql-core, with its place."""
    done = coerce(value) if isinstance(value, PLAIN) else None
    if done is None or done is Undefined:
        raise Unusual
    return done
