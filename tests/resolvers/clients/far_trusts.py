"""Trusts of the far Keystone: made, read, deleted and used as the real one does it, as far as the client goes."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.resolvers.clients.far_cloud import ROLES, FarCloud, Token, refusal, told

TRUSTS = "identity /OS-TRUST/trusts"


@dataclass
class FarTrusts:
    """`removed` are people who lost their roles; `disabled` projects; `admin`: whether the own account may delete trusts of others."""

    far: FarCloud
    made: dict[str, dict[str, Any]] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    disabled: set[str] = field(default_factory=set)
    admin: bool = True

    def __post_init__(self) -> None:
        self.far.answer(TRUSTS, self._create)
        self.far.trusted = self._use

    async def _create(self, request: web.Request) -> web.StreamResponse:
        trust = json.loads(await request.read())["trust"]
        token = self.far.tokens[request.headers["X-Auth-Token"]]
        if "application_credential" in token.methods:
            return refusal(403, "You are not authorized: Delegated tokens cannot manage trusts.")
        if f"u-{token.user}" != trust["trustor_user_id"] or token.trust:
            return refusal(403, "The authenticated user should match the trustor")
        if trust["project_id"] not in ROLES[token.user] or {role["name"] for role in trust["roles"]} - {"member"}:
            return refusal(404, "Could not find role: admin.")
        trust_id = f"{len(self.made) + 1:032x}"
        self.made[trust_id] = trust
        self.far.answer(f"{TRUSTS}/{trust_id}", self._one)
        return await told({"trust": {"id": trust_id, **trust}}, status=201)(request)

    async def _one(self, request: web.Request) -> web.StreamResponse:
        trust_id = request.path.rsplit("/", 1)[1]
        token = self.far.tokens[request.headers["X-Auth-Token"]]
        if trust_id not in self.made:
            return refusal(404, f"Could not find trust: {trust_id}.")
        trust = self.made[trust_id]
        if request.method == "GET":
            return await told({"trust": {"id": trust_id, **trust}})(request)
        if not self.admin and f"u-{token.user}" != trust["trustor_user_id"]:
            return refusal(403, "You are not authorized to perform the requested action: identity:delete_trust.")
        del self.made[trust_id]
        return web.Response(status=204)

    async def _use(self, trust_id: str, own: str) -> web.Response:
        trust = self.made.get(trust_id)
        if trust is None:  # the real one does not say so here
            return refusal(401, "The request you have made requires authentication.")
        user = trust["trustor_user_id"].removeprefix("u-")
        if own in self.far.refused or trust["project_id"] in self.disabled:
            return refusal(401, "The request you have made requires authentication.")
        if user in self.removed or trust["trustee_user_id"] != "u-gurum":
            return refusal(403, "Trustee has no delegated roles.")
        ends = self.far.tokens[own].ends
        return self.far.issued(Token(user, trust["project_id"], ("password", "token"), trust_id, ends))
