"""Change and delete ports. Listed in `__init__`."""

from typing import Any

import strawberry

from resolvers.action import Action, Danger, Plan
from resolvers.changing import changing
from resolvers.context import Context
from resolvers.deleting import deletion
from resolvers.network.actions.common import failed, servers_at
from resolvers.operations.run import Run
from resolvers.planning import (
    changed,
    checked_name,
    described,
    edit,
    fresh,
    label,
    native,
    of_project,
    owned,
    require,
    required,
    target,
    targets,
)


@strawberry.input
class PortUpdateInput:
    port: str = required("Id or name of the port.")
    name: str | None = described("Its new name.")
    security_groups: list[str] | None = described("All its security groups from now on, by name or id; [] for none.")
    admin_state_up: bool | None = described("False takes the port down, true brings it back.")


async def _plan_update(context: Context, given: PortUpdateInput) -> Plan:
    row = await fresh(context, "port", given.port)
    owned(context, row)
    groups = None
    if given.security_groups is not None:
        require(
            row.port_security, f"The port `{label(row)}` has its port security off, so it takes no security groups."
        )
        found = {
            await of_project(context, "securityGroup", text, row.project_id, row.cloud)
            for text in given.security_groups
        }
        wanted = tuple(sorted(group.id for group in found))
        groups = row.security_group_ids if set(wanted) == set(row.security_group_ids) else wanted
    name = None if given.name is None else checked_name(given.name)
    change = edit(row, {"name": name, "security_group_ids": groups, "admin_state_up": given.admin_state_up})
    down = change.after.get("admin_state_up") is False
    heavy = down or "security_group_ids" in change.after
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"port": row.id, "after": change.after, "before": change.before},
        changes=[
            changed(d.target, "securityGroups", _names(context, row.security_group_ids), _names(context, groups or ()))
            if d.attribute == "securityGroupIds"
            else d
            for d in change.differences
        ],
        dependants=targets(servers_at(context, [row])) if heavy else [],
        warnings=["What uses the port loses its connection."] if down else [],
        undo="port.update",
    )


def _names(context: Context, groups: tuple[str, ...]) -> str | None:
    rows = (context.inventory.get(context.actor, "securityGroup", row_id) for row_id in groups)
    return ", ".join(sorted(label(row) for row in rows if row is not None)) or None


async def _send_update(port: Any, run: Run, held: str) -> None:
    after = run.args["after"]
    groups = after.get("security_group_ids")
    await port.update_port(
        run.credential,
        held,
        after.get("name"),
        None if groups is None else [native(group) for group in groups],
        after.get("admin_state_up"),
    )


def _undo_update(record: Any) -> tuple[str, dict[str, Any]]:
    before = dict(record.args["before"])
    groups = before.pop("security_group_ids", None)
    if groups is not None:
        before["security_groups"] = list(groups)
    return "port.update", {"port": record.args["port"], **before}


async def _plan_delete(context: Context, given: Any) -> Plan:
    row = await fresh(context, "port", given.port)
    owned(context, row)
    owner = row.device_owner
    require(
        not owner.startswith("network:"),
        f"The port `{label(row)}` belongs to the network itself ({owner}); take it off by `router removeInterface` and the like.",
    )
    servers = servers_at(context, [row])
    floating = context.inventory.related(context.actor, "floatingIp", "port_id", row.id)
    warnings = [f"`{server.name}` loses the address {', '.join(row.ips) or 'of the port'}." for server in servers]
    warnings += [f"The floating IP {held.ip} leads nowhere then." for held in floating]
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"port": row.id, "touched": [held.id for held in (*floating, *servers)]},
        changes=[changed(label(row), "port", ", ".join(row.ips) or row.status, None)],
        dependants=targets((*servers, *floating)),
        warnings=warnings,
    )


_CHOICES = {"port": "port", "security_groups": "securityGroup"}
ACTIONS = (
    Action(
        name="port.update",
        summary="Rename a port, change its security groups, or take it down and up.",
        input=PortUpdateInput,
        plan=_plan_update,
        run=changing("port", "network", "Change the port", _send_update),
        danger=Danger.HIGH,
        positional=("port",),
        choices=_CHOICES,
        undo=_undo_update,
    ),
    deletion(
        "port",
        "port",
        "network",
        "Delete a port.",
        "Id or name of the port.",
        _plan_delete,
        lambda port, acting, held: port.delete_port(acting, held),
        title="Delete the port",
        stuck=failed,
    ),
)
