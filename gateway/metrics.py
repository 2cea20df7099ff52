"""9rum's own numbers for Prometheus, in a registry of their own (nothing global, so tests and processes do not share).

Counted by the executor and the views; served by `gateway/health.py`. Other packages add theirs by `register`.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_COST = (1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000)


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        labels = ("transport", "type", "code")
        self._operations = Counter(
            "gurum_graphql_operations",
            "GraphQL operations by transport, type and code (OK or the first error's).",
            labels,
            registry=self.registry,
        )
        self._refused = Counter(
            "gurum_graphql_refused",
            "Requests refused before an operation ran, by code.",
            ("code",),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "gurum_graphql_operation_seconds",
            "Seconds that an operation took, limits and execution.",
            ("type",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._cost = Histogram(
            "gurum_graphql_operation_cost",
            "Cost of operations.",
            ("type",),
            buckets=_COST,
            registry=self.registry,
        )
        self._responses = Counter(
            "gurum_http_responses",
            "HTTP responses by status.",
            ("status",),
            registry=self.registry,
        )
        self.connections = Gauge(
            "gurum_connections",
            "Open live connections (WebSocket, SSE).",
            ("transport",),
            registry=self.registry,
        )
        self.subscriptions = Gauge("gurum_subscriptions", "Running subscriptions.", registry=self.registry)
        self.dropped = Counter(
            "gurum_slow_subscribers_dropped",
            "Subscriptions ended because their reader was too slow.",
            registry=self.registry,
        )

        # The children by their labels: looking one up in prometheus_client costs more than counting in it.
        self._counted: dict[tuple[str, str, str], Counter] = {}
        self._timed: dict[str, tuple[Histogram, Histogram]] = {}
        self._answered: dict[int, Counter] = {}

    def operation(self, transport: str, kind: str, code: str, seconds: float, cost: int) -> None:
        """Labels come from closed lists (kinds, codes), never from a caller's text."""
        key = (transport, kind, code)
        if key not in self._counted:
            self._counted[key] = self._operations.labels(*key)
        self._counted[key].inc()
        if kind not in self._timed:
            self._timed[kind] = (self._cost.labels(kind), self._seconds.labels(kind))
        costs, times = self._timed[kind]
        costs.observe(cost)
        # A subscription lives as long as its reader likes; its length says nothing of our speed.
        if kind != "subscription":
            times.observe(seconds)

    def refused(self, code: str) -> None:
        self._refused.labels(code).inc()

    def response(self, status: int) -> None:
        if status not in self._answered:
            self._answered[status] = self._responses.labels(str(status))
        self._answered[status].inc()

    def register(self, collector: Collector) -> None:
        """Adds another package's collector; its names must start with `gurum_`."""
        self.registry.register(collector)

    def text(self) -> bytes:
        return generate_latest(self.registry)
