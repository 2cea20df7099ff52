"""The sandbox as a compute backend: `ComputePort` over `resolvers/sandbox/`. Each method is one call of the world."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager

from resolvers.actor import MEMBER, READER, Credential
from resolvers.checks import CheckResult
from resolvers.compute.port import KINDS, MARKER, Console, ServerEvent, ServerRow, ServerSpec, ServerVerb
from resolvers.inventory.feed import Feed
from resolvers.inventory.kinds import Row
from resolvers.names import Names
from resolvers.network.port import PortRow
from resolvers.quota import Quota
from resolvers.sandbox import catalogue, nics, quotas, server_states, servers, volumes
from resolvers.sandbox.feeds import feeds
from resolvers.sandbox.people import Caller
from resolvers.sandbox.world import World


class SandboxCompute:
    def __init__(self, world: World, names: Names) -> None:
        self._world = world
        self._names = names

    def feeds(self) -> Sequence[Feed[Row]]:
        return feeds(self._world, "compute", KINDS)

    async def check(self) -> Sequence[CheckResult]:
        return await self._world.check("compute")

    async def quotas(self, acting: Credential) -> Sequence[Quota]:
        async with self._look("quota.show", acting) as caller:
            return quotas.quotas(self._world, caller, "compute")

    async def create_servers(self, acting: Credential, spec: ServerSpec) -> Sequence[str]:
        async with self._change("server.create", acting) as caller:
            return servers.create(self._world, caller, spec)

    async def find_servers(self, marker: str, project: str) -> Sequence[str]:
        await self._world.enter("compute", "server.list")
        rows = self._world.where(ServerRow, "project_id", self._world.ref("project", project))
        return [row.native_id for row in rows if row.metadata.get(MARKER) == marker]

    async def delete_server(self, acting: Credential, server: str) -> None:
        async with self._change("server.delete", acting) as caller:
            servers.delete(self._world, caller, server)

    async def change_server(self, acting: Credential, server: str, verb: ServerVerb) -> None:
        async with self._change(f"server.{verb}", acting) as caller:
            server_states.change(self._world, caller, server, verb)

    async def resize_server(self, acting: Credential, server: str, flavor: str) -> None:
        async with self._change("server.resize", acting) as caller:
            server_states.resize(self._world, caller, server, flavor)

    async def rebuild_server(self, acting: Credential, server: str, image: str) -> None:
        async with self._change("server.rebuild", acting) as caller:
            server_states.rebuild(self._world, caller, server, image)

    async def snapshot_server(self, acting: Credential, server: str, name: str, marker: str) -> str:
        async with self._change("server.snapshot", acting) as caller:
            return server_states.snapshot(self._world, caller, server, name, marker)

    async def rename_server(self, acting: Credential, server: str, name: str) -> None:
        async with self._change("server.rename", acting) as caller:
            catalogue.rename(self._world, caller, server, name)

    async def set_metadata(
        self, acting: Credential, server: str, metadata: Mapping[str, str], remove: Sequence[str]
    ) -> None:
        async with self._change("server.set_metadata", acting) as caller:
            catalogue.set_metadata(self._world, caller, server, metadata, remove)

    async def set_tags(self, acting: Credential, server: str, tags: Sequence[str]) -> None:
        async with self._change("server.set_tags", acting) as caller:
            catalogue.set_tags(self._world, caller, server, tags)

    async def attach_volume(self, acting: Credential, server: str, volume: str, device: str | None) -> None:
        async with self._change("server.attach_volume", acting) as caller:
            volumes.attach(self._world, caller, server, volume, device)

    async def detach_volume(self, acting: Credential, server: str, volume: str) -> None:
        async with self._change("server.detach_volume", acting) as caller:
            volumes.detach(self._world, caller, server, volume)

    async def interfaces(self, acting: Credential, server: str) -> Sequence[str]:
        async with self._look("server.interfaces", acting) as caller:
            row = self._world.visible(ServerRow, server, caller, "server")
            return [port.native_id for port in self._world.where(PortRow, "server_id", row.id)]

    async def attach_interface(self, acting: Credential, server: str, network: str | None, port: str | None) -> str:
        async with self._change("server.attach_interface", acting) as caller:
            return nics.attach(self._world, caller, server, network, port)

    async def detach_interface(self, acting: Credential, server: str, port: str) -> None:
        async with self._change("server.detach_interface", acting) as caller:
            nics.detach(self._world, caller, server, port)

    async def add_security_group(self, acting: Credential, server: str, group: str) -> None:
        async with self._change("server.add_security_group", acting) as caller:
            nics.add_group(self._world, caller, server, group)

    async def remove_security_group(self, acting: Credential, server: str, group: str) -> None:
        async with self._change("server.remove_security_group", acting) as caller:
            nics.remove_group(self._world, caller, server, group)

    async def console_log(self, acting: Credential, server: str, lines: int) -> str:
        async with self._look("server.console_log", acting) as caller:
            return catalogue.console_log(self._world.visible(ServerRow, server, caller, "server"), lines)

    async def console(self, acting: Credential, server: str, type_: str) -> Console:
        async with self._look("server.console", acting, MEMBER) as caller:
            return catalogue.console(self._world, self._world.owned(ServerRow, server, caller, "server"), type_)

    async def history(self, acting: Credential, server: str) -> Sequence[ServerEvent]:
        async with self._look("server.history", acting) as caller:
            return catalogue.history(self._world, self._world.visible(ServerRow, server, caller, "server"))

    async def create_keypair(self, acting: Credential, name: str, public_key: str) -> None:
        async with self._change("keypair.create", acting, None) as caller:
            catalogue.create_keypair(self._world, caller, name, public_key)

    async def delete_keypair(self, acting: Credential, name: str) -> None:
        async with self._change("keypair.delete", acting, None) as caller:
            catalogue.delete_keypair(self._world, caller, name)

    async def create_server_group(self, acting: Credential, name: str, policy: str) -> str:
        async with self._change("server_group.create", acting) as caller:
            return catalogue.create_group(self._world, caller, name, policy)

    async def delete_server_group(self, acting: Credential, group: str) -> None:
        async with self._change("server_group.delete", acting) as caller:
            catalogue.delete_group(self._world, caller, group)

    async def create_flavor(self, acting: Credential, name: str, vcpus: int, ram: int, disk: int, public: bool) -> str:
        async with self._change("flavor.create", acting) as caller:
            return catalogue.create_flavor(self._world, caller, name, vcpus, ram, disk, public)

    async def delete_flavor(self, acting: Credential, flavor: str) -> None:
        async with self._change("flavor.delete", acting) as caller:
            catalogue.delete_flavor(self._world, caller, flavor)

    def _change(
        self, operation: str, acting: Credential, role: str | None = MEMBER
    ) -> AbstractAsyncContextManager[Caller]:
        return self._world.change("compute", operation, acting, role)

    def _look(self, operation: str, acting: Credential, role: str = READER) -> AbstractAsyncContextManager[Caller]:
        return self._world.look("compute", operation, acting, role)
