"""The project shop and who acts in it, for the suite of the compute port: servers that are made, followed and removed again."""

import contextlib
from dataclasses import dataclass
from functools import partial
from typing import Any

from resolvers.actor import Credential
from resolvers.compute.port import MARKER, ComputePort, ServerSpec, ServerStatus, ServerVerb
from resolvers.errors import Unavailable
from tests.contract.steps import Shop, unique

S = ServerStatus


@dataclass
class Room(Shop[ComputePort]):
    """`flavor`, `bigger`, `image`, `network` are native ids that everybody may use."""

    flavor: str
    bigger: str
    image: str
    network: str

    async def begun(self, acting: Credential | None = None, **given: Any) -> list[str]:
        """Servers that are removed after the test; nobody waits until they are gone."""
        made = await self._made(acting, **given)
        for native in made:
            self.removal.later(partial(self.port.delete_server, self.jiwoo, native))
        return made

    async def _made(self, acting: Credential | None = None, **given: Any) -> list[str]:
        wanted: dict[str, Any] = {
            "name": unique("vm"),
            "flavor": self.flavor,
            "marker": unique("m"),
            "image": self.image,
            "networks": (self.network,),
            **given,
        }
        wanted["metadata"] = {**wanted.get("metadata", {}), MARKER: wanted["marker"]}
        return list(await self.port.create_servers(acting or self.jiwoo, ServerSpec(**wanted)))

    async def server(self, **given: Any) -> str:
        """A server that rests in ACTIVE."""
        native = (await self.begun(**given))[0]
        await self.settled(native, S.ACTIVE)
        return native

    async def resting(self) -> str:
        """A server in ACTIVE that tests share as long as their cloud is the same one; whoever uses it leaves it as it was."""
        native = self.cloud.kept.get("server")
        row = None if native is None else await self.row(native)
        if native is None or row is None or row.status is not S.ACTIVE or row.task_state is not None:
            (native,) = await self._made()
            self.cloud.kept["server"] = native
            self.cloud.closing.push_async_callback(self._let_go, native)
            await self.settled(native, S.ACTIVE)
        return native

    async def _let_go(self, native: str) -> None:
        with contextlib.suppress(Unavailable):  # the lab was stopped before, with all that was in it
            await self.port.delete_server(self.jiwoo, native)

    async def row(self, native: str) -> Any:
        return await self.cloud.row("compute", "server", native)

    async def settled(self, native: str, *wanted: ServerStatus) -> Any:
        async def look() -> Any:
            row = await self.row(native)
            assert row is None or row.status is not S.ERROR or S.ERROR in wanted, row.fault
            return row if row is not None and row.status in wanted and row.task_state is None else None

        return await self.cloud.eventually(look, f"the server is {' or '.join(wanted)}", 180)

    async def change(self, native: str, verb: ServerVerb, *wanted: ServerStatus) -> Any:
        await self.port.change_server(self.jiwoo, native, verb)
        return await self.settled(native, *wanted)
