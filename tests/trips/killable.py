"""`9rum serve` as a process that tests start and kill. Used by the trips about crashes and about several processes."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import httpx
import yaml

from tests.polling import eventually
from tests.ports import free_port
from tests.running import KEY

ROOT = Path(__file__).parents[2]
END_SECONDS = 30.0


class Gateway:
    """`9rum serve` as a process of its own, which can be killed. `store` None is its own; `settings` are the other sections."""

    def __init__(self, folder: Path, store: str | None, settings: Mapping[str, Any], stderr: int | None = None) -> None:
        folder.mkdir(exist_ok=True)
        port = free_port()
        kept = {"folder": str(folder), **({"url": store} if store is not None else {})}
        given = {**settings, "store": kept, "http": {"port": port}, "secret_key": KEY}
        self._config = folder / "9rum.yaml"
        self._config.write_text(yaml.safe_dump(given))
        self.url = f"http://127.0.0.1:{port}"
        self._stderr = stderr  # where its log goes; None: to the caller's
        self._process: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> Self:
        """Started; however the block is left, the process has ended then."""
        try:
            await self.start()
        except BaseException:
            await self.end()
            raise
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.end()

    async def start(self) -> None:
        command = [sys.executable, "-m", "gateway", "serve", "--config", str(self._config)]
        self._process = await asyncio.to_thread(
            subprocess.Popen, command, cwd=ROOT, env=_environment(), stdout=subprocess.DEVNULL, stderr=self._stderr
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

    async def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            # In a thread: what the process says at its end may be for a server in this very loop.
            await asyncio.to_thread(process.wait, END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise

    async def end(self) -> None:
        """As an operator ends it."""
        await self.kill(signal.SIGTERM)


def _environment() -> dict[str, str]:
    """The caller's, without settings of 9rum in it."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GURUM_") or name == "GURUM_CACHE"}
