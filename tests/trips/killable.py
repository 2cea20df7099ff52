"""`9rum serve` as a process that tests start and kill. Used by the trips about crashes and about several processes."""

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.polling import eventually
from tests.running import KEY

ROOT = Path(__file__).parents[2]


class Gateway:
    """`9rum serve` as a process of its own, which can be killed. `store` None is its own; `settings` are the other sections."""

    def __init__(self, folder: Path, store: str | None, settings: Mapping[str, Any], stderr: int | None = None) -> None:
        folder.mkdir(exist_ok=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        kept = {"folder": str(folder), **({"url": store} if store is not None else {})}
        given = {**settings, "store": kept, "http": {"port": port}, "secret_key": KEY}
        self._config = folder / "9rum.yaml"
        self._config.write_text(yaml.safe_dump(given))
        self.url = f"http://127.0.0.1:{port}"
        self._stderr = stderr  # where its log goes; None: to the caller's
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        command = [sys.executable, "-m", "gateway", "serve", "--config", str(self._config)]
        self._process = await asyncio.to_thread(
            subprocess.Popen, command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=self._stderr
        )

        async def ready() -> bool:
            assert self._process is not None
            assert self._process.poll() is None, "the gateway ended by itself"
            try:
                async with httpx.AsyncClient() as http:
                    return (await http.get(f"{self.url}/readyz")).status_code == 200
            except httpx.HTTPError:
                return False

        await eventually(ready, "the gateway is ready", 120, pause=0.2)

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None

    def end(self) -> None:
        """As an operator ends it."""
        self.kill(signal.SIGTERM)
