"""The domains, projects, people and roles of every sandbox. Ids follow from names, so that all sandboxes of an installation agree."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

from resolvers.actor import ADMIN, IMPLIED, MEMBER, READER
from resolvers.identity.port import DomainRow, ProjectRow, RoleRow, UserRow
from resolvers.sandbox.people import Account, ApplicationCredential, Caller, Directory, Secret

if TYPE_CHECKING:
    from resolvers.sandbox.world import World

DOMAINS: Final = {"Default": "default", "partner": hashlib.md5(b"domain:partner", usedforsecurity=False).hexdigest()}
PROJECTS: Final = {  # name -> (domain, description)
    "admin": ("Default", "What the cloud itself runs on"),
    "shop": ("Default", "The shop: web, carts, payment"),
    "talk": ("Default", "Messages between people"),
    "search": ("Default", "Search; a small quota for trying limits"),
    "lab2": ("partner", "A partner company's trials"),
}


@dataclass(frozen=True)
class Person:
    """`note` tells what to try as this person; people without one are not shown in the demo.

    `unrestricted`: the person's application credential may make trusts.
    """

    name: str
    roles: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    domain: str = "Default"
    domain_admin: bool = False
    system_admin: bool = False
    unrestricted: bool = True


PEOPLE: Final = (
    Person("jiwoo", {"shop": MEMBER, "talk": MEMBER}, "works in two projects"),
    Person("minsu", {"talk": MEMBER}, "works in one project, and sees nothing of the others", unrestricted=False),
    Person("haneul", {"shop": READER}, "may look at the shop and change nothing"),
    Person("sora", {"search": MEMBER}, "has a quota of 2 servers"),
    Person("dohyun", {}, "administers the domain Default: its people and projects", domain_admin=True),
    Person("operator", {"admin": ADMIN}, "runs the cloud: sees and may do everything", system_admin=True),
    Person("rian", {"lab2": MEMBER}, domain="partner"),
)


def project_id(name: str) -> str:
    return _id("project", name)


def user_id(name: str) -> str:
    return _id("user", name)


def credential_id(name: str) -> str:
    """The demo's application credential of a person; its secret is `<name>-secret`, its project the person's first."""
    return f"demo-{name}"


def fill(world: "World", directory: Directory) -> None:
    for name, native in DOMAINS.items():
        directory.domains[native] = name
        world.put(DomainRow(
            id=world.names.id("domain", native), native_id=native, cloud=world.cloud, name=name, description="", enabled=True
        ))  # fmt: skip
    for name in (READER, MEMBER, ADMIN):
        native = _id("role", name)
        world.put(RoleRow(
            id=world.names.id("role", native), native_id=native, cloud=world.cloud, name=name, description=""
        ))  # fmt: skip
    for name, (domain, description) in PROJECTS.items():
        add_project(world, directory, name, DOMAINS[domain], description)
    directory.admin_project = project_id("admin")
    for person in PEOPLE:
        _add(world, directory, person)


def add_project(world: "World", directory: Directory, name: str, domain: str, description: str) -> str:
    native = project_id(name)
    directory.projects[native] = name
    directory.project_domains[native] = domain
    world.put(
        ProjectRow(
            id=world.ref("project", native),
            native_id=native,
            cloud=world.cloud,
            name=name,
            description=description,
            domain_id=world.ref("domain", domain),
            enabled=True,
            tags=(),
        )
    )
    return native


def add_user(world: "World", name: str, domain: str = "default") -> str:
    native = user_id(name)
    world.put(
        UserRow(
            id=world.ref("user", native),
            native_id=native,
            cloud=world.cloud,
            name=name,
            domain_id=world.ref("domain", domain),
            email=f"{name}@cloud.example",
            enabled=True,
        )
    )
    return native


def as_person(world: "World", user: str, project: str) -> Caller:
    """For the seed to act as someone."""
    native_user, native_project = user_id(user), project_id(project)
    return Caller(
        native_user,
        world.ref("user", native_user),
        native_project,
        world.ref("project", native_project),
        IMPLIED[ADMIN],
        admin=True,
    )


def _add(world: "World", directory: Directory, person: Person) -> None:
    domain = DOMAINS[person.domain]
    native = add_user(world, person.name, domain)
    directory.accounts[native] = Account(
        native=native,
        name=person.name,
        domain=domain,
        secret=_secret(person.name, native),
        roles={project_id(project): frozenset({role}) for project, role in person.roles.items()},
        domain_roles={domain: frozenset({ADMIN})} if person.domain_admin else {},
        system_roles=frozenset({ADMIN}) if person.system_admin else frozenset(),
    )
    for project in list(person.roles)[:1]:
        secret = _secret(f"{person.name}-secret", native)
        directory.credentials[credential_id(person.name)] = ApplicationCredential(
            native, project_id(project), secret, person.unrestricted
        )


@cache
def _secret(text: str, salt: str) -> Secret:
    """Hashed once in a process, because a hash takes its time and tests open many worlds."""
    return Secret.of(text, salt.encode())


def _id(kind: str, name: str) -> str:
    return hashlib.md5(f"{kind}:{name}".encode(), usedforsecurity=False).hexdigest()
