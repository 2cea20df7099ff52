"""Make, change and delete networks. Listed in `__init__`."""

from typing import Any

import strawberry

from resolvers.action import Action, Danger, Plan, Target
from resolvers.changing import changing
from resolvers.context import Context
from resolvers.deleting import deletion
from resolvers.errors import Invalid
from resolvers.network.actions.common import failed, listed, make, servers_at, users_of
from resolvers.network.port import MAX_DESCRIPTION
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
    targets,
    text_of,
)

MTU = range(68, 65_536)  # bytes; below, IPv4 itself does not work


@strawberry.input
class NetworkCreateInput:
    name: str = required("Its name.")
    description: str | None = described("A sentence for people.")
    mtu: int | None = described("Largest packet in bytes; the backend's own when left out.")
    project: str | None = described("Project, by name or id; that of your token when left out.")
    cloud: str | None = described("Cloud; the first one when left out.")


async def _plan_create(context: Context, given: NetworkCreateInput) -> Plan:
    name = checked_name(given.name)
    if given.mtu is not None and given.mtu not in MTU:
        raise Invalid(f"`mtu` is between {MTU.start} and {MTU.stop - 1} bytes.", field="mtu")
    cloud, project = cloud_for(context, "network", given.cloud), project_for(context, given.project)
    return Plan(
        project_id=project.id,
        targets=[Target("network", name)],
        args={
            "cloud": cloud,
            "name": name,
            "description": text_of(given.description, MAX_DESCRIPTION),
            "mtu": given.mtu,
        },
        changes=[changed(name, "network", None, f"in {project.name} on {cloud}")],
        quota=await quota_effects(context, "network", cloud, project.id, {"network": 1}),
        warnings=["It has no addresses to give until it has a subnet."],
        undo="network.delete",
    )


async def _run_create(run: Run) -> None:
    args = run.args
    await make(
        run,
        "network",
        "Make the network",
        lambda port: port.create_network(run.credential, args["name"], args["description"], args["mtu"], run.record.id),
    )


@strawberry.input
class NetworkUpdateInput:
    network: str = required("Id or name of the network.")
    name: str | None = described("Its new name.")
    admin_state_up: bool | None = described("False takes the whole network down, true brings it back.")


async def _plan_update(context: Context, given: NetworkUpdateInput) -> Plan:
    row = await fresh(context, "network", given.network)
    owned(context, row)
    name = None if given.name is None else checked_name(given.name)
    change = edit(row, {"name": name, "admin_state_up": given.admin_state_up})
    down = change.after.get("admin_state_up") is False
    ports = context.inventory.related(context.actor, "port", "network_id", row.id) if down else []
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"network": row.id, "after": change.after, "before": change.before},
        changes=change.differences,
        dependants=targets(servers_at(context, ports)),
        warnings=["Everything on the network loses its connection."] if down else [],
        undo="network.update",
    )


async def _send_update(port: Any, run: Run, network: str) -> None:
    after = run.args["after"]
    await port.update_network(run.credential, network, after.get("name"), after.get("admin_state_up"))


async def _plan_delete(context: Context, given: Any) -> Plan:
    row = await fresh(context, "network", given.network)
    owned(context, row)
    ports = await related_now(context, "port", "network_id", row.id)
    users = users_of(ports)
    require(not users, f"The network `{label(row)}` has {len(users)} port(s) in use: {listed(users)}.")
    floating = await related_now(context, "floatingIp", "network_id", row.id)
    require(not floating, f"The network `{label(row)}` has given floating IPs: {listed(floating)}.")
    routers = await related_now(context, "router", "external_network_id", row.id)
    require(not routers, f"The network `{label(row)}` is the gateway of {listed(routers)}.")
    subnets = context.inventory.related(context.actor, "subnet", "network_id", row.id)
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"network": row.id, "touched": [held.id for held in (*subnets, *ports)]},
        changes=[changed(label(row), "network", row.status, None)],
        dependants=targets(subnets),
        warnings=["Its subnets go with it."] if subnets else [],
    )


ACTIONS = (
    Action(
        name="network.create",
        summary="Make a network.",
        input=NetworkCreateInput,
        plan=_plan_create,
        run=_run_create,
        positional=("name",),
        choices={"project": "project"},
        undo=lambda record: ("network.delete", {"network": record.resource_id}),
    ),
    Action(
        name="network.update",
        summary="Rename a network, or take it down and up.",
        input=NetworkUpdateInput,
        plan=_plan_update,
        run=changing("network", "network", "Change the network", _send_update),
        danger=Danger.HIGH,
        positional=("network",),
        choices={"network": "network"},
        undo=lambda record: ("network.update", {"network": record.args["network"], **record.args["before"]}),
    ),
    deletion(
        "network",
        "network",
        "network",
        "Delete a network that nothing uses, with its subnets.",
        "Id or name of the network.",
        _plan_delete,
        lambda port, acting, held: port.delete_network(acting, held),
        title="Delete the network",
        stuck=failed,
    ),
)
