"""The schema, from the list of domains. Called by `gateway/schema.py`, which adds what belongs to the transport (caches, limits)."""

from collections.abc import Mapping, Sequence
from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from resolvers.action import Action
from resolvers.domain import Domain
from resolvers.graph import actions, lists
from resolvers.graph.audit import AuditQueries
from resolvers.graph.commands import command_queries
from resolvers.graph.events import EventSubscriptions
from resolvers.graph.reads import reads_of
from resolvers.graph.roots import NodeQueries
from resolvers.graph.scalars import SCALARS
from resolvers.inventory.kinds import Kind
from resolvers.operations.graph import OperationQueries, OperationSubscriptions


def kinds_of(domains: Sequence[Domain]) -> dict[str, Kind[Any]]:
    return {resource.kind.name: resource.kind for domain in domains for resource in domain.resources}


def actions_of(domains: Sequence[Domain]) -> Mapping[str, Action]:
    return {action.name: action for domain in domains for action in domain.actions}


def command_names(domains: Sequence[Domain]) -> frozenset[str]:
    """Everything that policy may decide on."""
    routes = (name for domain in domains for name in domain.routes)
    return frozenset((*actions_of(domains), *reads_of(domains), *routes))


def build(domains: Sequence[Domain], **options: Any) -> strawberry.Schema:
    """`options` go to strawberry.Schema (extensions, execution context)."""
    kinds = kinds_of(domains)
    resources = [resource for domain in domains for resource in domain.resources]
    fields: dict[str, Any] = {}
    for resource in resources:
        fields |= lists.root_fields(resource, kinds)
    every_action = list(actions_of(domains).values())
    queries: list[type[Any]] = [
        strawberry.type(type("ResourceQueries", (), fields)),
        NodeQueries,
        command_queries(every_action, reads_of(domains).values()),
        OperationQueries,
        AuditQueries,
    ]
    queries += [query for domain in domains for query in domain.queries]
    if every_action:
        queries.append(actions.plan_queries(every_action))
    subscriptions: list[type[Any]] = [
        OperationSubscriptions,
        EventSubscriptions,
        *(s for domain in domains for s in domain.subscriptions),
    ]
    return strawberry.Schema(
        query=merge_types("Query", tuple(queries)),
        mutation=actions.mutations(every_action) if every_action else None,
        subscription=merge_types("Subscription", tuple(subscriptions)),
        types=[resource.type for resource in resources],
        config=StrawberryConfig(auto_camel_case=True, scalar_map=SCALARS),
        **options,
    )
