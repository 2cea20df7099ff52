"""`port.create`: a port with an address that is chosen or asked for. Listed in `__init__`."""

from typing import Any

import strawberry

from resolvers import ids
from resolvers.action import Action, Plan, Target
from resolvers.context import Context
from resolvers.errors import Conflict, Invalid
from resolvers.network.actions.common import make
from resolvers.network.addresses import address, assignable, cidr
from resolvers.operations.run import Run
from resolvers.planning import (
    changed,
    checked_name,
    described,
    known,
    label,
    native,
    of_project,
    project_for,
    quota_effects,
    related_now,
    related_or_live,
    require,
    required,
)


@strawberry.input
class PortCreateInput:
    name: str = required("Its name.")
    network: str = required("The network that it is on, by name or id.")
    subnet: str | None = described(
        "The subnet to have an address of, by name or id; the backend chooses when left out."
    )
    ip: str | None = described("The address to have; the backend chooses when left out.")
    security_groups: list[str] | None = described("Security groups, by name or id; `default` when left out.")
    project: str | None = described("Project, by name or id; the network's own, or that of your token, when left out.")


async def _plan_create(context: Context, given: PortCreateInput) -> Plan:
    name = checked_name(given.name)
    network = known(context, "network", given.network)
    project_id = _project(context, given.project, network)
    subnets = await related_or_live(context, "subnet", "network_id", network.id)
    require(bool(subnets), f"The network `{label(network)}` has no subnet, so it has no address to give.")
    subnet = None
    if given.subnet is not None:
        subnet = context.resolve("subnet", given.subnet, lambda row: row.cloud == network.cloud)
        if subnet.network_id != network.id:
            raise Invalid(f"The subnet `{label(subnet)}` is not on `{label(network)}`.", field="subnet")
    ip = None if given.ip is None else await _free_address(context, given.ip, [subnet] if subnet else subnets, network)
    groups = [
        await of_project(context, "securityGroup", text, project_id, network.cloud)
        for text in given.security_groups or ()
    ]
    return Plan(
        project_id=project_id,
        targets=[Target("port", name)],
        args={
            "cloud": network.cloud,
            "name": name,
            "network": network.id,
            "subnet": None if subnet is None else subnet.id,
            "ip": ip,
            "security_groups": [row.id for row in groups],
        },
        changes=[changed(name, "port", None, f"on {label(network)}" + (f" with {ip}" if ip else ""))],
        quota=await quota_effects(context, "network", network.cloud, project_id, {"port": 1}),
        undo="port.delete",
    )


def _project(context: Context, reference: str | None, network: Any) -> str:
    """On a network of its own a project needs no naming; a port of another project goes to shared networks only."""
    if reference is None and not network.public:
        return str(network.project_id)
    project = project_for(context, reference)
    if project.id != network.project_id and not network.shared and not context.actor.operator:
        raise Invalid(f"`{label(network)}` is not shared with the project `{project.name}`.", field="network")
    return str(project.id)


async def _free_address(context: Context, text: str, subnets: list[Any], network: Any) -> str:
    found = address(text, "ip")
    if not any(assignable(found, cidr(row.cidr, "ip")) for row in subnets):
        ranges = ", ".join(row.cidr for row in subnets)
        raise Invalid(f"{found} is not an address that the network can give; it has {ranges}.", field="ip")
    ip = str(found)
    ports = await related_now(context, "port", "ips", ip)
    if any(port.network_id == network.id for port in ports):
        raise Conflict(f"The address {ip} is taken on `{label(network)}`.")
    return ip


async def _run_create(run: Run) -> None:
    args = run.args
    await make(
        run,
        "port",
        "Make the port",
        lambda port: port.create_port(
            run.credential,
            native(args["network"]),
            args["name"],
            ids.native(args["subnet"]),
            args["ip"],
            [native(group) for group in args["security_groups"]],
            run.record.id,
        ),
    )


_CHOICES = {
    "network": "network", "subnet": "subnet", "security_groups": "securityGroup", "project": "project",
}  # fmt: skip
ACTIONS = (
    Action(
        name="port.create",
        summary="Make a port on a network.",
        input=PortCreateInput,
        plan=_plan_create,
        run=_run_create,
        positional=("name", "network"),
        choices=_CHOICES,
        undo=lambda record: ("port.delete", {"port": record.resource_id}),
    ),
)
