"""The shape of each operation of a document: depth, aliases, root fields, each counted through fragments.

Read by the depth, alias and root-field limits, before validation. Each fragment is measured once, so the work is linear in
the text however often fragments are spread. Fragment cycles and unknown fragments count nothing here: validation refuses them.
"""

from dataclasses import dataclass
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

# Introspection fields walk a graph that is small and fixed; graphql-core's own rule bounds how often their lists may nest.
INTROSPECTION: Final = frozenset({"__schema", "__type"})


@dataclass(frozen=True, slots=True)
class Shape:
    depth: int = 0
    aliases: int = 0
    roots: int = 0
    introspects: bool = False


def shapes(document: DocumentNode) -> list[tuple[OperationDefinitionNode, Shape]]:
    measure = _Measure(document)
    return [
        (definition, measure.of(definition.selection_set))
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
    ]


class _Measure:
    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._known: dict[str, Shape] = {}

    def of(self, selections: SelectionSetNode | None) -> Shape:
        depth = aliases = roots = 0
        introspects = False
        for selection in selections.selections if selections else ():
            if isinstance(selection, FieldNode):
                below = self.of(selection.selection_set)
                renamed = selection.alias is not None and selection.alias.value != selection.name.value
                introspective = selection.name.value in INTROSPECTION
                depth = max(depth, 1 if introspective else 1 + below.depth)
                aliases += renamed + below.aliases
                roots += 1
                introspects = introspects or introspective or below.introspects
                continue
            if isinstance(selection, FragmentSpreadNode):
                below = self._fragment(selection.name.value)
            else:
                below = self.of(getattr(selection, "selection_set", None))
            depth = max(depth, below.depth)
            aliases += below.aliases
            roots += below.roots
            introspects = introspects or below.introspects
        return Shape(depth, aliases, roots, introspects)

    def _fragment(self, name: str) -> Shape:
        if name not in self._known:
            self._known[name] = Shape()  # what a cycle meets on its second turn
            fragment = self._fragments.get(name)
            if fragment is not None:
                self._known[name] = self.of(fragment.selection_set)
        return self._known[name]
