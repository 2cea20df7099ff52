"""Add and remove rules of security groups. Listed in `__init__`. What a rule may say is in `network/traffic.py`."""

from typing import Any

import strawberry

from resolvers import ids
from resolvers.action import Action, Danger, Plan, Target
from resolvers.context import Context
from resolvers.deleting import deletion
from resolvers.errors import Invalid
from resolvers.making import among, make
from resolvers.network.actions.common import failed, servers_at
from resolvers.network.port import RuleSpec
from resolvers.network.traffic import CONTENT, Ethertype, RuleDirection, open_to_all, same, sentence, traffic
from resolvers.operations.record import Record
from resolvers.operations.run import Run
from resolvers.planning import (
    changed,
    described,
    fresh,
    label,
    native,
    of_project,
    owned,
    quota_effects,
    related_now,
    require,
    required,
    target,
    targets,
    text_of,
)


@strawberry.input
class SecurityGroupRuleCreateInput:
    security_group: str = required("The security group to add it to, by name or id.")
    protocol: str | None = described("Such as tcp, udp, icmp, or a number from 0 to 255; any when left out.")
    port_min: int | None = described("First port, 1 to 65535; for ICMP the type, 0 to 255.")
    port_max: int | None = described("Last port; the first when left out. For ICMP the code.")
    direction: RuleDirection = described("Whether it lets in or out.", RuleDirection.INGRESS)
    ethertype: Ethertype | None = described("Version of IP; that of `remoteCidr`, or IPv4, when left out.")
    remote_cidr: str | None = described("Range of the other side, such as 10.0.0.0/8; everyone when left out.")
    remote_group: str | None = described("Security group of the other side, by name or id, instead of a range.")
    description: str | None = described("A sentence for people.")


async def _plan_create(context: Context, given: SecurityGroupRuleCreateInput) -> Plan:
    if given.remote_cidr is not None and given.remote_group is not None:
        raise Invalid("Say `remoteCidr` or `remoteGroup`, not both.", field="remoteCidr")
    content = traffic(
        given.direction, given.ethertype, given.protocol, (given.port_min, given.port_max), given.remote_cidr
    )
    group = await fresh(context, "securityGroup", given.security_group)
    owned(context, group)
    remote = None
    if given.remote_group is not None:
        remote = await of_project(context, "securityGroup", given.remote_group, group.project_id, group.cloud)
    remote_id = None if remote is None else remote.id
    name = sentence(content, None if remote is None else label(remote))
    rules = context.inventory.related(context.actor, "securityGroupRule", "security_group_id", group.id)
    if _known(rules, content, remote_id):
        rules = await related_now(context, "securityGroupRule", "security_group_id", group.id)
    require(
        not _known(rules, content, remote_id), f"The security group `{label(group)}` has the rule `{name}` already."
    )
    ports = context.inventory.related(context.actor, "port", "security_group_ids", group.id)
    everyone = (
        f"Whoever reaches the servers in `{label(group)}` is let in." if open_to_all(content, remote_id) else None
    )
    return Plan(
        project_id=group.project_id,
        targets=[Target("securityGroupRule", name)],
        args={
            "cloud": group.cloud,
            "security_group": group.id,
            "content": content,
            "remote_group": remote_id,
            "description": text_of(given.description),
        },
        changes=[changed(label(group), "rule", None, name)],
        quota=await quota_effects(context, "network", group.cloud, group.project_id, {"security_group_rule": 1}),
        dependants=targets(servers_at(context, ports)),
        warnings=[everyone] if everyone else [],
        undo="securityGroupRule.delete",
    )


def _known(rows: list[Any], content: dict[str, Any], remote_group_id: str | None) -> bool:
    return any(same(row, content, remote_group_id) for row in rows)


async def _run_create(run: Run) -> None:
    args = run.args
    cloud, group, content = args["cloud"], args["security_group"], args["content"]
    spec = RuleSpec(**content, remote_group=ids.native(args["remote_group"]), description=args["description"])

    def made(row: Any) -> bool:
        """A rule carries no marker, but a group never has the same rule twice, so what it says tells whether it was made."""
        return same(row, content, args["remote_group"])

    await make(
        run,
        "network",
        "securityGroupRule",
        cloud,
        "Add the rule",
        lambda port: port.create_rule(run.credential, native(group), spec),
        among(run, "securityGroupRule", cloud, "security_group_id", group, made),
        touched=(group,),
    )


async def _plan_delete(context: Context, given: Any) -> Plan:
    row = await fresh(context, "securityGroupRule", given.rule)
    owned(context, row)
    group = context.inventory.get(context.actor, "securityGroup", row.security_group_id)
    ports = context.inventory.related(context.actor, "port", "security_group_ids", row.security_group_id)
    warnings = ["Connections that only this rule lets through end."] if ports else []
    if row.remote_address_group is not None:
        warnings.append("The other side of this rule is an address group, so 9rum can not bring the rule back.")
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={
            "rule": row.id,
            "security_group": row.security_group_id,
            "touched": [row.security_group_id],
            "before": {name: getattr(row, name) for name in CONTENT},
            "remote_group": row.remote_group_id,
            "remote_address_group": row.remote_address_group,
            "description": row.description,
        },
        changes=[changed(label(group) if group else row.security_group_id, "rule", row.name, None)],
        dependants=targets(servers_at(context, ports)),
        warnings=warnings,
        undo="securityGroupRule.create" if row.remote_address_group is None else None,
    )


def _undo_delete(record: Record) -> tuple[str, dict[str, Any]] | None:
    args = record.args
    if args.get("remote_address_group") is not None:
        return None  # without its other side it would let everyone in
    back = {"security_group": args["security_group"], **args["before"], "remote_group": args["remote_group"]}
    return "securityGroupRule.create", {**back, "description": args["description"]}


_CHOICES = {"security_group": "securityGroup", "remote_group": "securityGroup", "rule": "securityGroupRule"}
ACTIONS = (
    Action(
        name="securityGroupRule.create",
        summary="Let something through a security group.",
        input=SecurityGroupRuleCreateInput,
        plan=_plan_create,
        run=_run_create,
        positional=("security_group", "protocol", "port_min", "port_max"),
        choices=_CHOICES,
        undo=lambda record: ("securityGroupRule.delete", {"rule": record.resource_id}),
    ),
    deletion(
        "securityGroupRule",
        "rule",
        "network",
        "Take a rule out of a security group.",
        "Id or name of the rule.",
        _plan_delete,
        lambda port, acting, held: port.delete_rule(acting, held),
        title="Remove the rule",
        stuck=failed,
        danger=Danger.HIGH,
        undo=_undo_delete,
    ),
)
