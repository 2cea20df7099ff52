"""Make, rename and delete routers. What they are joined to is in `router_gateways` and `router_interfaces`. Listed in `__init__`."""

from typing import Any

import strawberry

from resolvers import ids
from resolvers.action import Action, Plan, Target
from resolvers.changing import changing
from resolvers.context import Context
from resolvers.deleting import deletion
from resolvers.network.actions.common import INTERFACE_OWNERS, failed, listed, make
from resolvers.network.reach import external_for
from resolvers.operations.run import Run
from resolvers.planning import (
    changed,
    checked_name,
    cloud_for,
    described,
    edit,
    fresh,
    label,
    owned,
    project_for,
    quota_effects,
    related_now,
    require,
    required,
    target,
)


@strawberry.input
class RouterCreateInput:
    name: str = required("Its name.")
    external_network: str | None = described("External network that it leads to, by name or id.")
    project: str | None = described("Project, by name or id; that of your token when left out.")
    cloud: str | None = described("Cloud; the first one when left out.")


async def _plan_create(context: Context, given: RouterCreateInput) -> Plan:
    name = checked_name(given.name)
    cloud, project = cloud_for(context, "network", given.cloud), project_for(context, given.project)
    outside = None
    if given.external_network is not None:
        outside = external_for(context, given.external_network, cloud, "externalNetwork")
    changes = [changed(name, "router", None, f"in {project.name} on {cloud}")]
    if outside is not None:
        changes.append(changed(name, "gateway", None, label(outside)))
    return Plan(
        project_id=project.id,
        targets=[Target("router", name)],
        args={"cloud": cloud, "name": name, "external_network": None if outside is None else outside.id},
        changes=changes,
        quota=await quota_effects(context, "network", cloud, project.id, {"router": 1}),
        undo="router.delete",
    )


async def _run_create(run: Run) -> None:
    args = run.args
    await make(
        run,
        "router",
        "Make the router",
        lambda port: port.create_router(
            run.credential, args["name"], ids.native(args["external_network"]), run.record.id
        ),
    )


@strawberry.input
class RouterUpdateInput:
    router: str = required("Id or name of the router.")
    name: str = required("Its new name.")


async def _plan_update(context: Context, given: RouterUpdateInput) -> Plan:
    row = await fresh(context, "router", given.router)
    owned(context, row)
    change = edit(row, {"name": checked_name(given.name)})
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"router": row.id, "after": change.after, "before": change.before},
        changes=change.differences,
        undo="router.update",
    )


async def _plan_delete(context: Context, given: Any) -> Plan:
    row = await fresh(context, "router", given.router)
    owned(context, row)
    ports = await related_now(context, "port", "router_id", row.id)
    held = [port for port in ports if port.device_owner in INTERFACE_OWNERS]
    subnets = {subnet: context.inventory.get(context.actor, "subnet", subnet) for p in held for subnet in p.subnet_ids}
    named = listed(subnet for subnet in subnets.values() if subnet is not None)
    require(
        not held, f"The router `{label(row)}` has {len(held)} interface(s), on {named or 'subnets'}; remove them first."
    )
    floating = await related_now(context, "floatingIp", "router_id", row.id)
    require(not floating, f"The router `{label(row)}` serves the floating IPs {listed(floating)}.")
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"router": row.id, "touched": [port.id for port in ports]},
        changes=[changed(label(row), "router", row.status, None)],
        warnings=[f"Its outer address {', '.join(row.external_ips)} is given back."] if row.external_ips else [],
    )


ACTIONS = (
    Action(
        name="router.create",
        summary="Make a router, with or without a gateway.",
        input=RouterCreateInput,
        plan=_plan_create,
        run=_run_create,
        positional=("name",),
        choices={"external_network": "network", "project": "project"},
        undo=lambda record: ("router.delete", {"router": record.resource_id}),
    ),
    Action(
        name="router.update",
        summary="Rename a router.",
        input=RouterUpdateInput,
        plan=_plan_update,
        run=changing(
            "router",
            "network",
            "Rename the router",
            lambda port, run, held: port.update_router(run.credential, held, run.args["after"]["name"]),
        ),
        positional=("router", "name"),
        choices={"router": "router"},
        undo=lambda record: ("router.update", {"router": record.args["router"], **record.args["before"]}),
    ),
    deletion(
        "router",
        "router",
        "network",
        "Delete a router that has no interfaces.",
        "Id or name of the router.",
        _plan_delete,
        lambda port, acting, held: port.delete_router(acting, held),
        title="Delete the router",
        stuck=failed,
    ),
)
