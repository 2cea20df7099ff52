"""A far Keystone for the tests of signing in: people with passwords and roles, tokens that end, and calls that are counted."""

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from resolvers.actor import Identity
from resolvers.errors import Unauthenticated, Unavailable
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
    """`away` makes every call fail; `gate` holds `identify` until it is set. `asked` counts the checks of tokens."""

    def __init__(self) -> None:
        self.tokens: dict[str, Identity] = {}
        self.revoked: list[str] = []
        self.passwords_seen = 0
        self.asked = 0
        self.away = False
        self.gate: asyncio.Event | None = None
        self._numbers = itertools.count(1)

    def issue(self, name: str, **changes: Any) -> str:
        token = f"gAAAA-token-{name}-{next(self._numbers)}"
        facts = {"domain_id": "d-default", "domain_name": "Default", **ROLES[name], **changes}
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

    def _there(self) -> None:
        if self.away:
            raise Unavailable(f"{CLOUD} does not answer.", backend=CLOUD)
