"""What an operation may cost, reckoned before it runs.

An object costs 1 and a plain value nothing; a field that calls upstream declares its cost (`strawberry.field(metadata={"cost": 20})`).
What is inside a paged field counts once per row: `first` or `last`, else the default page. A list that is not paged counts once,
unless its field declares how many it usually has (`metadata={"size": 10}`), or which list argument says how many (`{"size": "ids"}`).

A plan is compiled once per document and holds only what costs; per request it is summed with the variables. Each fragment is summed
once, so the work is linear in the text.
"""

from collections.abc import Mapping
from typing import Any, Final

from graphql import FragmentDefinitionNode, GraphQLSchema

from gateway.limits.compiler import Compiler
from gateway.limits.plan import Plan
from gateway.limits.settings import LimitSettings
from resolvers.errors import TooExpensive


class CostLimit:
    name: Final = "cost"
    setting: Final = "cost"
    code: Final = TooExpensive.code

    def __init__(self, settings: LimitSettings) -> None:
        self._most = settings.cost
        self._default_page = settings.default_page
        self._max_page = settings.max_page

    def compiler(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> Compiler:
        return Compiler(schema, fragments, self._default_page, self._max_page)

    def check(self, plan: Plan, variables: Mapping[str, Any] | None) -> int:
        """The cost of the operation with these variables; at least 1."""
        cost = plan.cost(variables or {})
        if cost > self._most:
            seen = str(cost) if cost < 1_000_000_000 else "more than a thousand million"
            raise TooExpensive(
                f"The operation costs {seen}; the limit for cost is {self._most}. Ask for fewer rows (first) or less nesting."
            )
        return cost
