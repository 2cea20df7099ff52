"""What `9rum serve` prints when it is ready is what the process serves."""

import pytest

from gateway.roles import Role
from gateway.settings import Settings
from gateway.welcome import welcome


@pytest.mark.parametrize("role", [Role.ALL, Role.API])
def test_who_serves_the_graph_says_where(role: Role) -> None:
    said = welcome(Settings(), role)
    assert "9rum is ready: http://127.0.0.1:8080/graphql" in said
    assert "jiwoo" in said


def test_who_answers_in_chat_alone_promises_no_graph_and_no_page() -> None:
    said = welcome(Settings.model_validate({"http": {"port": 9000, "url": "https://9rum.example.com"}}), Role.BOT)
    assert "/readyz and /metrics are on port 9000" in said
    assert "https://" not in said and "/graphql" not in said and "jiwoo" not in said
