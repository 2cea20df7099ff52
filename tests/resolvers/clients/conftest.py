"""The far cloud, and the client that is connected to it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from resolvers.clients.openstack import OpenStackClient
from resolvers.clients.openstack_settings import OpenStackSettings
from resolvers.clock import Clock
from tests.resolvers.clients.far_cloud import FarCloud, serving

Connecting = Callable[..., Any]


@pytest.fixture
async def far() -> AsyncIterator[FarCloud]:
    async with serving(FarCloud()) as cloud:
        yield cloud


@pytest.fixture
async def connect(far: FarCloud, tmp_path: Path) -> AsyncIterator[Connecting]:
    """Clients with other settings than the usual: `await connect(max_answer_mib=1, clock=..., auth={...})`."""
    async with AsyncExitStack() as stack:

        async def connecting(
            clock: Clock | None = None, auth: dict[str, Any] | None = None, **changes: Any
        ) -> OpenStackClient:
            known = {
                "backend": "openstack",
                "name": "krane",
                "cloud": "far",
                "clouds_file": far.clouds_file(tmp_path, **(auth or {})),
                "page_size": 2,
            }
            client = await OpenStackClient.open(OpenStackSettings.model_validate(known | changes), clock or Clock())
            stack.push_async_callback(client.close)
            return client

        yield connecting


@pytest.fixture
async def client(connect: Connecting) -> OpenStackClient:
    connected: OpenStackClient = await connect()
    return connected
