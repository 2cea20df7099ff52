"""How often each variable stands in an operation, and what it is when it is left out. Asked by `documents.py` of a valid document.

A value is small where it is sent and large where it is used: `{and: [$f, $f, $f ...]}` makes each object of `$f` anew each time.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from graphql import (
    FragmentDefinitionNode,
    FragmentSpreadNode,
    Node,
    OperationDefinitionNode,
    VariableDefinitionNode,
    VariableNode,
    value_from_ast_untyped,
)


class Uses:
    """Of one document, fragments counted at each use. Each fragment is counted once, so the work is linear in the text."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, Counter[str]] = {}

    def of(self, operation: OperationDefinitionNode) -> Mapping[str, int]:
        return self._count(operation)

    def _count(self, root: Node) -> Counter[str]:
        found: Counter[str] = Counter()
        ahead: list[object] = [root]
        while ahead:
            node = ahead.pop()
            if isinstance(node, VariableNode):
                found[node.name.value] += 1
            elif isinstance(node, FragmentSpreadNode):
                found.update(self._fragment(node.name.value))
                ahead.extend(node.directives or ())
            elif isinstance(node, list | tuple):
                ahead.extend(node)
            elif isinstance(node, Node) and not isinstance(node, VariableDefinitionNode):
                ahead.extend(getattr(node, key) for key in node.keys if key != "loc")
        return found

    def _fragment(self, name: str) -> Counter[str]:
        if name not in self._known:
            self._known[name] = self._count(self._fragments[name])
        return self._known[name]


def defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    """The values of the variables that a request leaves out."""
    return {
        definition.variable.name.value: value_from_ast_untyped(definition.default_value)
        for definition in operation.variable_definitions or ()
        if definition.default_value is not None
    }
