"""The routes of linking a chat account: `/chat/link/look` tells what an address of the bot is for, `/chat/link` delegates roles to it.

Mounted by `gateway/app.py`, used by the page `/link`. Who may link is who has the address and is signed in by a session. What is delegated
are Keystone trusts, made with the session's token here; the bot keeps their ids (`bot/people.py`) and no secret of the person.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

import orjson
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.people import Delegation, Link, Offer, People
from bot.ports import Attempt, Deed, Journal
from gateway import media
from gateway.auth import Authenticator
from gateway.directory import Directory
from gateway.errors import Refusal
from gateway.json_routes import json_object, own_page, served, validated
from gateway.limits import LimitSettings
from gateway.limits.body import BodyLimit
from gateway.link_settings import LinkSettings
from gateway.request import SESSION_COOKIE, cookie
from resolvers import ids
from resolvers.actor import Actor, Origin
from resolvers.clock import Clock
from resolvers.errors import Denied, GurumError, Invalid, NotFound, Unauthenticated
from resolvers.identity.port import Trust
from resolvers.inventory.store import shown

log = logging.getLogger("gurum.link")

COMMAND: Final = "account.link"
HTTP: Final = "http"
BODY_BYTES: Final = 65_536
MOST_PROJECTS: Final = 50
LOOK_SHAPE: Final = "To look is {secret}."
SHAPE: Final = "A link is {secret, projects: [{id, roles: [...]}], days}."
NO_OFFER: Final = "This address was used, has ended, or never was; ask the bot for a new one by `link`."
NOBODY: Final = "Nobody is signed in here. Sign in to link your chat account."

Secret = Annotated[str, Field(min_length=1, max_length=200)]
Name = Annotated[str, Field(min_length=1, max_length=255)]


class Look(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    secret: Secret


class Delegated(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: Annotated[str, Field(min_length=1, max_length=ids.MAX_LENGTH)]
    roles: Annotated[list[Name], Field(min_length=1, max_length=50)]


class Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    secret: Secret
    projects: Annotated[list[Delegated], Field(min_length=1, max_length=MOST_PROJECTS)]
    days: Annotated[int, Field(ge=1)]


class Linking:
    def __init__(
        self,
        authenticator: Authenticator,
        people: People,
        directory: Directory,
        clock: Clock,
        settings: LinkSettings,
        journal: Journal,
        allowed_origins: Sequence[str] = (),
    ) -> None:
        self._authenticator = authenticator
        self._port = authenticator.port
        self._people = people
        self._directory = directory
        self._clock = clock
        self._settings = settings
        self._journal = journal
        self._allowed_origins = allowed_origins
        self._body = BodyLimit(LimitSettings(body_bytes=BODY_BYTES))

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/chat/link/look", served(self._look), methods=["POST"]),
            Route("/chat/link", served(self._link), methods=["POST"]),
        ]

    async def _look(self, request: Request) -> Response:
        headers = own_page(request, self._allowed_origins, "ask for links here")
        look = validated(Look, await json_object(request, headers, self._body, "the request", LOOK_SHAPE), LOOK_SHAPE)
        actor = await self._signed_in(headers)
        offer = await self._people.offered(look.secret)
        if offer is None:
            raise Refusal(NotFound(NO_OFFER), 404)
        identity, held = actor.identity, self._held(actor)
        projects = [{**found, "roles": sorted(held[found["id"]])} for found in self._directory.named(held)]
        return _json(
            {
                "platform": offer.platform,
                "account": offer.account,
                "name": offer.name,
                "user": {"id": actor.user_id, "name": identity.user_name, "domain": identity.domain_name},
                "projects": projects,
                "max_days": self._settings.max_days,
                "default_days": self._settings.default_days,
            }
        )

    async def _link(self, request: Request) -> Response:
        headers = own_page(request, self._allowed_origins, "link accounts here")
        wanted = validated(Wanted, await json_object(request, headers, self._body, "the link", SHAPE), SHAPE)
        actor = await self._signed_in(headers)
        # Whoever asked may go away meanwhile: what was begun is still finished, or undone.
        link = await asyncio.shield(asyncio.create_task(self._attempted(actor, wanted)))
        log.info("%s is linked to %s", link.account, link.user)
        projects = [
            {"name": one.name, "roles": one.roles, "expires_at": _iso(one.expires_at)} for one in link.delegations
        ]
        return _json({"account": link.account, "projects": projects})

    # -- own -----------------------------------------------------------------------------------------------------------

    async def _signed_in(self, headers: dict[bytes, bytes]) -> Actor:
        actor = await self._authenticator.actor_of(None, cookie(headers, SESSION_COOKIE), Origin())
        if actor is None:
            raise Unauthenticated(NOBODY)
        return actor

    def _held(self, actor: Actor) -> dict[str, frozenset[str]]:
        """Roles by project (global id), as Keystone tells them: only these can be delegated."""
        cloud, roles = self._authenticator.cloud, actor.identity.roles
        return {ids.make("project", cloud, native): given for native, given in roles.items() if given}

    def _check(self, actor: Actor, wanted: Wanted) -> None:
        """Raises Invalid or Denied: nothing is taken or made then."""
        if wanted.days > self._settings.max_days:
            raise Invalid(f"Roles can be delegated for {self._settings.max_days} days at most.", field="days")
        if len({one.id for one in wanted.projects}) < len(wanted.projects):
            raise Invalid(f"A project stands there twice. {SHAPE}", field="projects")
        held = self._held(actor)
        for one in wanted.projects:
            if one.id not in held:
                raise Denied(f"You have no role on a project `{shown(one.id)}`.", field="projects")
            if missing := sorted(set(one.roles) - held[one.id]):
                raise Denied(f"You do not have the role `{shown(missing[0])}` on `{shown(one.id)}`.", field="projects")

    async def _attempted(self, actor: Actor, wanted: Wanted) -> Link:
        """The link; an audit row tells of it, or why there is none."""
        offer: Offer | None = None
        try:
            self._check(actor, wanted)
            offer = await self._people.take(wanted.secret)
            if offer is None:
                raise Refusal(NotFound(NO_OFFER), 404)
            link = await self._made(actor, wanted, offer)
        except (GurumError, Refusal) as failed:
            await self._refused(actor, offer, failed.error if isinstance(failed, Refusal) else failed)
            raise
        projects = [f"{one.name}: {', '.join(one.roles)}" for one in link.delegations]
        facts = {"projects": projects, "until": _iso(min(one.expires_at for one in link.delegations))}
        user, name = actor.user_id, actor.user_name
        try:
            await self._journal.done(Deed(link.account, COMMAND, HTTP, user=user, user_name=name, facts=facts))
        except Exception:
            # The link stands, and its address is used: whoever made it is told so.
            log.exception("the audit row of a link could not be written: %s is linked to %s", link.account, link.user)
        return link

    async def _refused(self, actor: Actor, offer: Offer | None, error: GurumError) -> None:
        account = offer.account if offer is not None else actor.user_id
        user, name = actor.user_id, actor.user_name
        await self._journal.refused(
            Attempt(account, COMMAND, error.code, error.message, HTTP, "", user=user, user_name=name)
        )

    async def _made(self, actor: Actor, wanted: Wanted, offer: Offer) -> Link:
        """All trusts and the link, or nothing: then the address can be used again."""
        made: list[Trust] = []
        try:
            expires_at = self._clock.now() + timedelta(days=wanted.days)
            for one in wanted.projects:
                native = ids.native(one.id) or ""
                trust = await self._port.create_trust(actor.token, native, sorted(set(one.roles)), expires_at)
                made.append(trust)
                await self._people.unfinished(trust.id)
            link = self._linked(actor, offer, made)
            await self._people.save(link)
        except Exception as error:
            await self._undo(wanted.secret, offer, made)
            if isinstance(error, NotFound):  # the project went away between the two requests
                raise Denied("One of these projects is not there any more.", field="projects") from error
            raise
        return link

    async def _undo(self, secret: str, offer: Offer, made: Sequence[Trust]) -> None:
        for step in (*(self._people.discard(trust.id) for trust in made), self._people.give_back(secret, offer)):
            try:
                await step
            except Exception:
                # The store is away: the trusts that it knows of are deleted later, and the address is lost.
                log.exception("a link that could not be made could not be undone either")

    def _linked(self, actor: Actor, offer: Offer, made: Sequence[Trust]) -> Link:
        cloud = self._authenticator.cloud
        projects = {ids.make("project", cloud, trust.project): trust for trust in made}
        return Link(
            account=offer.account,
            user=actor.user_id,
            user_name=actor.identity.user_name,
            domain=actor.identity.domain_name,
            delegations=[
                Delegation(
                    project=found["id"],
                    name=found["name"],
                    trust=projects[found["id"]].id,
                    roles=list(projects[found["id"]].roles),
                    expires_at=projects[found["id"]].expires_at.timestamp(),
                )
                for found in self._directory.named(projects)
            ],
            linked_at=self._clock.now().timestamp(),
            name=offer.name,
            locale=offer.locale,
        )


def _json(content: Any) -> Response:
    return Response(orjson.dumps(content), media_type=media.JSON)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
