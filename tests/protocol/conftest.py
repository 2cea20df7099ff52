"""The npm clients, installed once per run, and a change for their subscriptions to follow."""

import uuid

import httpx
import pytest

from tests.protocol.clients import Clients, installed

FOLLOW = "subscription($id: ID!) { operation(id: $id) { id state } }"
CHANGE = "mutation($input: KeypairCreateInput!) { keypairCreate(input: $input) { id } }"
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJxwYtUTZTZ9IWdpu2bQbFCWSq0nRQVQEQ0c1zEJ0aZk nobody@example"


@pytest.fixture(scope="session")
def clients() -> Clients:
    return installed()


@pytest.fixture
def operation(gateway_url: str, demo_token: str) -> str:
    """The id of a change under way."""
    given = {"input": {"name": f"protocol-{uuid.uuid4().hex}", "publicKey": PUBLIC_KEY}}
    response = httpx.post(
        f"{gateway_url}/graphql",
        json={"query": CHANGE, "variables": given},
        headers={"x-auth-token": demo_token},
        timeout=30,
    )
    answer = response.json()
    assert "errors" not in answer, answer["errors"]
    started: str = answer["data"]["keypairCreate"]["id"]
    return started
