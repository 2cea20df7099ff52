"""Random documents over the schema: fields, edges, pages, aliases, fragments, directives by variables, the same field in several places.

Used by test_execution.py. They are valid, have two operations, and ask nothing of a backend; some of what they ask for is not there.
"""

import random
from collections.abc import Mapping
from typing import Any, Final

from graphql import GraphQLField, GraphQLNonNull, GraphQLObjectType, get_named_type, is_leaf_type, is_object_type

from tests.resolvers.graph import walk
from tests.resolvers.graph.world import KINDS, row_id

OPERATIONS: Final = ("One", "Two")
VARIABLES: Final[tuple[Mapping[str, Any], ...]] = (
    *({"some": True}, {"some": False}, {"some": True, "yes": False}, {"some": True, "no": True}),
    *(
        {"some": False, "most": None},
        {"some": True, "most": 0},
        {"some": True, "maybe": False},
        {"some": False, "maybe": None},
    ),
)
IDS: Final = [row_id(kind, f"{kind}-{n}") for kind in sorted(KINDS) for n in range(2)]
# A Boolean that has a default, as `maybe`, may be sent as null, which no directive takes.
_HEAD: Final = """($yes: Boolean = true, $no: Boolean = false, $maybe: Boolean = true, $some: Boolean!, $most: Int = 2,
    $ids: [ID!] = [])"""
_USED: Final = """me { id @include(if: $yes) name @skip(if: $no) operator @include(if: $some) } __typename
    used: servers(first: $most) { nodes { id } } none: nodes(ids: $ids) { id } one: user(id: "none") { id @skip(if: $maybe) }"""
_DIRECTIVES: Final = (
    *("", "", "", "", " @include(if: $yes)", " @skip(if: $no)", " @include(if: $some)", " @skip(if: true)"),
    *(
        " @skip(if: $some) @include(if: $yes)",
        " @include(if: $some) @skip(if: false)",
        " @include(if: false)",
        " @include(if: $maybe)",
    ),
)
_SCHEMA: Final = (
    '__type(name: "Server") { __typename name fields { name type { kind } } }',
    "__schema { __typename queryType { name } directives { name args { name } } }",
    '__type(name: "Nothing") { name }',
)
_DEEPEST: Final = 4
_PAGES: Final = ("(first: 0)", "(first: 1)", "(first: $most)", '(after: "no cursor")', "(first: 1001)", "(first: -1)")


def document(draw: random.Random) -> str:
    """Two queries, each with all of the variables."""
    writer = _Writer(draw)
    operations = [f"query {name}{_HEAD} {{ {_USED} {writer.roots()} }}" for name in OPERATIONS]
    return " ".join((*operations, *writer.fragments))


def _type(root: str) -> GraphQLObjectType:
    return _object(walk.type_of(walk.sorts().lists[root]))


def _object(name: str) -> GraphQLObjectType:
    found = walk.graph().get_type(name)
    assert isinstance(found, GraphQLObjectType)
    return found


