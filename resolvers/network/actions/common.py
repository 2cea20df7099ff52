"""What the actions of network share: making, what has failed, and who feels a change. Called by the topics beside it."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from resolvers import making
from resolvers.context import Context
from resolvers.network.port import NetworkStatus
from resolvers.operations.run import Run
from resolvers.planning import label, native

# Neutron deletes these ports itself when their network or subnet goes (AUTO_DELETE_PORT_OWNERS).
SELF_DELETED = frozenset({"network:dhcp", "network:distributed", "network:floatingip_agent_gateway"})
INTERFACE_OWNERS = frozenset(
    {"network:router_interface", "network:router_interface_distributed", "network:ha_router_replicated_interface"}
)


async def make(run: Run, kind: str, title: str, send: Callable[[Any], Awaitable[str]], *touched: str) -> str:
    """Make one resource in the cloud that the plan chose, found again by the operation's id; its global id."""
    project = native(run.record.project_id or "")
    return await making.make(
        run,
        "network",
        kind,
        run.args["cloud"],
        title,
        send,
        lambda port: port.find(kind, run.record.id, project),
        touched=touched,
        ready=_ready,
        failed=failed,
    )


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


def _ready(row: Any) -> bool:
    return getattr(row, "status", None) not in (NetworkStatus.BUILD, NetworkStatus.ERROR)
