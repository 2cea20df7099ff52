"""Make, change and delete security groups. Their rules are in `security_group_rules`. Listed in `__init__`."""

from typing import Any

import strawberry

from resolvers.action import Action, Plan, Target
from resolvers.changing import changing
from resolvers.context import Context
from resolvers.deleting import deletion
from resolvers.making import bring
from resolvers.network.actions.common import failed, listed, make
from resolvers.network.port import MAX_DESCRIPTION
from resolvers.operations.record import Record
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

DEFAULT = "default"  # the group that every project has from the start; the backend keeps its name and the group itself
FIRST_RULES = 2  # everything may go out, by IPv4 and by IPv6: what a backend gives a new group


@strawberry.input
class SecurityGroupCreateInput:
    name: str = required("Its name.")
    description: str | None = described("A sentence for people.")
    project: str | None = described("Project, by name or id; that of your token when left out.")
    cloud: str | None = described("Cloud; the first one when left out.")


async def _plan_create(context: Context, given: SecurityGroupCreateInput) -> Plan:
    name = checked_name(given.name)
    require(name != DEFAULT, f"Every project has a security group named `{DEFAULT}` already; take another name.")
    cloud, project = cloud_for(context, "network", given.cloud), project_for(context, given.project)
    return Plan(
        project_id=project.id,
        targets=[Target("securityGroup", name)],
        args={"cloud": cloud, "name": name, "description": text_of(given.description, MAX_DESCRIPTION)},
        changes=[changed(name, "security group", None, f"in {project.name} on {cloud}")],
        quota=await quota_effects(
            context, "network", cloud, project.id, {"security_group": 1, "security_group_rule": FIRST_RULES}
        ),
        warnings=["It lets everything out and nothing in until it has rules."],
        undo="securityGroup.delete",
    )


async def _run_create(run: Run) -> None:
    args = run.args
    await make(
        run,
        "securityGroup",
        "Make the security group",
        lambda port: port.create_security_group(run.credential, args["name"], args["description"], run.record.id),
    )
    await bring(run, "securityGroupRule", args["cloud"])  # the backend gives it its first rules by itself


@strawberry.input
class SecurityGroupUpdateInput:
    security_group: str = required("Id or name of the security group.")
    name: str | None = described("Its new name.")
    description: str | None = described("A sentence for people.")


async def _plan_update(context: Context, given: SecurityGroupUpdateInput) -> Plan:
    row = await fresh(context, "securityGroup", given.security_group)
    owned(context, row)
    name = None if given.name is None else checked_name(given.name)
    change = edit(row, {"name": name, "description": text_of(given.description)})
    if "name" in change.after:
        require(row.name != DEFAULT, f"The security group `{DEFAULT}` of a project keeps its name.")
        require(name != DEFAULT, f"Every project has a security group named `{DEFAULT}` already; take another name.")
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"security_group": row.id, "after": change.after, "before": change.before},
        changes=change.differences,
        undo="securityGroup.update",
    )


async def _send_update(port: Any, run: Run, group: str) -> None:
    after = run.args["after"]
    await port.update_security_group(run.credential, group, after.get("name"), after.get("description"))


def _undo_update(record: Record) -> tuple[str, dict[str, Any]]:
    before = {name: value or "" for name, value in record.args["before"].items()}  # no description is an empty one
    return "securityGroup.update", {"security_group": record.args["security_group"], **before}


async def _plan_delete(context: Context, given: Any) -> Plan:
    row = await fresh(context, "securityGroup", given.security_group)
    owned(context, row)
    require(row.name != DEFAULT, f"The security group `{DEFAULT}` of a project can not be deleted.")
    ports = await related_now(context, "port", "security_group_ids", row.id)
    servers = {port.server_id: context.inventory.get(context.actor, "server", port.server_id) for port in ports}
    users = [server for server in servers.values() if server is not None] or ports
    require(not ports, f"The security group `{label(row)}` is in use by {listed(users)}.")
    rules = context.inventory.related(context.actor, "securityGroupRule", "security_group_id", row.id)
    others = context.inventory.related(context.actor, "securityGroupRule", "remote_group_id", row.id)
    referring = [rule for rule in others if rule.security_group_id != row.id]
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"security_group": row.id, "touched": [rule.id for rule in (*rules, *referring)]},
        changes=[changed(label(row), "security group", f"{len(rules)} rule(s)", None)],
        dependants=targets(referring),
        warnings=["Rules of other groups that name this group go with it."] if referring else [],
    )


ACTIONS = (
    Action(
        name="securityGroup.create",
        summary="Make a security group.",
        input=SecurityGroupCreateInput,
        plan=_plan_create,
        run=_run_create,
        positional=("name",),
        choices={"project": "project"},
        undo=lambda record: ("securityGroup.delete", {"security_group": record.resource_id}),
    ),
    Action(
        name="securityGroup.update",
        summary="Rename or describe a security group.",
        input=SecurityGroupUpdateInput,
        plan=_plan_update,
        run=changing("security_group", "network", "Change the security group", _send_update),
        positional=("security_group", "name"),
        choices={"security_group": "securityGroup"},
        undo=_undo_update,
    ),
    deletion(
        "securityGroup",
        "security_group",
        "network",
        "Delete a security group that no port uses.",
        "Id or name of the security group.",
        _plan_delete,
        lambda port, acting, held: port.delete_security_group(acting, held),
        title="Delete the security group",
        stuck=failed,
    ),
)
