"""GraphQL over server-sent events: what the npm client `graphql-sse` is refused, in distinct connections mode; the rest is in
`test_npm_clients.py`."""

import pytest

from tests.protocol.clients import Clients

pytestmark = [pytest.mark.node, pytest.mark.timeout(900)]  # a cold machine installs npm packages first


def test_a_garbage_token_is_refused_with_401(clients: Clients, gateway_url: str) -> None:
    told = clients.ask("sse.mjs", gateway_url, "garbage", "{ __typename }")
    assert told["results"] == []
    assert told["error"]["status"] == 401
