"""Who the caller is, projects and users with what they own, and quotas: GraphQL text over the sandbox."""

from pathlib import Path

import pytest

from tests.running import CLOUD, Running, running

pytestmark = pytest.mark.anyio

ME = """{ me { id name domainName user { name email } projects { project { name } roles } systemRoles operator allProjects
         currentProject { name } expiresAt } }"""
QUOTAS = """query($id: ID!) { project(id: $id) { name quotas {
              usage { cloud service resource limit used reserved } errors { cloud service code message } } } }"""


async def test_me_tells_my_projects_with_my_roles(graph: Running) -> None:
    me = (await graph.data("jiwoo", ME))["me"]
    assert me["name"] == me["user"]["name"] == "jiwoo"
    assert me["user"]["email"] == "jiwoo@cloud.example"
    assert me["domainName"] == "Default"
    assert [(mine["project"]["name"], mine["roles"]) for mine in me["projects"]] == [
        ("shop", ["member", "reader"]),
        ("talk", ["member", "reader"]),
    ]
    assert (me["operator"], me["allProjects"], me["systemRoles"]) == (False, False, [])
    assert me["currentProject"] is None
    assert me["expiresAt"] is not None


async def test_me_tells_the_project_of_the_token(graph: Running) -> None:
    me = (await graph.data("jiwoo", ME, project="talk"))["me"]
    assert me["currentProject"] == {"name": "talk"}


async def test_me_of_an_operator(graph: Running) -> None:
    me = (await graph.data("operator", ME))["me"]
    assert me["operator"]
    assert me["allProjects"]
    assert "admin" in me["systemRoles"]


async def test_me_needs_a_signed_in_caller(graph: Running) -> None:
    assert (await graph.refused(None, ME))["code"] == "UNAUTHENTICATED"


async def test_a_project_shows_what_it_owns_in_pages(graph: Running) -> None:
    query = """query($after: String) { project(id: "shop") {
        domain { name }
        servers(first: 10, after: $after) { totalCount nodes { name project { name } } pageInfo { hasNextPage endCursor } }
        networks { nodes { name } } routers { nodes { name } } images { totalCount } volumes { totalCount }
        securityGroups { nodes { name } } floatingIps { totalCount } ports(first: 1) { nodes { id } freshness { source } } } }"""
    first = (await graph.data("jiwoo", query))["project"]
    assert first["domain"] == {"name": "Default"}
    assert [row["name"] for row in first["networks"]["nodes"]] == ["shop-net"]
    assert [row["name"] for row in first["routers"]["nodes"]] == ["shop-router"]
    assert {"default", "web", "ssh", "db"} == {row["name"] for row in first["securityGroups"]["nodes"]}
    assert first["floatingIps"]["totalCount"] == 4
    assert len(first["ports"]["nodes"]) == 1
    names, page = [row["name"] for row in first["servers"]["nodes"]], first["servers"]
    while page["pageInfo"]["hasNextPage"]:
        page = (await graph.data("jiwoo", query, {"after": page["pageInfo"]["endCursor"]}))["project"]["servers"]
        assert {row["project"]["name"] for row in page["nodes"]} == {"shop"}
        names += [row["name"] for row in page["nodes"]]
    assert len(names) == len(set(names)) == first["servers"]["totalCount"] == 24


async def test_a_page_takes_no_other_cursor_and_no_other_size(graph: Running) -> None:
    page = '{ project(id: "shop") { servers(%s) { totalCount } } }'
    assert (await graph.refused("jiwoo", page % 'after: "x"'))["code"] == "INVALID"
    assert (await graph.refused("jiwoo", page % "first: 100000"))["code"] == "INVALID"


async def test_another_project_is_not_found(graph: Running) -> None:
    found = await graph.data("operator", '{ project(id: "search") { id } }')
    for reference in ("search", found["project"]["id"]):
        refused = await graph.refused("jiwoo", QUOTAS, {"id": reference})
        assert refused["code"] == "NOT_FOUND"


async def test_users_and_domains_lead_to_each_other(graph: Running) -> None:
    query = """{ domain(id: "Default") { projects { nodes { name } } users { nodes { name domain { name } } } }
                 user(id: "jiwoo") { servers { totalCount } keypairs { name } } }"""
    found = await graph.data("jiwoo", query)
    assert [row["name"] for row in found["domain"]["projects"]["nodes"]] == ["shop", "talk"]
    assert found["domain"]["users"]["nodes"] == [{"name": "jiwoo", "domain": {"name": "Default"}}]
    assert found["user"]["servers"]["totalCount"] > 0
    assert [row["name"] for row in found["user"]["keypairs"]] == ["jiwoo-laptop"]


async def test_quotas_of_every_service(graph: Running) -> None:
    quotas = (await graph.data("jiwoo", QUOTAS, {"id": "shop"}))["project"]["quotas"]
    assert quotas["errors"] == []
    by_resource = {(usage["service"], usage["resource"]): usage for usage in quotas["usage"]}
    assert {"compute", "volume", "network"} == {service for service, _ in by_resource}
    servers = by_resource["compute", "instances"]
    assert (servers["cloud"], servers["used"], servers["limit"]) == (CLOUD, 24, 50)
    assert by_resource["network", "floatingip"]["used"] == 4


@pytest.mark.usefixtures("redis")
async def test_quotas_name_a_service_that_is_down_and_keep_the_others(valkey: str, tmp_path: Path) -> None:
    cloud = {"backend": "sandbox", "name": CLOUD, "speed": 50.0, "failures": {"volume": 1.0}}
    async with running(valkey, tmp_path, clouds=[cloud]) as graph:
        quotas = (await graph.data("jiwoo", QUOTAS, {"id": "shop"}))["project"]["quotas"]
    assert {usage["service"] for usage in quotas["usage"]} == {"compute", "network"}
    (error,) = quotas["errors"]
    assert (error["cloud"], error["service"], error["code"]) == (CLOUD, "volume", "UNAVAILABLE")
    assert CLOUD in error["message"]
