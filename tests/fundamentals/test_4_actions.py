"""Lesson 4: one declared `Action` is a mutation, its plan, a followed operation, an undo, and a row of the audit log.

`plan` finds out and changes nothing; `run` does it by steps that survive a crash. Rights, policy, idempotency keys, log and undo are the
same for all actions (`resolvers/operations/engine.py`).
"""

from tests.fundamentals.asking import names, project
from tests.fundamentals.notes import Board
from tests.running import Running

PLAN = """{ plan { noteWrite(input: {name: "buy flour", project: "shop"}) { id hash changes { target attribute before after } } } }"""
APPLY = "mutation($id: ID!, $hash: String!) { apply(planId: $id, hash: $hash) { id } }"
AUDIT = "{ auditEntries(first: 1) { action result actorName input } }"


async def test_a_plan_says_what_would_change_and_changes_nothing(graph: Running, board: Board) -> None:
    plan = (await graph.data("jiwoo", PLAN))["plan"]["noteWrite"]
    assert plan["changes"] == [{"target": "buy flour", "attribute": "note", "before": None, "after": "yellow, in shop"}]
    assert not board.rows
    applied = (await graph.data("jiwoo", APPLY, {"id": plan["id"], "hash": plan["hash"]}))["apply"]
    assert (await graph.ended("jiwoo", applied["id"]))["state"] == "SUCCEEDED"
    assert [row.name for row in board.rows.values()] == ["buy flour"]


async def test_a_mutation_is_followed_to_its_end_and_can_be_taken_back(graph: Running, board: Board) -> None:
    await graph.done("jiwoo", "noteWrite", {"name": "buy flour", "project": "shop", "colour": "white"})
    painted = await graph.done("jiwoo", "notePaint", {"note": "buy flour", "colour": "blue"})
    assert [row.colour for row in board.rows.values()] == ["blue"]
    assert painted["steps"] == [{"name": "request", "state": "DONE"}] and painted["undo"] == {"action": "note.paint"}
    undone = await graph.data("jiwoo", "mutation($id: ID!) { undo(operationId: $id) { id } }", {"id": painted["id"]})
    assert (await graph.ended("jiwoo", undone["undo"]["id"]))["state"] == "SUCCEEDED"
    assert [row.colour for row in board.rows.values()] == ["white"]


async def test_who_may_not_changes_nothing_and_the_attempt_is_in_the_log(graph: Running, board: Board) -> None:
    """haneul may look at the shop only."""
    board.pin("of the shop", "yellow", await project(graph, "shop"))
    assert await names(graph, "jiwoo") == ["of the shop"]
    error = await graph.refused("haneul", 'mutation { noteDelete(input: {note: "of the shop"}) { id } }')
    assert error["code"] == "DENIED" and len(board.rows) == 1
    entry = (await graph.data("operator", AUDIT))["auditEntries"][0]
    assert (entry["action"], entry["result"], entry["actorName"]) == ("note.delete", "DENIED", "haneul")
