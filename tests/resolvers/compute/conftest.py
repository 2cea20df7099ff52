"""Nova behind the port, talking to the far cloud of the client's tests."""

import pytest

from resolvers.clients.openstack import OpenStackClient
from resolvers.compute.openstack import OpenStackCompute
from resolvers.names import Names
from tests.resolvers.clients.conftest import client, connect, far

__all__ = ["client", "compute", "connect", "far"]


@pytest.fixture
def compute(client: OpenStackClient) -> OpenStackCompute:
    return OpenStackCompute(client, Names("krane", "home"))
