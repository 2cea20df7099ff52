"""The executor class with all that makes it quick: plain leaves read directly, and whole object subtrees by compiled functions.

Made once by `gateway/executor.py`. A selection is compiled when it is met the second time, and kept while it is among the last that were
used. What is compiled depends on the document and the values of its Boolean variables (`@skip`, `@include`), never on who asks: rights are
decided by the functions that read rows, each time they are called.
"""

from collections import OrderedDict
from typing import Any, Final

from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLSchema

from gateway.execution.leaves import with_leaves
from gateway.execution.subtrees import Fields, NotCompiled, Read, compiled, unusual

KEPT: Final = 2_000  # selections; one that is compiled holds some 5 kB, and the nodes of its document


class Plans:
    """The compiled functions by selection. The nodes are kept with them, so that an id means the same node as long as it is a key."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[Any, ...], tuple[Read | None, Fields]] = OrderedDict()

    def of(self, executor: Any, type_: GraphQLObjectType, selected: Fields) -> Read | None:
        """None: let graphql-core do it; it was not met before, or is nothing to compile."""
        key = (type_.name, executor.switches, *[id(each.node) for each in selected])
        known = self._kept.get(key)
        if known is None:
            self._kept[key] = (_MET, selected)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return None
        self._kept.move_to_end(key)
        plan = known[0]
        if plan is _MET:
            try:
                plan = compiled(executor, type_, selected)
            except NotCompiled:
                plan = None
            self._kept[key] = (plan, selected)
        return plan


def _met(source: Any, context: Any) -> Any:
    """The mark of a selection that was met once; never called."""
    raise AssertionError


_MET: Final[Read] = _met


def fast(executor: type[Any], schema: GraphQLSchema, plans: Plans | None = None) -> type[Any]:
    """The executor class of strawberry, made quick for one schema."""
    kept = Plans() if plans is None else plans
    base = with_leaves(executor, schema)

    class FastExecutor(base):  # type: ignore[misc,valid-type] # a class that is known at runtime only
        _switches: tuple[Any, ...] | None = None

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
                plan = kept.of(self, return_type, field_details_list)
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
                plan = kept.of(self, rows, field_details_list)
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
