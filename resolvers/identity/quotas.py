"""`project.quotas`: limits and usage, read live as the caller from every cloud that has quotas. Used by `types.py`.

All services of all clouds are asked at once, each with a deadline of its own; one that is away is named and takes nothing from the others.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import strawberry
from strawberry import Info

from resolvers.actor import Credential
from resolvers.context import Context
from resolvers.errors import GurumError, TimedOut
from resolvers.quota import Quota

COST = 50
DEADLINE = 5.0  # seconds for each service of each cloud
SERVICES = ("compute", "volume", "network")


@strawberry.type(description="One limit of a project, and what is used of it.")
class QuotaUsage:
    cloud: str
    service: str
    resource: str = strawberry.field(description="The service's own word, such as `instances`, `cores`, `gigabytes`.")
    limit: int | None = strawberry.field(description="Null is unlimited.")
    used: int
    reserved: int = strawberry.field(description="Promised to work under way, and not yet used.")


@strawberry.type(description="A service that did not tell its quotas, and why.")
class QuotaError:
    cloud: str
    service: str
    code: str
    message: str


@strawberry.type(description="The quotas of all services that answered, and the services that did not.")
class ProjectQuotas:
    usage: list[QuotaUsage]
    errors: list[QuotaError]


async def of_project(root: strawberry.Parent[Any], info: Info[Context, None]) -> ProjectQuotas:
    context = info.context
    context.takes(COST)
    acting = context.actor.credential(root.id)
    answers = await asyncio.gather(
        *(
            _asked(service, cloud, port, acting)
            for service in SERVICES
            for cloud, port in context.ports.all(service).items()
        )
    )
    return ProjectQuotas(
        usage=[usage for answer in answers if not isinstance(answer, QuotaError) for usage in answer],
        errors=[answer for answer in answers if isinstance(answer, QuotaError)],
    )


async def _asked(service: str, cloud: str, port: Any, acting: Credential) -> list[QuotaUsage] | QuotaError:
    try:
        async with asyncio.timeout(DEADLINE):
            quotas: Sequence[Quota] = await port.quotas(acting)
    except TimeoutError:
        sentence = f"The {service} service of {cloud} did not tell its quotas in {DEADLINE:g} s."
        return QuotaError(cloud=cloud, service=service, code=TimedOut.code, message=sentence)
    except GurumError as error:
        return QuotaError(cloud=cloud, service=service, code=error.code, message=error.message)
    return [
        QuotaUsage(
            cloud=cloud,
            service=quota.service,
            resource=quota.resource,
            limit=quota.limit,
            used=quota.used,
            reserved=quota.reserved,
        )
        for quota in quotas
    ]
