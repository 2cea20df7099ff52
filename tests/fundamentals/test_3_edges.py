"""Lesson 3: an edge is one line, `one("server", "server_id", ...)`, and is answered from the read model with the rights of who asks.

The way back would be one line in the type of servers: `notes: list[Note] = many("note", "server_id", "Notes about it.")`. Filters go over
edges by `Kind.edges`. No join is written for either.
"""

from tests.fundamentals.asking import names, project
from tests.fundamentals.notes import Board
from tests.running import Running


async def _server(graph: Running, name: str) -> str:
    found = await graph.data("operator", "query($s: ID!) { server(id: $s) { id } }", {"s": name})
    return str(found["server"]["id"])


async def test_from_a_note_to_its_server_and_project(graph: Running, board: Board) -> None:
    board.pin("too warm", "red", await project(graph, "shop"), await _server(graph, "shop-api-1"))
    found = await graph.data(
        "jiwoo", "{ notes(maxAge: 0) { nodes { server { name status project { name } } project { name } } } }"
    )
    assert found["notes"]["nodes"] == [
        {"server": {"name": "shop-api-1", "status": "ACTIVE", "project": {"name": "shop"}}, "project": {"name": "shop"}}
    ]


async def test_an_edge_shows_nothing_that_a_list_would_not(graph: Running, board: Board) -> None:
    """A note of haneul's project about a server of another: she sees the note, and no server."""
    talk = (
        await graph.data("operator", '{ servers(filter: {project: {name: {eq: "talk"}}}, first: 1) { nodes { id } } }')
    )["servers"]["nodes"][0]
    board.pin("about theirs", "red", await project(graph, "shop"), talk["id"])
    ask = "{ notes(maxAge: 0) { nodes { name server { name } } } }"
    assert (await graph.data("haneul", ask))["notes"]["nodes"] == [{"name": "about theirs", "server": None}]
    assert (await graph.data("operator", ask))["notes"]["nodes"][0]["server"] is not None


async def test_a_filter_goes_over_an_edge(graph: Running, board: Board) -> None:
    shop = await project(graph, "shop")
    board.pin("about the api", "red", shop, await _server(graph, "shop-api-1"))
    board.pin("about nothing", "red", shop)
    assert await names(graph, "jiwoo", 'filter: {server: {name: {startsWith: "shop-api"}}}') == ["about the api"]
