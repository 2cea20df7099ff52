"""Where a floating IP comes from and which address it can lead to: asked by the actions of floating IPs, also those of servers.

A floating IP leads to one IPv4 address of a port, and needs a router from the port's subnet to the floating IP's network.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from resolvers.context import Context
from resolvers.errors import Conflict, Invalid
from resolvers.inventory.store import shown


class Place(NamedTuple):
    """An address of a port, and the external networks that routers lead to from there, as far as the caller sees."""

    port: Any
    ip: str
    ways: frozenset[str]


def place_for(
    context: Context, whose: str, ports: Sequence[Any], network_id: str | None, fixed_ip: str | None
) -> Place:
    """The address to lead to: the one named, or the only one that is free and has a way out.

    `whose` names the owner of the ports in sentences; `network_id` None takes a way to any external network. Raises Invalid when
    the choice is not clear, Conflict when there is none.
    """
    held = [
        Place(port, fixed.ip, _ways(context, fixed.subnet_id))
        for port in ports
        for fixed in port.fixed_ips
        if ":" not in fixed.ip
    ]
    if not held:
        raise Conflict(f"`{whose}` has no IPv4 address that a floating IP could lead to.")
    if fixed_ip is not None:
        held = [place for place in held if place.ip == fixed_ip]
        if not held:
            raise Invalid(f"`{whose}` has no address `{shown(fixed_ip)}`.", field="fixedIp")
    free = [place for place in held if not _taken(context, place)]
    if not free:
        raise Conflict(f"A floating IP leads to `{whose}` ({', '.join(place.ip for place in held)}) already.")
    led = [place for place in free if (network_id in place.ways if network_id else place.ways)] or free
    if len(led) > 1:
        raise Invalid(
            f"Say which address of `{whose}`, by `fixedIp`; there are: {', '.join(place.ip for place in led)}.",
            field="fixedIp",
        )
    return led[0]


def external_for(context: Context, reference: str | None, cloud: str, field: str = "network") -> Any:
    """The external network that is named, or the only one of the cloud. Raises Invalid when the choice is not clear."""
    if reference is not None:
        row = context.resolve("network", reference, lambda held: bool(held.cloud == cloud))
        if not row.external:
            raise Invalid(f"The network `{row.name}` is not external.", field=field)
        return row
    seen = [row for row in context.inventory.select(context.actor, "network") if row.external and row.cloud == cloud]
    if len(seen) != 1:
        names = ", ".join(row.name for row in seen[:10]) or "none"
        raise Invalid(f"Say which external network, by `{field}`; there are: {names}.", field=field)
    return seen[0]


def way_missing(place: Place, network: Any) -> list[str]:
    """A warning when the caller sees no router that leads there; the backend has the last word, for it sees all of them."""
    if network.id in place.ways:
        return []
    return [f"You see no router that leads from {place.ip} to `{network.name}`; the backend refuses if there is none."]


def _ways(context: Context, subnet_id: str) -> frozenset[str]:
    inventory, actor = context.inventory, context.actor
    ports = inventory.related(actor, "port", "subnet_ids", subnet_id)
    routers = (
        inventory.get(actor, "router", row_id) for row_id in {port.router_id for port in ports if port.router_id}
    )
    return frozenset(router.external_network_id for router in routers if router and router.external_network_id)


def _taken(context: Context, place: Place) -> bool:
    floating = context.inventory.related(context.actor, "floatingIp", "port_id", place.port.id)
    return any(held.fixed_ip == place.ip for held in floating)
