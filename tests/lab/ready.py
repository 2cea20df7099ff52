"""Knows when each service of the lab can be used: asked of the service itself, never guessed by time.

lab.py waits here after every start. A service whose process ended, or that is not ready in time, is named
together with the last lines of its log.
"""

import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from tests.lab import infra, processes
from tests.lab.catalogue import SERVICES
from tests.lab.pins import AUTH_URL, COMPUTES, HOST, PASSWORD, PORTS, LabError, Paths
from tests.lab.rest import Token, call, log_in, project_scope, wait_until

# Generous, for two cores that others use too; a start on an idle machine needs a tenth of it.
SECONDS = 600.0
INFRA = ("epmd", "mariadb", "memcached", "rabbitmq")

# What each API is asked with a token: an answer proves its database, its token check and its own code.
_QUESTIONS = {
    "placement": "/resource_providers",
    "glance": "/v2/images?limit=1",
    "nova-api": "/flavors?limit=1",
    "neutron-api": "/v2.0/networks?limit=1",
    "cinder-api": "/types?limit=1",
}


def wait(paths: Paths, names: Sequence[str]) -> None:
    """Returns when all named services can be used; raises LabError that names the first that cannot."""
    admin = _Admin()
    for name in names:
        try:
            wait_until(name, partial(_lacks, paths, name, admin), SECONDS, every=0.5)
        except LabError as error:
            raise LabError(f"{error}\n{processes.log_tail(paths, name)}") from error


def status(paths: Paths, names: Sequence[str]) -> dict[str, str]:
    """Service -> `ready`, or what keeps it from being used at this moment."""
    admin = _Admin()
    found = {}
    for name in names:
        try:
            found[name] = _lacks(paths, name, admin) or "ready"
        except (OSError, LabError) as error:
            found[name] = str(error).splitlines()[0]
    return found


def port_open(name: str) -> bool:
    try:
        socket.create_connection((HOST, PORTS[name]), 2).close()
    except OSError:
        return False
    return True


class _Admin:
    """One token for many questions: a log-in costs Keystone more than most answers cost the others."""

    def __init__(self) -> None:
        self._token: Token | None = None

    @property
    def token(self) -> Token:
        if self._token is None:
            self._token = log_in(AUTH_URL, "admin", PASSWORD, project_scope("admin"))
        return self._token


def _lacks(paths: Paths, name: str, admin: _Admin) -> str | None:
    """What the service still lacks, None when nothing; LabError when its process is not there."""
    record = processes.recorded(paths).get(name)
    if record is None or not record.alive():
        raise LabError(f"{name} is not running.")
    if name in INFRA:
        return None if port_open(name) else "its port is closed"
    if name == "keystone":
        return _keystone()
    if name in _QUESTIONS:
        return _api(admin.token, name)
    since = datetime.fromtimestamp(record.since, UTC).replace(tzinfo=None)
    if name.startswith("cinder"):
        return _reported(admin.token, "block-storage", name, "controller", since)
    host = name.removeprefix("nova-")
    if host in COMPUTES:
        return _reported(admin.token, "compute", "nova-compute", host, since) or _mapped(paths, host)
    return _reported(admin.token, "compute", name, "controller", since)


def _keystone() -> str | None:
    answer = call("GET", AUTH_URL)
    return None if answer.ok else f"status {answer.status}"


def _api(token: Token, name: str) -> str | None:
    url = token.endpoints[SERVICES[name][1]] + _QUESTIONS[name]
    answer = call("GET", url, token=token.id)
    return None if answer.ok else f"status {answer.status}"


def _reported(token: Token, kind: str, binary: str, host: str, since: datetime) -> str | None:
    """Whether the service has reported itself since it was started; a restored database holds older reports."""
    answer = call("GET", f"{token.endpoints[kind]}/os-services", token=token.id)
    if not answer.ok:
        return f"the list of services answers {answer.status}"
    for service in answer.json()["services"]:
        if service["binary"] == binary and service["host"].split("@")[0] == host:
            reported = service["updated_at"]
            if reported and datetime.fromisoformat(reported) >= since and service["state"] == "up":
                return None
            return "it has not reported itself since its start"
    return "it is not registered yet"


def _mapped(paths: Paths, host: str) -> str | None:
    """A server that is scheduled to a compute before its cell mapping exists would go to ERROR."""
    rows = infra.sql(paths, "SELECT host FROM nova_api.host_mappings")
    return None if [host] in rows else "it is not mapped to a cell yet"
