"""Keystone's content: services with their addresses, domains, projects, users and who holds which role where.

Runs once for an initialised state, with Keystone up. Everything is looked for before it is made.
"""

from typing import Any

from tests.lab.people import PEOPLE, PROJECTS, Person
from tests.lab.pins import AUTH_URL, HOST, PASSWORD, PORTS, REGION
from tests.lab.rest import expect, log_in, project_scope

# Service -> (its user, its type, what follows the port in its address)
SERVICES = {
    "placement": ("placement", "placement", ""),
    "glance": ("glance", "image", ""),
    "nova-api": ("nova", "compute", "/v2.1"),
    "neutron-api": ("neutron", "network", ""),
    "cinder-api": ("cinder", "block-storage", "/v3"),
}


class Keystone:
    """Find-or-create against Keystone as its first admin."""

    def __init__(self) -> None:
        self._token = log_in(AUTH_URL, "admin", PASSWORD, project_scope("admin")).id

    def get(self, path: str) -> Any:
        return expect("GET", AUTH_URL + path, token=self._token)

    def put(self, path: str) -> None:
        expect("PUT", AUTH_URL + path, token=self._token)

    def ensure(self, kind: str, query: str, **properties: object) -> str:
        """The id of the one thing that `query` finds, made with the properties when there is none."""
        collection = f"/{kind}s"
        found = self.get(f"{collection}?{query}")[f"{kind}s"]
        if found:
            return str(found[0]["id"])
        made = expect("POST", AUTH_URL + collection, token=self._token, body={kind: properties})
        return str(made[kind]["id"])


def fill() -> None:
    keystone = Keystone()
    domains = {name: keystone.ensure("domain", f"name={name}", name=name) for name in ("Default", *PROJECTS)}
    roles = {
        name: keystone.ensure("role", f"name={name}", name=name) for name in ("admin", "member", "reader", "service")
    }
    projects = {
        name: _project(keystone, name, domains[domain])
        for domain, names in {**PROJECTS, "Default": ("admin", "service", *PROJECTS["Default"])}.items()
        for name in names
    }
    for service, (user, kind, suffix) in SERVICES.items():
        _service(keystone, service, kind, suffix)
        user_id = _user(keystone, user, domains["Default"])
        for role in ("admin", "service"):
            keystone.put(f"/projects/{projects['service']}/users/{user_id}/roles/{roles[role]}")
    for person in PEOPLE:
        _person(keystone, person, domains["Default"], projects, roles)


def _project(keystone: Keystone, name: str, domain: str) -> str:
    return keystone.ensure("project", f"name={name}&domain_id={domain}", name=name, domain_id=domain)


def _user(keystone: Keystone, name: str, domain: str) -> str:
    return keystone.ensure("user", f"name={name}&domain_id={domain}", name=name, domain_id=domain, password=PASSWORD)


def _service(keystone: Keystone, name: str, kind: str, suffix: str) -> None:
    service = keystone.ensure("service", f"type={kind}", name=name.removesuffix("-api"), type=kind)
    for interface in ("public", "internal", "admin"):
        keystone.ensure(
            "endpoint",
            f"service_id={service}&interface={interface}",
            service_id=service,
            interface=interface,
            region_id=REGION,
            url=f"http://{HOST}:{PORTS[name]}{suffix}",
        )


def _person(keystone: Keystone, person: Person, domain: str, projects: dict[str, str], roles: dict[str, str]) -> None:
    user = _user(keystone, person.name, domain)
    for project, role in person.projects:
        keystone.put(f"/projects/{projects[project]}/users/{user}/roles/{roles[role]}")
    if person.domain_admin:
        keystone.put(f"/domains/{domain}/users/{user}/roles/{roles['admin']}")
    if person.system_admin:
        keystone.put(f"/system/users/{user}/roles/{roles['admin']}")
