"""GraphQL over server-sent events: the npm client `graphql-sse`, distinct connections mode."""

import json
from typing import Any

import pytest

from tests.protocol.clients import Clients
from tests.protocol.conftest import FOLLOW

pytestmark = [pytest.mark.node, pytest.mark.timeout(900)]  # a cold machine installs npm packages first


def run(clients: Clients, url: str, token: str, query: str, **variables: Any) -> Any:
    return clients.run("sse.mjs", url, token, query, json.dumps(variables))


def test_a_query_answers_once_and_completes(clients: Clients, gateway_url: str, demo_token: str) -> None:
    told = run(clients, gateway_url, demo_token, "{ __typename }")
    assert [result["data"] for result in told["results"]] == [{"__typename": "Query"}]
    assert told["error"] is None


def test_a_subscription_follows_an_operation_to_its_end(
    clients: Clients, gateway_url: str, demo_token: str, operation: str
) -> None:
    told = run(clients, gateway_url, demo_token, FOLLOW, id=operation)
    assert told["error"] is None
    assert {result["data"]["operation"]["id"] for result in told["results"]} == {operation}
    assert told["results"][-1]["data"]["operation"]["state"] == "SUCCEEDED"


def test_a_garbage_token_is_refused_with_401(clients: Clients, gateway_url: str) -> None:
    told = run(clients, gateway_url, "garbage", "{ __typename }")
    assert told["results"] == []
    assert told["error"]["status"] == 401
