"""`9rum check` of Keystone: lists that are refused, that it cuts, or that a domain's LDAP does not give."""

from collections.abc import Sequence
from typing import Any

import pytest
from aiohttp import web

from resolvers.checks import CheckResult
from resolvers.clients.openstack import OpenStackClient
from resolvers.identity.openstack import OpenStackIdentity
from resolvers.names import Names
from tests.resolvers.clients.far_cloud import FarCloud, refusal, told

pytestmark = pytest.mark.anyio
KEYSTONE = "Keystone (identity) of krane"


@pytest.fixture
def identity(client: OpenStackClient, far: FarCloud) -> OpenStackIdentity:
    domains = [{"id": name.lower(), "name": name} for name in ("Default", "Corp")]
    far.answer("identity /role_assignments", told({"role_assignments": []}))
    far.answer("identity /domains", told({"domains": domains, "links": {}}))
    for many in ("projects", "roles", "users"):
        far.answer(f"identity /{many}", told({many: [], "links": {}}))
    return OpenStackIdentity(client, Names("krane", "krane"))


async def failures(identity: OpenStackIdentity) -> Sequence[CheckResult]:
    return [result for result in await identity.check() if not result.ok]


async def test_a_keystone_that_is_well(identity: OpenStackIdentity, far: FarCloud) -> None:
    reachable, account = await identity.check()
    assert (reachable.ok, account.ok) == (True, True)
    assert far.calls("identity /role_assignments")[0].query == {
        "scope.system": "all"
    }  # few, where all would be thousands
    assert [asked.query["domain_id"] for asked in far.calls("identity /users")] == ["default", "corp"]


async def test_an_account_that_may_not_list_users(identity: OpenStackIdentity, far: FarCloud) -> None:
    async def of_one_domain(request: web.Request) -> web.Response:
        return refusal(403, "You are not authorized") if request.query["domain_id"] == "corp" else web.json_response({})

    far.answer("identity /users", of_one_domain)
    (refused,) = await failures(identity)
    assert refused.sentence == f"{KEYSTONE} does not let 9rum's own account read its users of the domain `Corp`."
    assert refused.mend.endswith("The policy is `identity:list_users`.")


async def test_a_list_that_keystone_cuts(identity: OpenStackIdentity, far: FarCloud) -> None:
    far.answer("identity /projects", told({"projects": [], "links": {}, "truncated": True}))
    (cut,) = await failures(identity)
    assert cut.sentence == f"{KEYSTONE} cuts its list of projects; 9rum does not see the rest."
    assert "list_limit" in cut.mend


async def test_a_domain_whose_directory_is_away(identity: OpenStackIdentity, far: FarCloud) -> None:
    async def ldap(request: web.Request) -> web.Response:
        gone: Any = {"error": {"code": 500, "message": "Can't contact LDAP server"}}
        return web.json_response(gone, status=500) if request.query["domain_id"] == "corp" else web.json_response({})

    far.answer("identity /users", ldap)
    (away,) = await failures(identity)
    assert away.sentence.startswith(f"users of the domain `Corp`: {KEYSTONE} failed with status 500")
