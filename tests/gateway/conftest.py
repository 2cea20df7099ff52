"""The transport with its defaults, for most tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.gateway.client import Client, client


@pytest.fixture
def graph_client() -> Iterator[Client]:
    with client() as it:
        yield it
