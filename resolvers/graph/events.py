"""Live data: what changes in the read model, as a subscription. Used by `schema`. Rights are checked for each event and subscriber."""

import enum
from collections.abc import AsyncIterator

import strawberry
from strawberry import Info

from resolvers.context import Context
from resolvers.errors import Invalid
from resolvers.graph.nodes import Node
from resolvers.graph.roots import known_kinds
from resolvers.inventory import rights
from resolvers.inventory.events import Event

MAX_IDS = 200


@strawberry.enum(description="What happened to a resource. GAP: events were missed, read the state anew.")
class ChangeKind(enum.Enum):
    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    GAP = "gap"


@strawberry.type(description="A resource that changed.")
class ResourceEvent:
    change: ChangeKind
    kind: str | None
    id: strawberry.ID | None
    node: Node | None = strawberry.field(description="As it is now, or as it was last when it was deleted.")
    resume: str = strawberry.field(description="Pass it as `resume` to go on behind this event.")


@strawberry.type
class EventSubscriptions:
    @strawberry.subscription(
        description="Changes of resources that you may see, by kind, project or id; from `resume` on, or from now on."
    )
    async def resource_events(
        self,
        info: Info[Context, None],
        kinds: list[str] | None = None,
        project: str | None = None,
        ids: list[strawberry.ID] | None = None,
        resume: str | None = None,
    ) -> AsyncIterator[ResourceEvent]:
        context = info.context
        context.require_actor()
        wanted_kinds = frozenset(kind.name for kind in known_kinds(context, kinds))
        wanted_project = context.resolve("project", project).id if project is not None else None
        if ids is not None and len(ids) > MAX_IDS:
            raise Invalid(f"`ids` takes at most {MAX_IDS}; {len(ids)} were given.", field="ids")
        wanted_ids = None if ids is None else frozenset(ids)

        def wanted(event: Event) -> bool:
            if event.kind not in wanted_kinds or (wanted_ids is not None and event.row.id not in wanted_ids):
                return False
            if wanted_project is not None and getattr(event.row, "project_id", None) != wanted_project:
                return False
            return rights.sees(context.actor, context.inventory.kinds[event.kind], event.row)

        async for event in context.events.follow(wanted, resume):
            yield ResourceEvent(
                change=ChangeKind.GAP if event.change is None else ChangeKind(event.change),
                kind=event.kind or None,
                id=None if event.row is None else event.row.id,
                node=event.row,
                resume=context.events.token(event),
            )
