"""Whom shared images are shared with. Glance tells it of one image at a time, and a new member does not touch the image.

Made by `openstack.py`. In many clouds nearly every image is `shared`, because Glance makes them so; so a poll asks about a bounded number,
the longest unasked first, and about those that are new.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from resolvers.clients.openstack import OpenStackClient
from resolvers.clients.openstack_errors import refused_to_own_account
from resolvers.clients.openstack_lists import path
from resolvers.errors import NotFound, Unavailable
from resolvers.image import openstack_rows as rows

SERVICE: Final = "image"
AT_ONCE: Final = 8  # requests under way at the same time
ASKED_PER_POLL: Final = 300  # one question costs Glance about 10 ms


class Members:
    def __init__(self, client: OpenStackClient) -> None:
        self._client = client
        self._known: dict[str, Sequence[rows.Member]] = {}  # by image, the longest unasked first

    async def of_all(self, images: Sequence[str]) -> Mapping[str, Sequence[rows.Member]]:
        """`images` are all shared ones that there are."""
        for gone in self._known.keys() - set(images):
            del self._known[gone]
        new = [image for image in images if image not in self._known]
        again = list(self._known)[: max(0, ASKED_PER_POLL - len(new))]
        slots = asyncio.Semaphore(AT_ONCE)

        async def ask(image: str) -> None:
            async with slots:
                await self.of(image)

        await asyncio.gather(*(ask(image) for image in (*new, *again)))
        return self._known

    async def of(self, image: str) -> Sequence[rows.Member]:
        """Nobody when the image was deleted after it was listed, or the cloud does not tell."""
        found: Sequence[rows.Member] = ()
        try:
            answer = await self._client.read(SERVICE, path("/images", image, "members"), rows.MEMBERS, shared=False)
            found = answer.members
        except NotFound:
            pass
        except Unavailable as error:
            if not refused_to_own_account(error):
                raise
        self._known.pop(image, None)
        self._known[image] = found
        return found
