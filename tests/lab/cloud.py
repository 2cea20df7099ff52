"""The cloud that tests talk to: the project's own lab, or any other that LAB_OPENSTACK names.

fixtures.py makes it; tests take addresses and logins from it, and stop and start services by it.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.lab import lab
from tests.lab.pins import LabError, Paths
from tests.lab.rest import SYSTEM_SCOPE, Token, log_in, project_scope

VARIABLE = "LAB_OPENSTACK"


@dataclass(frozen=True)
class LabCloud:
    """One cloud of a clouds.yaml, and its companions `NAME-PERSON` in the same file for the people."""

    clouds_file: Path
    name: str
    entries: Mapping[str, Mapping[str, Any]]
    folders: Paths | None  # None: not our lab, so its services are not ours to stop

    @property
    def auth_url(self) -> str:
        return str(self.entries[self.name]["auth"]["auth_url"])

    def cloud_of(self, person: str) -> str:
        """The name of the person's entry in clouds.yaml."""
        name = f"{self.name}-{person}"
        if name not in self.entries:
            raise LabError(f"{self.clouds_file} has no cloud {name}, which this test needs.")
        return name

    def auth(self, person: str | None = None) -> Mapping[str, str]:
        """The `auth` section of a person, or of 9rum's service user: username, password, project and so on."""
        name = self.name if person is None else self.cloud_of(person)
        found: Mapping[str, str] = self.entries[name]["auth"]
        return found

    def token(self, person: str | None = None, project: str | None = None) -> Token:
        """A fresh token of a person (or of 9rum's service user), for another project where one is named."""
        auth = self.auth(person)
        domain = auth.get("user_domain_name", "Default")
        scope: object
        if project is not None or "project_name" in auth:
            name = project or auth["project_name"]
            scope = project_scope(name, auth.get("project_domain_name", "Default"))
        elif "system_scope" in auth:
            scope = SYSTEM_SCOPE
        else:
            scope = {"domain": {"name": auth["domain_name"]}}
        return log_in(auth["auth_url"], auth["username"], auth["password"], scope, domain)

    def stop_service(self, name: str) -> None:
        """Stops a process of the lab, for instance nova-api; returns when it is gone."""
        lab.stop_service(self._ours("stopped"), name, _quiet)

    def start_service(self, name: str) -> None:
        """Starts a process of the lab again; returns when it can be used."""
        lab.start_service(self._ours("started"), name, _quiet)

    @property
    def own_folders(self) -> Paths:
        """Where the lab's programs are, for a test that starts one of its own."""
        return self._ours("started")

    def _ours(self, verb: str) -> Paths:
        if self.folders is None:
            raise LabError(f"{self.name} is not the project's own lab: its services cannot be {verb} by a test.")
        return self.folders


def own(folders: Paths) -> LabCloud:
    """The project's own lab, which must be up."""
    return _read(folders.clouds, "lab", folders)


def named(variable: str) -> LabCloud:
    """The cloud that `clouds.yaml:name` points at."""
    file, _, name = variable.rpartition(":")
    if not file or not name:
        raise LabError(f"{VARIABLE} must be FILE:NAME, for instance clouds.yaml:lab; it is {variable!r}.")
    return _read(Path(file).expanduser().absolute(), name, None)


def from_environment() -> LabCloud | None:
    """The cloud of LAB_OPENSTACK; None when the variable is not set and the own lab is meant."""
    variable = os.environ.get(VARIABLE)
    return named(variable) if variable else None


def _read(file: Path, name: str, folders: Paths | None) -> LabCloud:
    try:
        entries = yaml.safe_load(file.read_text())["clouds"]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise LabError(f"{file} cannot be read as a clouds.yaml: {error}") from error
    if name not in entries:
        raise LabError(f"{file} has no cloud {name}; it has {', '.join(entries)}.")
    return LabCloud(file, name, entries, folders)


def _quiet(text: str) -> None:
    """Progress is of no interest inside a test."""
