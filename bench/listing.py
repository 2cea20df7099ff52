"""`python -m bench.listing PORT TIMES`: lists servers from a stand-in for Nova through the gateway's own client, and prints the CPU time.

The stand-in is `prepared.py` with the answers of `stand_in`. What is counted is this whole process: sockets, HTTP, JSON, rows.
"""

import asyncio
import gc
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.nova import FLAVORS
from resolvers.clients.openstack import OpenStackClient
from resolvers.clients.openstack_http import next_link
from resolvers.clients.openstack_settings import OpenStackSettings
from resolvers.clock import Clock
from resolvers.compute.openstack_server_rows import SERVER_PAGE, ServerRows
from resolvers.names import Names

VERSION = "2.90"
WARM = 5  # listings before the first that counts


def stand_in(page: bytes) -> dict[str, bytes]:
    """What Nova answers where 9rum asks: its version, and one page of servers."""
    version = {
        "id": "v2.1",
        "status": "CURRENT",
        "version": VERSION,
        "min_version": "2.1",
        "links": [{"rel": "self", "href": "/v2.1/"}],
    }
    root = json.dumps({"version": version}).encode()
    return {"/v2.1": root, "/v2.1/": root, "/v2.1/servers/detail": page}


async def listing(port: int, times: int) -> dict[str, Any]:
    names = Names("krane", "krane")
    rows = ServerRows(names)
    rows.flavors = {name: names.id("flavor", name) for name, _, _ in FLAVORS}
    client = await _client(port)
    try:

        async def once() -> int:
            count = 0
            async for page in client.pages(
                "compute",
                "/servers/detail",
                SERVER_PAGE,
                lambda page: next_link(page.servers_links),
                {"all_tenants": 1},
                microversion=VERSION,
            ):
                count += len([rows.row(server) for server in page.servers])
            return count

        for _ in range(WARM):
            count = await once()
        gc.collect()
        gc.freeze()  # as `9rum serve` does once it has read everything
        cpu, began = time.process_time(), time.perf_counter()
        for _ in range(times):
            await once()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - began
    finally:
        await client.close()
    return {"servers": count, "times": times, "cpu_ms": cpu / times * 1e3, "ms": wall / times * 1e3}


async def _client(port: int) -> OpenStackClient:
    """A client with a token and an address given, so that the stand-in needs no Keystone."""
    base = f"http://127.0.0.1:{port}/v2.1"
    entry = {
        "auth_type": "admin_token",
        "auth": {"endpoint": base, "token": "bench"},
        "region_name": "RegionOne",
        "compute_endpoint_override": base,
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "clouds.yaml"
        file.write_text(json.dumps({"clouds": {"bench": entry}}))  # JSON is YAML
        settings = OpenStackSettings(backend="openstack", name="krane", cloud="bench", clouds_file=file)
        return await OpenStackClient.open(settings, Clock())


if __name__ == "__main__":
    print(json.dumps(asyncio.run(listing(int(sys.argv[1]), int(sys.argv[2])))))
