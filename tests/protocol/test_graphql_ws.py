"""GraphQL over WebSocket: what the npm client `graphql-ws` is refused (the rest is in `test_npm_clients.py`), and what a wrong or
missing subprotocol gets."""

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.protocol.clients import Clients

pytestmark = [pytest.mark.node, pytest.mark.timeout(900)]  # a cold machine installs npm packages first


def test_a_wrong_field_is_an_error_message_and_no_result(clients: Clients, gateway_url: str, demo_token: str) -> None:
    told = clients.ask("ws.mjs", gateway_url, demo_token, "subscription { noSuchField }")
    assert told["results"] == []
    assert "noSuchField" in told["error"]["errors"][0]["message"]


def test_a_garbage_token_closes_with_4403(clients: Clients, gateway_url: str) -> None:
    told = clients.ask("ws.mjs", gateway_url, "garbage", "{ __typename }")
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
