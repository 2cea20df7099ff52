"""The read commands: `<kind>.list` and `<kind>.show` made from kinds and their columns, and those that are declared whole.

Used by `schema` for `Query.commands`. Each document takes flat variables; one that is left out asks nothing.
"""

import enum
from collections.abc import Iterable, Sequence
from typing import Any

from resolvers.actor import OPERATOR, READER
from resolvers.domain import Domain, Resource
from resolvers.graph.filters import StringFilter, StringListFilter, input_for, value_type
from resolvers.graph.spelling import camel
from resolvers.inventory.kinds import Kind, Scope
from resolvers.operations.reads import READS as OPERATION_READS
from resolvers.reading import Column, Param, Read

ID = Column("ID", "id")
FIRST = Param("first", "How many rows a page has; 50 unless said, 20 in chat.", "Int")
AFTER = Param("after", "The cursor at which the page before ended.")
FIND = Read(
    name="search.find",
    summary="Find things by a part of their name, id, address, tag or label.",
    document="query($text: String!, $kinds: [String!], $first: Int) "
    "{ search(text: $text, kinds: $kinds, first: $first) { kind matched node { id name } } }",
    parameters=(
        Param("text", "What to look for.", required=True, position=0),
        Param("kinds", "The kinds to look among; all unless said.", many=True),
        Param("first", "How many to answer; 20 unless said.", "Int"),
    ),
    rows="search",
    columns=(
        Column("Kind", "kind"),
        Column("Name", "node.name"),
        Column("Found in", "matched"),
        Column("ID", "node.id"),
    ),
)


def reads_of(domains: Sequence[Domain]) -> dict[str, Read]:
    """Every read command by its name."""
    listed = [resource for domain in domains for resource in domain.resources if resource.listed]
    made = [read for resource in listed for read in (_list(resource), _show(resource))]
    declared = [read for domain in domains for read in domain.reads]
    return {read.name: read for read in (*made, *declared, FIND, *OPERATION_READS)}


def selection(paths: Iterable[str]) -> str:
    """The selection of dotted paths: `name`, `image.name`, `image.id` are `name image { name id }`."""
    heads: dict[str, list[str]] = {}
    for path in paths:
        head, _, rest = path.partition(".")
        heads.setdefault(head, []).extend([rest] if rest else [])
    return " ".join(head + (f" {{ {selection(below)} }}" if below else "") for head, below in heads.items())


def _list(resource: Resource) -> Read:
    kind = resource.kind
    filters = [found for attribute in kind.filters if (found := _filter(kind, attribute)) is not None]
    variables = "".join(f", ${param.name}: {param.type}" for param, _ in filters)
    conditions = " ".join(f"{param.name}: {{{word}: ${param.name}}}" for param, word in filters)
    given = f"first: $first, after: $after{f', filter: {{{conditions}}}' if filters else ''}"
    shown = selection(["id", "name", *(column.path for column in resource.columns)])
    return Read(
        name=f"{kind.name}.list",
        summary=f"List the {kind.titles} that you may see.",
        document=f"query($first: Int, $after: String{variables}) {{ {kind.plural}({given}) "
        f"{{ nodes {{ {shown} }} totalCount pageInfo {{ endCursor hasNextPage }} }} }}",
        parameters=(*(param for param, _ in filters), FIRST, AFTER),
        rows=f"{kind.plural}.nodes",
        columns=resource.columns,
        total=f"{kind.plural}.totalCount",
        next=f"{kind.plural}.pageInfo",
        role=OPERATOR if kind.scope is Scope.SYSTEM else READER,
    )


def _show(resource: Resource) -> Read:
    kind = resource.kind
    columns = (*resource.columns, *resource.details)
    columns = columns if ID in columns else (*columns, ID)
    return Read(
        name=f"{kind.name}.show",
        summary=f"Show one {kind.title}.",
        document=f"query($id: ID!) {{ {kind.name}(id: $id) "
        f"{{ {selection(['id', 'name', *(column.path for column in columns)])} }} }}",
        parameters=(
            Param("id", f"Name or id of the {kind.title}.", "ID", required=True, position=0, choices_from=kind.name),
        ),
        rows=kind.name,
        columns=columns,
        role=OPERATOR if kind.scope is Scope.SYSTEM else READER,
    )


def _filter(kind: Kind[Any], attribute: str) -> tuple[Param, str] | None:
    """The parameter of a filter and the word of its condition; None for numbers, moments and labels, which take more than one word."""
    wanted, name = value_type(kind, attribute), camel(attribute)
    first = attribute == kind.filters[0]
    words = " ".join(attribute.split("_"))
    if isinstance(wanted, type) and issubclass(wanted, enum.Enum):
        choices = tuple(member.name for member in wanted)
        return Param(name, f"Only those of this {words}.", wanted.__name__, choices=choices), "eq"
    if wanted is bool:
        return Param(name, f"Only those that are {words}, or that are not.", "Boolean"), "eq"
    filters = input_for(kind, attribute)
    if filters is StringFilter and attribute in ("name", "ip"):
        return Param(name, f"Only those with this in their {words}.", position=0 if first else None), "contains"
    if filters is StringFilter:
        return Param(name, f"Only those with this {words}."), "eq"
    if filters is StringListFilter:
        return Param(name, f"Only those with this among their {words}."), "has"
    return None
