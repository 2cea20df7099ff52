"""Lesson 1: the `Kind` says what rows are, and the graph has lists of them.

Nothing here is written for notes but `NoteRow`, `NOTE` and the GraphQL type `Note`: fields, filters, pages, facets, search, `node` and the
rights are made from these (`resolvers/graph/`), and answered from the read model (`resolvers/inventory/`).
"""

import pytest

from tests.fundamentals.asking import names, project
from tests.fundamentals.notes import Board
from tests.running import Running


@pytest.fixture
async def three(graph: Running, board: Board) -> None:
    shop, talk = await project(graph, "shop"), await project(graph, "talk")
    board.pin("restock the shelves", "yellow", shop)
    board.pin("call the plumber", "pink", shop)
    board.pin("nothing for the shop", "pink", talk)


async def test_everybody_sees_the_rows_of_their_projects(graph: Running, three: None) -> None:
    """By `scope`: rights are decided once, where rows are read; no resolver asks for them."""
    assert set(await names(graph, "haneul")) == {"restock the shelves", "call the plumber"}
    assert len(await names(graph, "operator")) == 3


async def test_lists_filter_order_page_and_count(graph: Running, three: None) -> None:
    """By `filters`, `edges`, `orders` and `facets`."""
    assert await names(graph, "operator", 'filter: {project: {name: {eq: "shop"}}, colour: {eq: "pink"}}') == [
        "call the plumber"
    ]
    page = "first: 1, orderBy: [{field: NAME, direction: DESC}]"
    assert await names(graph, "operator", page) == ["restock the shelves"]
    counted = await graph.data("operator", "{ noteFacets { colour { value count } } notes { totalCount } }")
    assert counted["notes"]["totalCount"] == 3
    assert {each["value"]: each["count"] for each in counted["noteFacets"]["colour"]} == {"pink": 2, "yellow": 1}


async def test_a_row_is_found_by_its_id_and_by_its_words(graph: Running, three: None) -> None:
    """What may not be seen is not found: the answer does not tell whether it is there."""
    shown = await graph.data("operator", "{ notes(maxAge: 0) { nodes { id name } } }")
    by_name = {row["name"]: row["id"] for row in shown["notes"]["nodes"]}
    ask = "query($id: ID!) { node(id: $id) { id name } }"
    assert (await graph.data("haneul", ask, {"id": by_name["call the plumber"]}))["node"]["name"] == "call the plumber"
    error = await graph.refused("haneul", ask, {"id": by_name["nothing for the shop"]})
    assert error["code"] == "NOT_FOUND"
    found = await graph.data("haneul", '{ search(text: "plumb") { node { name } } }')
    assert [hit["node"]["name"] for hit in found["search"]] == ["call the plumber"]
