"""Opens the configured clouds: one connection each, and for every domain that the cloud's backend offers, its adapter.

Called by `gateway/app.py` and `gateway/check.py`. An adapter's module is imported by the text in a domain's `backends`, only when a
cloud wants it: the OpenStack libraries cost half a second and 30 MB.
"""

import contextlib
import importlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from gateway.settings import Settings, SettingsError
from notifications.redis import RedisClient
from resolvers.clock import Clock
from resolvers.domain import Domain
from resolvers.inventory.store import Inventory
from resolvers.names import Names


class Clouds:
    """`ports`: domain -> cloud -> adapter, in the order of the configuration."""

    def __init__(
        self, settings: Settings, ports: Mapping[str, Mapping[str, Any]], closing: contextlib.AsyncExitStack
    ) -> None:
        self.ports = ports
        self._settings = settings
        self._closing = closing

    @classmethod
    async def open(cls, settings: Settings, domains: Sequence[Domain], redis: RedisClient, clock: Clock) -> "Clouds":
        """A cloud that is down opens all the same: its adapters then raise Unavailable. Raises Invalid for wrong settings."""
        closing = contextlib.AsyncExitStack()
        ports: dict[str, dict[str, Any]] = {domain.name: {} for domain in domains}
        try:
            for cloud in settings.clouds:
                names = Names(cloud.name, settings.identity_cloud)
                connection = await CONNECTORS[cloud.backend](cloud, names, redis, clock)
                closing.push_async_callback(connection.close)
                for domain in domains:
                    if cloud.backend in domain.backends:
                        ports[domain.name][cloud.name] = _adapter(domain.backends[cloud.backend])(connection, names)
        except BaseException:
            await closing.aclose()
            raise
        return cls(settings, ports, closing)

    @property
    def write_deadline(self) -> float:
        """Seconds that a cloud is given to answer a change, the longest of all; a sandbox answers by itself."""
        return max(cloud.write_deadline for cloud in self._settings.clouds)

    async def close(self) -> None:
        await self._closing.aclose()

    def feed(self, inventory: Inventory) -> None:
        """Let every adapter's feeds keep the read model fresh. Raises SettingsError when `intervals` names an unknown kind."""
        everywhere = self._settings.inventory.intervals
        _known_kinds(everywhere, inventory, "inventory.intervals")
        for place, cloud in enumerate(self._settings.clouds):
            _known_kinds(cloud.intervals, inventory, f"clouds[{place}].intervals")
            intervals = {**everywhere, **cloud.intervals}
            for by_cloud in self.ports.values():
                if cloud.name in by_cloud:
                    for feed in by_cloud[cloud.name].feeds():
                        inventory.add_feed(cloud.name, feed, intervals.get(feed.kind.name))


def _known_kinds(intervals: Mapping[str, float], inventory: Inventory, place: str) -> None:
    if unknown := sorted(set(intervals) - set(inventory.kinds)):
        raise SettingsError(
            [f"{place}: there is no kind `{unknown[0]}`; there are {', '.join(sorted(inventory.kinds))}."]
        )


async def _openstack(cloud: Any, names: Names, redis: RedisClient, clock: Clock) -> Any:
    from resolvers.clients.openstack import OpenStackClient

    return await OpenStackClient.open(cloud, clock)


async def _sandbox(cloud: Any, names: Names, redis: RedisClient, clock: Clock) -> Any:
    from resolvers.sandbox.world import World

    return await World.open(redis, cloud, names, clock)


Connector = Callable[[Any, Names, RedisClient, Clock], Awaitable[Any]]
# By the `backend` of a cloud's settings; a test asserts that each of resolvers.backends.BACKEND_SETTINGS is here.
CONNECTORS: Mapping[str, Connector] = {"openstack": _openstack, "sandbox": _sandbox}


def _adapter(path: str) -> Callable[..., Any]:
    module, name = path.split(":")
    return getattr(importlib.import_module(module), name)  # type: ignore[no-any-return] # the text names a class
