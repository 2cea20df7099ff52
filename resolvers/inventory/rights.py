"""Who sees a row: decided here, row by row (`sees`). Roots look first, in `store`, for the rows that ownership's indexes offer.

The rules mirror what the backends themselves show: a project's members see its rows, shared and public rows are seen by those
they are shared with, keypairs belong to a user, hypervisors to operators.
"""

from collections.abc import Callable
from typing import Any, Final

from resolvers.actor import Actor
from resolvers.inventory.kinds import Kind, Scope

Rule = Callable[[Actor, Any], bool]


def _project(actor: Actor, row: Any) -> bool:
    if actor.all_projects or row.project_id in actor.projects or getattr(row, "public", False):
        return True
    shared = getattr(row, "shared_with", ())
    return any(project in actor.projects for project in shared)


def _user(actor: Actor, row: Any) -> bool:
    return bool(row.user_id == actor.user_id)


def _everyone(actor: Actor, row: Any) -> bool:
    return True


def _operators(actor: Actor, row: Any) -> bool:
    return actor.all_projects


def _identity_project(actor: Actor, row: Any) -> bool:
    """Projects with a role on them, and all of a domain for its admin: which there are, not what is in them."""
    return actor.sees(row.id) or _admin_of(actor, row.domain_id)


def _admin_of(actor: Actor, domain_id: str) -> bool:
    """An application credential or a trust carries no role on a domain."""
    native = domain_id.split("/", 1)[1]
    return not actor.identity.restricted and "admin" in actor.identity.domain_roles.get(native, frozenset())


def _identity_user(actor: Actor, row: Any) -> bool:
    """Oneself; operators; admins of the user's domain. Others are not listed: a directory is Keystone's business, not ours."""
    if actor.all_projects or row.id == actor.user_id:
        return True
    return _admin_of(actor, row.domain_id)


RULES: Final[dict[Scope, Rule]] = {
    Scope.PROJECT: _project,
    Scope.USER: _user,
    Scope.PUBLIC: _everyone,
    Scope.SYSTEM: _operators,
    Scope.IDENTITY_PROJECT: _identity_project,
    Scope.IDENTITY_USER: _identity_user,
}


def sees(actor: Actor, kind: Kind[Any], row: Any) -> bool:
    return RULES[kind.scope](actor, row)


def sees_everything(actor: Actor, kind: Kind[Any]) -> bool:
    """Whether no row of this kind is hidden from the caller, so that lists need no filter at all."""
    return kind.scope is Scope.PUBLIC or (actor.all_projects and kind.scope is not Scope.USER)
