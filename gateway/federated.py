"""The routes of `/session/federated`: signing in through Keystone's federation (WebSSO).

Mounted by `gateway/app.py`; used by the console, the link page and the explorer. A page begins (`/session/federated/begin`) and sends its
browser to Keystone, which sends it to the identity provider and at last lets it POST a token here, as a form of another site. Such a form
anybody could write, with the own token in it, and would have signed others in as themselves; so it is taken only from Keystone's origin
and only from a browser in which a sign-in was begun.
"""

import logging
from collections.abc import Iterable, Mapping
from typing import Annotated, Final
from urllib.parse import parse_qs

import orjson
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gateway import begun, media
from gateway.auth import Authenticator, plausible
from gateway.begun import Begun, Page, Start
from gateway.errors import Refusal
from gateway.federated_settings import PATH, FederatedLogin, origin_of, returns_to
from gateway.json_routes import json_object, own_page, served, validated
from gateway.limits import LimitSettings
from gateway.limits.body import BodyLimit
from gateway.request import TrustedProxies, cookie, headers_of
from gateway.session_door import Opened, SessionDoor, SignedOut, nobody_minds
from gateway.settings import Settings
from gateway.sign_in_limit import SignInLimit
from notifications.redis import RedisClient
from resolvers.clock import Clock
from resolvers.errors import GurumError, NotFound, RateLimited, TimedOut, Unauthenticated, Unavailable
from resolvers.inventory.store import shown

log = logging.getLogger("gurum.session")

COOKIE: Final = "gurum_sso"
BODY_BYTES: Final = 32_768
FORM: Final = "application/x-www-form-urlencoded"
SHAPE: Final = "To begin is {name, page?}; `page` is console, link or explorer."
# What the page is told, and turns into a sentence (`sign.back.*` in its texts).
NOT_BEGUN: Final = "begin"
NOT_TAKEN: Final = "refused"
TOO_MANY: Final = "limit"
AWAY: Final = "away"


class Begin(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=80)]
    page: Page = Page.CONSOLE


class _TurnedAway(Exception):
    """`code` as above; `why` for the log."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


class Federated:
    def __init__(
        self,
        authenticator: Authenticator,
        limit: SignInLimit,
        redis: RedisClient,
        clock: Clock,
        settings: Settings,
        signed_out: SignedOut = nobody_minds,
    ) -> None:
        self._limit = limit
        self._begun = Begun(redis)
        self._door = SessionDoor(authenticator, clock, settings, signed_out)
        self._logins = {login.name: login for login in settings.identity.federated}
        self._own_origin = origin_of(settings.public_url)  # a proxy in front may tell another name
        self._returns_to = returns_to(settings.public_url)
        self._proxies = TrustedProxies(settings.graphql.trusted_proxies)
        self._body = BodyLimit(LimitSettings(body_bytes=BODY_BYTES))

    def routes(self) -> list[BaseRoute]:
        return [
            Route(PATH, served(self._names), methods=["GET"]),
            Route(PATH, served(self._back), methods=["POST"]),
            Route(f"{PATH}/begin", served(self._begin), methods=["POST"]),
        ]

    async def _names(self, request: Request) -> Response:
        """Public: whoever signs in must see the ways first."""
        return _json({"logins": [{"name": name} for name in self._logins]})

    async def _begin(self, request: Request) -> Response:
        headers = own_page(request, (self._own_origin,), "sign in here")
        wanted = validated(Begin, await json_object(request, headers, self._body, "the request", SHAPE), SHAPE)
        login = self._logins.get(wanted.name)
        if login is None:
            raise Refusal(NotFound(f"There is no login `{shown(wanted.name)}` here; load the page again."), 404)
        state = await self._begun.begin(Start(login.name, wanted.page), self._proxies.address(request.scope, headers))
        # Now, because the form from elsewhere comes without the cookie of the session that the browser has.
        await self._door.end(headers)
        response = _json({"url": login.begins_at(self._returns_to)})
        # SameSite=None: a form of another site brings it along, and browsers take such a cookie with Secure alone.
        response.set_cookie(
            COOKIE, state, max_age=begun.SECONDS, path=PATH, httponly=True, samesite="none", secure=True
        )
        return response

    async def _back(self, request: Request) -> Response:
        headers = headers_of(request.scope)
        address = self._proxies.address(request.scope, headers)
        start, opened, code = None, None, ""
        try:
            self._from_keystone(headers, self._logins.values())  # before it costs the browser its state
            token = await self._form(request, headers)
            start = await self._begun.take(cookie(headers, COOKIE))
            if start is None:
                raise _TurnedAway(NOT_BEGUN, "it was not begun in this browser, or has ended")
            self._from_keystone(headers, [login for login in self._logins.values() if login.name == start.login])
            opened = await self._opened(token, address, headers)
        except (_TurnedAway, Refusal, GurumError) as error:
            code = _code(error)
            log.info("a federated sign-in failed: %s", error, extra={"address": address})
        place = (start.page if start is not None else Page.CONSOLE).path
        response = RedirectResponse(f"{place}?sign-in={code}" if code else place, 303)
        if start is not None:
            response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="none", secure=True)
        if opened is not None:
            self._door.give(response, opened, request)
        return response

    # -- own -----------------------------------------------------------------------------------------------------------

    async def _form(self, request: Request, headers: Mapping[bytes, bytes]) -> str:
        """The token that Keystone's form holds."""
        if headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower() != FORM:
            raise _TurnedAway(NOT_TAKEN, "it is no form")
        body = await self._body.read(request.receive, headers)
        try:
            tokens = parse_qs(body.decode("ascii"), max_num_fields=8).get("token", [])
        except ValueError:
            raise _TurnedAway(NOT_TAKEN, "the form can not be read") from None
        if len(tokens) != 1 or not plausible(tokens[0]):
            raise _TurnedAway(NOT_TAKEN, "the form holds no token")
        return tokens[0]

    def _from_keystone(self, headers: Mapping[bytes, bytes], logins: Iterable[FederatedLogin]) -> None:
        came_from = headers.get(b"origin", b"").decode("latin-1")
        known = sorted({login.origin for login in logins})
        if came_from.lower() not in known:
            expected = " or ".join(known) or "a login of the settings"
            raise _TurnedAway(NOT_TAKEN, f"its form came from `{shown(came_from)}`, not from {expected}")

    async def _opened(self, token: str, address: str | None, headers: Mapping[bytes, bytes]) -> Opened:
        """Counted as any attempt, before Keystone is asked; per token, since nobody knows yet whose it is."""
        who = f"token {token}"
        await self._limit.attempt(who, address)
        try:
            opened = await self._door.open(token, address, headers)
        except Unauthenticated:
            raise
        except GurumError:
            await self._limit.refund(who, address)  # the token was never looked at
            raise
        await self._limit.refund(who, address)
        return opened


def _code(error: Exception) -> str:
    if isinstance(error, _TurnedAway):
        return error.code
    if isinstance(error, RateLimited):
        return TOO_MANY
    return AWAY if isinstance(error, (Unavailable, TimedOut)) else NOT_TAKEN


def _json(content: object) -> Response:
    return Response(orjson.dumps(content), media_type=media.JSON)
