"""What a domain folder offers to the rest: its kinds, GraphQL types, queries, actions, and backends. One constant `DOMAIN` per folder.

`resolvers/__init__.py` lists the domains by hand; `graph/schema.py` makes the schema from them; the composition root reads `backends`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from resolvers.action import Action
from resolvers.inventory.kinds import Kind
from resolvers.reading import Column, Read


@dataclass(frozen=True)
class Resource:
    """A kind with its GraphQL type. Lists, node, facets and search come from it; `listed` false leaves out the root list fields.

    `columns` are what the command `<kind>.list` shows of a row, `details` what `<kind>.show` shows beside them.
    """

    kind: Kind[Any]
    type: type[Any]
    columns: tuple[Column, ...]
    details: tuple[Column, ...] = ()
    listed: bool = True


@dataclass(frozen=True)
class Domain:
    """`backends` maps a backend name (`openstack`, `sandbox`) to `module:Class` of the adapter, imported only when configured.

    `queries` and `subscriptions` are strawberry types with root fields beyond the lists; `reads` are read commands beyond them. `routes`
    names the changes that come by a route of their own instead of GraphQL: policy decides on them by these names.
    """

    name: str
    resources: tuple[Resource, ...]
    backends: Mapping[str, str] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    queries: tuple[type[Any], ...] = ()
    subscriptions: tuple[type[Any], ...] = ()
    reads: tuple[Read, ...] = ()
    routes: tuple[str, ...] = ()
