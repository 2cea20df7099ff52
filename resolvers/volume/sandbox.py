"""The sandbox as a block-storage backend: `VolumePort` over `resolvers/sandbox/`. Each method is one call of the world."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from resolvers.actor import Credential
from resolvers.checks import CheckResult
from resolvers.inventory.feed import Feed
from resolvers.inventory.kinds import Row
from resolvers.names import Names
from resolvers.quota import Quota
from resolvers.sandbox import quotas, volumes
from resolvers.sandbox import volume_copies as copies
from resolvers.sandbox.feeds import feeds
from resolvers.sandbox.people import Caller
from resolvers.sandbox.world import World
from resolvers.volume.port import KINDS, TransferOffer, VolumeSpec


class SandboxVolume:
    def __init__(self, world: World, names: Names) -> None:
        self._world = world

    def feeds(self) -> Sequence[Feed[Row]]:
        return feeds(self._world, "volume", KINDS)

    async def check(self) -> Sequence[CheckResult]:
        return await self._world.check("volume")

    async def quotas(self, acting: Credential) -> Sequence[Quota]:
        async with self._world.look("volume", "quota.show", acting) as caller:
            return quotas.quotas(self._world, caller, "volume")

    async def create_volume(self, acting: Credential, spec: VolumeSpec) -> str:
        async with self._change("volume.create", acting) as caller:
            return volumes.create(self._world, caller, spec)

    async def find_volumes(self, marker: str, project: str) -> Sequence[str]:
        await self._world.enter("volume", "volume.list")
        return volumes.find(self._world, marker, project)

    async def delete_volume(self, acting: Credential, volume: str) -> None:
        async with self._change("volume.delete", acting) as caller:
            volumes.delete(self._world, caller, volume)

    async def extend_volume(self, acting: Credential, volume: str, size: int) -> None:
        async with self._change("volume.extend", acting) as caller:
            volumes.extend(self._world, caller, volume, size)

    async def update_volume(self, acting: Credential, volume: str, name: str | None, description: str | None) -> None:
        async with self._change("volume.update", acting) as caller:
            volumes.update(self._world, caller, volume, name, description)

    async def create_snapshot(
        self, acting: Credential, volume: str, name: str, description: str | None, marker: str
    ) -> str:
        async with self._change("snapshot.create", acting) as caller:
            return copies.create_snapshot(self._world, caller, volume, name, description, marker)

    async def find_snapshots(self, marker: str, project: str) -> Sequence[str]:
        await self._world.enter("volume", "volumeSnapshot.list")
        return copies.find_snapshots(self._world, marker, project)

    async def delete_snapshot(self, acting: Credential, snapshot: str) -> None:
        async with self._change("snapshot.delete", acting) as caller:
            copies.delete_snapshot(self._world, caller, snapshot)

    async def create_backup(
        self, acting: Credential, volume: str, name: str, description: str | None, incremental: bool
    ) -> str:
        async with self._change("backup.create", acting) as caller:
            return copies.create_backup(self._world, caller, volume, name, description, incremental)

    async def restore_backup(self, acting: Credential, backup: str, volume: str | None) -> str:
        async with self._change("backup.restore", acting) as caller:
            return copies.restore_backup(self._world, caller, backup, volume)

    async def delete_backup(self, acting: Credential, backup: str) -> None:
        async with self._change("backup.delete", acting) as caller:
            copies.delete_backup(self._world, caller, backup)

    async def create_transfer(self, acting: Credential, volume: str, name: str) -> TransferOffer:
        async with self._change("transfer.create", acting) as caller:
            return copies.create_transfer(self._world, caller, volume, name)

    async def accept_transfer(self, acting: Credential, transfer: str, key: str) -> str:
        async with self._change("transfer.accept", acting) as caller:
            return copies.accept_transfer(self._world, caller, transfer, key)

    async def delete_transfer(self, acting: Credential, transfer: str) -> None:
        async with self._change("transfer.delete", acting) as caller:
            copies.delete_transfer(self._world, caller, transfer)

    def _change(self, operation: str, acting: Credential) -> AbstractAsyncContextManager[Caller]:
        return self._world.change("volume", operation, acting)
