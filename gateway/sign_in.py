"""The routes of `/session`: sign in with a password or an application credential, ask who one is, sign out.

Mounted by `gateway/app.py`; used by the explorer page. The answer never holds the token: it stays here, behind an HttpOnly cookie.
Errors have GraphQL's shape, so that a page has one way to read them.
"""

import logging
from functools import partial
from typing import Annotated, Final

import orjson
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, Router

from gateway import media
from gateway.auth import Authenticator, bound
from gateway.cross_origin import shared
from gateway.directory import Directory
from gateway.json_routes import json_object, own_page, served, validated
from gateway.limits import LimitSettings
from gateway.limits.body import BodyLimit
from gateway.request import SESSION_COOKIE, TrustedProxies, cookie, headers_of, token_of
from gateway.session_door import SessionDoor, SignedOut, nobody_minds
from gateway.settings import Settings
from gateway.sign_in_limit import SignInLimit
from resolvers.actor import Actor, Origin
from resolvers.clock import Clock
from resolvers.errors import Denied, GurumError, NotFound, Unauthenticated

log = logging.getLogger("gurum.session")

PATH: Final = "/session"
BODY_BYTES: Final = 16_384
SHAPE: Final = "A sign-in is {user, password, domain?, project?} or {application_credential_id, secret}."
# One sentence for all: which of them is wrong is nobody's business who does not know.
WRONG: Final = "The user, the password, the domain or the project is wrong, or you have no role there."
WRONG_CREDENTIAL: Final = "The application credential or its secret is wrong, or it has ended."

Name = Annotated[str, Field(min_length=1, max_length=255)]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=4096)]


class ByPassword(BaseModel):
    model_config = ConfigDict(extra="forbid")

    user: Name
    password: Secret
    domain: Name | None = None
    project: Name | None = None


class ByCredential(BaseModel):
    model_config = ConfigDict(extra="forbid")

    application_credential_id: Name
    secret: Secret


class SignIn:
    def __init__(
        self,
        authenticator: Authenticator,
        limit: SignInLimit,
        directory: Directory,
        clock: Clock,
        settings: Settings,
        signed_out: SignedOut = nobody_minds,
    ) -> None:
        self._authenticator = authenticator
        self._limit = limit
        self._directory = directory
        self._door = SessionDoor(authenticator, clock, settings, signed_out)
        self._default_domain = settings.identity.default_domain
        self._allowed_origins = settings.graphql.allowed_origins
        self._page_origins = settings.page_origins
        self._proxies = TrustedProxies(settings.graphql.trusted_proxies)
        self._body = BodyLimit(LimitSettings(body_bytes=BODY_BYTES))

    def routes(self) -> list[BaseRoute]:
        answers = {"GET": self._show, "POST": self._open, "DELETE": self._close}

        async def answer(request: Request) -> Response:
            return await answers.get(request.method, self._show)(request)  # HEAD comes with GET

        own = Router([Route(PATH, served(answer), methods=list(answers))])
        return [Route(PATH, shared(own, self._allowed_origins, answers))]

    async def _show(self, request: Request) -> Response:
        headers = headers_of(request.scope)
        origin = Origin("http", self._proxies.address(request.scope, headers))
        actor = await self._authenticator.actor_of(token_of(headers), cookie(headers, SESSION_COOKIE), origin)
        if actor is None:
            raise Unauthenticated("Nobody is signed in here.")
        return self._described(actor)

    async def _open(self, request: Request) -> Response:
        headers = self._own_page(request)
        address = self._proxies.address(request.scope, headers)
        wanted = await self._wanted(request, headers)
        token = await self._token(wanted, address)
        opened = await self._door.open(token, address, headers)
        response = self._described(opened.actor)
        self._door.give(response, opened, request)
        return response

    async def _close(self, request: Request) -> Response:
        await self._door.end(self._own_page(request))
        response = Response(status_code=204)
        response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")
        return response

    # -- own -----------------------------------------------------------------------------------------------------------

    def _own_page(self, request: Request) -> dict[bytes, bytes]:
        """The headers; raises Refusal for a page of another origin, whoever's cookie the browser added."""
        return own_page(request, self._page_origins, "sign in or out here")

    async def _wanted(self, request: Request, headers: dict[bytes, bytes]) -> ByPassword | ByCredential:
        given = await json_object(request, headers, self._body, "the sign-in", SHAPE)
        if "application_credential_id" in given:
            return validated(ByCredential, given, SHAPE)
        return validated(ByPassword, given, SHAPE)

    async def _token(self, wanted: ByPassword | ByCredential, address: str | None) -> str:
        """As the session keeps it. Raises Unauthenticated with one sentence for all that may be wrong, RateLimited before asking at all."""
        port = self._authenticator.port
        if isinstance(wanted, ByCredential):
            who, wrong = f"credential {wanted.application_credential_id}", WRONG_CREDENTIAL
            secret = wanted.secret.get_secret_value()
            ask = partial(port.sign_in_application_credential, wanted.application_credential_id, secret)
        else:
            domain = wanted.domain or self._default_domain
            who, wrong = f"user {domain.casefold()}/{wanted.user.casefold()}", WRONG
            ask = partial(port.sign_in, wanted.user, wanted.password.get_secret_value(), domain, wanted.project)
        await self._limit.attempt(who, address)
        try:
            token = await ask()
        except (Unauthenticated, NotFound, Denied):
            log.info("a sign-in failed", extra={"address": address})
            raise Unauthenticated(wrong) from None
        except GurumError:
            await self._limit.refund(who, address)  # the password was never looked at
            raise
        await self._limit.refund(who, address)
        return bound(token) if isinstance(wanted, ByPassword) and wanted.project else token

    def _described(self, actor: Actor) -> Response:
        identity = actor.identity
        answer = {
            "user": {"id": actor.user_id, "name": identity.user_name, "domain": identity.domain_name},
            "projects": self._directory.named(actor.projects),
            "operator": actor.operator,
        }
        return Response(orjson.dumps(answer), media_type=media.JSON)
