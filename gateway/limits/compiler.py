"""Compiles the cost plan of a validated document (no cycles, no unknown fields). Called by `documents.py` through `cost.py`."""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from graphql import (
    BooleanValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLField,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_composite_type,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_list_type,
    is_object_type,
    value_from_ast_untyped,
)

from gateway.limits.measure import INTROSPECTION
from gateway.limits.plan import Condition, Length, Page, Part, Plan, Selections, Size

_PAGING: Final = ("first", "last")
_INTROSPECTION_COST: Final = 50
_INTROSPECTED: Final = (
    25  # objects of the schema that cost as much as one row, because they are fixed and a thread makes them
)


class Compiler:
    """Compiles the operations of one document. Each fragment is compiled once per page size that reaches into it."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], default_page: int, max_page: int
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._default_page = default_page
        self._max_page = max_page
        self._sizes = sizes_of(schema)
        self._known: dict[tuple[str, int | Page], Selections] = {}
        self._defaults: dict[str, Any] = {}

    def plan(self, operation: OperationDefinitionNode) -> Plan:
        self._known.clear()  # pages of variables differ between operations
        self._defaults = {
            definition.variable.name.value: value_from_ast_untyped(definition.default_value)
            for definition in operation.variable_definitions or ()
            if definition.default_value is not None
        }
        root = self._schema.get_root_type(operation.operation)
        assert root is not None, "validation refuses operations without a root type"  # noqa: S101 - for the type checker
        return Plan(self._selections(operation.selection_set, root, 1))

    def _selections(self, node: SelectionSetNode, parent: GraphQLCompositeType, page: int | Page) -> Selections:
        """`page`: the page size of the paged field just above, which counts at the lists in its answer (nodes, edges)."""
        found = Selections()
        for selection in node.selections:
            conditions = _conditions(selection)
            if conditions is None:
                continue
            if isinstance(selection, FieldNode):
                part = self._field(selection, parent, page)
                if part is not None:
                    part.conditions = conditions
                    found.parts.append(part)
                continue
            condition, below = self._spread(selection, parent, page)
            group = found.parts
            if is_abstract_type(parent) and is_object_type(condition):
                group = found.by_type.setdefault(condition.name, [])
            group.append(Part(below, conditions=conditions))
        return found

    def _field(self, node: FieldNode, parent: GraphQLCompositeType, above: int | Page) -> Part | None:
        """None for what costs nothing, so that plain values leave no trace in the plan."""
        name = node.name.value
        definition = self._schema.get_field(parent, name)
        assert definition is not None, "validation refuses unknown fields"  # noqa: S101 - for the type checker
        if name in INTROSPECTION:
            inside = self._below(node, definition, 1)
            return Part(inside, own=_INTROSPECTION_COST, item=1, per=_INTROSPECTED)
        declared = self._sizes.get((parent.name, name)) or _metadata(definition)
        own = int(declared.get("cost", 0))
        paged = any(argument in definition.args for argument in _PAGING)
        page = self._page(node, definition) if paged else above
        if not is_composite_type(get_named_type(definition.type)):
            return Part(Selections(), own=own) if own else None
        if is_list_type(get_nullable_type(definition.type)):
            count: Size = page if paged or above != 1 else self._declared_size(node, declared.get("size", 1))
            below_page: int | Page = 1
        else:
            count, below_page = 1, page if paged else 1
        below = self._below(node, definition, below_page)
        item = 0 if name == "ofType" else 1  # most types are wrapped in none or one, whatever a tool asks for
        return Part(below, own=own, item=item, page=count)

    def _below(self, node: FieldNode, definition: GraphQLField, page: int | Page) -> Selections:
        named = get_named_type(definition.type)
        assert is_composite_type(named)  # noqa: S101 - asked before
        return self._selections(node.selection_set, named, page) if node.selection_set else Selections()

    def _declared_size(self, node: FieldNode, declared: int | str) -> int | Length:
        """A number, or the name of a list argument whose items count."""
        if isinstance(declared, int):
            return declared
        for argument in node.arguments or ():
            if argument.name.value == declared and isinstance(argument.value, VariableNode):
                variable = argument.value.name.value
                default = self._defaults.get(variable)
                return Length(variable, max(1, len(default)) if isinstance(default, list) else 1)
            if argument.name.value == declared and isinstance(argument.value, ListValueNode):
                return max(1, len(argument.value.values))
        return 1

    def _spread(
        self, selection: SelectionNode, parent: GraphQLCompositeType, page: int | Page
    ) -> tuple[GraphQLCompositeType, Selections]:
        if isinstance(selection, FragmentSpreadNode):
            name = selection.name.value
            fragment = self._fragments[name]
            condition = self._type(fragment.type_condition.name.value)
            if (name, page) not in self._known:
                self._known[name, page] = self._selections(fragment.selection_set, condition, page)
            return condition, self._known[name, page]
        assert isinstance(selection, InlineFragmentNode)  # noqa: S101 - the third and last kind of selection
        named = selection.type_condition
        condition = self._type(named.name.value) if named else parent
        return condition, self._selections(selection.selection_set, condition, page)

    def _type(self, name: str) -> GraphQLCompositeType:
        found = self._schema.type_map[name]
        assert is_composite_type(found)  # noqa: S101 - validation refuses fragments on other types
        return found

    def _page(self, node: FieldNode, definition: GraphQLField) -> int | Page:
        """The larger one of what `first` and `last` ask for."""
        sizes: list[int] = []
        open_sizes: list[tuple[str, int | None]] = []
        for argument in node.arguments or ():
            if argument.name.value not in _PAGING:
                continue
            if isinstance(argument.value, VariableNode):
                variable = argument.value.name.value
                default = self._defaults.get(variable)
                open_sizes.append((variable, default if isinstance(default, int) else None))
            elif isinstance(argument.value, IntValueNode):
                sizes.append(int(argument.value.value))
        declared = [definition.args[name].default_value for name in _PAGING if name in definition.args]
        own = [size for size in declared if isinstance(size, int)]
        if open_sizes:
            ungiven = max([self._default_page, *own])  # a null leaves it to the list, whatever the schema declares
            return Page(tuple(open_sizes), max(sizes, default=None), ungiven, self._max_page)
        return min(max(1, *(sizes or own or [self._default_page])), self._max_page)


@lru_cache(maxsize=4)  # a process has one schema
def sizes_of(schema: GraphQLSchema) -> Mapping[tuple[str, str], Mapping[str, int]]:
    """How many the lists of introspection have, by type and field, as a field declares it.

    Of fields it is the average of the types that fields lead to: a walk from type to type meets the large ones most.
    """
    types = schema.type_map.values()
    owners = [type_ for type_ in types if is_object_type(type_) or is_interface_type(type_)]
    fields = [field for owner in owners for field in owner.fields.values()]
    inputs = [type_ for type_ in types if is_input_object_type(type_)]
    met = [get_named_type(field.type) for field in fields]
    counts = {
        ("__Schema", "types"): len(types),
        ("__Schema", "directives"): len(schema.directives),
        ("__Type", "fields"): sum(len(getattr(type_, "fields", ())) for type_ in met) / len(met),
        ("__Type", "inputFields"): sum(len(type_.fields) for type_ in inputs) / max(1, len(inputs)),
        ("__Type", "enumValues"): sum(len(type_.values) for type_ in types if is_enum_type(type_)) / len(types),
        ("__Field", "args"): sum(len(field.args) for field in fields) / len(fields),
        ("__Directive", "args"): 2,
    }
    return {place: {"size": math.ceil(count)} for place, count in counts.items()}


def _metadata(definition: GraphQLField) -> Mapping[str, Any]:
    strawberry_field = definition.extensions.get("strawberry-definition")
    return getattr(strawberry_field, "metadata", None) or {}


def _conditions(selection: SelectionNode) -> tuple[Condition, ...] | None:
    """The variables that decide whether a selection is met; None when @skip or @include rules it out by a constant."""
    found: list[Condition] = []
    for directive in selection.directives or ():
        wanted = {"skip": False, "include": True}.get(directive.name.value)
        if wanted is None:
            continue
        for argument in directive.arguments or ():
            if isinstance(argument.value, VariableNode):
                found.append((argument.value.name.value, wanted))
            elif isinstance(argument.value, BooleanValueNode) and argument.value.value is not wanted:
                return None
    return tuple(found)
