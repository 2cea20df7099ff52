"""`Query.quotas`: the quotas of the project that is named, or of the one that the caller works in. What the command `quota list` asks."""

import strawberry
from strawberry import Info

from resolvers.actor import READER
from resolvers.context import Context
from resolvers.identity import quotas
from resolvers.identity.quotas import ProjectQuotas
from resolvers.planning import project_for


@strawberry.type
class QuotaQueries:
    @strawberry.field(
        description="What a project may use and uses; the one that is named, the one of your token, or your only one.",
        metadata={"cost": quotas.COST},
    )
    async def quotas(self, info: Info[Context, None], project: strawberry.ID | None = None) -> ProjectQuotas:
        context = info.context
        context.require_actor()
        await context.inventory.ensure("project", None)
        context.touched.add("project")
        return await quotas.of_project(project_for(context, project, READER), info)
