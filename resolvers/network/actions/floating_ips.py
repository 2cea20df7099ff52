"""Take floating IPs from an external network, and give them back. Listed in `__init__`."""

from typing import Any

import strawberry

from resolvers.action import Action, Plan, Target
from resolvers.context import Context
from resolvers.deleting import deletion
from resolvers.network.actions.common import failed, make, servers_at
from resolvers.network.port import MAX_DESCRIPTION
from resolvers.network.reach import external_for
from resolvers.operations.run import Run
from resolvers.planning import (
    changed,
    cloud_for,
    described,
    fresh,
    label,
    native,
    owned,
    project_for,
    quota_effects,
    target,
    targets,
    text_of,
)


@strawberry.input
class FloatingIpCreateInput:
    network: str | None = described("External network to take it from, by name or id; the only one when left out.")
    description: str | None = described("A sentence for people.")
    project: str | None = described("Project, by name or id; that of your token when left out.")
    cloud: str | None = described("Cloud; the first one when left out.")


async def _plan_create(context: Context, given: FloatingIpCreateInput) -> Plan:
    cloud, project = cloud_for(context, "network", given.cloud), project_for(context, given.project)
    network = external_for(context, given.network, cloud)
    name = f"from {label(network)}"
    return Plan(
        project_id=project.id,
        targets=[Target("floatingIp", name)],
        args={"cloud": cloud, "network": network.id, "description": text_of(given.description, MAX_DESCRIPTION)},
        changes=[changed(name, "floating IP", None, f"in {project.name} on {cloud}")],
        quota=await quota_effects(context, "network", cloud, project.id, {"floatingip": 1}),
        undo="floatingIp.delete",
    )


async def _run_create(run: Run) -> None:
    args = run.args
    await make(
        run,
        "floatingIp",
        "Take a floating IP",
        lambda port: port.create_floating_ip(
            run.credential, native(args["network"]), args["description"], run.record.id
        ),
    )


async def _plan_delete(context: Context, given: Any) -> Plan:
    row = await fresh(context, "floatingIp", given.floating_ip)
    owned(context, row)
    port = context.inventory.get(context.actor, "port", row.port_id)
    servers = servers_at(context, [port] if port else [])
    warnings = [f"The address {row.ip} goes back to its pool; somebody else may get it."]
    warnings += [f"Nothing reaches `{server.name}` by it any more." for server in servers]
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"floating_ip": row.id, "touched": [server.id for server in servers]},
        changes=[changed(row.ip, "floating IP", row.fixed_ip or row.status, None)],
        dependants=targets(servers),
        warnings=warnings,
    )


_CHOICES = {"floating_ip": "floatingIp", "network": "network", "project": "project"}
ACTIONS = (
    Action(
        name="floatingIp.create",
        summary="Take a floating IP from an external network.",
        input=FloatingIpCreateInput,
        plan=_plan_create,
        run=_run_create,
        positional=("network",),
        choices=_CHOICES,
        undo=lambda record: ("floatingIp.delete", {"floating_ip": record.resource_id}),
    ),
    deletion(
        "floatingIp",
        "floating_ip",
        "network",
        "Give a floating IP back.",
        "The floating IP, by address or id.",
        _plan_delete,
        lambda port, acting, held: port.delete_floating_ip(acting, held),
        title="Give the floating IP back",
        stuck=failed,
    ),
)
