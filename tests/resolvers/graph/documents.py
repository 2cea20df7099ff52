"""Random documents over the schema: fields, edges, pages, aliases, fragments, directives by variables, the same field twice.

Used by test_execution.py. They are valid, and ask nothing of a backend.
"""

import random

from graphql import GraphQLField, GraphQLNonNull, GraphQLObjectType, get_named_type, is_leaf_type, is_object_type

from tests.resolvers.graph import walk

DIRECTIVES = ("", "", "", "", " @include(if: $yes)", " @skip(if: $no)", " @include(if: $some)", " @skip(if: true)")
DEEPEST = 4


def document(draw: random.Random) -> str:
    """One query with the variables `yes`, `no` and `some`."""
    roots = draw.sample(sorted(walk.sorts().lists), draw.randint(1, 3))
    writer = _Writer(draw)
    parts = [f"{root}(first: {draw.choice((0, 1, 3, 50))}) {{ {writer.page(_type(root))} }}" for root in roots]
    head = "query($yes: Boolean = true, $no: Boolean = false, $some: Boolean!)"
    used = "me { id @include(if: $yes) name @skip(if: $no) operator @include(if: $some) }"
    return f"{head} {{ {used} {' '.join(parts)} }} {' '.join(writer.fragments)}"


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

    def page(self, rows: GraphQLObjectType, depth: int = 0) -> str:
        shape = self.draw.choice(
            ("nodes {{ {0} }}", "totalCount nodes {{ {0} }} pageInfo {{ hasNextPage endCursor }}",
             "edges {{ cursor node {{ {0} }} }}", "nodes {{ {0} }} nodes {{ {1} }}")
        )  # fmt: skip
        return shape.format(*(self.fields(rows, depth) for _ in range(1 + ("{1}" in shape))))

    def fields(self, type_: GraphQLObjectType, depth: int = 0) -> str:
        parts = [self._part(type_, depth) for _ in range(self.draw.randint(1, 6))]
        return " ".join([*parts, "__typename"])  # so that a directive can not leave it empty

    def _part(self, type_: GraphQLObjectType, depth: int) -> str:
        directive, chance = self.draw.choice(DIRECTIVES), self.draw.random()
        if chance < 0.1 and depth < DEEPEST:
            return f"... on {type_.name}{directive} {{ {self.fields(type_, depth + 1)} }}"
        written = self._written.get(type_.name)
        if chance < 0.15 and written:  # once more, where other fields may be merged with its own
            return f"...{self.draw.choice(written)}{directive}"
        if chance < 0.25 and depth < DEEPEST:
            self._names += 1
            name = f"F{self._names}"
            self.fragments.append(f"fragment {name} on {type_.name} {{ {self.fields(type_, depth + 1)} }}")
            self._written.setdefault(type_.name, []).append(name)  # whole by now, so that none leads to itself
            return f"...{name}{directive}"
        name, field = self.draw.choice([(n, f) for n, f in type_.fields.items() if self._asked(f, depth)])
        return f"{self._alias(name)}{name}{self._given(field)}{directive}{self._below(field, depth)}"

    def _alias(self, name: str) -> str:
        """Of its own, or none: two fields of one name are merged, so they must be the same field."""
        if self.draw.random() < 0.7:
            return ""
        self._names += 1
        return f"a{self._names}: "

    def _asked(self, field: GraphQLField, depth: int) -> bool:
        if walk._live(field) or any(isinstance(argument.type, GraphQLNonNull) for argument in field.args.values()):
            return False
        answer = get_named_type(field.type)
        return is_leaf_type(answer) or (is_object_type(answer) and depth < DEEPEST)

    def _given(self, field: GraphQLField) -> str:
        return "(first: 2)" if walk.rows_of(get_named_type(field.type)) is not None else ""

    def _below(self, field: GraphQLField, depth: int) -> str:
        answer = get_named_type(field.type)
        if not isinstance(answer, GraphQLObjectType):
            return ""
        rows = walk.rows_of(answer)
        return f" {{ {self.fields(answer, depth + 1) if rows is None else self.page(rows, depth + 1)} }}"
