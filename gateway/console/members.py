"""Who asks for the conversation, and which rooms are theirs: asked anew at each request, from the same token or session as `/graphql`.

Used by `chat.py` and `events.py`. A room of somebody else does not exist for the caller.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.types import Scope

from bot.platforms.base import Person
from bot.platforms.console.rooms import NAME, Room, rooms_of
from gateway.auth import carried
from gateway.caller import Callers
from gateway.directory import Directory
from gateway.errors import Refusal
from gateway.json_routes import locale_of
from gateway.request import RequestFacts, TransportKind
from resolvers.actor import Actor
from resolvers.context import Context
from resolvers.errors import NotFound, Unauthenticated

# Rooms of a caller who sees every project: with more than these, only those of the projects on which the caller has a role,
# since every page listens to all its rooms. In the direct room such a caller still acts on any project.
MOST_ROOMS: Final = 500


@dataclass(frozen=True, slots=True)
class Member:
    """A caller who is signed in."""

    facts: RequestFacts
    actor: Actor
    person: Person
    rooms: tuple[Room, ...]

    def room(self, room_id: str) -> Room:
        """Raises Refusal (404) for what is no room of theirs, whether there is one or not."""
        for room in self.rooms:
            if room.id == room_id:
                return room
        raise Refusal(NotFound("There is no such room, or it is not yours."), 404)


class Members:
    def __init__(self, callers: Callers, directory: Directory) -> None:
        self.callers = callers
        self._directory = directory

    async def member(self, scope: Scope, headers: Mapping[bytes, bytes], transport: TransportKind) -> Member:
        """Raises Unauthenticated, and Refusal (403) for a page of another origin."""
        facts, context = await self.callers.identify(scope, headers, transport)
        assert isinstance(context, Context)  # noqa: S101 - app.py makes no other
        if context.known_actor is None:
            raise Unauthenticated("Sign in to see the conversation.")
        actor = context.actor
        projects = {project["id"]: project["name"] for project in self._directory.named(_projects(context))}
        person = person_of(actor, locale_of(headers))
        return Member(facts, actor, person, tuple(rooms_of(person.id, projects)))


def person_of(actor: Actor, locale: str | None = None) -> Person:
    """The chat account of somebody who is signed in."""
    return Person(platform=NAME, id=_account(actor), name=actor.user_name, locale=locale, token=carried(actor))


def _account(actor: Actor) -> str:
    """Whose room it is. Who may work in one project alone is an account of its own: what the person asked elsewhere is not for it."""
    identity = actor.identity
    return f"{actor.user_id}@{identity.project_id}" if identity.restricted else actor.user_id


def _projects(context: Context) -> list[str]:
    actor = context.actor
    if actor.all_projects:
        every = [str(row.id) for row in context.inventory.table("project").all()]
        if len(every) <= MOST_ROOMS:
            return sorted({*every, *actor.projects})
    return list(actor.projects)
