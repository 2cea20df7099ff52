"""The executor class with all that makes it quick: plain leaves read directly, and whole object subtrees by compiled functions.

Made once by `gateway/executor.py`. A selection is compiled when it is met the second time, and kept with its document (`Plans`). What is
compiled depends on the document and the values of its Boolean variables (`@skip`, `@include`), never on who asks: rights are decided by the
functions that read rows, each time they are called. Documents are validated, so none of them has a `@defer` or a `@stream`.
"""

from collections import OrderedDict
from typing import Any, Final

from graphql import GraphQLObjectType, GraphQLSchema, Undefined, get_nullable_type

from gateway.execution.subtrees import Compiler, Fields
from gateway.execution.values import Read, leaves_of

KEPT: Final = 2  # choices of what directives leave of a document; a third one drives out the oldest
_TOKENS_OF_ONE: Final = 3  # of a field with a selection, at least: its name and two braces


class Plans:
    """The compiled functions of one document; they go when it goes. They are of as many fields, at most, as a document of so many tokens
    can have with a selection, so that what it keeps in memory follows from its length."""

    def __init__(self, tokens: int) -> None:
        self._nodes = tokens // _TOKENS_OF_ONE
        self._kept: OrderedDict[tuple[Any, ...], Compiler] = OrderedDict()

    def of(self, executor: Any, type_: GraphQLObjectType, selected: Fields) -> Read | None:
        """None: let graphql-core do it; it was not met before, or is nothing to compile."""
        known = self._kept.get(executor.switches)
        if known is None:
            known = self._kept[executor.switches] = Compiler(self._nodes)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return known.second(executor, type_, selected)


def fast(executor: type[Any], schema: GraphQLSchema) -> type[Any]:
    """The executor class of strawberry, made quick for one schema. It takes `plans`: those of the document that it executes."""

    class FastExecutor(executor):  # type: ignore[misc] # strawberry names its executor class at runtime only
        leaves = leaves_of(schema)

        def __init__(self, *arguments: Any, plans: Plans, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self._plans = plans
            # What decides what `@skip` and `@include` leave of the document. A null is told by its absence.
            given = self.variable_values.coerced.items()
            self.switches = tuple((name, value) for name, value in given if value.__class__ is bool)

        def execute_field(
            self, parent_type: GraphQLObjectType, source: Any, details: Fields, path: Any, position_context: Any
        ) -> Any:
            done = self._tried(self.leaves.get((parent_type.name, details[0].node.name.value)), source)
            if done is not Undefined:
                return done
            return super().execute_field(parent_type, source, details, path, position_context)

        def complete_object_value(
            self, return_type: Any, details: Fields, info: Any, path: Any, result: Any, position_context: Any
        ) -> Any:
            done = self._tried(self._plans.of(self, return_type, details), result)
            if done is not Undefined:
                return done
            return super().complete_object_value(return_type, details, info, path, result, position_context)

        def complete_list_value(
            self, return_type: Any, details: Fields, info: Any, path: Any, result: Any, position_context: Any
        ) -> Any:
            row = get_nullable_type(return_type.of_type)
            if isinstance(row, GraphQLObjectType) and result.__class__ in (list, tuple) and len(result) > 1:
                plan = self._plans.of(self, row, details)
                done = self._tried(_each(plan) if plan is not None else None, result)
                if done is not Undefined:
                    return done
            return super().complete_list_value(return_type, details, info, path, result, position_context)

        def _tried(self, plan: Read | None, source: Any) -> Any:
            """Undefined when there is no plan, or it did not go as usual: then nothing of the attempt is left in the context."""
            if plan is None:
                return Undefined
            context = self.context_value
            mark = context.mark()
            try:
                return plan(source, context)
            except Exception:  # told by graphql-core, which does it anew
                context.back_to(mark)
                return Undefined

    return FastExecutor


def _each(plan: Read) -> Read:
    return lambda rows, context: [plan(row, context) for row in rows]
