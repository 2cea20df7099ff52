"""The sandbox as a network backend: `NetworkPort` over `resolvers/sandbox/`. Each method is one call of the world."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from resolvers.actor import Credential
from resolvers.checks import CheckResult
from resolvers.inventory.feed import Feed
from resolvers.inventory.kinds import Row
from resolvers.names import Names
from resolvers.network.port import KINDS, RuleSpec, SubnetSpec
from resolvers.quota import Quota
from resolvers.sandbox import firewall, free_ports, marks, networks, quotas, routers
from resolvers.sandbox.feeds import feeds
from resolvers.sandbox.people import Caller
from resolvers.sandbox.world import World


class SandboxNetwork:
    def __init__(self, world: World, names: Names) -> None:
        self._world = world

    def feeds(self) -> Sequence[Feed[Row]]:
        return feeds(self._world, "network", KINDS)

    async def check(self) -> Sequence[CheckResult]:
        return await self._world.check("network")

    async def quotas(self, acting: Credential) -> Sequence[Quota]:
        async with self._world.look("network", "quota.show", acting) as caller:
            return quotas.quotas(self._world, caller, "network")

    async def find(self, kind: str, marker: str, project: str) -> Sequence[str]:
        await self._world.enter("network", f"{kind}.list")
        return marks.find(self._world, kind, marker, project)

    # -- networks, subnets, pools --------------------------------------------------------------------------------------

    async def create_network(
        self, acting: Credential, name: str, description: str | None, mtu: int | None, marker: str
    ) -> str:
        async with self._change("network.create", acting) as caller:
            return networks.create_network(self._world, caller, name, description, mtu, marker)

    async def update_network(
        self, acting: Credential, network: str, name: str | None, admin_state_up: bool | None
    ) -> None:
        async with self._change("network.update", acting) as caller:
            networks.update_network(self._world, caller, network, name, admin_state_up)

    async def delete_network(self, acting: Credential, network: str) -> None:
        async with self._change("network.delete", acting) as caller:
            networks.delete_network(self._world, caller, network)

    async def create_subnet(self, acting: Credential, spec: SubnetSpec, marker: str) -> str:
        async with self._change("subnet.create", acting) as caller:
            return networks.create_subnet(self._world, caller, spec, marker)

    async def delete_subnet(self, acting: Credential, subnet: str) -> None:
        async with self._change("subnet.delete", acting) as caller:
            networks.delete_subnet(self._world, caller, subnet)

    async def create_subnet_pool(
        self, acting: Credential, name: str, prefixes: Sequence[str], default_prefix: int, shared: bool, marker: str
    ) -> str:
        async with self._change("subnet_pool.create", acting) as caller:
            return networks.create_pool(self._world, caller, name, prefixes, default_prefix, shared, marker)

    async def delete_subnet_pool(self, acting: Credential, pool: str) -> None:
        async with self._change("subnet_pool.delete", acting) as caller:
            networks.delete_pool(self._world, caller, pool)

    # -- routers -------------------------------------------------------------------------------------------------------

    async def create_router(self, acting: Credential, name: str, external_network: str | None, marker: str) -> str:
        async with self._change("router.create", acting) as caller:
            return routers.create(self._world, caller, name, external_network, marker)

    async def update_router(self, acting: Credential, router: str, name: str | None) -> None:
        async with self._change("router.update", acting) as caller:
            routers.update(self._world, caller, router, name)

    async def set_gateway(self, acting: Credential, router: str, external_network: str | None) -> None:
        async with self._change("router.set_gateway", acting) as caller:
            routers.set_gateway(self._world, caller, router, external_network)

    async def add_router_interface(self, acting: Credential, router: str, subnet: str) -> None:
        async with self._change("router.add_interface", acting) as caller:
            routers.add_interface(self._world, caller, router, subnet)

    async def remove_router_interface(self, acting: Credential, router: str, subnet: str) -> None:
        async with self._change("router.remove_interface", acting) as caller:
            routers.remove_interface(self._world, caller, router, subnet)

    async def delete_router(self, acting: Credential, router: str) -> None:
        async with self._change("router.delete", acting) as caller:
            routers.delete(self._world, caller, router)

    # -- ports and floating IPs ----------------------------------------------------------------------------------------

    async def create_port(
        self,
        acting: Credential,
        network: str,
        name: str,
        subnet: str | None,
        ip: str | None,
        security_groups: Sequence[str],
        marker: str,
    ) -> str:
        async with self._change("port.create", acting) as caller:
            row = free_ports.create(self._world, caller, network, name, subnet, ip, security_groups)
            marks.mark(self._world, row, marker)
            return row.native_id

    async def update_port(
        self,
        acting: Credential,
        port: str,
        name: str | None,
        security_groups: Sequence[str] | None,
        admin_state_up: bool | None,
    ) -> None:
        async with self._change("port.update", acting) as caller:
            free_ports.update(self._world, caller, port, name, security_groups, admin_state_up)

    async def delete_port(self, acting: Credential, port: str) -> None:
        async with self._change("port.delete", acting) as caller:
            free_ports.delete(self._world, caller, port)

    async def create_floating_ip(self, acting: Credential, network: str, description: str | None, marker: str) -> str:
        async with self._change("floating_ip.create", acting) as caller:
            return routers.create_floating(self._world, caller, network, description, marker)

    async def associate_floating_ip(
        self, acting: Credential, floating_ip: str, port: str | None, fixed_ip: str | None = None
    ) -> None:
        async with self._change("floating_ip.associate", acting) as caller:
            routers.associate(self._world, caller, floating_ip, port, fixed_ip)

    async def delete_floating_ip(self, acting: Credential, floating_ip: str) -> None:
        async with self._change("floating_ip.delete", acting) as caller:
            routers.delete_floating(self._world, caller, floating_ip)

    # -- security groups -----------------------------------------------------------------------------------------------

    async def create_security_group(self, acting: Credential, name: str, description: str | None, marker: str) -> str:
        async with self._change("security_group.create", acting) as caller:
            return firewall.create(self._world, caller, name, description, marker)

    async def update_security_group(
        self, acting: Credential, group: str, name: str | None, description: str | None
    ) -> None:
        async with self._change("security_group.update", acting) as caller:
            firewall.update(self._world, caller, group, name, description)

    async def delete_security_group(self, acting: Credential, group: str) -> None:
        async with self._change("security_group.delete", acting) as caller:
            firewall.delete(self._world, caller, group)

    async def create_rule(self, acting: Credential, group: str, spec: RuleSpec) -> str:
        async with self._change("security_group_rule.create", acting) as caller:
            return firewall.create_rule(self._world, caller, group, spec)

    async def delete_rule(self, acting: Credential, rule: str) -> None:
        async with self._change("security_group_rule.delete", acting) as caller:
            firewall.delete_rule(self._world, caller, rule)

    def _change(self, operation: str, acting: Credential) -> AbstractAsyncContextManager[Caller]:
        return self._world.change("network", operation, acting)
