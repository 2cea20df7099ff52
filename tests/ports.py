"""Ports for servers that tests start, and whether something listens there.

A worker of pytest-xdist has a range of its own, below what the system gives to clients.

A port that the system gave, and that was given back, could be another worker's or any client's before the server listens.
"""

import asyncio
import itertools
import os
import socket
from typing import Final

FIRST: Final = 10_000
LAST: Final = 32_000
WORKERS: Final = 16
_EACH: Final = (LAST - FIRST) // WORKERS
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS
# Two runs at the same time are told apart by their processes.
_steps = itertools.count(os.getpid())


def free_port() -> int:
    """Never the same twice in a run, until all were used."""
    for _ in range(_EACH):
        port = FIRST + _worker * _EACH + next(_steps) % _EACH
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise RuntimeError("No port is free for a test's server.")


async def answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
