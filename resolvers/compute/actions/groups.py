"""Server groups of a project, and flavors, which only operators make. Listed in `__init__`."""

import enum
from typing import Any

import strawberry

from resolvers.action import Action, Danger, Plan, Target
from resolvers.actor import ADMIN
from resolvers.context import Context
from resolvers.deleting import deletion
from resolvers.errors import Invalid
from resolvers.making import among, make
from resolvers.operations.run import Run
from resolvers.planning import (
    any_project,
    changed,
    checked_name,
    cloud_for,
    described,
    known,
    project_for,
    require,
    required,
    target,
    targets,
)


@strawberry.enum(
    description="How the members of a group are placed: together or apart; the soft ones only where it is possible."
)
class ServerGroupPolicy(enum.StrEnum):
    AFFINITY = "affinity"
    ANTI_AFFINITY = "anti-affinity"
    SOFT_AFFINITY = "soft-affinity"
    SOFT_ANTI_AFFINITY = "soft-anti-affinity"


@strawberry.input
class ServerGroupCreateInput:
    name: str = required("Its name.")
    policy: ServerGroupPolicy = required("How its members are placed.")
    project: str | None = described("Project, by name or id; that of your token when left out.")
    cloud: str | None = described("Cloud; the first one when left out.")


async def _plan_group(context: Context, given: ServerGroupCreateInput) -> Plan:
    name = checked_name(given.name)
    cloud, project = cloud_for(context, "compute", given.cloud), project_for(context, given.project)
    own = context.inventory.related(context.actor, "serverGroup", "project_id", project.id)
    require(
        all(row.name != name or row.cloud != cloud for row in own),
        f"The project has a server group named `{name}` already.",
    )
    return Plan(
        project_id=project.id,
        targets=[Target("serverGroup", name)],
        args={"cloud": cloud, "name": name, "policy": given.policy.value},
        changes=[changed(name, "server group", None, f"{given.policy.value} in {project.name}")],
        undo="serverGroup.delete",
    )


async def _run_group(run: Run) -> None:
    args = run.args
    # Names of server groups are unique by our own rule, so the name tells whether it was made.
    await make(
        run,
        "compute",
        "serverGroup",
        args["cloud"],
        "Make the group",
        lambda port: port.create_server_group(run.credential, args["name"], args["policy"]),
        among(
            run,
            "serverGroup",
            args["cloud"],
            "project_id",
            run.record.project_id,
            lambda row: row.name == args["name"],
        ),
    )


async def _plan_group_delete(context: Context, given: Any) -> Plan:
    row = known(context, "serverGroup", given.server_group)
    members = [context.inventory.get(context.actor, "server", server) for server in row.server_ids]
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"server_group": row.id},
        changes=[changed(row.name, "server group", row.policy, None)],
        dependants=targets(member for member in members if member is not None),
    )


@strawberry.input
class FlavorCreateInput:
    name: str = required("Its name, unique in the cloud.")
    vcpus: int = required("Virtual processors.")
    ram: int = required("MiB of memory.")
    disk: int = required("GiB of disk; 0 takes the image's size.")
    public: bool = described("Whether every project may use it.", True)
    cloud: str | None = described("Cloud; the first one when left out.")


async def _plan_flavor(context: Context, given: FlavorCreateInput) -> Plan:
    name = checked_name(given.name)
    for field, least in (("vcpus", 1), ("ram", 1), ("disk", 0)):
        if getattr(given, field) < least:
            raise Invalid(f"`{field}` is at least {least}.", field=field)
    cloud = cloud_for(context, "compute", given.cloud)
    taken = [
        row for row in context.inventory.select(context.actor, "flavor") if row.name == name and row.cloud == cloud
    ]
    require(not taken, f"There is a flavor named `{name}` already.")
    size = f"{given.vcpus} vCPU, {given.ram} MiB, {given.disk} GiB"
    return Plan(
        project_id=any_project(context, ADMIN).id,
        targets=[Target("flavor", name)],
        args={
            "cloud": cloud,
            "name": name,
            "vcpus": given.vcpus,
            "ram": given.ram,
            "disk": given.disk,
            "public": given.public,
        },
        changes=[changed(name, "flavor", None, size)],
        undo="flavor.delete",
    )


async def _run_flavor(run: Run) -> None:
    args = run.args
    await make(
        run,
        "compute",
        "flavor",
        args["cloud"],
        "Make the flavor",
        lambda port: port.create_flavor(
            run.credential, args["name"], args["vcpus"], args["ram"], args["disk"], args["public"]
        ),
        among(run, "flavor", args["cloud"], "name", args["name"], lambda row: True),  # names of flavors are unique
    )


async def _plan_flavor_delete(context: Context, given: Any) -> Plan:
    row = known(context, "flavor", given.flavor)
    users = context.inventory.related(context.actor, "server", "flavor_id", row.id)
    return Plan(
        project_id=any_project(context, ADMIN).id,
        targets=[target(row)],
        args={"flavor": row.id},
        changes=[changed(row.name, "flavor", f"{row.vcpus} vCPU, {row.ram} MiB", None)],
        dependants=targets(users[:50]),
        warnings=[f"{len(users)} servers keep this size but can not be rebuilt to it by name."] if users else [],
    )


ACTIONS = (
    Action(
        name="serverGroup.create",
        summary="Make a server group.",
        input=ServerGroupCreateInput,
        plan=_plan_group,
        run=_run_group,
        positional=("name", "policy"),
        choices={"project": "project"},
        undo=lambda record: ("serverGroup.delete", {"server_group": record.resource_ids[0]}),
    ),
    deletion(
        "serverGroup",
        "server_group",
        "compute",
        "Delete a server group; its servers stay.",
        "Id or name of the server group.",
        _plan_group_delete,
        lambda port, acting, held: port.delete_server_group(acting, held),
        title="Delete the group",
        danger=Danger.HIGH,
    ),
    Action(
        name="flavor.create",
        summary="Make a flavor.",
        input=FlavorCreateInput,
        plan=_plan_flavor,
        run=_run_flavor,
        system=True,
        positional=("name",),
        undo=lambda record: ("flavor.delete", {"flavor": record.resource_ids[0]}),
    ),
    deletion(
        "flavor",
        "flavor",
        "compute",
        "Delete a flavor.",
        "Id or name of the flavor.",
        _plan_flavor_delete,
        lambda port, acting, held: port.delete_flavor(acting, held),
        title="Delete the flavor",
        danger=Danger.HIGH,
        system=True,
    ),
)
