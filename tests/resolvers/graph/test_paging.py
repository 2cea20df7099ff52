"""Order and pages of lists over GraphQL text: several keys, both ways, stable while rows come and go, and cursors that are made up."""

import base64
import functools
import random
from datetime import datetime
from enum import Enum
from typing import Any

import orjson
import pytest

from resolvers.graph.filters import type_name
from tests.resolvers.graph import walk
from tests.resolvers.graph.asking import Asked
from tests.resolvers.graph.oracle import kind_of
from tests.resolvers.graph.world import KINDS, NAMES, OPERATOR, made, world

PAGE = """query($first: Int, $after: String, $last: Int, $before: String, $orderBy: [VolumeOrder!]) {
  volumes(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy) {
    totalCount nodes { id name } edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
BY_SIZE = [{"field": "SIZE", "direction": "DESC"}, {"field": "NAME", "direction": "ASC"}]


def volumes(count: int) -> list[Any]:
    return [made("volume", f"v{n:03}", name=NAMES[n % 3], size=n % 4) for n in range(count)]


def sorted_rows(rows: list[Any], order: list[tuple[str, bool]]) -> list[str]:
    """Ids in the order of (attribute, descending), empty values last, or first when descending; ids break ties."""

    def compare(one: Any, other: Any) -> int:
        for attribute, descending in order:
            mine, theirs = plain(getattr(one, attribute)), plain(getattr(other, attribute))
            if mine == theirs:
                continue
            less = theirs is None or (mine is not None and mine < theirs)
            return -1 if less is not descending else 1
        return -1 if one.id < other.id else 1

    return [row.id for row in sorted(rows, key=functools.cmp_to_key(compare))]


def plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value.timestamp() if isinstance(value, datetime) else value


async def test_every_list_is_ordered_by_any_of_its_keys() -> None:
    for seed in range(6):
        rng = random.Random(seed)
        rows = world(rng, most=8)
        asked = Asked(rows, OPERATOR)
        for root, kind in walk.sorts().lists.items():
            if kind == "keypair":
                continue
            mine = [row for row in rows if kind_of(row) == kind]
            query = f"query($o: [{type_name(KINDS[kind])}Order!]) {{ {root}(first: 1000, orderBy: $o) {{ nodes {{ id }} }} }}"
            for _ in range(4):
                keys = rng.sample(KINDS[kind].orders, min(len(KINDS[kind].orders), rng.randint(1, 3)))
                order = [(key, rng.random() < 0.5) for key in keys]
                given = [{"field": key.upper(), "direction": "DESC" if down else "ASC"} for key, down in order]
                found = (await asked.data(query, {"o": given}))[root]["nodes"]
                assert [row["id"] for row in found] == sorted_rows(mine, order), (root, order)


@pytest.mark.parametrize("order", [None, BY_SIZE])
@pytest.mark.parametrize("size", [1, 7, 20, 1000])
async def test_pages_forward_and_backward_are_the_list(order: Any, size: int) -> None:
    rows = volumes(20)
    asked = Asked(rows, OPERATOR)
    keys = [("size", True), ("name", False)] if order else [("name", False)]
    expected = sorted_rows(rows, keys)
    forward: list[str] = []
    after = None
    while True:
        page = (await asked.data(PAGE, {"first": size, "after": after, "orderBy": order}))["volumes"]
        assert page["totalCount"] == 20
        assert [edge["node"]["id"] for edge in page["edges"]] == [row["id"] for row in page["nodes"]]
        assert page["pageInfo"]["hasPreviousPage"] is bool(forward)
        assert (page["pageInfo"]["startCursor"], page["pageInfo"]["endCursor"]) == (
            page["edges"][0]["cursor"],
            page["edges"][-1]["cursor"],
        )
        forward += [row["id"] for row in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert forward == expected
    backward: list[str] = []
    before = None
    while True:
        page = (await asked.data(PAGE, {"last": size, "before": before, "orderBy": order}))["volumes"]
        backward = [row["id"] for row in page["nodes"]] + backward
        if not page["pageInfo"]["hasPreviousPage"]:
            break
        before = page["pageInfo"]["startCursor"]
    assert backward == expected


async def test_pages_stay_in_place_while_rows_come_change_and_go() -> None:
    """Who stays is seen once, whatever happens around; the row of the cursor itself may go too."""
    rows = volumes(30)
    asked = Asked(rows, OPERATOR)
    rng = random.Random(1)
    seen: list[str] = []
    after, gone, new = None, set[str](), set[str]()
    for turn in range(100):
        page = (await asked.data(PAGE, {"first": 4, "after": after, "orderBy": BY_SIZE}))["volumes"]
        seen += [row["id"] for row in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
        leaving = {page["nodes"][-1]["id"], rng.choice(rows).id}
        for row_id in leaving:
            asked.inventory.forget(row_id)
        gone |= leaving
        coming = made("volume", f"new{turn}", name=rng.choice(NAMES), size=rng.randint(0, 3))
        asked.inventory.apply(coming)
        new.add(coming.id)
    assert len(seen) == len(set(seen))
    staying = {row.id for row in rows} - gone
    assert staying <= set(seen) <= {row.id for row in rows} | new


def forged(*parts: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "garbage",
        "😀",
        "A" * 5_000,
        forged(),
        forged(["name"], [], "volume:c/v001"),
        forged(["name"], [[False, 1]], 5),
        forged(["name"], 7, "volume:c/v001"),
        forged(["name"], [7], "volume:c/v001"),
        forged(["name"], [[False, {"a": 1}]], "volume:c/v001"),
        forged(["name"], [[False, 1]], "volume:c/v001"),
        forged(["-name"], [[False, "amber"]], "volume:c/v001"),
        forged(["size"], [[False, 1]], "volume:c/v001"),
        forged(None),
    ],
)
@pytest.mark.parametrize("argument", ["after", "before"])
async def test_a_made_up_cursor_is_refused(argument: str, cursor: str) -> None:
    refused = await Asked(volumes(5), OPERATOR).errors(PAGE, {argument: cursor})
    assert [(error["code"], error["field"]) for error in refused] == [("INVALID", argument)]
    assert "cursor" in refused[0]["message"]
    assert "pageInfo" in refused[0]["message"]


async def test_a_cursor_of_another_order_is_refused() -> None:
    asked = Asked(volumes(5), OPERATOR)
    cursor = (await asked.data(PAGE, {"first": 1}))["volumes"]["pageInfo"]["endCursor"]
    refused = await asked.errors(PAGE, {"after": cursor, "orderBy": BY_SIZE})
    assert refused[0]["code"] == "INVALID"
    assert "in this order" in refused[0]["message"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"first": 100_000}, "`first` is between 0 and 1000; 100000 was asked for."),
        ({"first": -1}, "`first` is between 0 and 1000; -1 was asked for."),
        ({"last": 1_001}, "`last` is between 0 and 1000; 1001 was asked for."),
        ({"first": 1, "last": 1}, "Ask for `first` or for `last` rows, not for both."),
        ({"orderBy": [{"field": "NAME"}] * 5}, "A list is ordered by at most 4 keys; 5 were given."),
        ({"orderBy": [{"field": "COLOUR"}]}, "COLOUR"),
        ({"orderBy": [{"field": "NAME", "direction": "UP"}]}, "UP"),
    ],
)
async def test_a_page_that_can_not_be_is_refused(given: dict[str, Any], sentence: str) -> None:
    refused = await Asked(volumes(5), OPERATOR).errors(PAGE, given)
    assert [error["code"] for error in refused] == ["INVALID"]
    assert sentence in refused[0]["message"]


async def test_a_page_of_nothing_still_counts() -> None:
    page = (await Asked(volumes(5), OPERATOR).data(PAGE, {"first": 0}))["volumes"]
    assert (page["nodes"], page["totalCount"], page["pageInfo"]["endCursor"]) == ([], 5, None)
    assert page["pageInfo"]["hasNextPage"]


async def test_edges_in_pages_are_paged_by_the_same_rules() -> None:
    rows = [*volumes(5), made("project", "p", name="p")]
    rows[:5] = [type(row)(**{**fields(row), "project_id": "project:c/p"}) for row in rows[:5]]
    asked = Asked(rows, OPERATOR)
    query = """query($n: Int, $a: String) { projects { nodes { volumes(first: $n, after: $a) {
        totalCount nodes { id } pageInfo { endCursor hasNextPage } } } } }"""
    seen: list[str] = []
    after = None
    while True:
        page = (await asked.data(query, {"n": 2, "a": after}))["projects"]["nodes"][0]["volumes"]
        seen += [row["id"] for row in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == sorted_rows(rows[:5], [("name", False)])
    refused = await asked.errors(query, {"n": 1_001})
    assert refused[0]["message"] == "`first` is between 0 and 1000; 1001 was asked for."


def fields(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__struct_fields__}
