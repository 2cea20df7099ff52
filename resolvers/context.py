"""Context: what resolvers and actions see of one request.

Made by `gateway/app.py` for each request; strawberry passes it as `info.context`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from resolvers.action import Action
from resolvers.actor import Actor
from resolvers.errors import NotFound, TooExpensive, Unauthenticated
from resolvers.inventory.events import Events
from resolvers.inventory.store import Inventory
from resolvers.inventory.turns import AT_ONCE, Steps

if TYPE_CHECKING:
    from resolvers.audit import Audit
    from resolvers.operations.engine import Engine
    from resolvers.operations.plans import PlanStore

T = TypeVar("T")

MOST_ROWS: Final = 50_000  # half a second of CPU
CONDITIONS: Final = 100  # asked of rows by filters, orders and facets, that cost as much as one row of an answer


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
    """`touched` collects the kinds that the answer was made from, for `extensions.freshness`, and `max_ages` how old they might be.
    `followed` counts the rows that it has led to (`most_rows` at most: how many rows edges lead to is in no document), `asked` the
    conditions that it has asked of rows, and `taken` what else it has cost. `at_once` is how many seconds it may go on looking at rows
    before others have their turn, and `selected` keeps what edges have selected for it (`graph/edges.py`)."""

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
    most_rows: int = MOST_ROWS
    extend: Callable[["Context"], dict[str, Any]] = lambda context: {}
    touched: set[str] = field(default_factory=set)
    max_ages: dict[str, float] = field(default_factory=dict)
    followed: int = 0
    asked: int = 0
    taken: int = 0
    at_once: float = AT_ONCE
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

    def in_turns(self, steps: Steps[T]) -> T | Awaitable[T]:
        """The result of looking at rows, or an awaitable of it where they are many."""
        found, self.at_once = self.inventory.turns.begin(steps, self._asks, self.at_once)
        return found

    def wants(self, kind: str, max_age: float) -> None:
        """Remembers that rows were asked for that are not older, for what the answer says of its age."""
        self.max_ages[kind] = min(max_age, self.max_ages.get(kind, max_age))

    def leads_to(self, rows: int) -> None:
        """Counts rows of the answer. Raises TooExpensive when they are too many for one."""
        self.followed += rows
        if self.followed > self.most_rows:
            raise TooExpensive(
                f"The answer leads to more than {self.most_rows:,} rows; ask for fewer rows, less nesting, or fields that answer in pages."
            )

    def takes(self, cost: int) -> None:
        """Counts what is no row, in the units of the gateway's limit for cost: a call of a backend."""
        self.taken += cost

    def spent(self) -> int:
        """What the answer has cost until now, in those units."""
        return self.followed + self.asked // CONDITIONS + self.taken

    def mark(self) -> int:
        return self.followed

    def back_to(self, mark: int) -> None:
        """For the gateway, when it does a part of the answer anew (gateway/execution/fast.py)."""
        self.followed = mark

    def response_extensions(self) -> dict[str, Any]:
        """What the gateway adds to `extensions` of the response, which is whole by then: each event of a subscription is one."""
        self.followed = self.asked = self.taken = 0
        self.selected.clear()
        return self.extend(self)

    def _asks(self, conditions: int) -> None:
        self.asked += conditions
        most = CONDITIONS * self.most_rows
        if self.asked > most:
            raise TooExpensive(
                f"The answer asks more than {most:,} conditions of rows; ask for less at once, or with fewer conditions."
            )
