"""A router's gateway to an external network: set it and clear it. Listed in `__init__`."""

from typing import Any

import strawberry

from resolvers import ids
from resolvers.action import Action, Danger, Plan
from resolvers.changing import changing
from resolvers.context import Context
from resolvers.network.actions.common import (
    listed,
    servers_at,
)
from resolvers.network.reach import external_for
from resolvers.operations.record import Record
from resolvers.operations.run import Run
from resolvers.planning import (
    changed,
    fresh,
    label,
    owned,
    reference_input,
    related_now,
    require,
    required,
    target,
    targets,
)


@strawberry.input
class RouterSetGatewayInput:
    router: str = required("Id or name of the router.")
    external_network: str = required("External network that it shall lead to, by name or id.")


async def _plan_set_gateway(context: Context, given: RouterSetGatewayInput) -> Plan:
    row = await fresh(context, "router", given.router)
    owned(context, row)
    outside = external_for(context, given.external_network, row.cloud, "externalNetwork")
    require(row.external_network_id != outside.id, f"`{label(row)}` has its gateway on `{label(outside)}` already.")
    await _no_floating(context, row)
    return await _gateway_plan(context, row, outside)


async def _plan_clear_gateway(context: Context, given: Any) -> Plan:
    row = await fresh(context, "router", given.router)
    owned(context, row)
    require(row.external_network_id is not None, f"`{label(row)}` has no gateway.")
    await _no_floating(context, row)
    return await _gateway_plan(context, row, None)


async def _no_floating(context: Context, row: Any) -> None:
    floating = await related_now(context, "floatingIp", "router_id", row.id)
    require(
        not floating, f"The gateway of `{label(row)}` serves the floating IPs {listed(floating)}; release them first."
    )


async def _gateway_plan(context: Context, row: Any, outside: Any) -> Plan:
    old = context.inventory.get(context.actor, "network", row.external_network_id)
    before = None if row.external_network_id is None else label(old) if old else row.external_network_id
    subnets = {s for port in await related_now(context, "port", "router_id", row.id) for s in port.subnet_ids}
    ports = [
        port for s in sorted(subnets) for port in context.inventory.related(context.actor, "port", "subnet_ids", s)
    ]
    cut = before is not None
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={
            "router": row.id,
            "external_network": None if outside is None else outside.id,
            "before": row.external_network_id,
        },
        changes=[changed(label(row), "gateway", before, None if outside is None else label(outside))],
        dependants=targets(servers_at(context, ports)) if cut else [],
        warnings=["Servers behind the router lose their way out, and its outer address changes."] if cut else [],
        undo="router.clearGateway" if row.external_network_id is None else "router.setGateway",
    )


async def _send_gateway(port: Any, run: Run, router: str) -> None:
    await port.set_gateway(run.credential, router, ids.native(run.args["external_network"]))


def _undo_gateway(record: Record) -> tuple[str, dict[str, Any]]:
    before, router = record.args["before"], record.args["router"]
    if before is None:
        return "router.clearGateway", {"router": router}
    return "router.setGateway", {"router": router, "external_network": before}


_CHOICES = {"router": "router", "external_network": "network"}
ACTIONS = (
    Action(
        name="router.setGateway",
        summary="Let a router lead to an external network.",
        input=RouterSetGatewayInput,
        plan=_plan_set_gateway,
        run=changing("router", "network", "Set the gateway", _send_gateway),
        danger=Danger.HIGH,
        positional=("router", "external_network"),
        choices=_CHOICES,
        undo=_undo_gateway,
    ),
    Action(
        name="router.clearGateway",
        summary="Take a router's way out away.",
        input=reference_input("RouterClearGatewayInput", "router", "Id or name of the router."),
        plan=_plan_clear_gateway,
        run=changing("router", "network", "Clear the gateway", _send_gateway),
        danger=Danger.HIGH,
        positional=("router",),
        choices=_CHOICES,
        undo=_undo_gateway,
    ),
)
