"""What all sections of the settings share: unknown keys are refused, and values do not change after the start.

Each section is written next to the code that it sets; `gateway/settings.py` gathers them and is the only one that reads them.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """Fields carry unit and meaning in their description; a test asks that docs/configuration.md names each of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# The name becomes part of every global id (`server:krane/...`), so it has the shape that `resolvers/ids.py` reads.
CloudName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$",
        max_length=64,
        description="Name of the cloud in ids, lists and commands. Letters, digits and `_.-`; do not change it later.",
    ),
]
Seconds = Annotated[float, Field(gt=0)]
