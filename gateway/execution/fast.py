"""The executor class with all that makes it quick: plain leaves read directly, and whole object subtrees by compiled functions.

Made once by `gateway/executor.py`. A selection is compiled when it is met the second time, and kept with its document (`Plans`). What is
compiled depends on the document and the values of its Boolean variables (`@skip`, `@include`), never on who asks: rights are decided by the
functions that read rows, each time they are called.
"""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, Final

from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLSchema

from gateway.execution.leaves import with_leaves
from gateway.execution.subtrees import Compiler, Fields, NotCompiled, Read, unusual

KEPT: Final = 2  # choices of what directives leave of a document; a third one drives out the oldest


class Plans:
    """The compiled functions of one document; they go when it goes. Its nodes are their keys, by identity."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Any, ...], _Plans] = OrderedDict()

    def of(self, executor: Any, type_: GraphQLObjectType, selected: Fields) -> Read | None:
        """None: let graphql-core do it; it was not met before, or is nothing to compile."""
        known = self._kept.get(executor.switches)
        if known is None:
            known = self._kept[executor.switches] = _Plans()
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return known.of(executor, type_, selected)

    def __iter__(self) -> Iterator[tuple[str, Read | None]]:
        """(name of the type, function) of each selection that was met twice."""
        for known in self._kept.values():
            yield from ((key[0], plan) for key, plan in known.plans.items() if plan is not _met)


class _Plans:
    def __init__(self) -> None:
        self.plans: dict[tuple[Any, ...], Read | None] = {}
        self._compiler = Compiler()

    def of(self, executor: Any, type_: GraphQLObjectType, selected: Fields) -> Read | None:
        key = (type_.name, *[id(each.node) for each in selected])
        if key not in self.plans:
            self.plans[key] = _met
            return None
        plan = self.plans[key]
        if plan is _met:
            try:
                plan = self._compiler.object(executor, type_, selected)
            except NotCompiled:
                plan = None
            self.plans[key] = plan
        return plan


def _met(source: Any, context: Any) -> Any:
    """The mark of a selection that was met once; never called."""
    raise AssertionError


def fast(executor: type[Any], schema: GraphQLSchema) -> type[Any]:
    """The executor class of strawberry, made quick for one schema. It takes `plans`: those of the document that it executes."""
    base = with_leaves(executor, schema)

    class FastExecutor(base):  # type: ignore[misc,valid-type] # a class that is known at runtime only
        def __init__(self, *arguments: Any, plans: Plans, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self._plans = plans
            self._switches: tuple[Any, ...] | None = None

        @property
        def switches(self) -> tuple[Any, ...]:
            """The values that decide what `@skip` and `@include` leave of the document."""
            if self._switches is None:
                given = self.variable_values.coerced
                self._switches = tuple((name, value) for name, value in given.items() if value.__class__ is bool)
            return self._switches

        def complete_object_value(
            self, return_type: Any, field_details_list: Fields, info: Any, path: Any, result: Any, position_context: Any
        ) -> Any:
            if position_context is None:
                plan = self._plans.of(self, return_type, field_details_list)
                if plan is not None:
                    done = self._tried(plan, result)
                    if done is not None:
                        return done
            return super().complete_object_value(return_type, field_details_list, info, path, result, position_context)

        def complete_list_value(
            self, return_type: Any, field_details_list: Fields, info: Any, path: Any, result: Any, position_context: Any
        ) -> Any:
            rows = _rows_of(return_type)
            if position_context is None and rows is not None and result.__class__ in (list, tuple) and len(result) > 1:
                plan = self._plans.of(self, rows, field_details_list)
                if plan is not None:
                    done = self._tried(_each(plan), result)
                    if done is not None:
                        return done
            return super().complete_list_value(return_type, field_details_list, info, path, result, position_context)

        def _tried(self, plan: Read, source: Any) -> Any:
            """None when it did not go as usual: then nothing of the attempt is left in the context."""
            context = self.context_value
            mark = context.mark()
            try:
                return plan(source, context)
            except Exception:  # told by graphql-core, which does it anew
                context.back_to(mark)
                return None

    return FastExecutor


def _each(plan: Read) -> Read:
    return lambda rows, context: [unusual() if row is None else plan(row, context) for row in rows]


def _rows_of(list_type: GraphQLList[Any]) -> GraphQLObjectType | None:
    item = list_type.of_type
    bare = item.of_type if isinstance(item, GraphQLNonNull) else item
    return bare if isinstance(bare, GraphQLObjectType) else None
