"""Servers of other stacks for the benchmark: Mercurius with graphql-jit on Node, over the same rows.

Called by the benchmark driver. Installing is left to gateway/web/node.py, which keeps the packages in the cache.
"""

import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from gateway.web import node

START_SECONDS = 60.0  # reading 25,000 servers takes about a second; the rest is a busy machine


def start_mercurius(data: Path, port: int) -> subprocess.Popen[bytes]:
    """Starts it on 127.0.0.1 and returns once it answers; the caller terminates the process.

    Raises `node.NodeMissing` where there is no Node, so that the benchmark can leave this peer out and say so.
    """
    tool = node.find_node()
    folder = node.prepare(Path(__file__).parent, "peers", tool)
    process = subprocess.Popen(
        tool.command(folder / "server.mjs", str(data), str(port)),
        env={**tool.environment(), "NODE_ENV": "production"},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_until_it_answers(process, port)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return process


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        if process.poll() is not None:
            raise node.NodeFailed(f"Mercurius ended with {process.returncode} before it answered.")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/graphql?query=%7B__typename%7D", timeout=5):
                return
        except urllib.error.URLError as error:
            if time.monotonic() > deadline:
                raise node.NodeFailed(f"Mercurius did not answer within {START_SECONDS:.0f} s.") from error
            time.sleep(0.05)
