"""Make and delete address pools, from which subnets take their ranges. Listed in `__init__`."""

from itertools import combinations
from typing import Any

import strawberry

from resolvers.action import Action, Plan, Target
from resolvers.context import Context
from resolvers.deleting import deletion
from resolvers.errors import Denied, Invalid
from resolvers.network.actions.common import failed, listed, make
from resolvers.network.addresses import IpNetwork, usable
from resolvers.operations.run import Run
from resolvers.planning import (
    changed,
    checked_name,
    cloud_for,
    described,
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

MAX_PREFIXES = 50


@strawberry.input
class SubnetPoolCreateInput:
    name: str = required("Its name.")
    prefixes: list[str] = required("Its ranges, such as 10.10.0.0/16; all IPv4 or all IPv6.")
    default_prefix: int = required("Prefix length of a subnet that names none, such as 24.")
    shared: bool = described("Whether every project may take ranges from it; only operators make such pools.", False)
    project: str | None = described("Project, by name or id; that of your token when left out.")
    cloud: str | None = described("Cloud; the first one when left out.")


async def _plan_create(context: Context, given: SubnetPoolCreateInput) -> Plan:
    name = checked_name(given.name)
    if given.shared and not context.actor.operator:
        raise Denied("Only operators of the cloud make address pools that every project may use.", field="shared")
    ranges = _ranges(given.prefixes)
    least, most = min(found.prefixlen for found in ranges), ranges[0].max_prefixlen
    if not least <= given.default_prefix <= most:
        raise Invalid(f"`defaultPrefix` is between {least} and {most} for these ranges.", field="defaultPrefix")
    cloud, project = cloud_for(context, "network", given.cloud), project_for(context, given.project)
    prefixes = [str(found) for found in ranges]
    return Plan(
        project_id=project.id,
        targets=[Target("subnetPool", name)],
        args={
            "cloud": cloud,
            "name": name,
            "prefixes": prefixes,
            "default_prefix": given.default_prefix,
            "shared": given.shared,
        },
        changes=[changed(name, "address pool", None, f"{', '.join(prefixes)} in {project.name} on {cloud}")],
        quota=await quota_effects(context, "network", cloud, project.id, {"subnetpool": 1}),
        undo="subnetPool.delete",
    )


def _ranges(given: list[str]) -> list[IpNetwork]:
    if not 1 <= len(given) <= MAX_PREFIXES:
        raise Invalid(f"A pool has 1 to {MAX_PREFIXES} ranges.", field="prefixes")
    ranges = [usable(text, "prefixes") for text in given]
    if len({found.version for found in ranges}) > 1:
        raise Invalid("The ranges of a pool are all IPv4 or all IPv6.", field="prefixes")
    for one, other in combinations(ranges, 2):
        if one.overlaps(other):
            raise Invalid(f"The ranges {one} and {other} overlap.", field="prefixes")
    return ranges


async def _run_create(run: Run) -> None:
    args = run.args
    await make(
        run,
        "subnetPool",
        "Make the address pool",
        lambda port: port.create_subnet_pool(
            run.credential, args["name"], args["prefixes"], args["default_prefix"], args["shared"], run.record.id
        ),
    )


async def _plan_delete(context: Context, given: Any) -> Plan:
    row = await fresh(context, "subnetPool", given.subnet_pool)
    owned(context, row)
    subnets = await related_now(context, "subnet", "subnet_pool_id", row.id)
    require(not subnets, f"The address pool `{label(row)}` has given ranges to {listed(subnets)}.")
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"subnet_pool": row.id},
        changes=[changed(label(row), "address pool", ", ".join(row.prefixes), None)],
    )


ACTIONS = (
    Action(
        name="subnetPool.create",
        summary="Make an address pool that subnets take their ranges from.",
        input=SubnetPoolCreateInput,
        plan=_plan_create,
        run=_run_create,
        positional=("name",),
        choices={"project": "project"},
        undo=lambda record: ("subnetPool.delete", {"subnet_pool": record.resource_id}),
    ),
    deletion(
        "subnetPool",
        "subnet_pool",
        "network",
        "Delete an address pool that no subnet has its range from.",
        "Id or name of the address pool.",
        _plan_delete,
        lambda port, acting, held: port.delete_subnet_pool(acting, held),
        title="Delete the address pool",
        stuck=failed,
    ),
)
