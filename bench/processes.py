"""The processes that are measured: the gateway as `9rum serve` starts it, and a server of bytes made beforehand.

Started and ended by `__main__`; what they use of the machine is read from /proc, so the benchmark runs on Linux. The peer on Node is
started by `peers`.
"""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 120.0
STOP_SECONDS = 20.0
CLOUD = "krane"
TICK = os.sysconf("SC_CLK_TCK")
T = TypeVar("T")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process with all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory_mb(pid: int | str = "self", what: str = "VmRSS") -> float:
    """Resident memory in MB (10^6 bytes); `VmHWM` is the most that it ever was."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith(f"{what}:"))
    return int(line.split()[1]) * 1024 / 1e6


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answer(
    port: int, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
) -> tuple[int, Mapping[str, str], bytes]:
    """One request on a connection of its own: status, headers, body. Raises OSError while nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        sent = None if body is None else json.dumps(body)
        connection.request(method, path, sent, {"content-type": "application/json", **(headers or {})})
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


def until(look: Callable[[], T | None], process: subprocess.Popen[bytes], what: str) -> T:
    """What `look` finds, asked again until it is there. Nobody listening yet is no error."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{what}: the process ended with {process.returncode}")
        with contextlib.suppress(OSError, http.client.HTTPException):
            found = look()
            if found is not None:
                return found
        time.sleep(0.02)
    raise TimeoutError(f"{what}: not within {START_SECONDS:g} s")


@contextlib.contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """The process, ended in peace when the block is left."""
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Gateway:
    """`9rum serve` in one process over a sandbox, with everything on that an installation has; only the rate budget is raised."""

    def __init__(self, folder: Path, servers: int) -> None:
        self.port = free_port()
        self._store = folder / "store" / "store.sock"
        settings = {
            "http": {"port": self.port},
            "store": {"folder": str(folder / "store")},
            "clouds": [{"backend": "sandbox", "name": CLOUD, "size": servers}],
            "graphql": {"limits": {"budget": 10**12, "budget_per_second": 10**12}},
        }
        self._file = folder / "9rum.yaml"
        self._file.write_text(json.dumps(settings))  # JSON is YAML
        self.boot_seconds = 0.0
        self.token = ""

    @contextlib.contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        began = time.perf_counter()
        process = _started("gateway", "serve", "--config", str(self._file))
        with ended(process):
            cookie = until(self._sign_in, process, "the gateway signs the operator in")
            until(lambda: self._counted(cookie), process, "the gateway answers the number of servers")
            self.boot_seconds = time.perf_counter() - began
            self.token = self._token_of(cookie)
            yield process

    def ask(self, query: str, variables: Mapping[str, Any]) -> bytes:
        """The whole answer, byte for byte; a failure when it has errors."""
        body = {"query": query, "variables": dict(variables)}
        status, _, found = answer(self.port, "POST", "/graphql", body, {"x-auth-token": self.token})
        if status != 200 or b'"errors"' in found[:20]:
            raise RuntimeError(f"the gateway answered {status}: {found[:500]!r}")
        return found

    def _sign_in(self) -> str | None:
        status, headers, _ = answer(self.port, "POST", "/session", {"user": "operator", "password": "operator"})
        return headers["set-cookie"].split(";")[0].partition("=")[2] if status == 200 else None

    def _counted(self, cookie: str) -> int | None:
        body = {"query": "{ servers(first: 1) { totalCount } }"}
        _, _, found = answer(self.port, "POST", "/graphql", body, {"cookie": f"gurum_session={cookie}"})
        data = json.loads(found).get("data")
        return data["servers"]["totalCount"] or None if data else None

    def _token_of(self, cookie: str) -> str:
        """The token behind the session: a machine that calls the gateway has one, and a sandbox gives none out over HTTP."""
        import asyncio

        from redis.asyncio import Redis

        from gateway.sessions import Sessions

        async def read() -> str:
            async with Redis(unix_socket_path=str(self._store)) as redis:
                token = await Sessions(redis).token(cookie)
                assert token is not None
                return token

        return asyncio.run(read())


@contextlib.contextmanager
def prepared_bytes(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The server of `prepared.py` over the answers in a folder, and its port."""
    port = free_port()
    process = _started("bench.prepared", str(folder), str(port))
    with ended(process):
        until(lambda: answer(port, "GET", "/")[0], process, "the server of prepared answers")
        yield process, port


def _started(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GURUM_")}
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # the access log is on, and written to nowhere
    )
