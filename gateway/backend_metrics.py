"""Numbers of the read model and of running operations for `/metrics`. Registered by `gateway/app.py`, read when Prometheus asks."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from resolvers.inventory.store import Inventory
from resolvers.operations.engine import Engine


class BackendMetrics(Collector):
    def __init__(self, inventory: Inventory, engine: Engine) -> None:
        self._inventory = inventory
        self._engine = engine

    def describe(self) -> Iterator[Metric]:
        """The families without samples, so that registering asks nothing."""
        yield from self._families()

    def collect(self) -> Iterator[Metric]:
        rows, age, up, running = self._families()
        for kind in self._inventory.kinds:
            rows.add_metric([kind], len(self._inventory.table(kind)))
        for collection in self._inventory.collections():
            labels = [collection.cloud, collection.kind.name]
            up.add_metric(labels, 0 if collection.error is not None else 1)
            if collection.as_of is not None:
                age.add_metric(labels, max(collection.age, 0.0))
        running.add_metric([], self._engine.running)
        yield from (rows, age, up, running)

    @staticmethod
    def _families() -> tuple[GaugeMetricFamily, ...]:
        of_cloud = ("cloud", "kind")
        return (
            GaugeMetricFamily("gurum_inventory_rows", "Rows of the read model.", labels=("kind",)),
            GaugeMetricFamily("gurum_inventory_age_seconds", "Age of the rows of a kind of a cloud.", labels=of_cloud),
            GaugeMetricFamily(
                "gurum_backend_up", "Whether the last poll of a kind of a cloud was answered.", labels=of_cloud
            ),
            GaugeMetricFamily("gurum_operations_running", "Operations that this process runs.", labels=()),
        )
