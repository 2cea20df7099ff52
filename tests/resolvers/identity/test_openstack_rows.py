"""What a Keystone that is tied to a directory tells of users and projects, and what becomes of it."""

from typing import Any

import pytest
from aiohttp import web

from resolvers.clients.openstack import OpenStackClient
from resolvers.errors import Unavailable
from resolvers.identity.openstack import OpenStackIdentity
from resolvers.inventory.feed import Feed
from resolvers.names import Names
from tests.resolvers.clients.far_cloud import FarCloud, Token, told

pytestmark = pytest.mark.anyio
LDAP_ID = "3f" * 32  # 64 characters


def feed(client: OpenStackClient, kind: str) -> Feed[Any]:
    identity = OpenStackIdentity(client, Names("krane", "krane"))
    return next(feed for feed in identity.feeds() if feed.kind.name == kind)


@pytest.mark.parametrize("odd", [["a@example.com", "b@example.com"], 5, {}, True, None])
async def test_one_odd_attribute_hides_nobody(client: OpenStackClient, far: FarCloud, odd: Any) -> None:
    """Keystone keeps attributes that it does not know as they were given."""
    users = [
        {"id": LDAP_ID, "name": "김지우 🐧", "domain_id": "corp", "email": odd, "description": odd, "tags": odd},
        {"id": "u-2", "name": "minsu", "domain_id": "corp", "email": "minsu@example.com"},
    ]
    far.answer("identity /domains", told({"domains": [{"id": "corp", "name": "Corp"}], "links": {}}))
    far.answer("identity /users", told({"users": users, "links": {}}))
    rows = await feed(client, "user").full()
    assert [(row.name, row.email) for row in rows] == [("김지우 🐧", None), ("minsu", "minsu@example.com")]
    assert rows[0].id == f"user:krane/{LDAP_ID}"


async def test_a_directory_that_is_away_takes_no_users_with_it(client: OpenStackClient, far: FarCloud) -> None:
    away: set[str] = set()

    async def users(request: web.Request) -> web.Response:
        domain = request.query["domain_id"]
        if domain in away:
            return web.json_response({"error": {"code": 500, "message": "Can't contact LDAP server"}}, status=500)
        return web.json_response({"users": [{"id": f"u-{domain}", "name": domain, "domain_id": domain}], "links": {}})

    domains = [{"id": name, "name": name} for name in ("corp", "default")]
    far.answer("identity /domains", told({"domains": domains, "links": {}}))
    far.answer("identity /users", users)
    listed = feed(client, "user")
    away.add("corp")
    assert [row.name for row in await listed.full()] == ["default"]
    away.clear()
    assert [row.name for row in await listed.full()] == ["corp", "default"]
    away.add("corp")
    assert [row.name for row in await listed.full()] == ["corp", "default"]  # as last seen
    away.add("default")
    with pytest.raises(Unavailable, match="failed with status 500"):
        await listed.full()
    far.answer("identity /domains", told({"domains": domains[1:], "links": {}}))
    away.clear()
    assert [row.name for row in await listed.full()] == ["default"]


async def test_a_user_whose_id_is_a_distinguished_name_signs_in(client: OpenStackClient, far: FarCloud) -> None:
    """As Keystone makes ids of a directory with `user_id_attribute` and no mapping."""
    name = "cn=jiwoo,ou=people"
    given = {"role": {"id": "r", "name": "reader"}, "scope": {"system": {"all": True}}, "group": {"id": "g-ops"}}

    async def assignments(request: web.Request) -> web.Response:
        return web.json_response({"role_assignments": [given] if "scope.system" in request.query else []})

    far.answer("identity /role_assignments", assignments)
    far.answer(f"identity /users/u-{name}/groups", told({"groups": [{"id": "g-ops", "name": "ops"}], "links": {}}))
    identity = OpenStackIdentity(client, Names("krane", "krane"))
    found = await identity.identify(far.issue(Token(name)))
    assert (found.user_id, found.system_roles) == (f"u-{name}", frozenset({"reader"}))


async def test_a_list_that_keystone_cuts_is_told_to_the_operator(
    client: OpenStackClient, far: FarCloud, caplog: pytest.LogCaptureFixture
) -> None:
    far.answer("identity /projects", told({"projects": [], "links": {}, "truncated": True}))
    projects = feed(client, "project")
    for _ in range(2):
        assert await projects.full() == []
    assert [entry.getMessage() for entry in caplog.records if "cuts" in entry.message] == [
        "Keystone of krane cuts its list of projects; raise its `list_limit`"
    ]


async def test_a_user_of_an_older_directory_goes_by_a_name(client: OpenStackClient, far: FarCloud) -> None:
    native = "jiwoo.kim@example.com"
    far.answer(f"identity /users/{native}", told({"user": {"id": native, "name": "jiwoo", "domain_id": "default"}}))
    row = await feed(client, "user").one(native)
    assert row is not None
    assert row.id == f"user:krane/{native}"


async def test_projects_with_tags_and_without(client: OpenStackClient, far: FarCloud) -> None:
    projects = [
        {"id": "p-1", "name": "shop", "tags": ["web", "prod"], "description": None},
        {"id": "p-2", "name": "talk"},
    ]
    far.answer("identity /projects", told({"projects": projects, "links": {"next": None}}))
    rows = await feed(client, "project").full()
    assert [(row.tags, row.description) for row in rows] == [(("web", "prod"), ""), ((), "")]
