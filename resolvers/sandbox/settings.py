"""The settings of a sandbox cloud: how big its world is, how fast it moves, and what fails in it."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from resolvers.settings import CloudName, Seconds, Section

Share = Annotated[float, Field(ge=0, le=1)]
MOST_SERVERS = 200_000


class SandboxSettings(Section):
    backend: Literal["sandbox"]
    name: CloudName
    size: Literal["small"] | int = Field(
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

    @field_validator("size", mode="before")
    @classmethod
    def _size(cls, size: object) -> object:
        if size == "small" or (isinstance(size, int) and 1 <= size <= MOST_SERVERS):
            return size
        raise ValueError(f"should be `small` or a number of servers from 1 to {MOST_SERVERS}")

    @property
    def write_deadline(self) -> float:
        """It has none: its world is in the process."""
        return 0.0

    def delay(self, seconds: float) -> float:
        """How long something takes in this world that normally takes so many seconds."""
        return seconds / self.speed
