"""Context: what resolvers and actions see of one request.

Made by `gateway/app.py` for each request; strawberry passes it as `info.context`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from resolvers.action import Action
from resolvers.actor import Actor
from resolvers.errors import NotFound, Unauthenticated
from resolvers.inventory.events import Events
from resolvers.inventory.store import Inventory

if TYPE_CHECKING:
    from resolvers.audit import Audit
    from resolvers.operations.engine import Engine
    from resolvers.operations.plans import PlanStore


class Ports:
    """The adapters by domain and cloud: `ports.get("compute", "krane")`. Filled once by the composition root."""

    def __init__(self, by_domain: Mapping[str, Mapping[str, Any]], identity_cloud: str) -> None:
        self._by_domain = by_domain
        self.identity_cloud = identity_cloud

    def get(self, domain: str, cloud: str) -> Any:
        """Raises NotFound when that cloud does not offer the domain."""
        port = self._by_domain.get(domain, {}).get(cloud)
        if port is None:
            raise NotFound(f"No cloud named `{cloud}` offers {domain}.", field="cloud")
        return port

    def clouds(self, domain: str) -> list[str]:
        """Names of the clouds that offer a domain, in the order of the configuration."""
        return list(self._by_domain.get(domain, {}))

    def all(self, domain: str) -> Mapping[str, Any]:
        return self._by_domain.get(domain, {})


@dataclass
class Context:
    """`touched` collects the kinds that the answer was made from, for `extensions.freshness`. `followed` counts the rows that it was
    led to by edges, and `selected` keeps what edges have selected for it; see `graph/edges.py`."""

    known_actor: Actor | None
    correlation_id: str
    asked_at: datetime
    inventory: Inventory
    ports: Ports
    engine: "Engine"
    audit: "Audit"
    plans: "PlanStore"
    events: Events
    actions: Mapping[str, Action]
    extend: Callable[["Context"], dict[str, Any]] = lambda context: {}
    touched: set[str] = field(default_factory=set)
    followed: int = 0
    selected: dict[tuple[Any, ...], Sequence[Any]] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """The caller. Raises Unauthenticated when nobody is signed in: every root field asks for it first."""
        if self.known_actor is None:
            raise Unauthenticated("Sign in first: send a Keystone token in the header X-Auth-Token, or open a session.")
        return self.known_actor

    def require_actor(self) -> None:
        """Raises Unauthenticated when nobody is signed in."""
        _ = self.actor

    def resolve(self, kind: str, reference: str, where: Callable[[Any], bool] | None = None) -> Any:
        """The row that an id or a unique name means to the caller; see `Inventory.resolve`."""
        return self.inventory.resolve(self.actor, kind, reference, where)

    def mark(self) -> int:
        return self.followed

    def back_to(self, mark: int) -> None:
        """For the gateway, when it does a part of the answer anew (gateway/execution/fast.py)."""
        self.followed = mark

    def response_extensions(self) -> dict[str, Any]:
        """What the gateway adds to `extensions` of the response, which is whole by then: each event of a subscription is one."""
        self.followed = 0
        self.selected.clear()
        return self.extend(self)
