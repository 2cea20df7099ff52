"""A router's interfaces on subnets: add and remove them. Listed in `__init__`."""

from collections.abc import Iterable
from typing import Any

import strawberry

from resolvers.action import Action, Danger, Plan
from resolvers.context import Context
from resolvers.making import bring, relist
from resolvers.network.actions.common import (
    INTERFACE_OWNERS,
    listed,
    servers_at,
)
from resolvers.network.addresses import cidr, overlapping
from resolvers.operations.record import Record
from resolvers.operations.run import Run
from resolvers.planning import (
    changed,
    cloud_of,
    fresh,
    label,
    native,
    owned,
    quota_effects,
    related_now,
    related_or_live,
    require,
    required,
    target,
    targets,
)


@strawberry.input
class RouterAddInterfaceInput:
    router: str = required("Id or name of the router.")
    subnet: str = required("The subnet to join, by name or id.")


@strawberry.input
class RouterRemoveInterfaceInput:
    router: str = required("Id or name of the router.")
    subnet: str = required("The subnet to leave, by name or id.")


async def _plan_add(context: Context, given: RouterAddInterfaceInput) -> Plan:
    row = await fresh(context, "router", given.router)
    owned(context, row)
    subnet = await fresh(context, "subnet", given.subnet, lambda held: held.cloud == row.cloud)
    require(
        subnet.gateway_ip is not None, f"The subnet `{label(subnet)}` has no gateway address for the router to take."
    )
    own = await related_now(context, "port", "router_id", row.id)
    require(not _on(own, subnet.id), f"`{label(row)}` has an interface on `{label(subnet)}` already.")
    joined = sorted({held for port in own if port.device_owner in INTERFACE_OWNERS for held in port.subnet_ids})
    others = [context.inventory.get(context.actor, "subnet", held) for held in joined]
    taken = overlapping(cidr(subnet.cidr, "subnet"), (other.cidr for other in others if other is not None))
    require(taken is None, f"The range {subnet.cidr} overlaps {taken}, which `{label(row)}` leads to already.")
    users = [
        port for port in await related_now(context, "port", "subnet_ids", subnet.id) if subnet.gateway_ip in port.ips
    ]
    require(not users, f"The gateway address {subnet.gateway_ip} of the subnet is taken by the port {listed(users)}.")
    return Plan(
        project_id=row.project_id,
        targets=[target(row), target(subnet)],
        args={"router": row.id, "subnet": subnet.id},
        changes=[changed(label(row), "interface", None, f"{label(subnet)} ({subnet.gateway_ip})")],
        quota=await quota_effects(context, "network", row.cloud, row.project_id, {"port": 1}),
        undo="router.removeInterface",
    )


async def _run_add(run: Run) -> None:
    router, subnet = run.args["router"], run.args["subnet"]
    port, cloud = run.port("network", cloud_of(router)), cloud_of(router)

    async def find() -> bool | None:
        await relist(run, "port", cloud)
        return True if _joins(run, router, subnet) else None

    await run.once(
        "request",
        "Join the subnet",
        lambda: port.add_router_interface(run.credential, native(router), native(subnet)),
        find,
    )
    await bring(run, "port", cloud)
    await run.reread(router)


async def _plan_remove(context: Context, given: RouterRemoveInterfaceInput) -> Plan:
    row = await fresh(context, "router", given.router)
    owned(context, row)
    subnet = context.resolve("subnet", given.subnet, lambda held: held.cloud == row.cloud)
    own = await related_or_live(context, "port", "router_id", row.id, lambda ports: bool(_on(ports, subnet.id)))
    gone = _on(own, subnet.id)
    require(bool(gone), f"`{label(row)}` has no interface on `{label(subnet)}`.")
    ports = await related_now(context, "port", "subnet_ids", subnet.id)
    behind = {port.id for port in ports}
    floating = [f for f in await related_now(context, "floatingIp", "router_id", row.id) if f.port_id in behind]
    require(not floating, f"The interface serves the floating IPs {listed(floating)}; release them first.")
    # The way back gives the router the subnet's gateway address, so it is offered only when that is what it has now.
    back = any(subnet.gateway_ip in port.ips for port in gone)
    return Plan(
        project_id=row.project_id,
        targets=[target(row), target(subnet)],
        args={"router": row.id, "subnet": subnet.id, "ports": [port.id for port in gone], "back": back},
        changes=[changed(label(row), "interface", f"{label(subnet)} ({', '.join(gone[0].ips)})", None)],
        dependants=targets(servers_at(context, ports)),
        warnings=[f"What is on `{label(subnet)}` loses its way to other networks."],
        undo="router.addInterface" if back else None,
    )


async def _run_remove(run: Run) -> None:
    router, subnet = run.args["router"], run.args["subnet"]
    port = run.port("network", cloud_of(router))

    async def find() -> bool | None:
        await run.reread(*run.args["ports"])
        return None if _joins(run, router, subnet) else True

    await run.once(
        "request",
        "Leave the subnet",
        lambda: port.remove_router_interface(run.credential, native(router), native(subnet)),
        find,
    )
    await run.reread(*run.args["ports"], router)


def _on(ports: Iterable[Any], subnet: str) -> list[Any]:
    """Those ports of a router that are its interfaces on a subnet."""
    return [port for port in ports if subnet in port.subnet_ids and port.device_owner in INTERFACE_OWNERS]


def _joins(run: Run, router: str, subnet: str) -> bool:
    return bool(_on(run.inventory.table("port").by("router_id", router).values(), subnet))


def _undo_interface(verb: str) -> Any:
    def undo(record: Record) -> tuple[str, dict[str, Any]] | None:
        if not record.args.get("back", True):
            return None
        return f"router.{verb}", {"router": record.args["router"], "subnet": record.args["subnet"]}

    return undo


_CHOICES = {"router": "router", "subnet": "subnet"}
ACTIONS = (
    Action(
        name="router.addInterface",
        summary="Join a subnet to a router.",
        input=RouterAddInterfaceInput,
        plan=_plan_add,
        run=_run_add,
        positional=("router", "subnet"),
        choices=_CHOICES,
        undo=_undo_interface("removeInterface"),
    ),
    Action(
        name="router.removeInterface",
        summary="Take a subnet off a router.",
        input=RouterRemoveInterfaceInput,
        plan=_plan_remove,
        run=_run_remove,
        danger=Danger.HIGH,
        positional=("router", "subnet"),
        choices=_CHOICES,
        undo=_undo_interface("addInterface"),
    ),
)
