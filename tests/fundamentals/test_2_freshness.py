"""Lesson 2: the `Feed` keeps rows fresh, and every answer tells how old it is.

The collector lists by `full`, then polls by `changes` every `Kind.interval` seconds. `maxAge: 0` asks for nothing older than now.
"""

from tests.fundamentals.asking import names, project
from tests.fundamentals.notes import Board
from tests.running import Running

AGE = "{ notes(maxAge: 0) { totalCount freshness { source backends { name status error } } } servers(first: 1) { totalCount } }"


async def test_a_list_is_as_old_as_it_says_or_read_now(graph: Running, board: Board) -> None:
    board.pin("just pinned", "yellow", await project(graph, "shop"))
    cached = await graph.data("jiwoo", "{ notes { totalCount freshness { source asOf } } }")
    assert cached["notes"]["totalCount"] == 0, "from the last poll, before the note was pinned"
    assert cached["notes"]["freshness"]["source"] == "CACHE"
    assert await names(graph, "jiwoo") == ["just pinned"]


async def test_what_is_torn_off_is_gone_after_the_next_poll(graph: Running, board: Board) -> None:
    native = board.pin("soon gone", "yellow", await project(graph, "shop"))
    assert await names(graph, "jiwoo") == ["soon gone"]
    del board.rows[native]
    await graph.app.inventory.load()
    assert await names(graph, "jiwoo") == []


async def test_a_backend_that_is_away_is_named_and_takes_nothing_else_with_it(graph: Running, board: Board) -> None:
    board.pin("still known", "yellow", await project(graph, "shop"))
    assert await names(graph, "jiwoo") == ["still known"]
    board.away = True
    found = await graph.data("jiwoo", AGE)
    assert found["notes"]["totalCount"] == 1, "what was known last is served"
    assert found["notes"]["freshness"]["source"] == "STALE"
    told = [each for each in found["notes"]["freshness"]["backends"] if each["error"]]
    assert [each["error"] for each in told] == ["The board does not answer."]
    assert found["servers"]["totalCount"] > 0
