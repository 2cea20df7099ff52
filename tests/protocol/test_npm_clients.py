"""GraphQL over both of the transports that subscriptions have, as their npm clients speak it: `graphql-sse` and `graphql-ws`."""

import pytest

from tests.protocol.clients import Clients
from tests.protocol.conftest import FOLLOW

pytestmark = [
    pytest.mark.node,
    pytest.mark.timeout(900),  # a cold machine installs npm packages first
    pytest.mark.parametrize("driver", ["sse.mjs", "ws.mjs"]),
]


def test_a_query_answers_once_and_completes(clients: Clients, driver: str, gateway_url: str, demo_token: str) -> None:
    told = clients.ask(driver, gateway_url, demo_token, "{ __typename }")
    assert [result["data"] for result in told["results"]] == [{"__typename": "Query"}]
    assert told["error"] is None


def test_a_subscription_follows_an_operation_to_its_end(
    clients: Clients, driver: str, gateway_url: str, demo_token: str, operation: str
) -> None:
    told = clients.ask(driver, gateway_url, demo_token, FOLLOW, id=operation)
    assert told["error"] is None
    assert {result["data"]["operation"]["id"] for result in told["results"]} == {operation}
    assert told["results"][-1]["data"]["operation"]["state"] == "SUCCEEDED"
