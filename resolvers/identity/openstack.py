"""Keystone behind the identity port: the lists of projects, users, roles and domains, signing in, and whose a token is.

`gateway/auth.py` and `gateway/sign_in.py` call it; tokens, addresses and errors are the client's business. Lists and role assignments
are read with 9rum's own account, so that what a person may do is known even where policy hides it from the person.
"""

import asyncio
import contextlib
import logging
import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec

from resolvers.actor import Identity, effective
from resolvers.checks import CheckResult
from resolvers.clients.openstack import OpenStackClient
from resolvers.clients.openstack_lists import path, step
from resolvers.clients.openstack_people import Named, TokenBody
from resolvers.errors import GurumError, Invalid, NotFound, Unauthenticated
from resolvers.identity.port import DOMAIN_KIND, PROJECT, ROLE, USER, DomainRow, ProjectRow, RoleRow, Trust, UserRow
from resolvers.inventory.feed import Feed
from resolvers.inventory.kinds import Kind, Row
from resolvers.names import Names

log = logging.getLogger(__name__)
R = TypeVar("R", bound=Row)
B = TypeVar("B")
SERVICE = "identity"
GROUPS_AT_ONCE: Final = 4  # of all logins that give groups: some give hundreds, and the connections are for everybody
_PROJECT_ID: Final = re.compile(r"[0-9a-f]{32}")  # a UUID without hyphens, as Keystone makes them


class _Body(msgspec.Struct):
    """What 9rum keeps of a project, user, role or domain; each has some of these.

    Keystone keeps what it does not know itself as it was given, and an LDAP gives what it has: one user's odd `email` is no reason to
    show none.
    """

    id: str
    name: str
    domain_id: str | None = None
    description: Any = None
    email: Any = None
    enabled: bool = True
    tags: Any = None


class _Links(msgspec.Struct):
    next: str | None = None


class _Scope(msgspec.Struct):
    project: Named | None = None
    domain: Named | None = None
    inherited_to: str | None = msgspec.field(name="OS-INHERIT:inherited_to", default=None)


class _Assignment(msgspec.Struct):
    role: Named
    scope: _Scope
    user: Named | None = None
    group: Named | None = None


_ANSWER: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LINKS: Final = msgspec.json.Decoder(_Links)
_BODY: Final = msgspec.json.Decoder(_Body)
_BODIES: Final = msgspec.json.Decoder(list[_Body])
_ASSIGNMENTS: Final = msgspec.json.Decoder(list[_Assignment])


