"""GraphQL over WebSocket: the npm client `graphql-ws`, and what a wrong or missing subprotocol gets."""

import json
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.protocol.clients import Clients
from tests.protocol.conftest import FOLLOW

pytestmark = [pytest.mark.node, pytest.mark.timeout(900)]  # a cold machine installs npm packages first


def run(clients: Clients, url: str, token: str, query: str, **variables: Any) -> Any:
    return clients.run("ws.mjs", url, token, query, json.dumps(variables))


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


def test_a_wrong_field_is_an_error_message_and_no_result(clients: Clients, gateway_url: str, demo_token: str) -> None:
    told = run(clients, gateway_url, demo_token, "subscription { noSuchField }")
    assert told["results"] == []
    assert "noSuchField" in told["error"]["errors"][0]["message"]


def test_a_garbage_token_closes_with_4403(clients: Clients, gateway_url: str) -> None:
    told = run(clients, gateway_url, "garbage", "{ __typename }")
    assert told["results"] == []
    assert told["error"]["code"] == 4403


@pytest.mark.parametrize("offered", [None, "nonsense", "graphql-ws"], ids=["none", "nonsense", "legacy"])
def test_any_other_subprotocol_closes_with_4406(gateway_url: str, offered: str | None) -> None:
    address = f"{gateway_url.replace('http', 'ws', 1)}/graphql"
    with connect(
        address, subprotocols=[Subprotocol(offered)] if offered else None, open_timeout=20, proxy=None
    ) as socket:
        assert socket.subprotocol is None
        with pytest.raises(ConnectionClosed) as closed:
            socket.send('{"type":"connection_init"}')
            socket.recv(timeout=20)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4406


def test_a_message_before_connection_init_closes_with_4401(gateway_url: str) -> None:
    address = f"{gateway_url.replace('http', 'ws', 1)}/graphql"
    with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")], open_timeout=20, proxy=None) as socket:
        assert socket.subprotocol == "graphql-transport-ws"
        socket.send('{"id":"1","type":"subscribe","payload":{"query":"{ __typename }"}}')
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=20)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401
