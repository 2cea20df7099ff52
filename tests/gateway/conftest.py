"""The transport with its defaults, and the door by which people sign in, for most tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.gateway.client import Client, client
from tests.gateway.door import Door, opened_door


@pytest.fixture
def graph_client() -> Iterator[Client]:
    with client() as it:
        yield it


@pytest.fixture
def door(valkey: str) -> Iterator[Door]:
    with opened_door(valkey) as it:
        yield it
