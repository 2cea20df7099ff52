"""What one request brings along, before GraphQL looks at it: correlation id, credentials, origin, and the context made of them.

Called by the HTTP, WebSocket and SSE views. Who the caller is, is decided by the `MakeContext` that `gateway/app.py` passes in;
nothing here reads a token's content.
"""

import ipaddress
import re
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol
from urllib.parse import urlsplit

from starlette.types import Scope

from resolvers.actor import Actor

SESSION_COOKIE: Final = "gurum_session"
TOKEN_HEADER: Final = b"x-auth-token"

TransportKind = Literal["http", "ws", "sse"]

_CORRELATION = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What is known of a request before anybody checked it. The secrets never show in a repr."""

    correlation_id: str
    token: str | None = field(default=None, repr=False)  # X-Auth-Token, or `token` of connection_init
    session: str | None = field(default=None, repr=False)  # the session cookie
    address: str | None = None
    transport: TransportKind = "http"


class RequestContext(Protocol):
    """What the transport needs of the context; resolvers see the whole of it as `info.context`."""

    @property
    def known_actor(self) -> Actor | None:
        """None: nobody signed in. Asking never raises."""

    @property
    def correlation_id(self) -> str: ...

    def spent(self) -> int:
        """What the answer has taken of its caller's budget until now, where that is known only afterwards."""

    def mark(self) -> Any:
        """What has been counted so far; `back_to` takes back what came after, when something is done anew."""

    def back_to(self, mark: Any) -> None: ...

    def response_extensions(self) -> dict[str, Any]:
        """Called once after execution; merged into the answer's `extensions`."""


MakeContext = Callable[[RequestFacts], Awaitable[RequestContext]]


def caller_key(actor: Actor | None, address: str | None) -> str:
    """Whom limits count: the signed-in user, else the address."""
    return f"user:{actor.user_id}" if actor is not None else f"address:{address}"


def headers_of(scope: Scope) -> dict[bytes, bytes]:
    """The headers by lower-case name. Of a repeated header the last one counts, except cookies (HTTP/2 splits them)."""
    headers: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name == b"cookie" and name in headers:
            value = headers[name] + b"; " + value
        headers[name] = value
    return headers


def correlation_of(scope: Scope, headers: Mapping[bytes, bytes]) -> str:
    """The caller's own id when it is harmless in logs and headers, else a fresh one; the same one all through the request."""
    known = scope.get("correlation_id")
    if known is not None:
        return str(known)
    given = headers.get(b"x-correlation-id") or headers.get(b"x-request-id") or b""
    text = given.decode("latin-1")
    scope["correlation_id"] = text if _CORRELATION.match(text) else secrets.token_hex(8)
    return str(scope["correlation_id"])


def cookie(headers: Mapping[bytes, bytes], name: str) -> str | None:
    for part in headers.get(b"cookie", b"").decode("latin-1").split(";"):
        key, _, value = part.strip().partition("=")
        if key == name and value:
            return value
    return None


def token_of(headers: Mapping[bytes, bytes]) -> str | None:
    token = headers.get(TOKEN_HEADER)
    return token.decode("latin-1") if token else None


class TrustedProxies:
    """Finds the caller's address behind reverse proxies.

    X-Forwarded-For is believed only as far as it was written by a trusted proxy: read from the right, the first
    address that is not one of ours is the caller.
    """

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = tuple(ipaddress.ip_network(network, strict=False) for network in networks)

    def address(self, scope: Scope, headers: Mapping[bytes, bytes]) -> str | None:
        client = scope.get("client")
        address = str(client[0]) if client else None
        if not self._networks or address is None or not self._trusts(address):
            return address
        for hop in reversed(headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")):
            if hop.strip():
                address = hop.strip()
                if not self._trusts(address):
                    break
        return address

    def _trusts(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._networks)


def origin_allowed(scope: Scope, headers: Mapping[bytes, bytes], allowed: Iterable[str]) -> bool:
    """Whether a browser page may use the session cookie here: no Origin (not a browser), our own, or one of the setting's."""
    origin = headers.get(b"origin", b"").decode("latin-1").lower()
    if not origin:
        return True
    if origin in {entry.lower().rstrip("/") for entry in allowed}:
        return True
    host = headers.get(b"host", b"").decode("latin-1").lower()
    return bool(host) and urlsplit(origin).netloc == host
