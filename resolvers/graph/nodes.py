"""The Node interface and the decorator that makes a GraphQL type out of a kind.

The source of such a type is the row of the read model itself: its leaf fields are attributes of the row, so nothing is copied.
"""

from collections.abc import Callable
from typing import Any, TypeVar, dataclass_transform

import strawberry
from graphql import GraphQLResolveInfo

from resolvers.inventory.kinds import Kind

T = TypeVar("T")
_type_names: dict[type[Any], str] = {}


@strawberry.interface(description="Anything with a global id: `node(id)` finds it.")
class Node:
    id: strawberry.ID = strawberry.field(description="Global id: kind, cloud, and the backend's own id.")
    name: str = strawberry.field(description="The name that people gave it; empty when it has none.")

    @classmethod
    def resolve_type(cls, source: Any, info: GraphQLResolveInfo[Any], abstract: Any) -> str | None:
        return _type_names.get(type(source))


@dataclass_transform(kw_only_default=True)
def resource(kind: Kind[Any], name: str, description: str) -> Callable[[type[T]], type[T]]:
    """Declare the GraphQL type of a kind; `name` is the field's standard term (`Server`, `FloatingIp`)."""

    def declare(cls: type[T]) -> type[T]:
        row_class = kind.row

        def is_type_of(source: Any, info: GraphQLResolveInfo[Any]) -> bool:
            return type(source) is row_class

        cls.is_type_of = staticmethod(is_type_of)  # type: ignore[attr-defined] # read by strawberry
        _type_names[row_class] = name
        return strawberry.type(cls, name=name, description=description)

    return declare
