"""What a kind of resource is to the read model: its row class, who may see it, its indexes, and what lists can filter and order by.

Every domain declares its kinds in its `port.py` next to the row classes. Nothing here knows GraphQL or a backend.
"""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import msgspec


class Row(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One resource as the read model keeps it: immutable, narrow, plain values only (no cycles, so the collector of garbage skips it).

    `id` is the global id, `native_id` the backend's, `cloud` the configured name of the cloud.
    """

    id: str
    native_id: str
    cloud: str
    name: str


class Scope(enum.Enum):
    """Who sees a row.

    PROJECT: members of `row.project_id`, everyone when `row.public`, and members of `row.shared_with` (global project ids).
    USER: the user `row.user_id` only (keypairs: not even operators, as in Nova).
    PUBLIC: every signed-in caller. SYSTEM: operators (callers who see all projects).
    IDENTITY_PROJECT / IDENTITY_USER: see `rights`.
    """

    PROJECT = "project"
    USER = "user"
    PUBLIC = "public"
    SYSTEM = "system"
    IDENTITY_PROJECT = "identity_project"
    IDENTITY_USER = "identity_user"


R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class Kind(Generic[R]):
    """`indexes` name attributes with one value or a tuple of values; edges back are answered from them.

    `filters`, `orders`, `facets` name row attributes offered by lists; `edges` maps a GraphQL edge that a filter may cross to
    (attribute with the global id, kind). `search` names text attributes (or tuples of texts) that `search` looks into.
    `operator_only`: attributes that others may not read, filter, order or count by (the host a server runs on).
    `shown`: attributes that the schema tells in another unit than the row keeps, and how; filters mean what is shown.
    `interval` is seconds between two polls.
    """

    name: str
    row: type[R]
    scope: Scope
    plural: str
    title: str
    indexes: tuple[str, ...] = ()
    filters: tuple[str, ...] = ("name",)
    edges: dict[str, tuple[str, str]] = field(default_factory=dict)
    orders: tuple[str, ...] = ("name",)
    facets: tuple[str, ...] = ()
    search: tuple[str, ...] = ("name", "native_id")
    operator_only: frozenset[str] = frozenset()
    shown: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    interval: float = 30.0

    @property
    def titles(self) -> str:
        """Many of it, in sentences: `server groups`."""
        return f"{self.title}s"

    def __post_init__(self) -> None:
        known = set(self.row.__struct_fields__)
        named = {*self.indexes, *self.filters, *self.orders, *self.facets, *self.search}
        named |= {attribute for attribute, _ in self.edges.values()}
        if unknown := named - known:
            raise ValueError(f"kind {self.name} names attributes that its row has not: {sorted(unknown)}")
