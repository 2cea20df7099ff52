"""The settings of a sandbox cloud: how big its world is, how fast it moves, and what fails in it."""

from typing import Annotated, Literal

from pydantic import Field

from resolvers.settings import CloudName, Seconds, Section

Share = Annotated[float, Field(ge=0, le=1)]


class SandboxSettings(Section):
    backend: Literal["sandbox"]
    name: CloudName
    size: Literal["small"] | Annotated[int, Field(ge=1, le=200_000)] = Field(
        "small", description="`small`: a world for a demo. A number: so many servers, with what belongs to them."
    )
    speed: float = Field(
        1.0,
        gt=0,
        le=1_000_000,
        description="How much faster than normal the world moves: every delay is divided by it.",
    )
    failures: dict[str, Share] = Field(
        {}, description="Share of calls (0 to 1) that fail, by operation (`server.create: 0.1`)."
    )
    seed: int = Field(1, description="Start of the random numbers: equal seeds make equal worlds.")
    intervals: dict[str, Seconds] = Field(
        {}, description="Seconds between two polls, by kind (`server: 10`), for this cloud alone."
    )

    def delay(self, seconds: float) -> float:
        """How long something takes in this world that normally takes so many seconds."""
        return seconds / self.speed
