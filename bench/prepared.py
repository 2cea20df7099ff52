"""`python -m bench.prepared FOLDER PORT`: answers every path with bytes from a file, on the HTTP server and event loop of `9rum serve`.

It is the least that an answer can cost there, and it stands in for Nova where listing is measured. FOLDER/index.json maps paths to
files; the query string is not looked at.
"""

import asyncio
import json
import signal
import sys
from pathlib import Path

import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.types import Receive, Scope, Send

INDEX = "index.json"


def write(folder: Path, answers: dict[str, bytes]) -> None:
    """Puts answers into a folder for the server to find."""
    folder.mkdir(parents=True)
    names = {path: f"{number}.json" for number, path in enumerate(answers)}
    for path, body in answers.items():
        (folder / names[path]).write_bytes(body)
    (folder / INDEX).write_text(json.dumps(names))


class Prepared:
    def __init__(self, folder: Path) -> None:
        names: dict[str, str] = json.loads((folder / INDEX).read_text())
        self._answers = {path: (folder / name).read_bytes() for path, name in names.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        body = self._answers.get(scope["path"])
        status, body = (404, b"{}") if body is None else (200, body)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def main(folder: Path, port: int) -> None:
    server = Server(
        Prepared(folder), address="127.0.0.1", port=port, interface=Interfaces.ASGINL, backlog=1024, log_enabled=False
    )
    serving = asyncio.create_task(server.serve())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
    await serving


if __name__ == "__main__":
    uvloop.run(main(Path(sys.argv[1]), int(sys.argv[2])))
