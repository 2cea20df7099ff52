"""Keypairs of all users for the read model. Nova lists those of one user at a time, so this remembers whom to ask about.

Made by `openstack_feeds.py`. Known are the users of a small Keystone, and in a large one those who own a server that was made with a
key, or whose key was read here. A poll asks about a bounded number of them, the longest unasked first, and answers all that is known.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

import msgspec

from resolvers.clients.openstack import OpenStackClient
from resolvers.clients.openstack_lists import listed, step
from resolvers.compute import openstack_rows as rows
from resolvers.compute.port import KeypairRow
from resolvers.errors import GurumError, NotFound
from resolvers.names import Names

SERVICE: Final = "compute"
WHOLE_DIRECTORY: Final = 500  # Keystones with more users than this are not asked about each of them
DIRECTORY_AGE: Final = 600.0  # seconds until new users are looked for
USERS_PER_POLL: Final = 300  # one question costs Nova about 10 ms
AT_ONCE: Final = 4


class _User(msgspec.Struct):
    id: str


class _Users(msgspec.Struct):
    users: list[_User]


_USERS: Final = msgspec.json.Decoder(_Users)


class Keypairs:
    def __init__(self, client: OpenStackClient, names: Names) -> None:
        self._client = client
        self._names = names
        self._known: dict[str, list[KeypairRow]] = {}  # by user, the longest unasked first
        self._directory_at = float("-inf")

    def saw(self, users: Iterable[str]) -> None:
        """Users (native ids) who have or may have keypairs."""
        for user in users:
            self._known.setdefault(user, [])

    async def full(self) -> list[KeypairRow]:
        await self._read_directory()
        limit = asyncio.Semaphore(AT_ONCE)

        async def ask(user: str) -> None:
            async with limit:
                found = await self._of(user)
            self._known.pop(user, None)
            self._known[user] = found

        await asyncio.gather(*(ask(user) for user in list(self._known)[:USERS_PER_POLL]))
        return [row for found in self._known.values() for row in found]

    async def one(self, native: str) -> KeypairRow | None:
        """`native` is `user/name`."""
        user, _, name = native.partition("/")
        try:
            item = await self._client.read(
                SERVICE,
                f"/os-keypairs/{step(name)}",
                rows.KEYPAIR,
                {"user_id": user},
                microversion="2.60",
                shared=False,
            )
        except NotFound:
            self._known[user] = [row for row in self._known.get(user, []) if row.name != name]
            return None
        row = rows.keypair_row(self._names, user, item.keypair)
        self._known[user] = [other for other in self._known.get(user, []) if other.name != name] + [row]
        return row

    async def _of(self, user: str) -> list[KeypairRow]:
        found = await listed(
            self._client, SERVICE, "/os-keypairs", "keypairs", rows.KEYPAIRS, {"user_id": user}, microversion="2.60"
        )
        return [rows.keypair_row(self._names, user, item.keypair) for item in found]

    async def _read_directory(self) -> None:
        """A Keystone that can not or will not list its users leaves the ones who were seen otherwise."""
        now = self._client.clock.monotonic()
        if now - self._directory_at < DIRECTORY_AGE:
            return
        self._directory_at = now
        with suppress(GurumError):
            directory = await self._client.read("identity", "/users", _USERS, {"limit": WHOLE_DIRECTORY + 1})
            if len(directory.users) <= WHOLE_DIRECTORY:
                self.saw(user.id for user in directory.users)
