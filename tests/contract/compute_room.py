"""The project shop and who acts in it, for the suite of the compute port: servers that are made, followed and removed again."""

from dataclasses import dataclass
from typing import Any

from resolvers.actor import Credential
from resolvers.compute.port import MARKER, ComputePort, ServerSpec, ServerStatus, ServerVerb
from tests.contract.conftest import Cloud
from tests.contract.steps import Removal, gone, unique

S = ServerStatus


@dataclass
class Room:
    """The project shop, and jiwoo who acts in it. `flavor`, `bigger`, `image`, `network` are native ids that everybody may use."""

    cloud: Cloud
    port: ComputePort
    jiwoo: Credential
    removal: Removal
    flavor: str
    bigger: str
    image: str
    network: str

    async def begun(self, acting: Credential | None = None, **given: Any) -> list[str]:
        wanted: dict[str, Any] = {
            "name": unique("vm"),
            "flavor": self.flavor,
            "marker": unique("m"),
            "image": self.image,
            "networks": (self.network,),
            **given,
        }
        wanted["metadata"] = {**wanted.get("metadata", {}), MARKER: wanted["marker"]}
        made = list(await self.port.create_servers(acting or self.jiwoo, ServerSpec(**wanted)))
        for native in made:
            self.removal.later(lambda native=native: self._removed(native))  # type: ignore[misc] # bound now
        return made

    async def server(self, **given: Any) -> str:
        """A server that rests in ACTIVE."""
        native = (await self.begun(**given))[0]
        await self.settled(native, S.ACTIVE)
        return native

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

    async def _removed(self, native: str) -> None:
        await self.port.delete_server(self.jiwoo, native)
        await gone(self.cloud, "compute", "server", native)
