"""The sandbox as an image backend: `ImagePort` over `resolvers/sandbox/images.py`. Content is counted and hashed, never kept."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager

from resolvers.actor import Credential
from resolvers.checks import CheckResult
from resolvers.image.port import KINDS, ImageSpec
from resolvers.inventory.feed import Feed
from resolvers.inventory.kinds import Row
from resolvers.names import Names
from resolvers.sandbox import images
from resolvers.sandbox.feeds import feeds
from resolvers.sandbox.people import Caller
from resolvers.sandbox.world import World


class SandboxImage:
    def __init__(self, world: World, names: Names) -> None:
        self._world = world

    def feeds(self) -> Sequence[Feed[Row]]:
        return feeds(self._world, "image", KINDS)

    async def check(self) -> Sequence[CheckResult]:
        return await self._world.check("image")

    async def create_image(self, acting: Credential, spec: ImageSpec) -> str:
        async with self._change("image.create", acting) as caller:
            return images.create(self._world, caller, spec)

    async def find_images(self, marker: str, project: str) -> Sequence[str]:
        await self._world.enter("image", "image.list")
        return images.find(self._world, marker, project)

    async def import_image(self, acting: Credential, image: str, address: str) -> None:
        async with self._change("image.import", acting) as caller:
            images.start_import(self._world, caller, image, address)

    async def upload_image(self, acting: Credential, image: str, content: AsyncIterator[bytes], seconds: float) -> None:
        """When the content breaks off, the image is queued again, as if nothing had come."""
        async with self._change("image.upload", acting) as caller:
            images.start_upload(self._world, caller, image)
        size, checksum = 0, hashlib.md5(usedforsecurity=False)
        try:
            async for part in content:
                size += len(part)
                checksum.update(part)
        except BaseException:
            async with self._change("image.upload", acting) as caller:
                images.abort_upload(self._world, caller, image)
            raise
        async with self._change("image.upload", acting) as caller:
            images.end_upload(self._world, caller, image, size, checksum.hexdigest())

    async def delete_image(self, acting: Credential, image: str) -> None:
        async with self._change("image.delete", acting) as caller:
            images.delete(self._world, caller, image)

    async def share_image(self, acting: Credential, image: str, project: str) -> None:
        async with self._change("image.share", acting) as caller:
            images.share(self._world, caller, image, project)

    async def unshare_image(self, acting: Credential, image: str, project: str) -> None:
        async with self._change("image.unshare", acting) as caller:
            images.unshare(self._world, caller, image, project)

    async def update_image(
        self,
        acting: Credential,
        image: str,
        name: str | None = None,
        visibility: str | None = None,
        deprecated: bool | None = None,
        protected: bool | None = None,
    ) -> None:
        async with self._change("image.update", acting) as caller:
            images.update(self._world, caller, image, name, visibility, deprecated, protected)

    def _change(self, operation: str, acting: Credential) -> AbstractAsyncContextManager[Caller]:
        return self._world.change("image", operation, acting)
