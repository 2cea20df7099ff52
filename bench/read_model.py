"""`python -m bench.read_model FOLDER`: builds the read model from the raw pages of Nova in a folder, and prints what it took as JSON.

A fresh process for each build, so that the growth of its memory is the read model's. The mapping and the table are the gateway's own.
"""

import gc
import json
import sys
import time
from pathlib import Path
from typing import Any

from bench.nova import FLAVORS
from bench.processes import memory_mb
from resolvers.compute.openstack_server_rows import SERVER_PAGE, ServerRows
from resolvers.compute.port import SERVER, ServerRow
from resolvers.inventory.table import Table
from resolvers.names import Names


def build(folder: Path) -> dict[str, Any]:
    names = Names("krane", "krane")
    rows = ServerRows(names)
    rows.flavors = {name: names.id("flavor", name) for name, _, _ in FLAVORS}
    gc.collect()
    before, cpu, began = memory_mb(), time.process_time(), time.perf_counter()
    made: list[ServerRow] = []
    for file in sorted(folder.glob("*.json")):
        made += [rows.row(server) for server in SERVER_PAGE.decode(file.read_bytes()).servers]
    table = Table(SERVER)
    table.replace(made, mine=lambda row: True, keep=lambda row_id: False)
    first = table.ordered()[0]
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
    del made
    gc.collect()
    return {
        "servers": len(table),
        "first": first.name,
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "mb": memory_mb() - before,
        "peak_mb": memory_mb(what="VmHWM") - before,
    }


if __name__ == "__main__":
    print(json.dumps(build(Path(sys.argv[1]))))
