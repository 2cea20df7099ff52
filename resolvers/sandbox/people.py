"""Who may do what in a sandbox: accounts with hashed passwords, roles, application credentials, trusts, and tokens.

Accounts come from the seed; only a role can be taken away from one. Tokens are random, end by themselves, and are kept in the store by
their hash only, under the name of the identity cloud, so that several sandboxes accept the same token and a sign-in survives a restart.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

import msgspec

from notifications.redis import RedisClient
from resolvers.actor import ADMIN, Credential, Identity, effective
from resolvers.clock import Clock
from resolvers.errors import Denied, Invalid, NotFound, Unauthenticated
from resolvers.identity.port import Trust
from resolvers.names import Names
from resolvers.sandbox.journal import store_errors
from resolvers.sandbox.trusts import KeptTrust, Trusts

TOKEN_SECONDS: Final = 12 * 3600
NO_ROLES: Final[frozenset[str]] = frozenset()
ENDED: Final = "The token is unknown or has ended; sign in again."


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
    """`unrestricted` as in Keystone: whether its tokens may make trusts."""

    user: str
    project: str
    secret: Secret
    unrestricted: bool = False


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
    """What a token stands for. `restricted` tokens can not leave their project; `delegates`: it may make trusts.

    `trust` is the one that it was made from; its roles are then the only ones that the token has.
    """

    user: str
    project: str | None
    restricted: bool
    expires_at: float
    delegates: bool = True
    trust: str | None = None


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
        self._trusts = Trusts(redis, names)
        self._decoy = Secret.of("", b"decoy")  # checked for unknown names, so that both take equally long

    async def sign_in(self, user: str, password: str, domain: str, project: str | None) -> str:
        seeded = self._account(user, domain)
        if not (seeded.secret if seeded else self._decoy).fits(password) or seeded is None:
            raise Unauthenticated("The user name or the password is wrong.")
        account = await self._today(seeded)
        native = None if project is None else self._project(project, account.domain)
        if project is not None and not (native and (account.roles.get(native) or self._admin(account, None))):
            raise Unauthenticated(f"You have no role on a project `{project}`.")
        return await self._issue(Session(account.native, native, restricted=False, expires_at=self._end_of_day()))

    async def sign_in_application_credential(self, credential_id: str, secret: str) -> str:
        known = self._directory.credentials.get(credential_id)
        if not (known.secret if known else self._decoy).fits(secret) or known is None:
            raise Unauthenticated("The application credential or its secret is wrong.")
        end = self._end_of_day()
        return await self._issue(Session(known.user, known.project, True, end, delegates=known.unrestricted))

    async def sign_out(self, token: str) -> None:
        with store_errors(self._names.cloud):
            await self._redis.delete(self._key(token))

    async def identify(self, token: str) -> Identity:
        session, account = await self._holder(token)
        return Identity(
            user_id=account.native,
            user_name=account.name,
            domain_id=account.domain,
            domain_name=self._directory.domains[account.domain],
            roles={project: effective(given) for project, given in account.roles.items()},
            domain_roles={domain: effective(given) for domain, given in account.domain_roles.items()},
            system_roles=effective(account.system_roles),
            project_id=session.project,
            expires_at=session.expires_at,
            restricted=session.restricted,
        )

    async def caller(self, acting: Credential, role: str | None) -> Caller:
        """Raises Unauthenticated, NotFound for a project out of sight, Denied when the role is missing. `role` None asks for none."""
        session, account = await self._holder(acting.token)
        project = acting.project or session.project or ""
        if session.restricted and project != session.project:
            raise Denied("This token is for another project.")
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

    # -- trusts --------------------------------------------------------------------------------------------------------

    async def create_trust(self, token: str, project: str, roles: Collection[str], expires_at: datetime) -> Trust:
        session, account = await self._holder(token)
        if session.trust is not None:
            raise Denied("What was delegated to 9rum can not be delegated further.")
        if not session.delegates:
            raise Denied("This application credential may not delegate roles; sign in with your password.")
        held = effective(account.roles.get(project, NO_ROLES))
        if missing := sorted(set(roles) - held):
            raise Denied(f"You do not have the role `{missing[0]}` on this project.")
        seconds = (expires_at - self._clock.now()).total_seconds()
        if not roles or seconds <= 0:
            raise Invalid("A trust needs a role, and an end that is still to come.")
        kept = KeptTrust(account.native, project, tuple(sorted(roles)), expires_at.timestamp())
        return Trust(await self._trusts.keep(kept, seconds), project, kept.roles, expires_at)

    async def delete_trust(self, trust_id: str) -> None:
        await self._trusts.delete(trust_id)

    async def trust_token(self, trust_id: str) -> tuple[str, datetime]:
        trust = await self._trusts.get(trust_id, self._clock.now().timestamp())
        if trust is None or trust.user not in self._directory.accounts:
            raise NotFound("The trust has ended, was deleted, or never was.")
        if not await self._stands(trust):
            raise Denied("The person lost a role that the trust delegates.")
        session = Session(trust.user, trust.project, True, self._end_of_day(), delegates=False, trust=trust_id)
        return await self._issue(session), datetime.fromtimestamp(session.expires_at, UTC)

    async def revoke_role(self, user: str, project: str, role: str) -> None:
        """Take a role of the seed away from a person; names, not ids. For tests, and for a demo of what happens then."""
        await self._trusts.take_away(*self._given(user, project), role)

    async def restore_role(self, user: str, project: str, role: str) -> None:
        await self._trusts.give_back(*self._given(user, project), role)

    async def _stands(self, trust: KeptTrust) -> bool:
        account = await self._today(self._directory.accounts[trust.user])
        return set(trust.roles) <= effective(account.roles.get(trust.project, NO_ROLES))

    def _given(self, user: str, project: str) -> tuple[str, str]:
        account = next(account for account in self._directory.accounts.values() if account.name == user)
        return account.native, next(p for p in account.roles if self._directory.projects[p] == project)

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

    def _end_of_day(self) -> float:
        """When a token that is made now ends."""
        return self._clock.now().timestamp() + TOKEN_SECONDS

    async def _issue(self, session: Session) -> str:
        token = secrets.token_urlsafe(32)
        with store_errors(self._names.cloud):
            await self._redis.set(self._key(token), msgspec.json.encode(session), ex=TOKEN_SECONDS)
        return token

    async def _today(self, account: Account) -> Account:
        """The account without the roles that were taken away."""
        taken = await self._trusts.taken()
        if not taken:
            return account
        left = {
            project: given - {role for role in given if (account.native, project, role) in taken}
            for project, given in account.roles.items()
        }
        return replace(account, roles={project: given for project, given in left.items() if given})

    async def _holder(self, token: str) -> tuple[Session, Account]:
        """What a token stands for, and its account with the roles that the token gives."""
        with store_errors(self._names.cloud):
            stored = await self._redis.get(self._key(token))
        session = msgspec.json.decode(stored, type=Session) if stored else None
        now = self._clock.now().timestamp()
        # A token of an older seed may name a user who is no more.
        if session is None or session.expires_at <= now or session.user not in self._directory.accounts:
            raise Unauthenticated(ENDED)
        account = await self._today(self._directory.accounts[session.user])
        if session.restricted:
            roles = {project: given for project, given in account.roles.items() if project == session.project}
            account = replace(account, roles=roles, domain_roles={}, system_roles=NO_ROLES)
        if session.trust is not None:
            trust = await self._trusts.get(session.trust, now)
            if trust is None or not await self._stands(trust):
                raise Unauthenticated(ENDED)
            account = replace(account, roles={trust.project: frozenset(trust.roles)})
        return session, account
