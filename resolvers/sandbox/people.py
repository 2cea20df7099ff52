"""Who may do what in a sandbox: accounts with hashed passwords, roles, application credentials, and tokens.

Accounts come from the seed and do not change. Tokens are random, end by themselves, and are kept in the store by their hash only, under
the name of the identity cloud, so that several sandboxes accept the same token and a sign-in survives a restart.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from notifications.redis import RedisClient
from resolvers.actor import ADMIN, Credential, Identity, effective
from resolvers.clock import Clock
from resolvers.errors import Denied, NotFound, Unauthenticated
from resolvers.names import Names
from resolvers.sandbox.journal import store_errors

TOKEN_SECONDS: Final = 12 * 3600
NO_ROLES: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True)
class Secret:
    salt: bytes
    hash: bytes

    @classmethod
    def of(cls, text: str, salt: bytes) -> "Secret":
        # A light setting (about 3 ms): these passwords are printed by the demo, and every sign-in pays for it.
        return cls(salt, hashlib.scrypt(text.encode(), salt=salt, n=1024, r=8, p=1))

    def fits(self, text: str) -> bool:
        return hmac.compare_digest(self.hash, Secret.of(text, self.salt).hash)


@dataclass(frozen=True)
class Account:
    """Ids are native. `roles` maps projects, `domain_roles` domains, to the roles that were given."""

    native: str
    name: str
    domain: str
    secret: Secret
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    domain_roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    system_roles: frozenset[str] = NO_ROLES


@dataclass(frozen=True)
class ApplicationCredential:
    user: str
    project: str
    secret: Secret


@dataclass
class Directory:
    """Filled by the seed. `domains` and `projects` are name by native id; a project's domain stands in `project_domains`."""

    accounts: dict[str, Account] = field(default_factory=dict)
    credentials: dict[str, ApplicationCredential] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)
    projects: dict[str, str] = field(default_factory=dict)
    project_domains: dict[str, str] = field(default_factory=dict)
    admin_project: str = ""


class Session(msgspec.Struct, frozen=True):
    """What a token stands for. `restricted` tokens can not leave their project."""

    user: str
    project: str | None
    restricted: bool
    expires_at: float


@dataclass(frozen=True)
class Caller:
    """The person of one call. Native and global ids of user and project; `admin` acts on every project, as in Nova's own policy."""

    user: str
    user_id: str
    project: str
    project_id: str
    roles: frozenset[str]
    admin: bool

    def require_admin(self, what: str) -> None:
        if not self.admin:
            raise Denied(f"Only operators of the cloud may {what}.")


class People:
    def __init__(self, directory: Directory, redis: RedisClient, names: Names, clock: Clock) -> None:
        self._directory = directory
        self._redis = redis
        self._names = names
        self._clock = clock
        self._decoy = Secret.of("", b"decoy")  # checked for unknown names, so that both take equally long

    async def sign_in(self, user: str, password: str, domain: str, project: str | None) -> str:
        account = self._account(user, domain)
        if not (account.secret if account else self._decoy).fits(password) or account is None:
            raise Unauthenticated("The user name or the password is wrong.")
        native = None if project is None else self._project(project, account.domain)
        if project is not None and not (native and (account.roles.get(native) or self._admin(account, None))):
            raise Unauthenticated(f"You have no role on a project `{project}`.")
        return await self._issue(account.native, native, restricted=False)

    async def sign_in_application_credential(self, credential_id: str, secret: str) -> str:
        known = self._directory.credentials.get(credential_id)
        if not (known.secret if known else self._decoy).fits(secret) or known is None:
            raise Unauthenticated("The application credential or its secret is wrong.")
        return await self._issue(known.user, known.project, restricted=True)

    async def sign_out(self, token: str) -> None:
        with store_errors(self._names.cloud):
            await self._redis.delete(self._key(token))

    async def identify(self, token: str) -> Identity:
        session = await self._session(token)
        account = self._directory.accounts[session.user]
        roles = account.roles
        if session.restricted:
            roles = {project: roles[project] for project in roles if project == session.project}
        return Identity(
            user_id=account.native,
            user_name=account.name,
            domain_id=account.domain,
            domain_name=self._directory.domains[account.domain],
            roles={project: effective(given) for project, given in roles.items()},
            domain_roles={}
            if session.restricted
            else {domain: effective(given) for domain, given in account.domain_roles.items()},
            system_roles=NO_ROLES if session.restricted else effective(account.system_roles),
            project_id=session.project,
            expires_at=session.expires_at,
            restricted=session.restricted,
        )

    async def caller(self, acting: Credential, role: str | None) -> Caller:
        """Raises Unauthenticated, NotFound for a project out of sight, Denied when the role is missing. `role` None asks for none."""
        session = await self._session(acting.token)
        account = self._directory.accounts[session.user]
        project = acting.project or session.project or ""
        if session.restricted and project != session.project:
            raise Denied("This application credential is for another project.")
        admin = self._admin(account, session.project if session.restricted else None)
        roles = effective(account.roles.get(project, NO_ROLES)) | (effective(frozenset({ADMIN})) if admin else NO_ROLES)
        if role is not None:
            if project not in self._directory.projects or not roles:
                raise NotFound("There is no such project.")
            if role not in roles:
                name = self._directory.projects[project]
                raise Denied(f"This needs the role `{role}` on project `{name}`, which you do not have.")
        user_id, project_id = self._names.ref("user", account.native), self._names.ref("project", project)
        return Caller(account.native, user_id or "", project, project_id or "", roles, admin)

    # -- own -----------------------------------------------------------------------------------------------------------

    def _admin(self, account: Account, bound_to: str | None) -> bool:
        """Whether the account is an operator: system admin, or admin on the admin project (the only one that a bound token has)."""
        project = self._directory.admin_project
        on_project = ADMIN in account.roles.get(project, NO_ROLES) and bound_to in (None, project)
        return on_project or (bound_to is None and ADMIN in account.system_roles)

    def _account(self, user: str, domain: str) -> Account | None:
        for account in self._directory.accounts.values():
            if domain in (account.domain, self._directory.domains[account.domain]) and user in (
                account.name,
                account.native,
            ):
                return account
        return None

    def _project(self, project: str, domain: str) -> str | None:
        if project in self._directory.projects:
            return project
        for native, name in self._directory.projects.items():
            if name == project and self._directory.project_domains[native] == domain:
                return native
        return None

    def _key(self, token: str) -> str:
        digest = hashlib.sha256(token.encode()).hexdigest()
        return f"gurum:sandbox:{self._names.identity_cloud}:token:{digest}"

    async def _issue(self, user: str, project: str | None, *, restricted: bool) -> str:
        token = secrets.token_urlsafe(32)
        session = Session(user, project, restricted, self._clock.now().timestamp() + TOKEN_SECONDS)
        with store_errors(self._names.cloud):
            await self._redis.set(self._key(token), msgspec.json.encode(session), ex=TOKEN_SECONDS)
        return token

    async def _session(self, token: str) -> Session:
        with store_errors(self._names.cloud):
            stored = await self._redis.get(self._key(token))
        session = msgspec.json.decode(stored, type=Session) if stored else None
        if session is None or session.expires_at <= self._clock.now().timestamp():
            raise Unauthenticated("The token is unknown or has ended; sign in again.")
        if session.user not in self._directory.accounts:  # a token of an older seed
            raise Unauthenticated("The token is unknown or has ended; sign in again.")
        return session
