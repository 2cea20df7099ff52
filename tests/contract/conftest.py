"""The fixture `cloud`: the ports of the sandbox, and the ports of the lab's OpenStack, with the same people and projects in both."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from gateway.clouds import Clouds
from gateway.settings import Settings
from notifications.redis import RedisClient
from resolvers import DOMAINS, ids
from resolvers.actor import Credential
from resolvers.clock import Clock
from tests.lab.cloud import LabCloud
from tests.lab.rest import expect
from tests.polling import T, eventually
from tests.running import demo_passwords

NAME = "krane"
SetRole = Callable[[str, str, str, bool], Awaitable[None]]  # person, project, role, whether the person has it


class Cloud:
    """`ports` by domain; people and projects as the lab and the sandbox both have them (tests/lab/people.py)."""

    def __init__(self, kind: str, ports: Mapping[str, Any], passwords: Callable[[str], str], set_role: SetRole) -> None:
        self.kind = kind
        self.ports = ports
        self._passwords = passwords
        self._set_role = set_role
        self.kept: dict[str, str] = {}  # what tests share: by its kind, the native id
        self.closing = contextlib.AsyncExitStack()  # what removes that again
        self._projects: dict[str, str] = {}
        self._tokens: dict[tuple[str, str], str] = {}

    async def read_projects(self) -> None:
        feed = next(feed for feed in self.ports["identity"].feeds() if feed.kind.name == "project")
        self._projects = {row.name: row.native_id for row in await feed.full()}

    def native_project(self, name: str) -> str:
        return self._projects[name]

    def password(self, person: str) -> str:
        return self._passwords(person)

    async def token(self, person: str, project: str | None = None) -> str:
        key = (person, project or "")
        if key not in self._tokens:
            self._tokens[key] = await self.ports["identity"].sign_in(
                person, self._passwords(person), "Default", project
            )
        return self._tokens[key]

    async def credential(self, person: str, project: str) -> Credential:
        """To act as the person in the project; signed in without a scope, as people of 9rum are."""
        return Credential(await self.token(person), self.native_project(project))

    @contextlib.asynccontextmanager
    async def without_role(self, person: str, project: str, role: str) -> AsyncIterator[None]:
        """The person has lost the role meanwhile."""
        await self._set_role(person, project, role, False)
        try:
            yield
        finally:
            await self._set_role(person, project, role, True)

    async def eventually(self, look: Callable[[], Awaitable[T | None]], what: str, seconds: float = 90.0) -> T:
        return await eventually(look, f"{what} ({self.kind})", seconds, pause=0.05 if self.kind == "sandbox" else 0.2)

    async def rows(self, domain: str, kind: str) -> list[Any]:
        """The full list of a kind, as the collector reads it."""
        feed = next(feed for feed in self.ports[domain].feeds() if feed.kind.name == kind)
        return list(await feed.full())

    async def row(self, domain: str, kind: str, native: str) -> Any:
        feed = next(feed for feed in self.ports[domain].feeds() if feed.kind.name == kind)
        return await feed.one(native)

    def id(self, kind: str, native: str) -> str:
        return ids.make(kind, NAME, native)


class Lab:
    """The lab's ports, opened at the first test that wants them and kept: signing in and discovery cost seconds each time."""

    def __init__(self, stack: contextlib.AsyncExitStack) -> None:
        self._stack = stack
        self._cloud: Cloud | None = None

    async def cloud(self, lab: LabCloud, folder: Path) -> Cloud:
        if self._cloud is None:
            configured = {
                "backend": "openstack",
                "name": NAME,
                "cloud": lab.name,
                "clouds_file": str(lab.clouds_file),
                "deadlines": {"read": 30},  # the lab works for other tests too
            }

            async def set_role(person: str, project: str, role: str, has: bool) -> None:
                await asyncio.to_thread(_set_role_in_keystone, lab, person, project, role, has)

            opened = await opened_cloud(
                "lab", configured, lambda person: lab.auth(person)["password"], set_role, None, folder
            )
            self._cloud = await self._stack.enter_async_context(opened)
        return self._cloud


@pytest.fixture(scope="session")
async def lab_ports() -> AsyncIterator[Lab]:
    async with contextlib.AsyncExitStack() as stack:
        yield Lab(stack)


@pytest.fixture(params=["sandbox", pytest.param("lab", marks=pytest.mark.lab)])
async def cloud(
    request: pytest.FixtureRequest, redis: RedisClient, lab_ports: Lab, tmp_path: Path
) -> AsyncIterator[Cloud]:
    if request.param == "lab":
        yield await lab_ports.cloud(request.getfixturevalue("lab_cloud"), tmp_path)
        return
    demo = demo_passwords()
    configured = {"backend": "sandbox", "name": NAME, "speed": 50.0}

    async def set_role(person: str, project: str, role: str, has: bool) -> None:
        people = found.ports["identity"].world.people
        await (people.restore_role if has else people.revoke_role)(person, project, role)

    async with await opened_cloud("sandbox", configured, demo.__getitem__, set_role, redis, tmp_path) as found:
        yield found


async def opened_cloud(
    kind: str,
    configured: Mapping[str, Any],
    passwords: Callable[[str], str],
    set_role: SetRole,
    redis: RedisClient,
    folder: Path,
) -> contextlib.AbstractAsyncContextManager[Cloud]:
    settings = Settings.model_validate({"clouds": [configured], "store": {"folder": str(folder)}})
    opened = await Clouds.open(settings, DOMAINS, redis, Clock())

    @contextlib.asynccontextmanager
    async def held() -> AsyncIterator[Cloud]:
        try:
            found = Cloud(
                kind,
                {domain: by_cloud[NAME] for domain, by_cloud in opened.ports.items() if by_cloud},
                passwords,
                set_role,
            )
            await found.read_projects()
            async with found.closing:
                yield found
        finally:
            await opened.close()

    return held()


def _set_role_in_keystone(lab: LabCloud, person: str, project: str, role: str, has: bool) -> None:
    admin = lab.token()
    base = admin.endpoints["identity"]

    def found(kind: str, name: str) -> str:
        (only,) = expect("GET", f"{base}/{kind}?name={name}", token=admin.id)[kind]
        return str(only["id"])

    place = f"{base}/projects/{found('projects', project)}/users/{found('users', person)}/roles/{found('roles', role)}"
    expect("PUT" if has else "DELETE", place, token=admin.id)
