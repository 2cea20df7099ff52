"""Who sees what, written a second time and from the outside: from what Keystone says of a caller, not from our Actor.

It knows the rules by sentences of the design: members see their projects' rows, what is public and what is shared with them; keypairs
are their user's alone; machines are for operators; admins of a domain see its projects and people; a token bound to one project sees
no more than that project gives.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from resolvers.actor import Identity
from resolvers.inventory.kinds import Row, Scope
from tests.resolvers.graph.world import KINDS, REALMS, row_id

IMPLIES = {"admin": {"member", "reader"}, "member": {"reader"}}


def kind_of(row: Row) -> str:
    return row.id.split(":")[0]


def full(roles: Iterable[str]) -> set[str]:
    given = set(roles)
    return given.union(*(IMPLIES.get(role, set()) for role in given))


@dataclass(frozen=True)
class Sight:
    """`roles` maps the global ids of the caller's projects to roles there; a role on a domain is none on its projects."""

    user: str
    roles: dict[str, set[str]]
    realms: set[str]  # global ids of the domains that the caller administers
    everything: bool
    operator: bool

    def sees(self, row: Any) -> bool:
        kind = kind_of(row)
        if kind == "keypair":
            return bool(row.user_id == self.user)
        if self.everything or KINDS[kind].scope is Scope.PUBLIC:
            return True
        if kind == "project":
            return row.id in self.roles or row.domain_id in self.realms
        if kind == "user":
            return row.id == self.user or row.domain_id in self.realms
        if KINDS[kind].scope is Scope.SYSTEM:
            return False
        owners = {row.project_id, *getattr(row, "shared_with", ())}
        return bool(getattr(row, "public", False) or owners & set(self.roles))

    def holds(self, role: str) -> bool:
        return self.operator or any(role in roles for roles in self.roles.values())


def sight(identity: Identity, rows: Sequence[Any]) -> Sight:
    projects = [row for row in rows if kind_of(row) == "project"]
    free = not identity.restricted
    realms = {row_id("domain", d) for d, given in identity.domain_roles.items() if free and "admin" in given}
    roles = {row_id("project", p): full(given) for p, given in identity.roles.items()}
    admins = [p for p in projects if p.name == "admin" and REALMS[p.domain_id.split("/")[1]] == "Default"]
    operator = any("admin" in roles.get(p.id, set()) for p in admins)
    system = full(identity.system_roles) if free else set()
    operator = operator or "admin" in system
    return Sight(
        user=row_id("user", identity.user_id),
        roles=roles,
        realms=realms,
        everything=operator or "reader" in system,
        operator=operator,
    )
