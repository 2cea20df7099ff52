"""A furnished room for the suite of the network port: a network with a subnet in the project shop, and short ways to make more."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from resolvers.actor import Credential
from resolvers.network.port import NetworkPort, RuleSpec, SubnetSpec
from tests.contract.conftest import Cloud
from tests.contract.steps import Shop, made, removing, unique

NET = "network"


@dataclass
class Room(Shop[NetworkPort]):
    """With a network that has a subnet."""

    network: str
    subnet: str

    async def row(self, kind: str, native: str) -> Any:
        return await made(self.cloud, NET, kind, native)

    async def nic(self, **given: Any) -> str:
        wanted = {
            "name": unique("port"),
            "subnet": self.subnet,
            "ip": None,
            "security_groups": (),
            "marker": unique("m"),
        }
        native = await self.port.create_port(self.jiwoo, self.network, **(wanted | given))
        self.removal.later(lambda: self.port.delete_port(self.jiwoo, native))
        return native

    async def router(self, gateway: str | None = None) -> str:
        native = await self.port.create_router(self.jiwoo, unique("router"), gateway, unique("m"))
        self.removal.later(lambda: self.port.delete_router(self.jiwoo, native))
        return native

    async def joined(self, router: str) -> None:
        await self.port.add_router_interface(self.jiwoo, router, self.subnet)
        self.removal.later(lambda: self.port.remove_router_interface(self.jiwoo, router, self.subnet))

    async def group(self) -> str:
        native = await self.port.create_security_group(self.jiwoo, unique("group"), "web", unique("m"))
        self.removal.later(lambda: self.port.delete_security_group(self.jiwoo, native))
        return native

    async def external(self) -> str:
        networks = await self.cloud.rows(NET, "network")
        return str(next(row.native_id for row in networks if row.external and row.public))

    async def rules(self, group: str) -> set[str]:
        rows = await self.cloud.rows(NET, "securityGroupRule")
        return {row.name for row in rows if row.security_group_id == self.cloud.id("securityGroup", group)}

    def seen(self, kind: str, native: str) -> Callable[[], Awaitable[Any]]:
        """How a row looks to the collector: what a refused call must leave as it was."""

        async def look() -> Any:
            return await self.cloud.row(NET, kind, native)

        return look


@contextlib.asynccontextmanager
async def network_room(cloud: Cloud) -> AsyncIterator[Room]:
    port: NetworkPort = cloud.ports[NET]
    jiwoo = await cloud.credential("jiwoo", "shop")
    async with removing() as removal:
        network = await port.create_network(jiwoo, unique("net"), "front", None, unique("m"))
        removal.later(lambda: port.delete_network(jiwoo, network))
        spec = SubnetSpec(name=unique("subnet"), network=network, cidr="10.77.0.0/24", dns_nameservers=("10.0.0.53",))
        subnet = await port.create_subnet(jiwoo, spec, unique("m"))
        removal.later(lambda: port.delete_subnet(jiwoo, subnet))
        yield Room(cloud, port, jiwoo, removal, network, subnet)


async def furnished(room: Room) -> dict[str, str]:
    """One of each, in the project shop."""
    port, jiwoo = room.port, room.jiwoo
    ids = {"network": room.network, "subnet": room.subnet, "router": await room.router(), "port": await room.nic()}
    ids["securityGroup"] = await room.group()
    ids["securityGroupRule"] = await port.create_rule(jiwoo, ids["securityGroup"], RuleSpec("ingress", protocol="tcp"))
    ids["floatingIp"] = await port.create_floating_ip(jiwoo, await room.external(), None, unique("m"))
    room.removal.later(lambda: port.delete_floating_ip(jiwoo, ids["floatingIp"]))
    ids["subnetPool"] = await port.create_subnet_pool(jiwoo, unique("pool"), ["10.92.0.0/16"], 24, False, unique("m"))
    room.removal.later(lambda: port.delete_subnet_pool(jiwoo, ids["subnetPool"]))
    return ids


async def everything(room: Room, ids: dict[str, str]) -> list[Any]:
    rows = [await room.cloud.row(NET, kind, native) for kind, native in ids.items()]
    return [*rows, await room.rules(ids["securityGroup"])]


def changes(port: NetworkPort, acting: Credential, ids: dict[str, str]) -> dict[str, Any]:
    """Every change of something that is there already."""
    return {
        "update_network": lambda: port.update_network(acting, ids["network"], "stolen", None),
        "delete_network": lambda: port.delete_network(acting, ids["network"]),
        "create_subnet": lambda: port.create_subnet(
            acting, SubnetSpec("stolen", ids["network"], cidr="10.81.0.0/24"), unique("m")
        ),
        "delete_subnet": lambda: port.delete_subnet(acting, ids["subnet"]),
        "update_router": lambda: port.update_router(acting, ids["router"], "stolen"),
        "set_gateway": lambda: port.set_gateway(acting, ids["router"], None),
        "add_router_interface": lambda: port.add_router_interface(acting, ids["router"], ids["subnet"]),
        "delete_router": lambda: port.delete_router(acting, ids["router"]),
        "create_port": lambda: port.create_port(acting, ids["network"], "stolen", None, None, (), unique("m")),
        "update_port": lambda: port.update_port(acting, ids["port"], "stolen", None, None),
        "delete_port": lambda: port.delete_port(acting, ids["port"]),
        "update_security_group": lambda: port.update_security_group(acting, ids["securityGroup"], "stolen", None),
        "create_rule": lambda: port.create_rule(acting, ids["securityGroup"], RuleSpec("ingress", protocol="udp")),
        "delete_security_group": lambda: port.delete_security_group(acting, ids["securityGroup"]),
        "delete_subnet_pool": lambda: port.delete_subnet_pool(acting, ids["subnetPool"]),
        "delete_floating_ip": lambda: port.delete_floating_ip(acting, ids["floatingIp"]),
        "associate_floating_ip": lambda: port.associate_floating_ip(acting, ids["floatingIp"], None),
        "delete_rule": lambda: port.delete_rule(acting, ids["securityGroupRule"]),
    }
