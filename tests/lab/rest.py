"""Small blocking HTTP and Keystone client of the lab, and the one way in which it waits for something.

The lab's set-up, its readiness checks and its tests use it; an OpenStack client of a thousand modules would cost
more than the calls.
"""

import http.client
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.lab.pins import LabError

CALL_SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        return json.loads(self.body) if self.body else {}


def call(
    method: str,
    url: str,
    *,
    token: str | None = None,
    body: object = None,
    data: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    seconds: float = CALL_SECONDS,
) -> Answer:
    """One request with a deadline; `body` goes as JSON, `data` as it is. Raises OSError when nothing answers."""
    parts = urlsplit(url)
    sent = {"Accept": "application/json", **(headers or {})}
    if token is not None:
        sent["X-Auth-Token"] = token
    if data is not None:
        sent.setdefault("Content-Type", "application/octet-stream")
    elif body is not None:
        data = json.dumps(body).encode()
        sent.setdefault("Content-Type", "application/json")
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, data, sent)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, answer.read())
    except http.client.HTTPException as error:
        raise OSError(f"{method} {url}: {error!r}") from error
    finally:
        connection.close()


def expect(method: str, url: str, *, token: str | None = None, body: object = None) -> Any:
    """The JSON of a call that must succeed; LabError with the service's own words when it does not."""
    answer = call(method, url, token=token, body=body)
    if not answer.ok:
        text = answer.body[:500].decode(errors="replace")
        raise LabError(f"{method} {url} answered {answer.status}: {text}")
    return answer.json()


@dataclass(frozen=True)
class Token:
    """A token with what came along: its owner, its project if it has one, and the public address of each API."""

    id: str
    user_id: str
    project_id: str | None
    endpoints: Mapping[str, str]


def log_in(auth_url: str, user: str, password: str, scope: object, domain: str = "Default") -> Token:
    """A token by password, for the scope in Keystone's own form; LabError when it is refused."""
    who = {"name": user, "domain": {"name": domain}, "password": password}
    identity = {"methods": ["password"], "password": {"user": who}}
    answer = call("POST", f"{auth_url}/auth/tokens", body={"auth": {"identity": identity, "scope": scope}})
    if not answer.ok:
        raise LabError(f"Keystone gave {user} no token: status {answer.status}.")
    found = answer.json()["token"]
    endpoints = {
        service["type"]: endpoint["url"].rstrip("/")
        for service in found.get("catalog", [])
        for endpoint in service["endpoints"]
        if endpoint["interface"] == "public"
    }
    project = found.get("project", {}).get("id")
    return Token(answer.headers["x-subject-token"], found["user"]["id"], project, endpoints)


def project_scope(project: str, domain: str = "Default") -> object:
    return {"project": {"name": project, "domain": {"name": domain}}}


SYSTEM_SCOPE: object = {"system": {"all": True}}


def wait_until(what: str, check: Callable[[], str | None], seconds: float, every: float = 0.2) -> None:
    """Asks `check` every so many seconds until it returns None; what it returns otherwise says what is still missing.

    A refused connection counts as missing. Raises LabError with the last missing thing after `seconds`.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            missing = check()
        except OSError as error:
            missing = str(error) or type(error).__name__
        if missing is None:
            return
        if time.monotonic() > deadline:
            raise LabError(f"{what}: not within {seconds:.0f} seconds. Last seen: {missing}")
        time.sleep(every)
