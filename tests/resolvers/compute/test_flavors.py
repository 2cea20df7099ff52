"""Flavors belong to no project, and who makes them signed in without one."""

import pytest

from tests.running import Running

pytestmark = pytest.mark.anyio
FLAVORS = '{ flavors(filter: {name: {eq: "huge"}}, maxAge: 0) { nodes { vcpus } } }'


async def test_an_operator_without_a_project_makes_and_deletes_a_flavor(graph: Running) -> None:
    made = await graph.done("operator", "flavorCreate", {"name": "huge", "vcpus": 64, "ram": 262144, "disk": 0})
    assert (await graph.data("jiwoo", FLAVORS))["flavors"]["nodes"] == [{"vcpus": 64}]
    await graph.done("operator", "flavorDelete", {"flavor": made["resourceId"]})
    assert (await graph.data("jiwoo", FLAVORS))["flavors"]["nodes"] == []
