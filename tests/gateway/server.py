"""The transport on a real socket: granian in the test's own event loop, with the graph's world at hand."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from gateway.edge import Edge
from gateway.metrics import Metrics
from gateway.transport import Transport, TransportSettings, build_transport
from tests.gateway import graph
from tests.ports import answers, free_port

SECONDS = 20.0


class Live:
    def __init__(self, port: int, world: graph.World, metrics: Metrics, transport: Transport) -> None:
        self.port = port
        self.http = f"http://127.0.0.1:{port}/graphql"
        self.world = world
        self.metrics = metrics
        self.transport = transport

    @asynccontextmanager
    async def socket(self, protocol: str = "graphql-transport-ws", **arguments: Any) -> AsyncIterator[ClientConnection]:
        url = f"ws://127.0.0.1:{self.port}/graphql"
        # `proxy=None`: a test speaks to its own machine, whatever the environment says.
        async with connect(url, subprotocols=[Subprotocol(protocol)], proxy=None, **arguments) as it:
            yield it

    @asynccontextmanager
    async def signed_in(self, token: str = graph.ALICE, **arguments: Any) -> AsyncIterator[ClientConnection]:
        async with self.socket(**arguments) as it:
            await say(it, type="connection_init", payload={"token": token})
            assert await hear(it) == {"type": "connection_ack"}
            yield it


@asynccontextmanager
async def serving(world: graph.World | None = None, **settings: Any) -> AsyncIterator[Live]:
    world = world or graph.world()
    metrics = Metrics()
    transport = build_transport(graph.schema, world.make_context, TransportSettings.model_validate(settings), metrics)
    port = free_port()
    app = Edge(Starlette(routes=transport.routes))
    server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGINL, log_enabled=False)
    running = asyncio.create_task(server.serve())
    try:
        await until(lambda: answers(port), "the server listens")
        yield Live(port, world, metrics, transport)
    finally:
        await transport.connections.end_all()
        server.stop()  # type: ignore[no-untyped-call]  # granian types little
        await asyncio.wait_for(running, SECONDS)


async def until(condition: Callable[[], Any], what: str) -> None:
    """Waits for a condition (plain or awaitable); says what was waited for when it does not come."""
    async with asyncio.timeout(SECONDS) as limit:
        try:
            while True:
                met = condition()
                if isinstance(met, Awaitable):
                    met = await met
                if met:
                    return
                await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            if limit.expired():
                raise TimeoutError(f"waited {SECONDS:g} s in vain: {what}") from None
            raise


async def say(connection: ClientConnection, **message: Any) -> None:
    await connection.send(orjson.dumps(message).decode())


async def hear(connection: ClientConnection) -> Any:
    """The next message that is no ping."""
    async with asyncio.timeout(SECONDS):
        while True:
            message = orjson.loads(await connection.recv())
            if message["type"] != "ping":
                return message


async def closed(connection: ClientConnection) -> tuple[int | None, str | None]:
    """Waits until the server has closed; the code and the reason it gave."""
    async with asyncio.timeout(SECONDS):
        await connection.wait_closed()
    return connection.close_code, connection.close_reason
