"""The projects of a seed with what each has from its first day: a network with a subnet, a router, security groups. And the time of it."""

import base64
import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from resolvers.network.port import NetworkRow, RuleSpec, SubnetSpec
from resolvers.sandbox import catalogue, firewall, networks, routers
from resolvers.sandbox.people import Caller

if TYPE_CHECKING:
    from resolvers.sandbox.world import World

# A fixed past: a seed that moved with the clock would differ after every restart.
BASE: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
GROUPS: Final = {  # name -> rules (protocol, port, from)
    "web": (("tcp", 80, "0.0.0.0/0"), ("tcp", 443, "0.0.0.0/0")),
    "ssh": (("tcp", 22, "10.0.0.0/8"),),
    "db": (("tcp", 5432, "10.0.0.0/8"), ("tcp", 6379, "10.0.0.0/8")),
}


def network(world: "World", owner: Caller, name: str, cidr: str) -> str:
    """The native id of a new network `<name>-net` with one subnet."""
    native = networks.create_network(world, owner, f"{name}-net", None, None, "")
    spec = SubnetSpec(f"{name}-v4", native, cidr, dns_nameservers=("192.0.2.53",))
    networks.create_subnet(world, owner, spec, "")
    firewall.default_of(world, owner.project_id)
    return native


def way_out(world: "World", owner: Caller, name: str, inside: str) -> None:
    """A router between a network and `public`."""
    public = next(row for row in world.rows(NetworkRow) if row.external)
    router = routers.create(world, owner, f"{name}-router", public.native_id, "")
    subnet = world.visible(NetworkRow, inside, owner, "network").subnet_ids[0]
    routers.add_interface(world, owner, router, subnet.split("/", 1)[1])


def security_groups(world: "World", owner: Caller) -> dict[str, str]:
    """Native ids by name."""
    made = {}
    for name, rules in GROUPS.items():
        made[name] = firewall.create(world, owner, name, None, "")
        for protocol, port, cidr in rules:
            spec = RuleSpec("ingress", "IPv4", protocol, port, port, cidr)
            firewall.create_rule(world, owner, made[name], spec)
    return made


def keypair(world: "World", owner: Caller, name: str) -> None:
    """A public key of which nobody has the private half."""
    content = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20" + hashlib.sha256(name.encode()).digest()
    key = f"ssh-ed25519 {base64.b64encode(content).decode()} {name}"
    catalogue.create_keypair(world, owner, name, key)
