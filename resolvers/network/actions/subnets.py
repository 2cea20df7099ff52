"""Make and delete subnets. Listed in `__init__`."""

from typing import Any

import strawberry

from resolvers import ids
from resolvers.action import Action, Plan, Target
from resolvers.context import Context
from resolvers.deleting import deletion
from resolvers.errors import Invalid
from resolvers.network.actions.common import failed, listed, make, users_of
from resolvers.network.addresses import IpNetwork, address, assignable, overlapping, usable
from resolvers.network.port import SubnetSpec
from resolvers.operations.run import Run
from resolvers.planning import (
    changed,
    checked_name,
    described,
    fresh,
    known,
    label,
    native,
    owned,
    quota_effects,
    related_now,
    require,
    required,
    target,
)

MAX_NAMESERVERS = 5  # Neutron's default limit
BITS = {4: 32, 6: 128}


@strawberry.input
class SubnetCreateInput:
    name: str = required("Its name.")
    network: str = required("The network that it is on, by name or id.")
    cidr: str | None = described("Its range, such as 10.0.0.0/24; or take one from `subnetPool`.")
    subnet_pool: str | None = described("An address pool to take the range from, by name or id, instead of `cidr`.")
    prefix: int | None = described("Prefix length of the range from the pool; the pool's own when left out.")
    gateway_ip: str | None = described("Its gateway; the first address when left out.")
    no_gateway: bool = described("Make it without a gateway.", False)
    dhcp: bool = described("Whether machines get their addresses by DHCP.", True)
    dns_nameservers: list[str] | None = described("Name servers that DHCP tells.")


async def _plan_create(context: Context, given: SubnetCreateInput) -> Plan:
    name = checked_name(given.name)
    network = await fresh(context, "network", given.network)
    owned(context, network)
    if (given.cidr is None) == (given.subnet_pool is None):
        raise Invalid("Say `cidr` or `subnetPool`, one of the two.", field="cidr")
    cidr: IpNetwork | None = None
    pool: Any = None
    if given.cidr is not None:
        cidr = usable(given.cidr, "cidr")
        if given.prefix is not None:
            raise Invalid("`prefix` goes with `subnetPool`; the length of `cidr` stands in it.", field="prefix")
        others = context.inventory.related(context.actor, "subnet", "network_id", network.id)
        taken = overlapping(cidr, (other.cidr for other in others))
        require(taken is None, f"The range {cidr} overlaps {taken}, which the network has already.")
    else:
        pool = known(context, "subnetPool", given.subnet_pool or "", network.cloud)
        _check_prefix(given.prefix, pool)
    version = cidr.version if cidr is not None else pool.ip_version
    args = {
        "cloud": network.cloud,
        "name": name,
        "network": network.id,
        "cidr": None if cidr is None else str(cidr),
        "subnet_pool": None if pool is None else pool.id,
        "prefix": given.prefix,
        "ip_version": version,
        "gateway_ip": _gateway(given, cidr, version),
        "no_gateway": given.no_gateway,
        "dhcp": given.dhcp,
        "dns_nameservers": _nameservers(given.dns_nameservers or []),
    }
    what = str(cidr) if cidr is not None else f"/{given.prefix or pool.default_prefix} from {pool.name}"
    return Plan(
        project_id=network.project_id,
        targets=[Target("subnet", name)],
        args=args,
        changes=[changed(name, "subnet", None, f"{what} on {label(network)}")],
        quota=await quota_effects(context, "network", network.cloud, network.project_id, {"subnet": 1}),
        undo="subnet.delete",
    )


def _check_prefix(prefix: int | None, pool: Any) -> None:
    if prefix is None:
        return
    least = min((int(text.split("/")[1]) for text in pool.prefixes), default=1)
    if not least <= prefix <= BITS[pool.ip_version]:
        raise Invalid(f"`prefix` is between {least} and {BITS[pool.ip_version]} for `{pool.name}`.", field="prefix")


def _gateway(given: SubnetCreateInput, cidr: IpNetwork | None, version: int) -> str | None:
    if given.gateway_ip is None:
        return None
    if given.no_gateway:
        raise Invalid("Say `gatewayIp` or `noGateway`, not both.", field="gatewayIp")
    found = address(given.gateway_ip, "gatewayIp")
    if found.version != version or (cidr is not None and not assignable(found, cidr)):
        raise Invalid(f"The gateway {found} is not an address that the subnet can give.", field="gatewayIp")
    return str(found)


def _nameservers(given: list[str]) -> list[str]:
    if len(given) > MAX_NAMESERVERS:
        raise Invalid(f"A subnet has at most {MAX_NAMESERVERS} name servers.", field="dnsNameservers")
    return [str(address(text, "dnsNameservers")) for text in given]


async def _run_create(run: Run) -> None:
    args = run.args
    spec = SubnetSpec(
        name=args["name"],
        network=native(args["network"]),
        cidr=args["cidr"],
        subnet_pool=ids.native(args["subnet_pool"]),
        prefix=args["prefix"],
        ip_version=args["ip_version"],
        gateway_ip=args["gateway_ip"],
        no_gateway=args["no_gateway"],
        dhcp=args["dhcp"],
        dns_nameservers=tuple(args["dns_nameservers"]),
    )
    await make(
        run,
        "subnet",
        "Make the subnet",
        lambda port: port.create_subnet(run.credential, spec, run.record.id),
        args["network"],
    )


async def _plan_delete(context: Context, given: Any) -> Plan:
    row = await fresh(context, "subnet", given.subnet)
    owned(context, row)
    ports = await related_now(context, "port", "subnet_ids", row.id)
    users = users_of(ports)
    require(not users, f"The subnet `{label(row)}` has {len(users)} port(s) with an address of it: {listed(users)}.")
    return Plan(
        project_id=row.project_id,
        targets=[target(row)],
        args={"subnet": row.id, "touched": [row.network_id, *(port.id for port in ports)]},
        changes=[changed(label(row), "subnet", row.cidr, None)],
    )


ACTIONS = (
    Action(
        name="subnet.create",
        summary="Give a network a range of addresses.",
        input=SubnetCreateInput,
        plan=_plan_create,
        run=_run_create,
        positional=("name", "network", "cidr"),
        choices={"network": "network", "subnet_pool": "subnetPool"},
        undo=lambda record: ("subnet.delete", {"subnet": record.resource_id}),
    ),
    deletion(
        "subnet",
        "subnet",
        "network",
        "Delete a subnet that no port has an address of.",
        "Id or name of the subnet.",
        _plan_delete,
        lambda port, acting, held: port.delete_subnet(acting, held),
        title="Delete the subnet",
        stuck=failed,
    ),
)
