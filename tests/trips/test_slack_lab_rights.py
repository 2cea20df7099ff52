"""On the real Keystone: whoever was removed from the project, or whose trust has ended, is told so alone, and Nova does nothing.

With a person and a project made for it, since others use the lab meanwhile.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.base import Person
from notifications.redis import RedisClient
from tests.lab.cloud import LabCloud
from tests.lab.pins import LabError
from tests.lab.rest import call, expect, log_in
from tests.polling import eventually
from tests.slack.standin import Human
from tests.trips.chat_desk import Desk, DeskClock, Expected
from tests.trips.conftest import lab_passwords, lab_settings
from tests.trips.in_slack import in_slack

pytestmark = [pytest.mark.lab, pytest.mark.timeout(600, func_only=True)]


@dataclass(frozen=True)
class Visitor:
    """A user with the role member on one project, of the same name. Calls are made as 9rum's service user, who is an admin."""

    lab: LabCloud
    name: str
    password: str
    user: str
    project: str
    role: str

    def set_role(self, has: bool) -> None:
        place = f"/projects/{self.project}/users/{self.user}/roles/{self.role}"
        self.identity("PUT" if has else "DELETE", place)

    def identity(self, method: str, place: str, body: object = None) -> Any:
        admin = self.lab.token()
        return expect(method, f"{self.lab.auth_url}{place}", token=admin.id, body=body)

    def nova(self, server: str) -> Any:
        """What Nova knows of a server: its state, and all that was ever asked of it."""
        admin = self.lab.token()
        url = f"{admin.endpoints['compute']}/servers/{server}"
        shown = expect("GET", url, token=admin.id)["server"]
        asked = expect("GET", f"{url}/os-instance-actions", token=admin.id)["instanceActions"]
        return [shown["name"], shown["status"]], [one["action"] for one in asked]

    async def may_delegate(self) -> None:
        """Waits until Keystone lets the person delegate the role: its caches believe for some seconds what was before."""

        def tried() -> bool:
            own = log_in(self.lab.auth_url, self.name, self.password, {"project": {"id": self.project}})
            trust = {
                "trustor_user_id": self.user,
                "trustee_user_id": self.lab.token().user_id,
                "project_id": self.project,
                "impersonation": True,
                "roles": [{"id": self.role}],
            }
            trusts = f"{self.lab.auth_url}/OS-TRUST/trusts"
            made = call("POST", trusts, token=own.id, body={"trust": trust})
            if made.status == 201:
                expect("DELETE", f"{trusts}/{made.json()['trust']['id']}", token=own.id)
            return made.status == 201

        async def look() -> bool:
            try:
                return await asyncio.to_thread(tried)
            except LabError:
                return False

        await eventually(look, f"{self.name} may delegate the role", 60, pause=0.5)

    def leave(self) -> None:
        """Nothing of it stays."""
        admin = self.lab.token()
        compute = f"{admin.endpoints['compute']}/servers"
        for server in expect("GET", f"{compute}?all_tenants=1&project_id={self.project}", token=admin.id)["servers"]:
            call("DELETE", f"{compute}/{server['id']}", token=admin.id)
        self.identity("DELETE", f"/users/{self.user}")
        self.identity("DELETE", f"/projects/{self.project}")


@pytest.fixture
def visitor(lab_cloud: LabCloud) -> Iterator[Visitor]:
    admin, name, password = lab_cloud.token(), f"rights-{secrets.token_hex(4)}", secrets.token_urlsafe(16)

    def made(kind: str, **given: Any) -> str:
        body = {kind: {"name": name, "domain_id": "default", **given}}
        return str(expect("POST", f"{lab_cloud.auth_url}/{kind}s", token=admin.id, body=body)[kind]["id"])

    (role,) = expect("GET", f"{lab_cloud.auth_url}/roles?name=member", token=admin.id)["roles"]
    it = Visitor(lab_cloud, name, password, made("user", password=password), made("project"), str(role["id"]))
    try:
        it.set_role(True)
        yield it
    finally:
        it.leave()


@pytest.fixture
async def desk(visitor: Visitor, redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[Desk]:
    passwords = lab_passwords(visitor.lab) | {visitor.name: visitor.password}
    given = {"identity": {"token_cache_seconds": 300}, **lab_settings(visitor.lab)}
    async with in_slack("http", valkey, tmp_path, passwords, **given) as workspace:
        yield Desk(workspace, DeskClock())


async def test_removed_from_the_project_and_a_trust_that_ended(desk: Desk, visitor: Visitor) -> None:
    await visitor.may_delegate()
    human = await desk.linked(visitor.name, visitor.name)
    create = f"server create {visitor.name} --flavor m1.tiny --image ubuntu-24.04 --networks shared-net"
    async with desk.once("server.create"):
        await human.type(f"/cloud {create}")
    found = await desk.workspace.graph.data(visitor.name, "{ servers(maxAge: 0) { nodes { id } } }")
    (server,) = found["servers"]["nodes"]

    async def nova() -> Any:
        return await asyncio.to_thread(visitor.nova, server["id"].rpartition("/")[2]), await desk.operations()

    desk.look = nova
    assert (await nova())[0] == ([visitor.name, "ACTIVE"], ["create"])

    plan = await desk.plan(human, f"server stop {visitor.name}")
    await asyncio.to_thread(visitor.set_role, False)
    try:
        gone = f"A role that you delegated on {visitor.name} is not yours any more; nothing was done."
        await told(desk, human, visitor, gone, lambda: human.press("Confirm", message=plan))
    finally:
        await asyncio.to_thread(visitor.set_role, True)

    await visitor.may_delegate()
    await desk.workspace.link(human, visitor.name, [visitor.name])
    plan = await desk.plan(human, f"server stop {visitor.name}")
    account = Person(platform="slack", id=human.person.removeprefix("slack:"))
    link = await desk.workspace.graph.app.chat.people.link_of(account)
    assert link is not None
    await asyncio.to_thread(visitor.identity, "DELETE", f"/OS-TRUST/trusts/{link.delegations[0].trust}")
    ended = f"What you delegated to 9rum has ended ({visitor.name}); nothing was done."
    await told(desk, human, visitor, ended, lambda: human.press("Confirm", message=plan))


async def told(desk: Desk, human: Human, visitor: Visitor, says: str, press: Any) -> None:
    """At the plan that was shown before, at a new command, and at reading."""
    expected = Expected(says, "UNAUTHENTICATED", "server.stop", visitor.name, private=True)
    async with desk.refused(human, expected):
        await press()
    for text, action in ((f"server stop {visitor.name}", "server.stop"), ("server list", "server.list")):
        async with desk.refused(human, Expected(says, "UNAUTHENTICATED", action, visitor.name, private=True)):
            await human.type(f"/cloud {text}")
