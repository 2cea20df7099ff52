"""Runs the npm clients of this folder against a gateway; each driver prints one line of JSON.

Used by the protocol tests. Node and the packages come from gateway/web/node.py, kept in the cache by the lock.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.web import node

HERE = Path(__file__).parent
DRIVER_SECONDS = 60.0


@dataclass(frozen=True)
class Clients:
    """The drivers, installed, and the Node that runs them."""

    tool: node.Node
    folder: Path

    def run(self, driver: str, *arguments: str) -> Any:
        """Runs one driver to its end; returns what it printed."""
        return json.loads(self.tool.run(driver, *arguments, cwd=self.folder, seconds=DRIVER_SECONDS))

    def ask(self, driver: str, url: str, token: str, query: str, **variables: Any) -> Any:
        """One operation by a driver; its results and its error."""
        return self.run(driver, url, token, query, json.dumps(variables))


def installed() -> Clients:
    tool = node.find_node()
    return Clients(tool, node.prepare(HERE, "protocol", tool))
