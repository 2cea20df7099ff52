"""Let floating IPs lead to ports, and release them. Listed in `__init__`. For servers see also `compute/actions/addresses`."""

from typing import Any

import strawberry

from resolvers.action import Action, Danger, Plan
from resolvers.context import Context
from resolvers.network.actions.common import servers_at
from resolvers.network.port import NetworkStatus
from resolvers.network.reach import place_for, way_missing
from resolvers.operations.record import Record
from resolvers.operations.run import Run
from resolvers.planning import (
    changed,
    cloud_of,
    described,
    fresh,
    known,
    label,
    native,
    owned,
    reference_input,
    require,
    required,
    target,
    targets,
)


@strawberry.input
class FloatingIpAssociateInput:
    floating_ip: str = required("The floating IP, by address or id.")
    port: str = required("The port that it shall lead to, by name or id.")
    fixed_ip: str | None = described("Which address of the port, when it has several.")


async def _plan_associate(context: Context, given: FloatingIpAssociateInput) -> Plan:
    row = await fresh(context, "floatingIp", given.floating_ip)
    owned(context, row)
    require(row.port_id is None, f"{row.ip} leads to {row.fixed_ip} already; release it first.")
    port = await fresh(
        context, "port", given.port, lambda held: held.cloud == row.cloud and held.project_id == row.project_id
    )
    network = known(context, "network", row.network_id)
    place = place_for(context, label(port), [port], row.network_id, given.fixed_ip)
    servers = servers_at(context, [port])
    return Plan(
        project_id=row.project_id,
        targets=[target(row), target(port)],
        args={
            "floating_ip": row.id,
            "port": port.id,
            "fixed_ip": place.ip,
            "touched": [server.id for server in servers],
        },
        changes=[changed(row.ip, "leads to", None, place.ip)],
        dependants=targets(servers),
        warnings=way_missing(place, network),
        undo="floatingIp.disassociate",
    )


async def _plan_disassociate(context: Context, given: Any) -> Plan:
    row = await fresh(context, "floatingIp", given.floating_ip)
    owned(context, row)
    require(row.port_id is not None, f"{row.ip} leads nowhere; there is nothing to release.")
    port = context.inventory.get(context.actor, "port", row.port_id)
    servers = servers_at(context, [port] if port else [])
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={
            "floating_ip": row.id,
            "port": None,
            "fixed_ip": None,
            "touched": [server.id for server in servers],
            "before": {"port": row.port_id, "fixed_ip": row.fixed_ip},
        },
        changes=[changed(row.ip, "leads to", row.fixed_ip, None)],
        dependants=targets(servers),
        warnings=[f"Nothing is reached by {row.ip} any more."],
        undo="floatingIp.associate",
    )


async def _run_bind(run: Run) -> None:
    held, wanted = run.args["floating_ip"], run.args["port"]
    port = run.port("network", cloud_of(held))
    await run.once(
        "request",
        "Bind the floating IP" if wanted else "Release the floating IP",
        lambda: port.associate_floating_ip(
            run.credential, native(held), None if wanted is None else native(wanted), run.args["fixed_ip"]
        ),
    )
    await run.reread(*run.args["touched"])
    await run.until("bound", "Wait until it is so", held, lambda row: row.port_id == wanted, _failed)


def _failed(row: Any) -> str | None:
    return f"The floating IP {row.ip} is in ERROR." if row.status is NetworkStatus.ERROR else None


def _undo_release(record: Record) -> tuple[str, dict[str, Any]]:
    return "floatingIp.associate", {"floating_ip": record.args["floating_ip"], **record.args["before"]}


_CHOICES = {"floating_ip": "floatingIp", "port": "port"}
ACTIONS = (
    Action(
        name="floatingIp.associate",
        summary="Let a floating IP lead to a port.",
        input=FloatingIpAssociateInput,
        plan=_plan_associate,
        run=_run_bind,
        positional=("floating_ip", "port"),
        choices=_CHOICES,
        undo=lambda record: ("floatingIp.disassociate", {"floating_ip": record.args["floating_ip"]}),
    ),
    Action(
        name="floatingIp.disassociate",
        summary="Release a floating IP from its port.",
        input=reference_input("FloatingIpDisassociateInput", "floating_ip", "The floating IP, by address or id."),
        plan=_plan_disassociate,
        run=_run_bind,
        danger=Danger.HIGH,
        positional=("floating_ip",),
        choices=_CHOICES,
        undo=_undo_release,
    ),
)
