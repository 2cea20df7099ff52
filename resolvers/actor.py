"""The Actor: one person (or service) with a Keystone user, roles, and an origin. Made by `gateway/auth.py`, carried by `Context`.

It answers two questions and no more: which projects may this caller see, and which roles has the caller on one of them.
The person's token travels in `Credential`, whose repr never shows it.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from resolvers import ids
from resolvers.errors import NotFound

READER, MEMBER, ADMIN = "reader", "member", "admin"
OPERATOR = "operator"  # no role of Keystone: whoever is an operator of the cloud
# Keystone's own implication (admin implies member implies reader); backends answer effective roles, this covers those that do not.
IMPLIED: Final = {ADMIN: frozenset({ADMIN, MEMBER, READER}), MEMBER: frozenset({MEMBER, READER})}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from: `http`, `console`, or a chat platform with channel and message."""

    kind: str = "http"
    address: str | None = None
    channel: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Credential:
    """How to act upstream as this person: a Keystone token, and the project (native id) that it shall be scoped to."""

    token: str = field(repr=False)
    project: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """What Keystone says of a token. Ids are native; `roles` maps project id -> effective role names.

    `restricted` marks tokens that can not be rescoped (application credentials, trusts): `roles` then holds their one project.
    """

    user_id: str
    user_name: str
    domain_id: str
    domain_name: str
    roles: Mapping[str, frozenset[str]]
    domain_roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    system_roles: frozenset[str] = frozenset()
    project_id: str | None = None  # the project that the token is scoped to, used as the default
    expires_at: float | None = None  # seconds since the epoch
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """`projects` maps the global id of each visible project to the caller's effective roles there.

    `all_projects`: the caller sees every project (system reader or admin, or admin of the admin project).
    `user_id` and `project_id` are global ids; `identity` holds Keystone's own. `project_id` is the project that the token is
    scoped to, the default of mutations. `admin_project` is the project whose admins are operators, where it is known.
    """

    identity: Identity
    user_id: str
    project_id: str | None
    projects: Mapping[str, frozenset[str]]
    all_projects: bool
    operator: bool
    token: str = field(repr=False)
    origin: Origin = Origin()
    admin_project: str | None = None

    @property
    def user_name(self) -> str:
        return self.identity.user_name

    @property
    def only_project(self) -> str | None:
        """The one project that the caller can be in; None when there are several, or none."""
        return None if self.all_projects or len(self.projects) != 1 else next(iter(self.projects))

    def sees(self, project_id: str | None) -> bool:
        return self.all_projects or project_id in self.projects

    def own(self, user_id: str, project_id: str | None) -> bool:
        """Whether something is this person's own, and of here: who is in one project only (a room of it, a token for it) does not see
        there what the same person did in others."""
        return user_id == self.user_id and project_id in (None, self.only_project or project_id)

    def roles_on(self, project_id: str | None) -> frozenset[str]:
        """Effective roles on a project (global id). An operator is admin everywhere, as in Nova's own policy."""
        roles = self.projects.get(project_id or "", frozenset())
        return roles | IMPLIED[ADMIN] if self.operator else roles

    def holds(self, role: str) -> bool:
        """Whether the caller has the role anywhere: decides which commands help shows."""
        return self.operator or any(role in roles for roles in self.projects.values())

    def credential(self, project_id: str | None) -> Credential:
        """To act upstream on a project (global id)."""
        return Credential(self.token, ids.native(project_id))

    def narrowed(self, project_id: str) -> "Actor":
        """The same person in one project only: nothing else of a project is seen or done. Raises NotFound for a project out of sight.

        An operator is an ordinary admin in a project, and an operator only in the project whose admins are operators.
        """
        if not self.sees(project_id):
            raise NotFound("There is no such project.", field="project")
        if self.operator and project_id == self.admin_project:
            return dataclasses.replace(self, project_id=project_id)
        roles = self.roles_on(project_id)
        native = ids.parse(project_id).native
        identity = dataclasses.replace(
            self.identity, roles={native: roles}, domain_roles={}, system_roles=frozenset(), project_id=native
        )
        return dataclasses.replace(
            self,
            identity=identity,
            project_id=project_id,
            projects={project_id: roles},
            all_projects=False,
            operator=False,
        )

    def rights_key(self) -> tuple[object, ...]:
        """Equal for callers with equal sight and roles: the key of anything that is shared between requests."""
        if self.all_projects:
            return ("all", self.user_id, self.operator)
        domains = None if self.identity.restricted else frozenset(self.identity.domain_roles.items())
        return ("user", self.user_id, frozenset(self.projects.items()), domains)


def effective(roles: frozenset[str]) -> frozenset[str]:
    """Roles with what they imply."""
    return roles.union(*(IMPLIED.get(role, frozenset()) for role in roles))