class _Writer:
    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.fragments: list[str] = []
        self._names = 0
        self._written: dict[str, list[str]] = {}

    def roots(self) -> str:
        sorts = walk.sorts()
        parts = []
        for root in self.draw.sample(sorted(sorts.lists), self.draw.randint(1, 3)):
            first = self.draw.choice(
                ("(first: 0)", "(first: 1)", "(first: 3)", "(first: 50)", "(first: $most)", "(last: 2)")
            )
            parts.append(f"{root}{first}{self._directive()} {{ {self.page(_type(root))} }}")
        if self.draw.random() < 0.5:
            parts.append(self._single())
        if self.draw.random() < 0.3:
            parts.append(self._nodes())
        if self.draw.random() < 0.1:
            parts.append(self.draw.choice(_SCHEMA))
        if self.draw.random() < 0.2:
            root = self.draw.choice(sorted(sorts.facets))
            answer = _object(f"{walk.type_of(sorts.facets[root])}Facets")
            parts.append(f"{root} {{ {' '.join(f'{name} {{ value count }}' for name in answer.fields)} }}")
        return " ".join(parts)

    def page(self, rows: GraphQLObjectType, depth: int = 0) -> str:
        shape = self.draw.choice(
            ("nodes {{ {0} }}", "totalCount nodes {{ {0} }} pageInfo {{ hasNextPage endCursor }}",
             "edges {{ cursor node {{ {0} }} }}", "nodes {{ {0} }} nodes {{ {1} }}", "... {{ nodes {{ {0} }} }} nodes {{ {1} }}")
        )  # fmt: skip
        return shape.format(*(self.fields(rows, depth) for _ in range(1 + ("{1}" in shape))))

    def fields(self, type_: GraphQLObjectType, depth: int = 0) -> str:
        parts = [self._part(type_, depth) for _ in range(self.draw.randint(1, 6))]
        parts.insert(self.draw.randint(0, len(parts)), "__typename")  # so that a directive can not leave it empty
        return " ".join(parts)

    def _single(self) -> str:
        """One row by its id; there may be none."""
        root, kind = self.draw.choice(sorted(walk.sorts().singles.items()))
        answer = _object(walk.type_of(kind))
        found = row_id(kind, f"{kind}-{self.draw.randint(0, 3)}")
        return f'{self._own()}{root}(id: "{found}"){self._directive()} {{ {self.fields(answer, 1)} }}'

    def _nodes(self) -> str:
        """Rows of any kind: what is asked of one of them is asked of no other, else two fields of one name would not be the same."""
        asked = _object(self.draw.choice(sorted(walk.KIND_OF_TYPE)))
        ids = self.draw.choice(('ids: ["nonsense"]', "ids: $ids", f'ids: ["{IDS[0]}", "{IDS[-1]}"]'))
        on_node = self.draw.choice(
            ("id", "... on Node { id name }", f"... on Node{self._directive()} {{ n: name }} __typename")
        )
        return f"{self._own()}nodes({ids}) {{ id {on_node} ... on {asked.name}{self._directive()} {{ {self.fields(asked, 2)} }} }}"

    def _part(self, type_: GraphQLObjectType, depth: int) -> str:
        directive, chance = self._directive(), self.draw.random()
        if chance < 0.1 and depth < _DEEPEST:
            condition = self.draw.choice((f" on {type_.name}", "", " on Node" if walk.is_row(type_) else ""))
            inside = "id name __typename" if condition == " on Node" else self.fields(type_, depth + 1)
            return f"...{condition}{directive} {{ {inside} }}"
        written = self._written.get(type_.name)
        if chance < 0.2 and written:  # once more, where other fields may be merged with its own
            return f"...{self.draw.choice(written)}{directive}"
        if chance < 0.3 and depth < _DEEPEST:
            self._names += 1
            name = f"F{self._names}"
            self.fragments.append(f"fragment {name} on {type_.name} {{ {self.fields(type_, depth + 1)} }}")
            self._written.setdefault(type_.name, []).append(name)  # whole by now, so that none leads to itself
            return f"...{name}{directive}"
        if chance < 0.33:
            return f"{self._own()}__typename{directive}"
        name, field = self.draw.choice([(n, f) for n, f in type_.fields.items() if self._asked(f, depth)])
        return f"{self._named(name, field)}{directive}{self._below(field, depth)}"

    def _directive(self) -> str:
        return self.draw.choice(_DIRECTIVES)

    def _own(self) -> str:
        """An alias that is nowhere else."""
        self._names += 1
        return f"a{self._names}: "

    def _named(self, name: str, field: GraphQLField) -> str:
        """With no alias, one of its own, or one that it has in other places too: two fields of one name are merged, so they must be the
        same field with the same arguments."""
        paged, chance = walk.rows_of(get_named_type(field.type)) is not None, self.draw.random()
        if chance < 0.2:
            return f"{self._own()}{name}{self.draw.choice(_PAGES) if paged else ''}"
        return f"{'' if chance < 0.8 else f'also_{name}: '}{name}{'(first: 2)' if paged else ''}"

    def _asked(self, field: GraphQLField, depth: int) -> bool:
        if walk._live(field) or any(isinstance(argument.type, GraphQLNonNull) for argument in field.args.values()):
            return False
        answer = get_named_type(field.type)
        return is_leaf_type(answer) or (is_object_type(answer) and depth < _DEEPEST)

    def _below(self, field: GraphQLField, depth: int) -> str:
        answer = get_named_type(field.type)
        if not isinstance(answer, GraphQLObjectType):
            return ""
        rows = walk.rows_of(answer)
        return f" {{ {self.fields(answer, depth + 1) if rows is None else self.page(rows, depth + 1)} }}"
