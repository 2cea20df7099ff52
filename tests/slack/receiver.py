"""Stands where the bot's inbox stands: keeps what a platform hands over, once each, or fails to."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.platforms.base import InboxFull, Incoming
from tests.polling import eventually


@dataclass
class Receiver:
    """`broken`: nothing can be stored; `full`: too much waits; `failures`: not the next so many. `gate`: storing waits until it is set."""

    received: list[Incoming] = field(default_factory=list)
    refused: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    again: list[str] = field(default_factory=list)  # ids that came once more
    broken: bool = False
    failures: int = 0
    gate: asyncio.Event | None = None
    at_gate: int = 0
    full: bool = False

    async def receive(self, incoming: Incoming) -> bool:
        if self.gate is not None:
            self.at_gate += 1
            await self.gate.wait()
        if self.full:
            raise InboxFull("inbox.full_of_yours", count=300)
        self.failures -= 1
        if self.broken or self.failures >= 0:
            raise ConnectionError("the store does not answer")
        if any(one.id == incoming.id for one in self.received):
            self.again.append(incoming.id)
            return False
        self.received.append(incoming)
        return True

    async def rejected(self, platform: str, reason: str, facts: Mapping[str, str]) -> None:
        self.refused.append((platform, reason, facts))

    @property
    def texts(self) -> list[str]:
        return [incoming.text for incoming in self.received]

    async def newest(self, count: int = 1) -> Incoming:
        """The newest, as soon as there are so many."""

        async def look() -> bool:
            return len(self.received) >= count

        await eventually(look, f"{count} received", pause=0.01)
        return self.received[-1]
