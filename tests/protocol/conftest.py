"""The npm clients, installed once per run."""

import pytest

from tests.protocol.clients import Clients, installed


@pytest.fixture(scope="session")
def clients() -> Clients:
    return installed()
