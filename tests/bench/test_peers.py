"""The peer of the benchmark answers the benchmark's questions; a comparison with a broken peer would be a lie."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from bench.peers import start_mercurius
from tests.ports import free_port

pytestmark = [pytest.mark.node, pytest.mark.timeout(900)]  # a cold machine installs npm packages first

SERVER = {
    "name": "web",
    "host": "cmp-1",
    "createdAt": "2026-01-01T00:00:00Z",
    "projectId": "p",
    "imageId": "i",
    "flavorId": "f",
    "addresses": [{"ip": "10.0.0.1", "version": 4}],
}
FLAVOR = {"id": "f", "name": "m1.small", "vcpus": 1, "ram": 2048}
DATA = {
    "projects": [{"id": "p", "name": "talk"}],
    "images": [{"id": "i", "name": "ubuntu"}],
    "flavors": [FLAVOR],
    "servers": [{**SERVER, "id": f"s{n}", "status": "ACTIVE" if n < 3 else "ERROR"} for n in range(4)],
    "volumes": [{"id": "v", "name": "data", "size": 10, "serverId": "s0"}],
}
PAGE = """query($after: String) { servers(first: 2, after: $after, projectId: "p", status: "ACTIVE") {
  totalCount pageInfo { hasNextPage endCursor }
  nodes { id name status project { id name } image { id name } flavor { id name vcpus ram }
          addresses { ip version } volumes { id name size } } } }"""


def test_mercurius_answers_the_questions_of_the_benchmark(tmp_path: Path) -> None:
    data = tmp_path / "data.json"
    data.write_text(json.dumps(DATA))
    port = free_port()
    process = start_mercurius(data, port)
    try:

        def ask(query: str, **variables: Any) -> Any:
            url = f"http://127.0.0.1:{port}/graphql"
            return httpx.post(url, json={"query": query, "variables": variables}, timeout=30).json()

        one = ask("query($id: ID!) { server(id: $id) { id name status host createdAt flavorId } }", id="s1")
        assert one["data"]["server"]["id"] == "s1"
        for _ in range(3):  # the first answers come before the compiler, the others after it
            first = ask(PAGE)["data"]["servers"]
            assert first["totalCount"] == 3
            assert first["pageInfo"]["hasNextPage"] is True
            assert first["nodes"][0]["volumes"] == [{"id": "v", "name": "data", "size": 10}]
            assert first["nodes"][1]["volumes"] == []
            assert first["nodes"][0]["flavor"] == FLAVOR
            last = ask(PAGE, after=first["pageInfo"]["endCursor"])["data"]["servers"]
            assert [node["id"] for node in last["nodes"]] == ["s2"]
            assert last["pageInfo"]["hasNextPage"] is False
    finally:
        process.terminate()
        process.wait(timeout=30)
