"""The sandbox as an identity backend: `IdentityPort` over `resolvers/sandbox/people.py`."""

from collections.abc import Collection, Sequence
from datetime import datetime

from resolvers.actor import Identity
from resolvers.checks import CheckResult
from resolvers.identity.port import KINDS, Trust
from resolvers.inventory.feed import Feed
from resolvers.inventory.kinds import Row
from resolvers.names import Names
from resolvers.sandbox.feeds import feeds
from resolvers.sandbox.world import World


class SandboxIdentity:
    def __init__(self, world: World, names: Names) -> None:
        self.world = world

    def feeds(self) -> Sequence[Feed[Row]]:
        return feeds(self.world, "identity", KINDS)

    async def check(self) -> Sequence[CheckResult]:
        return await self.world.check("identity")

    async def sign_in(self, user: str, password: str, domain: str, project: str | None) -> str:
        await self.world.enter("identity", "token.create")
        return await self.world.people.sign_in(user, password, domain, project)

    async def sign_in_application_credential(self, credential_id: str, secret: str) -> str:
        await self.world.enter("identity", "token.create")
        return await self.world.people.sign_in_application_credential(credential_id, secret)

    async def identify(self, token: str) -> Identity:
        await self.world.enter("identity", "token.show")
        return await self.world.people.identify(token)

    async def sign_out(self, token: str) -> None:
        await self.world.enter("identity", "token.delete")
        await self.world.people.sign_out(token)

    async def create_trust(self, token: str, project: str, roles: Collection[str], expires_at: datetime) -> Trust:
        await self.world.enter("identity", "trust.create")
        return await self.world.people.create_trust(token, project, roles, expires_at)

    async def delete_trust(self, trust_id: str) -> None:
        await self.world.enter("identity", "trust.delete")
        await self.world.people.delete_trust(trust_id)

    async def trust_token(self, trust_id: str) -> tuple[str, datetime]:
        await self.world.enter("identity", "token.create")
        return await self.world.people.trust_token(trust_id)
