"""What a rule of a security group lets through: checked from what callers write, and compared. Used by the actions on rules."""

import enum
from typing import Any

import strawberry

from resolvers.errors import Invalid
from resolvers.inventory.store import shown
from resolvers.network.addresses import IpNetwork, cidr
from resolvers.network.port import rule_name

PORT_NUMBERS = range(1, 65_536)
ICMP_NUMBERS = range(256)
PROTOCOL_NUMBERS = range(256)
# Neutron's names of protocols (API v2.0, "Security group rules"), and those with ports, as names and IP protocol numbers.
PROTOCOLS = frozenset(
    {"ah", "dccp", "egp", "esp", "gre", "icmp", "icmpv6", "igmp", "ipip", "ipv6-encap", "ipv6-frag", "ipv6-icmp", "ipv6-nonxt",
     "ipv6-opts", "ipv6-route", "ospf", "pgm", "rsvp", "sctp", "tcp", "udp", "udplite", "vrrp"}
)  # fmt: skip
WITH_PORTS = frozenset({"tcp", "udp", "sctp", "dccp", "udplite", "6", "17", "132", "33", "136"})
ICMP = frozenset({"icmp", "1"})
ICMPV6 = frozenset({"icmpv6", "ipv6-icmp", "58"})
OF_IPV6 = ICMPV6 | {"ipv6-encap", "ipv6-frag", "ipv6-nonxt", "ipv6-opts", "ipv6-route"}
CONTENT = ("direction", "ethertype", "protocol", "port_min", "port_max", "remote_cidr")


@strawberry.enum(description="Whether a rule is about what comes in or what goes out.")
class RuleDirection(enum.StrEnum):
    INGRESS = "ingress"
    EGRESS = "egress"


@strawberry.enum(description="The version of IP that a rule is about.")
class Ethertype(enum.StrEnum):
    IPV4 = "IPv4"
    IPV6 = "IPv6"


def traffic(
    direction: RuleDirection,
    ethertype: Ethertype | None,
    protocol: str | None,
    ports: tuple[int | None, int | None],
    remote: str | None,
) -> dict[str, Any]:
    """The values of `CONTENT`, as a backend keeps them. Raises Invalid for what no rule can say."""
    name = _protocol(protocol)
    low, high = _ports(name, *ports)
    other = None if remote is None else cidr(remote, "remoteCidr")
    version = _ethertype(ethertype, name, other)
    if version is Ethertype.IPV6 and name is not None and name in ICMP | ICMPV6:
        name = "ipv6-icmp"  # Neutron rewrites the other names of it
    return {
        "direction": direction.value,
        "ethertype": version.value,
        "protocol": name,
        "port_min": low,
        "port_max": high,
        "remote_cidr": None if other is None else str(other),
    }


def same(row: Any, content: dict[str, Any], remote_group_id: str | None) -> bool:
    """Whether a rule lets through exactly this; a backend refuses a second one."""
    if row.remote_address_group is not None or row.remote_group_id != remote_group_id:
        return False
    return all(getattr(row, name) == content[name] for name in CONTENT)


def sentence(content: dict[str, Any], remote_group: str | None) -> str:
    """As names of rules are written."""
    return rule_name(**content, remote_group=remote_group)


def open_to_all(content: dict[str, Any], remote_group_id: str | None) -> bool:
    """Whether it lets in whoever can reach the port."""
    if content["direction"] != RuleDirection.INGRESS or remote_group_id is not None:
        return False
    return content["remote_cidr"] is None or content["remote_cidr"].endswith("/0")


def _protocol(text: str | None) -> str | None:
    name = "any" if text is None else text.strip().lower()
    if name == "any":
        return None
    if name.isascii() and name.isdigit() and len(name) <= 3 and int(name) in PROTOCOL_NUMBERS:
        return str(int(name))
    if name not in PROTOCOLS:
        raise Invalid(
            f"`{shown(name)}` is not a protocol; say `any`, a number from 0 to 255, or one of {', '.join(sorted(PROTOCOLS))}.",
            field="protocol",
        )
    return name


def _ports(protocol: str | None, low: int | None, high: int | None) -> tuple[int | None, int | None]:
    if low is None and high is None:
        return None, None
    if low is None:
        raise Invalid("Say `portMin` too, or `portMin` alone for one port.", field="portMin")
    if protocol is not None and protocol in ICMP | ICMPV6:
        if low not in ICMP_NUMBERS or (high is not None and high not in ICMP_NUMBERS):
            raise Invalid("For ICMP `portMin` is the type and `portMax` the code, each from 0 to 255.", field="portMin")
        return low, high
    if protocol not in WITH_PORTS:
        raise Invalid(
            f"{protocol or 'A rule for any protocol'} has no ports; say a protocol such as `tcp`.", field="portMin"
        )
    top = low if high is None else high
    if low not in PORT_NUMBERS or top not in PORT_NUMBERS:
        raise Invalid(
            f"Ports are between 1 and {PORT_NUMBERS.stop - 1}.",
            field="portMin" if low not in PORT_NUMBERS else "portMax",
        )
    if low > top:
        raise Invalid(f"`portMin` ({low}) is above `portMax` ({top}).", field="portMin")
    # Neutron keeps all ports as no ports.
    return (None, None) if top - low + 1 == len(PORT_NUMBERS) else (low, top)


def _ethertype(given: Ethertype | None, protocol: str | None, remote: IpNetwork | None) -> Ethertype:
    """The one that is said, or that follows from the rest, else IPv4; they may not contradict each other."""
    follows = {
        f"the range {remote}": None if remote is None else Ethertype(f"IPv{remote.version}"),
        f"the protocol `{protocol}`": Ethertype.IPV6 if protocol in OF_IPV6 else None,
    }
    found = given or next((version for version in follows.values() if version), Ethertype.IPV4)
    for what, version in follows.items():
        if version not in (None, found):
            raise Invalid(f"A rule for {found.value} can not have {what}.", field="ethertype")
    return found
