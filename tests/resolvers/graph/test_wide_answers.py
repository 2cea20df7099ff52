"""What a short document can lead to: rows by the thousand behind edges that no cost knows of."""

import contextlib
from collections import Counter
from typing import Any

import pytest

from resolvers.inventory.events import Event
from resolvers.inventory.kinds import Row
from resolvers.inventory.store import Inventory
from tests.resolvers.graph.asking import Asked
from tests.resolvers.graph.world import made, member, row_id

PROJECT, GROUP, NETWORK = row_id("project", "project-0"), row_id("securityGroup", "default"), row_id("network", "wide")
ROUND = "{ securityGroups { nodes { servers { securityGroups { servers { securityGroups { servers { id } } } } } } } }"


def crowd(count: int) -> list[Row]:
    """Servers of one project, all in its group `default` and on one network."""
    rows: list[Row] = [
        made("securityGroup", "default", project_id=PROJECT, name="default"),
        made("network", "wide", project_id=PROJECT, name="wide"),
    ]
    for place in range(count):
        server = made("server", f"server-{place}", project_id=PROJECT)
        rows += [
            server,
            made(
                "port",
                f"port-{place}",
                project_id=PROJECT,
                server_id=server.id,
                network_id=NETWORK,
                security_group_ids=(GROUP,),
            ),
        ]
    return rows


async def test_a_short_document_that_leads_round_and_round_is_ended() -> None:
    """Of 40 servers it would answer 64,000, of 400 a thousand times as many; nobody else is answered meanwhile."""
    asked = Asked(crowd(12), member("project-0"))
    asked.most_rows = 1_000
    (error,) = await asked.errors(ROUND)
    assert (error["code"], "more than 1,000 rows" in error["message"]) == ("TOO_EXPENSIVE", True)
    once = "{ securityGroups { nodes { servers { id securityGroups { name } } } } }"
    for _ in range(2):
        (group,) = (await asked.data(once))["securityGroups"]["nodes"]
        assert len(group["servers"]) == 12


async def test_each_event_of_a_subscription_has_the_whole_of_what_an_answer_may_lead_to() -> None:
    asked = Asked(crowd(12), member("project-0"))
    asked.most_rows = 20
    for number in range(3):
        asked.inventory.apply(made("securityGroup", "default", project_id=PROJECT, name=f"default-{number}"))
    beginning = asked.events.token(Event(0, "", None, None))
    query = """subscription($r: String) { resourceEvents(kinds: ["securityGroup"], resume: $r) {
      node { ... on SecurityGroup { name servers { id } } } } }"""
    told = []
    async with contextlib.aclosing(asked.follow(query, {"r": beginning})) as events:
        async for event in events:
            told.append(len(event["data"]["resourceEvents"]["node"]["servers"]))
            if len(told) == 4:
                break
    assert told == [12] * 4


@pytest.mark.parametrize("edge", ["ports(first: 1) { totalCount nodes { id } }", "routers { id }"])
async def test_what_many_rows_lead_to_is_selected_once(monkeypatch: pytest.MonkeyPatch, edge: str) -> None:
    asked = Asked(crowd(30), member("project-0"))
    selected: Counter[str] = Counter()
    real = Inventory.selecting

    def selecting(inventory: Inventory, actor: Any, kind: str, *where: Any) -> Any:
        selected[kind] += 1
        return real(inventory, actor, kind, *where)

    monkeypatch.setattr(Inventory, "selecting", selecting)
    query = f"{{ servers(first: 1000) {{ nodes {{ networks {{ {edge} }} }} }} }}"
    servers = (await asked.data(query))["servers"]["nodes"]
    networks = [network for server in servers for network in server["networks"]]
    assert len(networks) == 30
    assert all(network == networks[0] for network in networks)
    assert networks[0].get("ports", {}).get("totalCount", 30) == 30
    assert selected == {"server": 1, "port": 1}
