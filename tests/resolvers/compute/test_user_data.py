"""User data on its whole way, from the mutation to the body that Nova gets: encoded once, however long it is."""

import base64
import json
from typing import Any, cast

import pytest

from resolvers import ids
from resolvers.compute.openstack import OpenStackCompute
from tests.resolvers.clients.far_cloud import FarCloud, Token, told
from tests.running import CLOUD, Running

pytestmark = pytest.mark.anyio
CREATE = "mutation($i: ServerCreateInput!) { serverCreate(input: $i) { id } }"
SCRIPT = "#!/bin/sh\necho 구름\n"
MOST = 49_149  # bytes; 65,535 characters of base64, which is Nova's limit, hold no more


def given(user_data: str) -> dict[str, Any]:
    return {"name": "web", "flavor": "m1.small", "image": "ubuntu-24.04", "project": "shop", "userData": user_data}


@pytest.fixture
async def nova(graph: Running, compute: OpenStackCompute, far: FarCloud, monkeypatch: pytest.MonkeyPatch) -> FarCloud:
    """A far Nova takes the orders of the application; what is there is read from the sandbox."""
    by_cloud = cast(dict[str, Any], graph.app.clouds.ports["compute"])
    monkeypatch.setitem(by_cloud, CLOUD, compute)
    query = '{ project(id: "shop") { id } }'
    project = ids.native((await graph.data("jiwoo", query))["project"]["id"]) or ""
    far.tokens[await graph.token("jiwoo", "shop")] = Token("jiwoo", project)
    usage = {name: {"limit": -1, "in_use": 0, "reserved": 0} for name in ("instances", "cores", "ram")}
    far.answer(f"compute /os-quota-sets/{project}/detail", told({"quota_set": {"id": project, **usage}}))
    far.answer("compute /servers", told({"server": {"id": "s-1"}}, status=202))
    return far


@pytest.mark.parametrize("script", [SCRIPT, "#" * MOST])
async def test_what_the_person_wrote_is_what_the_server_gets(graph: Running, nova: FarCloud, script: str) -> None:
    await graph.data("jiwoo", CREATE, {"i": given(script)}, "shop")
    (asked,) = nova.calls("compute /servers")
    sent = json.loads(asked.body)["server"]["user_data"]
    assert base64.b64decode(sent, validate=True).decode() == script
    assert len(sent) <= 65_535


async def test_more_than_nova_takes_is_refused_before_it_is_asked(graph: Running, nova: FarCloud) -> None:
    refused = await graph.refused("jiwoo", CREATE, {"i": given("#" * (MOST + 1))}, "shop")
    assert (refused["code"], refused["field"]) == ("INVALID", "userData")
    assert nova.calls("compute /servers") == []
