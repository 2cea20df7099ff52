"""Running a mutation and following its operation by subscription (SSE), as a frontend does. Used by the trips."""

from collections.abc import Mapping
from typing import Any

import orjson

from tests.running import Running

FOLLOW = """subscription($id: ID!) { operation(id: $id) {
  id state progress resourceId resourceIds backendRequestIds error { code message } steps { name title state detail }
} }"""


async def followed(
    graph: Running, person: str, action: str, given: Mapping[str, Any], seconds: float = 240.0
) -> list[dict[str, Any]]:
    """Every state of the operation from its acceptance to its end, which also ends the stream."""
    name = action[0].upper() + action[1:] + "Input"
    query = f"mutation($input: {name}!) {{ {action}(input: $input) {{ id }} }}"
    started = await graph.data(person, query, {"input": dict(given)})
    response = await graph.http.post(
        "/graphql/stream",
        json={"query": FOLLOW, "variables": {"id": started[action]["id"]}},
        headers={"x-auth-token": await graph.token(person), "accept": "text/event-stream"},
        timeout=seconds,
    )
    assert response.status_code == 200, response.text
    events = [line.removeprefix("data: ") for line in response.text.splitlines() if line.startswith("data: {")]
    answers = [orjson.loads(event) for event in events]
    assert all("errors" not in answer for answer in answers), answers
    return [answer["data"]["operation"] for answer in answers]
