"""The questions Q1 to Q4 of the benchmark, as requests for each target, and the rows that the peer on Node serves.

Each question is a list of requests that are asked in turn: other ids, other projects, the pages of a walk. Used by `__main__`.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from bench.processes import answer

SIX = "id name status host createdAt flavorId"
RICH = """id name status project { id name } image { id name } flavor { id name vcpus ram }
  addresses { ip version } volumes { id name size }"""
EIGHT = "id name status projectId host az createdAt powerState"
EIGHT_PEER = EIGHT.replace("az", "az: availabilityZone")  # the peer's schema names it so
COUNTED = "totalCount pageInfo { hasNextPage endCursor }"
ONE = f"query($id: ID!) {{ server(id: $id) {{ {SIX} }} }}"
OF_PROJECT = f"""query($project: String!) {{
  servers(first: 50, filter: {{project: {{name: {{eq: $project}}}}, status: {{eq: ACTIVE}}}}) {{ {COUNTED} nodes {{ {RICH} }} }} }}"""
OF_PROJECT_PEER = f"""query($project: ID!) {{
  servers(first: 50, projectId: $project, status: "ACTIVE") {{ {COUNTED} nodes {{ {RICH} }} }} }}"""
PAGE = "query($first: Int!, $after: String) {{ servers(first: $first, after: $after) {{ {counted} nodes {{ {fields} }} }} }}"
THOUSAND = PAGE.format(counted="", fields=EIGHT), PAGE.format(counted="", fields=EIGHT_PEER)
WALK = PAGE.format(counted=COUNTED, fields=EIGHT), PAGE.format(counted=COUNTED, fields=EIGHT_PEER)

EXPORT = PAGE.format(
    counted=COUNTED, fields=f"{EIGHT} imageId flavorId addresses {{ ip version }} volumes {{ id name size }}"
)
EXPORT_OTHERS = {"projects": "id name", "images": "id name", "flavors": "id name vcpus ram"}

QUESTIONS = {
    "Q1": "one server by id, 6 fields",
    "Q2": "the first 50 ACTIVE servers of a project, with 5 edges",
    "Q3": "the first 1,000 servers, 8 fields",
    "Q4": "all servers, in pages of 500",
}
IDS, PROJECTS, PAGE_SIZE = 100, 20, 500
Ask = Callable[[str, Mapping[str, Any]], bytes]


def export(ask: Ask) -> dict[str, list[dict[str, Any]]]:
    """All that the questions touch, in the shape that the peer reads."""
    servers = [node for page in _pages(ask, EXPORT, "servers", 500) for node in page["nodes"]]
    data = {
        name: [node for page in _pages(ask, _other(name, fields), name, 1000) for node in page["nodes"]]
        for name, fields in EXPORT_OTHERS.items()
    }
    volumes = [{**volume, "serverId": row["id"]} for row in servers for volume in row.pop("volumes")]
    for row in servers:
        row["availabilityZone"] = row.pop("az")
    return {**data, "servers": servers, "volumes": volumes}


def requests(data: Mapping[str, list[dict[str, Any]]], ask: Ask, *, peer: bool = False) -> dict[str, list[bytes]]:
    """The bodies of each question. The pages of the walk are found by walking."""
    servers = data["servers"]
    step = max(1, len(servers) // IDS)
    of_project = OF_PROJECT_PEER if peer else OF_PROJECT
    projects = [project["id" if peer else "name"] for project in busiest(data)]
    thousand, walk = THOUSAND[peer], WALK[peer]
    afters = [None, *(page["pageInfo"]["endCursor"] for page in _pages(ask, walk, "servers", PAGE_SIZE))][:-1]
    return {
        "Q1": [_body(ONE, id=row["id"]) for row in servers[::step][:IDS]],
        "Q2": [_body(of_project, project=project) for project in projects],
        "Q3": [_body(thousand, first=1000)],
        "Q4": [_body(walk, first=PAGE_SIZE, after=after) for after in afters],
    }


def busiest(data: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The projects with the most servers: those that have a first page to fill."""
    count: dict[str, int] = {}
    for row in data["servers"]:
        count[row["projectId"]] = count.get(row["projectId"], 0) + 1
    return sorted(data["projects"], key=lambda project: -count.get(project["id"], 0))[:PROJECTS]


def asking(port: int) -> Ask:
    """The peer on that port, asked once."""

    def ask(query: str, variables: Mapping[str, Any]) -> bytes:
        status, _, found = answer(port, "POST", "/graphql", {"query": query, "variables": dict(variables)})
        assert status == 200 and b'"errors"' not in found, found[:500]
        return found

    return ask


def answers(ask: Ask, questions: Mapping[str, list[bytes]]) -> dict[str, list[bytes]]:
    """What each request of each question is answered."""
    found = {}
    for name, bodies in questions.items():
        parsed = [json.loads(body) for body in bodies]
        found[name] = [ask(body["query"], body["variables"]) for body in parsed]
    return found


def require_same(ours: Mapping[str, list[bytes]], theirs: Mapping[str, list[bytes]]) -> None:
    """A comparison is fair only when the answers hold the same data; cursors are each server's own."""
    for name in ours:
        mine = [_without_cursors(body) for body in ours[name]]
        other = [_without_cursors(body) for body in theirs[name]]
        if mine != other:
            raise RuntimeError(f"{name}: the gateway and the peer answer different data")


def _without_cursors(body: bytes) -> Any:
    data = json.loads(body)["data"]
    if "pageInfo" in (data.get("servers") or {}):
        del data["servers"]["pageInfo"]["endCursor"]
    return data


def _pages(ask: Ask, query: str, name: str, size: int) -> list[dict[str, Any]]:
    pages: list[dict[str, Any]] = []
    after = None
    while True:
        page: dict[str, Any] = json.loads(ask(query, {"first": size, "after": after}))["data"][name]
        pages.append(page)
        if not page["pageInfo"]["hasNextPage"]:
            return pages
        after = page["pageInfo"]["endCursor"]


def _other(name: str, fields: str) -> str:
    return PAGE.format(counted=COUNTED, fields=fields).replace("servers(", f"{name}(")


def _body(query: str, **variables: Any) -> bytes:
    return json.dumps({"query": query, "variables": variables}).encode()
