"""What the actions of network share: making and deleting at most once, and who feels a change. Called by the topics beside it."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from resolvers import ids
from resolvers.context import Context
from resolvers.network.port import NetworkStatus
from resolvers.operations.run import Run
from resolvers.planning import checked_name, cloud_of, label, native

# Neutron deletes these ports itself when their network or subnet goes (AUTO_DELETE_PORT_OWNERS).
SELF_DELETED = frozenset({"network:dhcp", "network:distributed", "network:floatingip_agent_gateway"})
INTERFACE_OWNERS = frozenset(
    {"network:router_interface", "network:router_interface_distributed", "network:ha_router_replicated_interface"}
)


def network_port(run: Run) -> tuple[Any, str]:
    """The backend that the plan chose, and the name of its cloud."""
    cloud = run.args["cloud"]
    return run.port("network", cloud), cloud


async def make(run: Run, kind: str, title: str, send: Callable[[Any], Awaitable[str]], *touched: str) -> str:
    """Make one resource, and follow it until it is ready; its global id. `touched` rows change with it and are read again.

    The backend keeps the operation's id with it as a marker, so a creation that was interrupted is found and not made twice.
    """
    port, cloud = network_port(run)

    async def find() -> str | None:
        found = await port.find(kind, run.record.id, native(run.record.project_id or ""))
        return found[0] if found else None

    made = ids.make(kind, cloud, await run.once("create", title, lambda: send(port), find))
    await run.resource(made)
    await run.reread(*touched)
    await run.until("ready", "Wait until it is ready", made, _ready, failed)
    return made


async def remove(run: Run, row_id: str, title: str, send: Callable[[Any], Awaitable[None]], *touched: str) -> None:
    """Delete one resource, and follow it until it is gone. `touched` rows change with it and are read again."""
    port = run.port("network", cloud_of(row_id))
    await run.once("request", title, lambda: send(port), find=lambda: _gone(run, row_id))
    await run.reread(*touched)
    await run.until_gone("gone", "Wait until it is gone", row_id, failed)


async def relist(run: Run, kind: str, cloud: str) -> None:
    """Read a kind again, for rows that the backend made by itself and that nobody knows the ids of."""
    for collection in run.inventory.collections(kind):
        if collection.cloud == cloud:
            await collection.refresh()


def failed(row: Any) -> str | None:
    status = getattr(row, "status", None)
    return f"`{label(row)}` is in ERROR; the backend gave no reason." if status is NetworkStatus.ERROR else None


def servers_at(context: Context, ports: Iterable[Any]) -> list[Any]:
    """The servers that ports belong to, each once: who feels a change of the network."""
    named = dict.fromkeys(port.server_id for port in ports)
    rows = (context.inventory.get(context.actor, "server", row_id) for row_id in named)
    return [row for row in rows if row is not None]


def users_of(ports: Iterable[Any]) -> list[Any]:
    """Ports that keep their network or subnet from being deleted."""
    return [port for port in ports if port.device_owner not in SELF_DELETED]


def listed(rows: Iterable[Any], most: int = 5) -> str:
    """A few names inside a sentence."""
    names = [f"`{label(row)}`" for row in rows]
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def text_of(given: str | None) -> str | None:
    """A description: one printable line. Raises Invalid."""
    return None if given is None else checked_name(given, "description", empty=True)


def _ready(row: Any) -> bool:
    return getattr(row, "status", None) not in (NetworkStatus.BUILD, NetworkStatus.ERROR)


async def _gone(run: Run, row_id: str) -> bool | None:
    return True if await run.inventory.reread(row_id) is None else None
