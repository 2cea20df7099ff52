"""Addresses and ranges of addresses as callers write them, checked before a backend sees them. Used by the actions."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from resolvers.errors import Invalid
from resolvers.inventory.store import shown

IpAddress = IPv4Address | IPv6Address
IpNetwork = IPv4Network | IPv6Network


def address(text: str, field: str) -> IpAddress:
    """Raises Invalid."""
    try:
        return ip_address(text.strip())
    except ValueError as error:
        raise Invalid(f"`{shown(text)}` is not an IP address such as 10.0.0.5.", field=field) from error


def cidr(text: str, field: str) -> IpNetwork:
    """A range such as 10.0.0.0/24. Raises Invalid; for an address inside a range with the range that may be meant."""
    try:
        found = ip_network(text.strip(), strict=False)
    except ValueError as error:
        raise Invalid(f"`{shown(text)}` is not a range of addresses such as 10.0.0.0/24.", field=field) from error
    if "/" not in text:
        raise Invalid(f"Say how long the range is, such as `{found.network_address}/24`.", field=field)
    if ip_address(text.strip().split("/")[0]) != found.network_address:
        raise Invalid(f"`{shown(text)}` is an address inside a range; the range is `{found}`.", field=field)
    return found


def usable(text: str, field: str) -> IpNetwork:
    """A range that machines can have addresses of. Raises Invalid."""
    found = cidr(text, field)
    if found.prefixlen == 0 or found.is_loopback or found.is_multicast or found.is_unspecified:
        raise Invalid(f"`{found}` is not a range that machines can have addresses of.", field=field)
    return found


def overlapping(wanted: IpNetwork, ranges: Iterable[str]) -> str | None:
    """The first of the ranges that shares addresses with the wanted one."""
    for text in ranges:
        other = ip_network(text, strict=False)
        if other.version == wanted.version and wanted.overlaps(other):
            return text
    return None


def assignable(found: IpAddress, inside: IpNetwork) -> bool:
    """Whether a machine may have the address: IPv4 keeps the first and the last of a range for itself, IPv6 the first."""
    if found not in inside:
        return False
    if inside.num_addresses <= 2:
        return True
    last = inside.broadcast_address if inside.version == 4 else None
    return found not in (inside.network_address, last)
