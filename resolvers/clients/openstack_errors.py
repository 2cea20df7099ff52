"""The one place where what OpenStack says went wrong becomes an error of ours, with a sentence for people.

Called by the other `openstack*` modules of this room. The backend's own message is the best one for a refused request, but it is
cleaned first: bounded, printable, no address of an inner server, nothing that looks like a token. The message of a 5xx is for
the backend's operators and is not repeated; its request id is kept.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from keystoneauth1 import exceptions as ka
from openstack import exceptions as sdk

from resolvers.errors import (
    Conflict,
    Denied,
    GurumError,
    Invalid,
    NotFound,
    QuotaExceeded,
    RateLimited,
    TimedOut,
    Unauthenticated,
    Unavailable,
)

NAMES = {
    "identity": "Keystone (identity)",
    "compute": "Nova (compute)",
    "image": "Glance (image)",
    "block-storage": "Cinder (block storage)",
    "network": "Neutron (network)",
}
REQUEST_ID = ("x-openstack-request-id", "x-compute-request-id")
MAX_MESSAGE = 400  # characters of a backend's sentence
_MAX_BODY = 64 * 1024  # an error body longer than this holds no sentence
_MAX_TEXT = 4 * 1024  # characters in which a sentence is looked for: the patterns below take the square of it
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_TOKEN = re.compile(r"\b(?:gAAAA[\w=-]{20,}|[A-Za-z0-9_-]{80,}={0,2}|eyJ[\w-]+\.[\w-]+\.[\w-]+)")
_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)  # Glance writes them into its JSON too
_HTML_TEXT = re.compile(
    r"<h1>.*?</h1>|<(?:script|style|head)\b.*?</(?:script|style|head)>|<[^>]+>", re.DOTALL | re.IGNORECASE
)
GATEWAY = (502, 504)  # said by what stands before the service, when the answer of the service did not come
_QUOTA = re.compile(r"quota|OverQuota|exceeds? allowed", re.IGNORECASE)


def title(backend: str, service: str) -> str:
    """`Nova (compute) of krane`, the way sentences name a service."""
    return f"{NAMES.get(service, service)} of {backend}"


def clean(text: str) -> str:
    """A backend's text as one printable line."""
    text = _TOKEN.sub("(hidden)", _ADDRESS.sub("(an address)", _BREAK.sub(" ", text[:_MAX_TEXT])))
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= MAX_MESSAGE else line[: MAX_MESSAGE - 1] + "…"


def request_id(headers: Mapping[str, str]) -> str | None:
    found = next((headers[name] for name in REQUEST_ID if name in headers), None)
    return clean(found)[:80] if found else None


def message_of(body: bytes) -> str:
    """The sentence inside an error body of any of the services; empty when there is none."""
    if len(body) > _MAX_BODY:
        return ""
    try:
        found = _sentence(msgspec.json.decode(body))
    except msgspec.DecodeError:
        found = _HTML_TEXT.sub(" ", body[:_MAX_TEXT].decode(errors="replace"))
    return clean(found)


def _sentence(body: Any) -> str:
    """The services wrap it as {kind: {message}} (Nova, Cinder, Neutron), {error: {message}} (Keystone), or {message} (Glance)."""
    if isinstance(body, list):
        return _sentence(body[0]) if body else ""
    if not isinstance(body, dict):
        return ""
    for key in ("message", "detail", "faultstring"):
        if isinstance(body.get(key), str) and body[key]:
            return str(body[key])
    inner = (value for value in body.values() if isinstance(value, dict | list))
    return next(
        (text for text in map(_sentence, inner) if text), next((v for v in body.values() if isinstance(v, str)), "")
    )


def from_answer(backend: str, service: str, status: int, headers: Mapping[str, str], body: bytes) -> GurumError:
    """The error of an answer with a status of 400 or more."""
    retry_after = _seconds(headers.get("retry-after"))
    if status == 404 and request_id(headers) is None and "json" not in headers.get("content-type", ""):
        # All services say it in JSON or with the id of the request. What says it otherwise stands before the service, and knows nothing of
        # what is there: were it believed, rows would go, and deletions be over.
        return Unavailable(
            f"{title(backend, service)} is not found at its address: another server answers there.", backend=backend
        )
    if status == 413 and retry_after is None and b"overLimit" not in body[:_MAX_TEXT]:
        # No quota and no limit of requests, for both of which OpenStack has this status too: what a proxy says of a large body.
        return Invalid(
            f"{title(backend, service)} refuses this as too large; ask its operators to raise the limit of the proxy before it.",
            backend=backend,
            request_id=request_id(headers),
        )
    return _error(backend, service, status, message_of(body), request_id(headers), retry_after)


def from_vendor(backend: str, service: str, error: Exception) -> GurumError:
    """The error of an exception of keystoneauth or openstacksdk."""
    name = title(backend, service)
    if isinstance(error, ka.DiscoveryFailure):
        # keystoneauth tells it of whatever went wrong while it looked for Keystone's versions; what that was stands behind it.
        if isinstance(error.__context__, ka.ConnectionError | ka.HttpError):
            return from_vendor(backend, service, error.__context__)
        return Unavailable(f"{name} does not tell its API versions at its address; check `auth_url`.", backend=backend)
    if isinstance(error, ka.HttpError | sdk.HttpException):
        status = getattr(error, "http_status", None) or getattr(error, "status_code", None) or 500
        text = clean(str(error.details or error.message or ""))
        return _error(backend, service, int(status), text, error.request_id, None)
    if isinstance(error, ka.ConnectTimeout | sdk.ResourceTimeout):
        return TimedOut(f"{name} did not answer in time.", backend=backend)
    if isinstance(error, ka.SSLError):
        return untrusted(backend, service)
    if isinstance(error, ka.ConnectionError):
        return unreachable(backend, service)
    if isinstance(error, ka.EndpointNotFound | ka.EmptyCatalog):
        return NotOffered(
            f"The catalogue of {backend} has no address of {NAMES.get(service, service)}.", backend=backend
        )
    return Unavailable(f"{name} gave an answer that 9rum can not read.", backend=backend)


