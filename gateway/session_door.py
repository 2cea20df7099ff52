"""Opens the session of somebody whose token Keystone gave, and ends the one that the browser had; used by all ways to sign in.

`sign_in.py` is the way by a secret, `federated.py` the way through an identity provider.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from gateway.auth import Authenticator, bare
from gateway.request import SESSION_COOKIE, cookie
from gateway.sessions import store_answers
from gateway.settings import Settings
from resolvers.actor import Actor, Origin
from resolvers.clock import Clock
from resolvers.errors import TimedOut, Unauthenticated, Unavailable

log = logging.getLogger("gurum.session")

LONGEST_SESSION: Final = 24 * 3600  # seconds, for tokens that do not say when they end
SignedOut = Callable[[Actor], Awaitable[None]]  # told of whose session ended, and by which token it was


async def nobody_minds(_: Actor) -> None:
    """Where no part of 9rum acts for people later."""


@dataclass(frozen=True, slots=True)
class Opened:
    actor: Actor
    cookie: str = field(repr=False)
    seconds: int


class SessionDoor:
    """Cookies are for https only where people come by https, also through a TLS proxy."""

    def __init__(
        self, authenticator: Authenticator, clock: Clock, settings: Settings, signed_out: SignedOut = nobody_minds
    ) -> None:
        self._authenticator = authenticator
        self._clock = clock
        self._signed_out = signed_out
        self._secure = (settings.http.url or "").startswith("https:")

    async def open(self, token: str, address: str | None, headers: Mapping[bytes, bytes]) -> Opened:
        """`token` as the session keeps it. Raises Unauthenticated when Keystone does not know it."""
        actor = await self._authenticator.actor_of(token, None, Origin("http", address))
        assert actor is not None  # noqa: S101 - a token was given
        await self.end(headers)
        ends = actor.identity.expires_at
        seconds = LONGEST_SESSION if ends is None else max(int(ends - self._clock.now().timestamp()), 1)
        session = await self._authenticator.sessions.create(token, seconds)
        log.info("%s signed in", actor.user_id)
        return Opened(actor, session, seconds)

    def give(self, response: Response, opened: Opened, request: Request) -> None:
        response.set_cookie(
            SESSION_COOKIE,
            opened.cookie,
            max_age=opened.seconds,
            path="/",
            httponly=True,
            samesite="strict",
            secure=self._secure or request.url.scheme == "https",
        )

    async def end(self, headers: Mapping[bytes, bytes]) -> None:
        """End the session that the browser still has, if any."""
        session = cookie(headers, SESSION_COOKIE)
        token = await self._authenticator.sessions.end(session) if session is not None else None
        if token is None:
            return
        await self._tell(token)
        self._authenticator.forget(token)
        try:
            await self._authenticator.port.sign_out(bare(token))
        except (Unavailable, TimedOut) as error:
            log.warning("a session was ended here, but its token could not be revoked: %s", error.message)

    async def _tell(self, token: str) -> None:
        """While Keystone still says whose token it is."""
        try:
            actor = await self._authenticator.actor_of(token, None, Origin("http"))
            assert actor is not None  # noqa: S101 - a token was given
            async with store_answers():
                await self._signed_out(actor)
        except Unauthenticated:
            return  # it ended before
        except (Unavailable, TimedOut) as error:
            log.warning(
                "a session was ended, but its token is still among those that the bot acts by: %s", error.message
            )
