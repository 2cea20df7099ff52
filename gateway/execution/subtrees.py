"""Object subtrees as plain functions: what a document selects of a type, read from a source without the ceremony of graphql-core.

Made for `fast.py`. A subtree is compiled when `values.py` can read each of its fields; as there, a function raises where graphql-core
must do the subtree anew.
"""

from functools import lru_cache
from types import GeneratorType
from typing import Any, Final

from graphql import GraphQLObjectType
from graphql.pyutils import UndefinedType

from gateway.execution.values import NotCompiled, Read, Unusual, reading

Fields = list[Any]  # graphql-core's details of one response key: the nodes that were merged under it
# The name of a type, and the nodes by identity: they live as long as their document, and so do its plans.
_Key = tuple[Any, ...]


def met(source: Any, context: Any) -> Any:
    """The mark of a selection that was met once; never called."""
    raise AssertionError


class Compiler:
    """For one document and one choice of what its directives leave. Compiles each selection once, however often fragments lead to it, and
    those of `nodes` fields at most: a short document can lead to one in very many ways, and can merge its fields to very many."""

    def __init__(self, nodes: int) -> None:
        self.plans: dict[_Key, Read | None] = {}  # None: for graphql-core
        self._fields: dict[_Key, Read] = {}  # of the plans, by the type that they are in
        self._room = nodes

    def second(self, executor: Any, type_: GraphQLObjectType, selected: Fields) -> Read | None:
        """The function that reads what is `selected` of a source of the type; None when it was not met before, or is for graphql-core."""
        key = _key(type_, selected)
        if key not in self.plans:
            if self._takes(selected):
                self.plans[key] = met
            return None
        plan = self.plans[key]
        if plan is met:
            try:
                plan = self._read(executor, type_, selected)
            except Exception:  # also that of a directive whose variable is null: graphql-core tells it at its place
                plan = None
        return plan

    def _read(self, executor: Any, type_: GraphQLObjectType, selected: Fields) -> Read:
        """Raises NotCompiled, and what graphql-core raises of directives; it is then left to graphql-core for good."""
        key = _key(type_, selected)
        plan = self.plans.get(key, met)
        if plan is met:
            if key not in self.plans and not self._takes(selected):
                raise NotCompiled
            self.plans[key] = None
            plan = self.plans[key] = self._compiled(executor, type_, selected)
        if plan is None:
            raise NotCompiled
        return plan

    def _takes(self, selected: Fields) -> bool:
        """Whether there is room for one more."""
        if len(selected) > self._room:
            return False
        self._room -= len(selected)
        return True

    def _compiled(self, executor: Any, type_: GraphQLObjectType, selected: Fields) -> Read:
        grouped = executor.collect_subfields(type_, selected).grouped_field_set
        fields = [(key, self._field(executor, type_, details)) for key, details in grouped.items()]
        fits: Any = type_.is_type_of or _is_object  # ours ask for the class of the row alone (resolvers/graph/nodes.py)

        def read(source: Any, context: Any) -> dict[str, Any]:
            if source is None or not fits(source, None):
                raise Unusual
            return {key: field(source, context) for key, field in fields}

        return read

    def _field(self, executor: Any, type_: GraphQLObjectType, details: Fields) -> Read:
        name = details[0].node.name.value
        if name == "__typename":
            return lambda source, context: type_.name
        leaf: Read | None = executor.leaves.get((type_.name, name))
        if leaf is not None:
            return leaf
        key = _key(type_, details)
        if key not in self._fields:
            self._fields[key] = reading(type_.fields[name], lambda below: self._read(executor, below, details))
        return self._fields[key]


def _key(type_: GraphQLObjectType, selected: Fields) -> _Key:
    return (type_.name, *[id(each.node) for each in selected])


# graphql-core raises an error that is a value, waits for what is awaitable and takes Undefined for null, before it looks at the type.
_NO_OBJECTS: Final = (Exception, UndefinedType, GeneratorType)


def _is_object(source: Any, info: Any) -> bool:
    return _are_objects(source.__class__)


@lru_cache(maxsize=1_000)
def _are_objects(kind: type[Any]) -> bool:
    return not issubclass(kind, _NO_OBJECTS) and not hasattr(kind, "__await__")
