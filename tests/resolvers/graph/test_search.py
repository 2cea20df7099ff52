"""`search`: what it looks into, what comes first, and what it refuses."""

from typing import Any

import pytest

from tests.resolvers.graph.asking import Asked
from tests.resolvers.graph.world import OPERATOR, made

SEARCH = """query($t: String!, $k: [String!], $n: Int) {
  search(text: $t, kinds: $k, first: $n) { kind matched node { id name } } }"""
ROWS = [
    made("server", "s1", name="web"),
    made("server", "s2", name="web-2", ips=("10.1.2.3",), tags=("blue",), metadata={"service": "talk"}),
    made("server", "s3", name="my-web"),
    made("volume", "v1", name="WEB"),
    made("volume", "v2", name="data", metadata={"service": "talk"}),
    made("network", "n1", name="web-net", tags=("blue",)),
    made("floatingIp", "f1", name="203.0.113.7", ip="203.0.113.7", fixed_ip="10.1.2.3"),
    made("project", "p1", name="talk"),
]


async def found(text: str, kinds: list[str] | None = None, first: int = 20) -> list[tuple[str, str]]:
    answer = await Asked(ROWS, OPERATOR).data(SEARCH, {"t": text, "k": kinds, "n": first})
    return [(hit["node"]["id"].split("/")[1], hit["matched"]) for hit in answer["search"]]


async def test_equal_names_come_first_then_beginnings_then_parts() -> None:
    assert await found("web") == [
        ("v1", "name"),
        ("s1", "name"),
        ("s2", "name"),
        ("n1", "name"),
        ("s3", "name"),
    ]
    assert await found("  wEb ", first=2) == [("v1", "name"), ("s1", "name")]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("10.1.2.3", [("f1", "fixed_ip"), ("s2", "ips")]),
        ("blue", [("s2", "tags"), ("n1", "tags")]),
        ("service=talk", [("v2", "metadata"), ("s2", "metadata")]),
        ("talk", [("p1", "name"), ("v2", "metadata"), ("s2", "metadata")]),
        ("v2", [("v2", "native_id")]),
        ("nothing of all this", []),
    ],
)
async def test_it_looks_into_addresses_tags_labels_and_ids(text: str, hits: list[tuple[str, str]]) -> None:
    assert await found(text) == hits


async def test_kinds_narrow_it() -> None:
    assert await found("web", ["volume", "volume"]) == [("v1", "name")]
    assert await found("web", []) == []
    assert len(await found("web", ["server", "network"])) == 4


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"t": ""}, "text"),
        ({"t": "   "}, "text"),
        ({"t": "x" * 101}, "text"),
        ({"t": "web", "n": 101}, "first"),
        ({"t": "web", "n": -1}, "first"),
        ({"t": "web", "k": ["spaceship"]}, "kinds"),
        ({"t": "web", "k": ["x" * 10_000]}, "kinds"),
    ],
)
async def test_what_can_not_be_searched_is_refused(given: dict[str, Any], field: str) -> None:
    refused = await Asked(ROWS, OPERATOR).errors(SEARCH, {"n": 20, **given})
    assert [(error["code"], error["field"]) for error in refused] == [("INVALID", field)]
    assert len(refused[0]["message"]) < 800


async def test_events_refuse_the_same_kinds_in_the_same_words() -> None:
    asked = Asked(ROWS, OPERATOR)
    searched = await asked.errors(SEARCH, {"t": "web", "k": ["spaceship"], "n": 1})
    followed = [event async for event in asked.follow('subscription { resourceEvents(kinds: ["spaceship"]) { id } }')]
    assert followed[0]["errors"][0]["message"] == searched[0]["message"]
