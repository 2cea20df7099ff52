"""The settings of an OpenStack cloud. Read at each start, so nothing here imports the OpenStack libraries, which are slow to load."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from resolvers.settings import CloudName, Seconds, Section


class Deadlines(Section):
    """Seconds after which a call to the cloud is given up."""

    read: Seconds = Field(5.0, description="Seconds for one small read, such as a server by its id.")
    write: Seconds = Field(30.0, description="Seconds for one changing call, until the cloud accepted it.")
    page: Seconds = Field(60.0, description="Seconds for one page of a list. Raise it when a cloud lists slowly.")


class OpenStackSettings(Section):
    backend: Literal["openstack"]
    name: CloudName
    cloud: str | None = Field(None, description="Name of the cloud in clouds.yaml. Default: the same as `name`.")
    clouds_file: Path | None = Field(
        None, description="The clouds.yaml to read. Default: where OpenStack's own tools look for it."
    )
    region: str | None = Field(None, description="Region of the catalogue. Default: the one of clouds.yaml.")
    interface: Literal["public", "internal", "admin"] = Field(
        "public", description="Which endpoints of the catalogue are used."
    )
    deadlines: Deadlines = Deadlines()
    page_size: int = Field(1_000, gt=0, le=10_000, description="Rows asked for in one page of a list.")
    max_answer_mib: int = Field(
        64,
        gt=0,
        le=1_024,
        description="MiB of the largest answer of a service that is read. A page of 1,000 servers has about 2.",
    )
    intervals: dict[str, Seconds] = Field(
        {}, description="Seconds between two polls, by kind (`server: 10`), for this cloud alone."
    )

    @property
    def clouds_name(self) -> str:
        return self.cloud or self.name

    @property
    def write_deadline(self) -> float:
        return self.deadlines.write
