"""What there is to ask, read from the schema itself: every list, single and facet root, and every edge of every type.

A new kind, root or edge is thus asked for without a change here; a root of a new sort is not, and `sorts` says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_object_type,
)

from resolvers.graph.filters import type_name
from tests.resolvers.graph.world import KINDS
from tests.running import schema

# Roots that are no list, single or facet: each has a test of its own in this folder or in tests/trips.
OTHERS = {
    *("node", "nodes", "search", "commands", "command", "me", "quotas"),
    *("operation", "operations", "auditEntries", "plan", "planned", "replay"),
}
KIND_OF_TYPE = {type_name(kind): kind.name for kind in KINDS.values()}


@dataclass
class Sorts:
    """Root fields by what they answer, each with the kind of its rows."""

    lists: dict[str, str] = field(default_factory=dict)
    singles: dict[str, str] = field(default_factory=dict)
    facets: dict[str, str] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)


def graph() -> GraphQLSchema:
    return schema()._schema  # strawberry gives its graphql-core schema no public name


@cache
def sorts() -> Sorts:
    found = Sorts()
    query = graph().query_type
    assert query is not None
    for name, root in query.fields.items():
        answer = get_named_type(root.type)
        rows = rows_of(answer)
        if is_row(answer) and "id" in root.args:
            found.singles[name] = KIND_OF_TYPE[answer.name]
        elif rows is not None:
            found.lists[name] = KIND_OF_TYPE[rows.name]
        elif name.endswith("Facets"):
            found.facets[name] = name.removesuffix("Facets")
        else:
            found.others.add(name)
    return found


def type_of(kind: str) -> str:
    return next(name for name, known in KIND_OF_TYPE.items() if known == kind)


def is_row(found: Any) -> bool:
    """Whether it is the type of a kind."""
    return isinstance(found, GraphQLObjectType) and any(face.name == "Node" for face in found.interfaces)


def rows_of(found: Any) -> GraphQLObjectType | None:
    """The type of the rows in a connection; None when it is none."""
    if not isinstance(found, GraphQLObjectType) or "nodes" not in found.fields or is_row(found):
        return None
    rows = get_named_type(found.fields["nodes"].type)
    assert isinstance(rows, GraphQLObjectType)
    return rows


def row_types() -> list[GraphQLObjectType]:
    face = graph().get_type("Node")
    assert isinstance(face, GraphQLInterfaceType)
    return [found for found in graph().get_possible_types(face) if isinstance(found, GraphQLObjectType)]


@cache
def selection(name: str) -> str:
    """Every value and every edge of a type; of the rows behind an edge only what they are."""
    found = graph().get_type(name)
    assert isinstance(found, GraphQLObjectType)
    parts = ["__typename"]
    for field_name, definition in found.fields.items():
        if _required_arguments(definition) or _live(definition):
            continue
        answer = get_named_type(definition.type)
        if is_leaf_type(answer):
            parts.append(field_name)
        elif is_row(answer) or isinstance(answer, GraphQLInterfaceType):
            parts.append(f"{field_name} {{ __typename id }}")
        elif rows_of(answer) is not None:
            parts.append(f"{field_name}(first: 1000) {{ totalCount nodes {{ __typename id }} }}")
        elif is_object_type(answer):
            parts.append(f"{field_name} {{ {selection(answer.name)} }}")
    return " ".join(parts)


def edges() -> set[tuple[str, str]]:
    """(type, field) of each edge: a field of a row, or of a part of a row, that answers rows."""
    found = set()
    for owner in _holders():
        for name, definition in owner.fields.items():
            answer = get_named_type(definition.type)
            if is_row(answer) or rows_of(answer) is not None:
                found.add((owner.name, name))
    return found


def rows_in(answer: Any, owner: str = "", name: str = "") -> Iterator[tuple[str, str, str]]:
    """(id, type and field under which it stands) of each row in an answer."""
    if isinstance(answer, list):
        for member in answer:
            yield from rows_in(member, owner, name)
    elif isinstance(answer, dict):
        typename = answer.get("__typename", "")
        if typename in KIND_OF_TYPE:
            yield answer["id"], owner, name
        for key, value in answer.items():
            if isinstance(value, dict | list):
                yield from rows_in(value, typename or owner, key if typename else name)


def _holders() -> list[GraphQLObjectType]:
    """The types of rows and of their parts, such as the addresses of a port."""
    found = {row.name: row for row in row_types()}
    for row in list(found.values()):
        for definition in row.fields.values():
            part = get_named_type(definition.type)
            plain = isinstance(part, GraphQLObjectType) and rows_of(part) is None
            if plain and not _live(definition):
                assert isinstance(part, GraphQLObjectType)
                found[part.name] = part
    return list(found.values())


def _live(definition: GraphQLField) -> bool:
    """Whether it asks a backend, as its declared cost tells: there is none behind these worlds, and it decides by itself."""
    declared = definition.extensions.get("strawberry-definition")
    return bool((getattr(declared, "metadata", None) or {}).get("cost"))


def _required_arguments(definition: GraphQLField) -> bool:
    return any(isinstance(argument.type, GraphQLNonNull) for argument in definition.args.values())
