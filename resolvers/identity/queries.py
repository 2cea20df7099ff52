"""`Query.me`: who the caller is to 9rum, and what the caller may do where. From the Actor; rows from the read model."""

from datetime import UTC, datetime
from typing import Any

import strawberry
from strawberry import Info

from resolvers.actor import Actor
from resolvers.context import Context
from resolvers.identity.types import Project, User


@strawberry.type(description="A project of yours, with the roles that you have on it.")
class MyProject:
    project: Project
    roles: list[str] = strawberry.field(description="With those that they imply.")


@strawberry.type(description="The caller.")
class Me:
    id: strawberry.ID = strawberry.field(description="Global id of your user.")
    name: str
    domain_name: str
    user: User | None = strawberry.field(description="Null while the directory has not told of you yet.")
    projects: list[MyProject] = strawberry.field(description="Projects on which you have a role, by name.")
    system_roles: list[str]
    operator: bool = strawberry.field(description="Whether you may do what is for operators of the cloud.")
    all_projects: bool = strawberry.field(description="Whether you see the rows of every project.")
    current_project: Project | None = strawberry.field(
        description="The project of your token: where things are made unless said."
    )
    expires_at: datetime | None = strawberry.field(description="When your token ends.")


@strawberry.type
class IdentityQueries:
    @strawberry.field(description="Who you are, and what you may do where.")
    async def me(self, info: Info[Context, None]) -> Me:
        context = info.context
        actor = context.actor
        for kind in ("user", "project"):
            context.touched.add(kind)
            await context.inventory.ensure(kind, None)
        expires = actor.identity.expires_at
        return Me(
            id=strawberry.ID(actor.user_id),
            name=actor.user_name,
            domain_name=actor.identity.domain_name,
            user=context.inventory.get(actor, "user", actor.user_id),
            projects=_projects(context, actor),
            system_roles=sorted(actor.identity.system_roles),
            operator=actor.operator,
            all_projects=actor.all_projects,
            current_project=context.inventory.get(actor, "project", actor.project_id),
            expires_at=None if expires is None else datetime.fromtimestamp(expires, UTC),
        )


def _projects(context: Context, actor: Actor) -> list[MyProject]:
    found: list[tuple[Any, frozenset[str]]] = [
        (row, roles)
        for project, roles in actor.projects.items()
        if (row := context.inventory.get(actor, "project", project)) is not None
    ]
    found.sort(key=lambda pair: (pair[0].name, pair[0].id))
    return [MyProject(project=row, roles=sorted(roles)) for row, roles in found]
