"""The settings of signing in by Keystone's federation (WebSSO); used by `federated.py`."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit

from pydantic import Field, field_validator

from resolvers.settings import Section

PATH: Final = "/session/federated"
_PORTS: Final = {"http": 80, "https": 443}
_STRANGE: Final = re.compile(r"[\x00-\x20\x7f\\]")


class FederatedLogin(Section):
    name: str = Field(min_length=1, max_length=80, description="What the button says.")
    url: str = Field(max_length=2000, description="Keystone's WebSSO address of this login, without `origin`.")

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        try:
            parts, _ = urlsplit(url), origin_of(url)
        except ValueError:
            raise ValueError("is not a web address") from None
        # `urlsplit` passes over some signs; what is sent to browsers is the text itself.
        if parts.scheme not in _PORTS or not parts.hostname or not url.isascii() or _STRANGE.search(url):
            raise ValueError("should be a web address (https://...), Keystone's WebSSO address of the login")
        if parts.username is not None or parts.fragment:
            raise ValueError("should be an address without a user and without `#`")
        if any(key == "origin" for key, _ in parse_qsl(parts.query, keep_blank_values=True)):
            raise ValueError("should be the address without `origin`, which 9rum adds")
        return url

    @property
    def origin(self) -> str:
        """Of Keystone, as browsers write it: from there the token comes."""
        return origin_of(self.url)

    def begins_at(self, returns_to: str) -> str:
        return f"{self.url}{'&' if '?' in self.url else '?'}origin={quote(returns_to, safe='')}"


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    name = parts.hostname or ""
    host = f"[{name}]" if ":" in name else name.encode("idna").decode()
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def returns_to(public_url: str) -> str:
    """Where Keystone sends the token: `trusted_dashboard` in keystone.conf must be just this text."""
    return f"{origin_of(public_url)}{PATH}"


def unfit(logins: Iterable[FederatedLogin], url: str | None) -> str | None:
    """What is wrong with these logins, where people reach 9rum at `url`; None when nothing is."""
    names = [login.name for login in logins]
    if not names:
        return None
    if twice := next((name for name in names if names.count(name) > 1), None):
        return f"two logins are named `{twice}`; each needs a name of its own"
    if url is None:
        return "Keystone must know where people come back to; set `http.url`"
    try:
        by_https, host = origin_of(url).startswith("https:"), urlsplit(url).hostname
    except ValueError:
        return "Keystone must know where people come back to, and `http.url` is not a web address"
    # Browsers keep the cookie of the way there and back for https alone, and for their own machine.
    if not by_https and host not in ("localhost", "127.0.0.1", "::1"):
        return "browsers sign in this way by https alone; `http.url` should begin with `https://`"
    return None
