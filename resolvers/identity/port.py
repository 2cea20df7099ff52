"""What 9rum asks of an identity backend (Keystone, the sandbox), and the rows of projects, users, roles and domains.

`gateway/auth.py` signs people in through it; the collector lists by it. Adapters: `openstack.py`, `sandbox.py`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from resolvers.actor import Identity
from resolvers.inventory.feed import Feed
from resolvers.inventory.kinds import Kind, Row, Scope


class ProjectRow(Row, frozen=True, kw_only=True, gc=False):
    description: str
    domain_id: str  # global id of the domain
    enabled: bool
    tags: tuple[str, ...]


class UserRow(Row, frozen=True, kw_only=True, gc=False):
    domain_id: str  # global id of the domain
    email: str | None
    enabled: bool


class RoleRow(Row, frozen=True, kw_only=True, gc=False):
    description: str


class DomainRow(Row, frozen=True, kw_only=True, gc=False):
    description: str
    enabled: bool


PROJECT = Kind(
    name="project",
    row=ProjectRow,
    scope=Scope.IDENTITY_PROJECT,
    plural="projects",
    title="project",
    indexes=("name", "domain_id"),
    filters=("name", "enabled", "tags"),
    edges={"domain": ("domain_id", "domain")},
    orders=("name",),
    facets=("enabled", "domain_id"),
    search=("name", "native_id", "tags"),
    interval=60.0,
)
USER = Kind(
    name="user",
    row=UserRow,
    scope=Scope.IDENTITY_USER,
    plural="users",
    title="user",
    indexes=("name", "domain_id"),
    filters=("name", "email", "enabled"),
    edges={"domain": ("domain_id", "domain")},
    orders=("name", "email"),
    facets=("enabled",),
    search=("name", "native_id", "email"),
    interval=60.0,
)
ROLE = Kind(
    name="role", row=RoleRow, scope=Scope.PUBLIC, plural="roles", title="role", indexes=("name",), interval=300.0
)
DOMAIN_KIND = Kind(
    name="domain",
    row=DomainRow,
    scope=Scope.PUBLIC,
    plural="domains",
    title="domain",
    indexes=("name",),
    filters=("name", "enabled"),
    interval=300.0,
)
KINDS = (PROJECT, USER, ROLE, DOMAIN_KIND)


@dataclass(frozen=True, slots=True)
class Trust:
    """A person lets 9rum's own account act as this person in one project. The id is no secret: it is of use to that account alone."""

    id: str
    project: str  # native id
    roles: tuple[str, ...]
    expires_at: datetime


class IdentityPort(Protocol):
    """Raises Unauthenticated for wrong secrets and unknown or ended tokens, Unavailable and TimedOut for a backend that is away."""

    def feeds(self) -> Sequence[Feed[Row]]: ...

    async def sign_in(self, user: str, password: str, domain: str, project: str | None) -> str:
        """A token; unscoped when `project` (a name in the same domain, or an id) is None."""
        ...

    async def sign_in_application_credential(self, credential_id: str, secret: str) -> str:
        """A token that is bound to the credential's project and roles."""
        ...

    async def identify(self, token: str) -> Identity:
        """Whose token it is, with effective roles on all projects and domains, and on the system."""
        ...

    async def sign_out(self, token: str) -> None:
        """Revoke a token; nothing happens when it is unknown."""
        ...

    async def create_trust(self, token: str, project: str, roles: Collection[str], expires_at: datetime) -> Trust:
        """Let 9rum act as the token's person in a project (native id), with these of the person's roles and no others.

        It can not be passed on. Denied when the person lacks a role there, or when the cloud lets no such token make trusts.
        """
        ...

    async def delete_trust(self, trust_id: str) -> None:
        """The person need not be there; tokens made of it end with it. Nothing happens when there is no such trust."""
        ...

    async def trust_token(self, trust_id: str) -> tuple[str, datetime]:
        """A token of the person who made the trust, and when it ends. It can not leave the trust's project and roles.

        NotFound when the trust has ended, was deleted, or never was; Denied when the person lost one of its roles or was disabled.
        """
        ...
