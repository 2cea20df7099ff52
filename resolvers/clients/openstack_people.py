"""Tokens of people: logging in, what Keystone says of a token, and tokens rescoped to the project that a person acts on.

Called by `openstack.py` (a change is made by the person, never by 9rum's account) and by `identity/openstack.py`. A token is known here by
its SHA-256 only; rescoped tokens are kept in memory, bounded, until shortly before they end, and never logged.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from resolvers.actor import Credential
from resolvers.clients import openstack_errors as errors
from resolvers.clients.openstack_account import Account
from resolvers.clients.openstack_http import Http
from resolvers.clients.single_flight import SingleFlight
from resolvers.clock import Clock
from resolvers.errors import Denied, GurumError, NotFound, Unauthenticated

KEPT = 5_000  # rescoped tokens; one is about 1 kB
KEPT_FOR = timedelta(minutes=5)  # after that Keystone is asked again whether the person still has a role there
BEFORE_END = timedelta(seconds=60)  # a kept token is not used during its last minute
MAX_TOKEN = 8192  # characters; Keystone's longest kind has about 2,000
TOKENS = "/auth/tokens"


class Named(msgspec.Struct):
    id: str
    name: str = ""
    domain: "Named | None" = None


class _Federation(msgspec.Struct):
    groups: list[Named] = []


class TokenUser(Named):
    """`groups`: those that another identity provider's login put the person in, as long as the token lasts."""

    federation: _Federation = msgspec.field(name="OS-FEDERATION", default_factory=_Federation)

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(group.id for group in self.federation.groups)


class TokenBody(msgspec.Struct):
    """What Keystone says of a token; `methods` tell how it was got."""

    user: TokenUser
    expires_at: datetime
    methods: list[str] = []
    project: Named | None = None
    domain: Named | None = None
    system: dict[str, bool] | None = None
    roles: list[Named] = []
    trust: Named | None = msgspec.field(name="OS-TRUST:trust", default=None)

    @property
    def restricted(self) -> bool:
        """Whether Keystone refuses to rescope it: tokens of application credentials and of trusts."""
        return "application_credential" in self.methods or self.trust is not None


class _Answer(msgspec.Struct):
    token: TokenBody


_DECODER = msgspec.json.Decoder(_Answer)


@dataclass(frozen=True)
class _Kept:
    token: str = field(repr=False)
    until: datetime


class People:
    """`deadline`: seconds for each question to Keystone."""

    def __init__(self, account: Account, http: Http, clock: Clock, deadline: float) -> None:
        self._account = account
        self._http = http
        self._clock = clock
        self._deadline = deadline
        self._flights = SingleFlight()
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()

    async def close(self) -> None:
        await self._flights.close()
        self._kept.clear()

    async def token(self, acting: Credential) -> str:
        """The person's token for the project; the token as it is when there is no project to act on."""
        _require_sendable(acting.token)
        if acting.project is None:
            return acting.token
        project, key = acting.project, _key(acting)
        kept = self._kept.get(key)
        if kept is None or kept.until <= self._clock.now():
            return await self._flights.do(key, lambda: self._scoped(acting.token, project, key))
        self._kept.move_to_end(key)
        return kept.token

    def forget(self, acting: Credential) -> bool:
        """A service refused the token that is kept for this person and project. Whether one was kept."""
        return self._kept.pop(_key(acting), None) is not None

    async def describe(self, token: str) -> TokenBody:
        """What Keystone says of a token now. Unauthenticated when it is unknown, ended or revoked."""
        _require_sendable(token)
        async with self._http.within("identity", self._deadline):
            try:
                answer = await self._account.send(
                    "identity", "GET", TOKENS, {"X-Subject-Token": token}, {"nocatalog": "1"}
                )
            except NotFound as error:
                raise Unauthenticated("The token is unknown to Keystone, has ended, or was revoked.") from error
            except Denied as error:
                raise await self._why_denied(token, error) from error
            except Unauthenticated as error:
                raise errors.of_own_account(self._http.backend, "identity", error) from error
        return self._http.decode("identity", answer.body, _DECODER).token

    async def _why_denied(self, token: str, error: Denied) -> GurumError:
        """Keystone answers 403 of the token of a trust whose person lost its roles, as it does to an account that may ask of no token.

        Asked as itself, a token is always told of when it is good.
        """
        url = (await self._account.endpoint("identity")).address(TOKENS)
        try:
            await self._http.request(
                "identity",
                "GET",
                url,
                headers={"X-Auth-Token": token, "X-Subject-Token": token},
                params={"nocatalog": "1"},
            )
        except (Denied, NotFound, Unauthenticated):
            return Unauthenticated("The person of this token lost the role that it carries.")
        except GurumError as other:
            return other
        return errors.of_own_account(self._http.backend, "identity", error)

    async def log_in(self, auth: dict[str, Any]) -> tuple[str, TokenBody]:
        """A new token for the content of `auth` (Identity API v3, "Authentication"). Unauthenticated when Keystone does not take it."""
        async with self._http.within("identity", self._deadline):
            url = (await self._account.endpoint("identity")).address(TOKENS)
            answer = await self._http.request(
                "identity", "POST", url, headers={}, params={"nocatalog": "1"}, json={"auth": auth}
            )
        token = answer.headers.get("X-Subject-Token", "")
        _require_sendable(token)
        return token, self._http.decode("identity", answer.body, _DECODER).token

    async def revoke(self, token: str) -> None:
        """Nothing happens when Keystone does not know the token."""
        _require_sendable(token)
        digest = _digest(token)
        for key in [key for key in self._kept if key[0] == digest]:
            del self._kept[key]
        async with self._http.within("identity", self._deadline):
            url = (await self._account.endpoint("identity")).address(TOKENS)
            try:
                await self._http.request(
                    "identity", "DELETE", url, headers={"X-Auth-Token": token, "X-Subject-Token": token}
                )
            except (NotFound, Unauthenticated):
                return

    async def _scoped(self, token: str, project: str, key: tuple[str, str]) -> str:
        body = await self.describe(token)
        if body.project is not None and body.project.id == project:
            return self._keep(key, token, body)
        if body.restricted:
            raise Denied("This token is bound to one project and can not act on another.", backend=self._http.backend)
        scope = {"project": {"id": project}}
        try:
            scoped, about = await self.log_in(
                {"identity": {"methods": ["token"], "token": {"id": token}}, "scope": scope}
            )
        except Unauthenticated as error:
            # The token was valid a moment ago, so what Keystone refuses with 401 is the project.
            raise Denied("You have no role on this project.", backend=self._http.backend) from error
        return self._keep(key, scoped, about)

    def _keep(self, key: tuple[str, str], token: str, body: TokenBody) -> str:
        self._kept[key] = _Kept(token, min(self._clock.now() + KEPT_FOR, body.expires_at - BEFORE_END))
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return token


def _key(acting: Credential) -> tuple[str, str]:
    return (_digest(acting.token), acting.project or "")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()


def _require_sendable(token: str) -> None:
    """A token is going to be a header: anything else than printable ASCII is no token, and could add headers."""
    if not (0 < len(token) <= MAX_TOKEN and token.isascii() and token.isprintable() and " " not in token):
        raise Unauthenticated("This is not a Keystone token.")
