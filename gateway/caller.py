"""Who calls: from a connection's headers to the facts and the context, the same way for every transport."""

from collections.abc import Mapping, Sequence

from starlette.types import Scope

from gateway.errors import Refusal
from gateway.request import (
    SESSION_COOKIE,
    MakeContext,
    RequestContext,
    RequestFacts,
    TransportKind,
    TrustedProxies,
    cookie,
    correlation_of,
    origin_allowed,
    token_of,
)
from resolvers.errors import Denied


class Callers:
    def __init__(
        self, make_context: MakeContext, trusted_proxies: Sequence[str], allowed_origins: Sequence[str]
    ) -> None:
        self.make_context = make_context
        self._proxies = TrustedProxies(trusted_proxies)
        self._allowed_origins = tuple(allowed_origins)

    def facts(self, scope: Scope, headers: Mapping[bytes, bytes], transport: TransportKind) -> RequestFacts:
        """Raises `Refusal` (403) when a page of another site uses the session cookie of this one."""
        token = token_of(headers)
        session = cookie(headers, SESSION_COOKIE)
        if session is not None and token is None and not origin_allowed(scope, headers, self._allowed_origins):
            raise Refusal(Denied("Pages of another origin may not use the session here; send an X-Auth-Token."))
        return RequestFacts(
            correlation_id=correlation_of(scope, headers),
            token=token,
            session=session,
            address=self._proxies.address(scope, headers),
            transport=transport,
        )

    async def identify(
        self, scope: Scope, headers: Mapping[bytes, bytes], transport: TransportKind
    ) -> tuple[RequestFacts, RequestContext]:
        """Raises what `make_context` raises: `Unauthenticated` for a token that is not valid."""
        facts = self.facts(scope, headers, transport)
        return facts, await self.make_context(facts)