class OpenStackIdentity:
    def __init__(self, client: OpenStackClient, names: Names) -> None:
        self._client = client
        self._names = names
        self._users_of: dict[str, list[_Body]] = {}  # by domain, as last seen
        self._away: set[str] = set()  # domains whose users could not be read
        self._cut: set[str] = set()  # lists of which Keystone does not give all
        self._groups_at_once = asyncio.Semaphore(GROUPS_AT_ONCE)

    # -- the read model ------------------------------------------------------------------------------------------------

    def feeds(self) -> Sequence[Feed[Any]]:
        return (
            self._feed(PROJECT, "projects", "project", self._project),
            self._feed(USER, "users", "user", self._user, self._users),
            self._feed(ROLE, "roles", "role", self._role),
            self._feed(DOMAIN_KIND, "domains", "domain", self._domain),
        )

    async def check(self) -> Sequence[CheckResult]:
        checks = self._client.checks
        reachable = await checks.service(SERVICE, "/role_assignments", {"scope.system": "all"})
        found = [reachable]
        with contextlib.suppress(GurumError):  # said above
            found.append(await checks.account())
        if not reachable.ok:
            return found
        for what in ("domains", "projects", "roles"):
            found += await checks.whole(SERVICE, what, f"identity:list_{what}", f"/{what}", {})
        with contextlib.suppress(GurumError):  # said above
            for domain in await self._listed("/domains", "domains"):
                what = f"users of the domain `{domain.name}`"
                found += await checks.whole(SERVICE, what, "identity:list_users", "/users", {"domain_id": domain.id})
        return found

    def _feed(
        self,
        kind: Kind[R],
        many: str,
        single: str,
        row: Callable[[_Body], R],
        listed: Callable[[], Awaitable[list[_Body]]] | None = None,
    ) -> Feed[R]:
        async def full() -> list[R]:
            bodies = await (listed() if listed else self._listed(f"/{many}", many))
            return [row(body) for body in bodies]

        async def one(native: str) -> R | None:
            try:
                answer = await self._client.read(SERVICE, path(f"/{many}", native), _ANSWER, shared=False)
            except NotFound:
                return None
            return row(self._part(answer, single, _BODY))

        return Feed(kind, full, one)

    async def _users(self) -> list[_Body]:
        """Domain by domain, because Keystone lists a domain that is tied to LDAP only when it is asked for that domain.

        Of a domain whose LDAP is away the users stay as they were last seen, and those of the others are read. Fails when all fail.
        """
        seen: dict[str, list[_Body]] = {}
        failed: GurumError | None = None
        worked = False
        for domain in await self._listed("/domains", "domains"):
            try:
                seen[domain.id] = await self._listed("/users", "users", {"domain_id": domain.id})
                worked = True
                self._away.discard(domain.id)
            except GurumError as error:
                failed, seen[domain.id] = error, self._users_of.get(domain.id, [])
                if domain.id not in self._away:
                    log.warning("users of the domain %s can not be read: %s", domain.name, error.message)
                self._away.add(domain.id)
        if failed is not None and not worked:
            raise failed
        self._users_of = seen
        return [user for users in seen.values() for user in users]

    async def _listed(self, path_: str, key: str, params: dict[str, str | int] | None = None) -> list[_Body]:
        """No limit is asked for: Keystone 30 cuts its list of roles at a limit, but forgets the marker of the next page."""

        def next_of(answer: dict[str, msgspec.Raw]) -> str | None:
            return self._part(answer, "links", _LINKS).next

        found: list[_Body] = []
        async for page in self._client.pages(SERVICE, path_, _ANSWER, next_of, params, limited=False):
            bodies: list[_Body] = self._part(page, key, _BODIES)
            found += bodies
            if bytes(page.get("truncated", b"")) == b"true" and key not in self._cut:
                self._cut.add(key)
                log.warning("Keystone of %s cuts its list of %s; raise its `list_limit`", self._client.name, key)
        return found

    def _part(self, answer: dict[str, msgspec.Raw], key: str, decoder: msgspec.json.Decoder[B]) -> B:
        return self._client.decode(SERVICE, bytes(answer.get(key, b"")), decoder)

    # -- people --------------------------------------------------------------------------------------------------------

    async def sign_in(self, user: str, password: str, domain: str, project: str | None) -> str:
        scope: Any = "unscoped"
        if project is not None:
            by_name = {"name": project, "domain": {"name": domain}}
            scope = {"project": {"id": project} if _PROJECT_ID.fullmatch(project) else by_name}
        who = {"name": user, "domain": {"name": domain}, "password": password}
        refused = "The name, the domain or the password is not right, or the account may not sign in"
        refused += "." if project is None else " on that project."
        return await self._log_in({"methods": ["password"], "password": {"user": who}}, refused, scope)

    async def sign_in_application_credential(self, credential_id: str, secret: str) -> str:
        method = "application_credential"
        refused = "The application credential's id or secret is not right, or it has ended."
        return await self._log_in({"methods": [method], method: {"id": credential_id, "secret": secret}}, refused)

    async def identify(self, token: str) -> Identity:
        body = await self._client.people.describe(token)
        if body.restricted:
            own = {body.project.id: frozenset(role.name for role in body.roles)} if body.project else {}
            return _identity(body, own, {}, frozenset())
        # `effective` follows groups, inheritance and implied roles, so that nothing of that is repeated here.
        asked = self._assignments({"user.id": body.user.id, "effective": "1"})
        by_groups = asyncio.gather(*(self._of_group(group) for group in body.user.groups))
        assignments, system, given = await asyncio.gather(asked, self._system_roles(body.user.id), by_groups)
        # Keystone leaves these out of the effective ones, unless memberships by the login outlast it (`authorization_ttl`).
        assignments += [one for found in given for one in found if one.scope.inherited_to is None]
        projects = _by_scope((a.scope.project, a.role) for a in assignments)
        domains = _by_scope((a.scope.domain, a.role) for a in assignments)
        return _identity(body, projects, domains, system)

    async def sign_out(self, token: str) -> None:
        await self._client.people.revoke(token)

    async def create_trust(self, token: str, project: str, roles: Collection[str], expires_at: datetime) -> Trust:
        trust_id = await self._client.trusts.create(token, project, roles, expires_at)
        return Trust(trust_id, project, tuple(sorted(roles)), expires_at)

    async def delete_trust(self, trust_id: str) -> None:
        await self._client.trusts.delete(trust_id)

    async def trust_token(self, trust_id: str) -> tuple[str, datetime]:
        return await self._client.trusts.token(trust_id)

    async def _log_in(self, identity: dict[str, Any], refused: str, scope: Any = None) -> str:
        auth = {"identity": identity} if scope is None else {"identity": identity, "scope": scope}
        try:
            token, _ = await self._client.people.log_in(auth)
        except (Unauthenticated, NotFound, Invalid) as error:  # Keystone answers 400 to an empty name
            raise Unauthenticated(refused, backend=self._client.name, request_id=error.request_id) from error
        return token

    async def _system_roles(self, user: str) -> frozenset[str]:
        """Keystone leaves the system out of effective assignments, so all of the few that there are get read and sorted here."""
        assignments = await self._assignments({"scope.system": "all"})
        roles = {a.role.name for a in assignments if a.user is not None and a.user.id == user}
        if any(a.group is not None for a in assignments):
            groups = {group.id for group in await self._listed(f"/users/{step(user)}/groups", "groups")}
            roles |= {a.role.name for a in assignments if a.group is not None and a.group.id in groups}
        return effective(frozenset(roles))

    async def _of_group(self, group: str) -> list[_Assignment]:
        async with self._groups_at_once:
            return await self._assignments({"group.id": group})

    async def _assignments(self, params: dict[str, str | int]) -> list[_Assignment]:
        params = {**params, "include_names": "1"}
        answer = await self._client.read(SERVICE, "/role_assignments", _ANSWER, params)
        return self._part(answer, "role_assignments", _ASSIGNMENTS)

    # -- rows ----------------------------------------------------------------------------------------------------------

    def _common(self, kind: str, body: _Body) -> dict[str, str]:
        cloud = self._names.identity_cloud
        return {"id": self._names.id(kind, body.id), "native_id": body.id, "cloud": cloud, "name": body.name}

    def _project(self, body: _Body) -> ProjectRow:
        return ProjectRow(
            **self._common("project", body),
            description=_text(body.description) or "",
            domain_id=self._names.ref("domain", body.domain_id) or "",
            enabled=body.enabled,
            tags=tuple(tag for tag in body.tags if isinstance(tag, str)) if isinstance(body.tags, list) else (),
        )

    def _user(self, body: _Body) -> UserRow:
        return UserRow(
            **self._common("user", body),
            domain_id=self._names.ref("domain", body.domain_id) or "",
            email=_text(body.email),
            enabled=body.enabled,
        )

    def _role(self, body: _Body) -> RoleRow:
        return RoleRow(**self._common("role", body), description=_text(body.description) or "")

    def _domain(self, body: _Body) -> DomainRow:
        return DomainRow(
            **self._common("domain", body), description=_text(body.description) or "", enabled=body.enabled
        )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _by_scope(found: Iterable[tuple[Named | None, Named]]) -> dict[str, frozenset[str]]:
    roles: dict[str, set[str]] = {}
    for scope, role in found:
        if scope is not None:
            roles.setdefault(scope.id, set()).add(role.name)
    return {scope: frozenset(names) for scope, names in roles.items()}


def _identity(
    body: TokenBody,
    projects: Mapping[str, frozenset[str]],
    domains: Mapping[str, frozenset[str]],
    system: frozenset[str],
) -> Identity:
    domain = body.user.domain
    return Identity(
        user_id=body.user.id,
        user_name=body.user.name,
        domain_id=domain.id if domain else "",
        domain_name=domain.name if domain else "",
        roles=projects,
        domain_roles=domains,
        system_roles=system,
        project_id=body.project.id if body.project else None,
        expires_at=body.expires_at.timestamp(),
        restricted=body.restricted,
    )
