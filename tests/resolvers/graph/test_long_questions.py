"""Questions that look at many rows let everybody else through in between: filters, edges in them, orders, facets, search."""

import asyncio
import itertools
from typing import Any

import pytest

from gateway.documents import GraphQLRequest
from resolvers.graph.filters import MAX_CONDITIONS
from resolvers.inventory.turns import ROWS, Turns
from tests.resolvers.graph.asking import Asked, executor
from tests.resolvers.graph.test_wide_answers import crowd
from tests.resolvers.graph.world import member

STEPS = 5
LIST = "query($f: ServerFilter, $o: [ServerOrder!]) { servers(filter: $f, orderBy: $o) { totalCount } }"


async def rounds(asked: Asked, query: str, variables: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """The answer, and how often the loop came round meanwhile."""
    count = 0

    async def beat() -> None:
        nonlocal count
        while True:
            count += 1
            await asyncio.sleep(0)

    beating = asyncio.create_task(beat())
    data = await asked.data(query, variables)
    beating.cancel()
    return data, count


@pytest.mark.parametrize(
    ("query", "variables", "most_steps"),
    [
        (LIST, {"f": {"or": [{"name": {"contains": f"nobody {n}"}} for n in range(MAX_CONDITIONS)]}}, STEPS),
        (LIST, {"f": {"not": {"name": {"contains": "nobody"}}}, "o": [{"field": "CREATED_AT"}]}, STEPS + 1),
        (LIST, {"o": [{"field": "STATUS"}, {"field": "CREATED_AT", "direction": "DESC"}]}, 2),
        ("{ ports(filter: {server: {name: {contains: \"nobody\"}}}) { totalCount } }", {}, 2 * STEPS),
        ("{ serverFacets { status { count } } }", {}, 5),
        ("{ search(text: \"nobody\") { matched } }", {}, 2 * STEPS),
    ],
)  # fmt: skip
async def test_a_question_of_many_rows_lets_others_through(
    query: str, variables: dict[str, Any], most_steps: int
) -> None:
    asked = Asked(crowd(STEPS * ROWS), member("project-0"))
    await asked.data("{ servers(first: 1) { totalCount } }")
    asked.inventory.turns = Turns(itertools.count(0.0, 0.003).__next__)  # each step takes long
    data, count = await rounds(asked, query, variables)
    assert len(data) == 1
    assert count >= most_steps
    asked.inventory.turns = Turns(lambda: 0.0)  # and none any time
    assert (await asked.data(query, variables)) == data


async def test_the_schema_is_read_beside_the_loop_and_with_what_else_is_asked() -> None:
    asked, beats = Asked(crowd(2), member("project-0")), 0
    context = await asked.context()
    query = (
        '{ all: __schema { types { name fields { name } } } __type(name: "Server") { name } servers { totalCount } }'
    )
    prepared = executor().prepare(GraphQLRequest(query), context, "somebody")

    async def beat() -> None:
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0)

    beating = asyncio.create_task(beat())
    data = (await executor().execute(prepared, context, "http")).payload["data"]
    beating.cancel()
    assert beats > 0
    assert len(data["all"]["types"]) > 100
    assert (data["__type"], data["servers"]) == ({"name": "Server"}, {"totalCount": 2})


async def test_rows_that_change_meanwhile_are_those_of_the_beginning() -> None:
    asked = Asked(crowd(3 * ROWS), member("project-0"))
    looks = itertools.count()

    def now() -> float:
        place = next(looks)
        if place == 3:  # after the first slice
            for row in list(asked.inventory.table("server").all()):
                asked.inventory.forget(row.id)
        return place * 0.001

    asked.inventory.turns = Turns(now)
    query = '{ servers(filter: {not: {name: {contains: "nobody"}}}) { totalCount } }'
    assert (await asked.data(query))["servers"]["totalCount"] == 3 * ROWS
    assert (await asked.data(query))["servers"]["totalCount"] == 0
