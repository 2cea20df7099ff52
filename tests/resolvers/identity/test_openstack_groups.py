"""A login of another identity provider that puts people in many groups: all of them count, and Keystone is asked for few at a time."""

import pytest
from aiohttp import web

from resolvers.clients.openstack import OpenStackClient
from resolvers.identity.openstack import GROUPS_AT_ONCE, OpenStackIdentity
from resolvers.names import Names
from tests.clock import settle
from tests.resolvers.clients.far_cloud import FarCloud, Token

pytestmark = pytest.mark.anyio
GROUPS = tuple(f"g-{number}" for number in range(40))


async def test_a_login_with_many_groups_asks_for_few_at_a_time(client: OpenStackClient, far: FarCloud) -> None:
    running, most = 0, 0

    async def assignments(request: web.Request) -> web.StreamResponse:
        nonlocal running, most
        group = request.query.get("group.id")
        if group is None:
            return web.json_response({"role_assignments": []})
        running += 1
        most = max(most, running)
        await settle(100)
        running -= 1
        scope = {"project": {"id": f"p-{group}"}}
        given = {"role": {"id": "r", "name": "member"}, "scope": scope, "group": {"id": group}}
        return web.json_response({"role_assignments": [given]})

    far.answer("identity /role_assignments", assignments)
    identity = await OpenStackIdentity(client, Names("far", "far")).identify(far.issue(Token("minsu", groups=GROUPS)))
    assert identity.roles == {f"p-{group}": frozenset({"member"}) for group in GROUPS}
    assert most == GROUPS_AT_ONCE
