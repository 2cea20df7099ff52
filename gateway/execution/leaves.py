"""An executor for graphql-core that reads plain leaves directly: fields without a resolver whose type is a scalar or an enum.

Used by `gateway/executor.py`. graphql-core makes a path, an info object and six calls for each leaf, and a page of 1,000 rows has 8,000
of them. Whatever is not a plain value that the type takes (null in the wrong place, an error, an awaitable) goes the usual way, so
that errors and their paths are graphql-core's own.
"""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any, Final

from graphql import GraphQLNonNull, GraphQLObjectType, GraphQLSchema, Undefined, is_leaf_type
from strawberry.types.field import StrawberryField

PLAIN: Final = (str, int, float, Enum, datetime)  # bool is an int
Leaf = tuple[str, Callable[[Any], Any]]


@lru_cache(maxsize=4)  # a process has one schema
def leaves_of(schema: GraphQLSchema) -> dict[tuple[str, str], Leaf]:
    """The attribute and the type's own coercion of every plain leaf, by the names of type and field."""
    found: dict[tuple[str, str], Leaf] = {}
    for type_ in schema.type_map.values():
        if not isinstance(type_, GraphQLObjectType) or type_.name.startswith("__"):
            continue
        for name, field in type_.fields.items():
            leaf = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
            made_of = field.extensions.get("strawberry-definition")
            if (
                is_leaf_type(leaf)
                and not field.args
                and isinstance(made_of, StrawberryField)
                and getattr(field.resolve, "_is_default", False)  # strawberry's mark of a field that is an attribute
            ):
                found[type_.name, name] = (made_of.python_name, leaf.coerce_output_value)
    return found


def with_leaves(executor: type[Any], schema: GraphQLSchema) -> type[Any]:
    """The executor class, reading the schema's plain leaves directly."""
    leaves = leaves_of(schema)

    class LeafExecutor(executor):  # type: ignore[misc] # strawberry names its executor class at runtime only
        def execute_field(
            self, parent_type: GraphQLObjectType, source: Any, details: Any, path: Any, position_context: Any
        ) -> Any:
            leaf = leaves.get((parent_type.name, details[0].node.name.value))
            if leaf is not None:
                attribute, coerce = leaf
                try:
                    value = getattr(source, attribute)
                    done = coerce(value) if isinstance(value, PLAIN) else None
                except Exception:
                    done = None  # told below, in graphql-core's own words
                if done is not None and done is not Undefined:
                    return done
            return super().execute_field(parent_type, source, details, path, position_context)

    return LeafExecutor
