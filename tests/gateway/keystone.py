"""A far Keystone for the tests of signing in: people with passwords and roles, tokens that end, and calls that are counted."""

import asyncio
import itertools
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from resolvers.actor import Identity
from resolvers.errors import Denied, GurumError, NotFound, Unauthenticated, Unavailable
from resolvers.identity.port import Trust
from resolvers.inventory.feed import Feed

CLOUD = "krane"
ROLES: Mapping[str, Mapping[str, Any]] = {
    "alice": {"roles": {"p-talk": frozenset({"member"}), "p-map": frozenset({"reader"})}},
    "olga": {"roles": {"p-admin": frozenset({"admin"})}},
    "otto": {"roles": {}, "system_roles": frozenset({"admin"})},
    "rita": {"roles": {}, "system_roles": frozenset({"reader"})},
    "dora": {"roles": {"p-lab": frozenset({"member"})}, "domain_roles": {"d-lab": frozenset({"admin"})}},
    "mallory": {"roles": {"p-fake-admin": frozenset({"admin"})}},
}


class Keystone:
    """`away` makes every call fail; `gate` holds `identify` until it is set. `asked` counts the checks of tokens.

    `trusts` are those that stand, with their people; `refuse_trusts` is raised instead of making one in that project.
    """

    def __init__(self) -> None:
        self.people = dict(ROLES)
        self.tokens: dict[str, Identity] = {}
        self.revoked: list[str] = []
        self.passwords_seen = 0
        self.asked = 0
        self.away = False
        self.gate: asyncio.Event | None = None
        self.trusts: dict[str, tuple[str, Trust]] = {}
        self.refuse_trusts: dict[str, GurumError] = {}
        self.lost: set[str] = set()  # people who have no role any more
        self._numbers = itertools.count(1)

    def issue(self, name: str, **changes: Any) -> str:
        token = f"gAAAA-token-{name}-{next(self._numbers)}"
        facts = {"domain_id": "d-default", "domain_name": "Default", **self.people[name], **changes}
        self.tokens[token] = Identity(user_id=f"u-{name}", user_name=name, **facts)
        return token

    def feeds(self) -> Sequence[Feed[Any]]:
        return ()

    async def sign_in(self, user: str, password: str, domain: str, project: str | None) -> str:
        self._there()
        self.passwords_seen += 1
        if user not in ROLES or password != f"{user}-password" or domain != "Default":
            raise Unauthenticated(f"no such user {user}, or the password is wrong")
        return self.issue(user, project_id=project, expires_at=1_800_003_600.0)

    async def sign_in_application_credential(self, credential_id: str, secret: str) -> str:
        self._there()
        if (credential_id, secret) != ("ac-1", "ac-secret"):
            raise Unauthenticated("no such credential")
        only = {"p-talk": frozenset({"member"})}
        return self.issue("alice", roles=only, project_id="p-talk", restricted=True, expires_at=1_800_003_600.0)

    async def identify(self, token: str) -> Identity:
        self.asked += 1
        if self.gate is not None:
            await self.gate.wait()
        self._there()
        if token not in self.tokens:
            raise Unauthenticated("the token is unknown")
        return self.tokens[token]

    async def sign_out(self, token: str) -> None:
        self._there()
        self.revoked.append(token)
        self.tokens.pop(token, None)

    async def create_trust(self, token: str, project: str, roles: Collection[str], expires_at: datetime) -> Trust:
        self._there()
        identity = self.tokens[token]
        if project in self.refuse_trusts:
            raise self.refuse_trusts[project]
        if set(roles) - identity.roles.get(project, frozenset()):
            raise Denied("You do not have every one of these roles on this project.")
        trust = Trust(f"trust{next(self._numbers)}", project, tuple(sorted(roles)), expires_at)
        self.trusts[trust.id] = (identity.user_name, trust)
        return trust

    async def delete_trust(self, trust_id: str) -> None:
        self._there()
        self.trusts.pop(trust_id, None)

    async def trust_token(self, trust_id: str) -> tuple[str, datetime]:
        self._there()
        if trust_id not in self.trusts:
            raise NotFound("Could not find the trust.")
        name, trust = self.trusts[trust_id]
        if name in self.lost:
            raise Denied("The person lost a role that the trust delegates, or was disabled.")
        only = {trust.project: frozenset(trust.roles)}
        ends = 1_800_003_600.0
        token = self.issue(name, roles=only, project_id=trust.project, restricted=True, expires_at=ends)
        return token, datetime.fromtimestamp(ends, UTC)

    def _there(self) -> None:
        if self.away:
            raise Unavailable(f"{CLOUD} does not answer.", backend=CLOUD)