def of_own_account(backend: str, service: str, error: GurumError) -> GurumError:
    """The error of a call by 9rum's own account: that it is refused is no fault of the person who asked."""
    if isinstance(error, Unauthenticated):
        why = "does not let 9rum's own account in; check its entry in clouds.yaml."
    elif isinstance(error, Denied):
        why = "does not allow this to 9rum's own account; give it the role that it needs."
    else:
        return error
    return Unavailable(f"{title(backend, service)} {why}", backend=backend, request_id=error.request_id)


class NotOffered(Unavailable):
    """The catalogue has no such service."""


class OtherVersion(Unavailable):
    """A service does not speak the version of its API any more that it told: it was changed for an older one, or is being changed."""


class SeveralRegions(Unavailable):
    """The catalogue has a service more than once, and nothing says which one is meant."""


class ProxyFailed(Unavailable):
    """A service is not reached because of the proxy before it."""


class Untrusted(Unavailable):
    """A service shows a certificate that nobody vouches for."""


def not_offered(backend: str, service: str, interface: str, region: str | None) -> NotOffered:
    name = NAMES.get(service, service)
    if not region:
        return NotOffered(f"The catalogue of {backend} has no {interface} address of {name}.", backend=backend)
    sentence = f"The catalogue of {backend} has no {interface} address of {name} in the region {region}."
    return NotOffered(sentence, backend=backend)


def in_several_regions(backend: str, service: str, regions: Sequence[str]) -> SeveralRegions:
    return SeveralRegions(
        f"The catalogue of {backend} has {NAMES.get(service, service)} in several regions ({', '.join(regions)}); "
        "name one as `region`.",
        backend=backend,
    )


def refused_to_own_account(error: GurumError) -> bool:
    """Whether the cloud's policy keeps this from 9rum's own account, so that asking again is of no use."""
    return isinstance(error.__cause__, Denied)


def unreachable(backend: str, service: str) -> Unavailable:
    return Unavailable(f"{title(backend, service)} does not answer: no connection to it can be made.", backend=backend)


def proxy_away(backend: str, service: str) -> ProxyFailed:
    why = "is not reached: no connection to the proxy can be made that this machine's environment names."
    return ProxyFailed(f"{title(backend, service)} {why}", backend=backend)


def proxy_refuses(backend: str, service: str, status: int) -> ProxyFailed:
    why = f"is not reached: the proxy that this machine's environment names refuses with status {status}."
    return ProxyFailed(f"{title(backend, service)} {why}", backend=backend)


def proxy_unknown(backend: str, service: str) -> ProxyFailed:
    why = (
        "is not reached: this machine's environment names a proxy that is not an HTTP proxy; add the cloud to NO_PROXY."
    )
    return ProxyFailed(f"{title(backend, service)} {why}", backend=backend)


def broken_off(backend: str, service: str) -> Unavailable:
    return Unavailable(
        f"{title(backend, service)} ended the connection before it answered.", backend=backend, lost=True
    )


def elsewhere(backend: str, service: str) -> Unavailable:
    why = "gave an answer that 9rum can not use: it sends the caller to another address."
    return Unavailable(f"{title(backend, service)} {why}", backend=backend)


def untrusted(backend: str, service: str) -> Untrusted:
    why = "shows a certificate that this machine does not trust; name its authority as `cacert` in clouds.yaml."
    return Untrusted(f"{title(backend, service)} {why}", backend=backend)


def timed_out(backend: str, service: str, deadline: float) -> TimedOut:
    return TimedOut(f"{title(backend, service)} did not answer within {deadline:g} s.", backend=backend)


def _error(
    backend: str,
    service: str,
    status: int,
    text: str,
    its_id: str | None,
    retry_after: float | None,
) -> GurumError:
    name = title(backend, service)
    about: dict[str, Any] = {"backend": backend, "request_id": its_id}
    if status >= 500:
        return Unavailable(
            f"{name} failed with status {status}; it may work later.",
            **about,
            retry_after=retry_after,
            lost=status in GATEWAY,
        )
    if status == 406:
        return OtherVersion(f"{name} does not speak the version of its API that it told; try again.", **about)
    if status in (403, 409, 413) and _QUOTA.search(text):
        return QuotaExceeded(text, **about)
    if status in (413, 429):
        return RateLimited(f"{name} asks to send fewer requests; try again later.", **about, retry_after=retry_after)
    if status == 401:
        return Unauthenticated(f"{name} does not accept your token; sign in again.", **about)
    kind = {403: Denied, 404: NotFound, 409: Conflict, 410: NotFound}.get(status, Invalid)
    return kind(text or f"{name} refused the request with status {status}.", **about)


def _seconds(text: str | None) -> float | None:
    """Retry-After in seconds; its other form, a date, is left out because no OpenStack service sends it."""
    return float(text) if text and text.isdecimal() else None
