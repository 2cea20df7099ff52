"""The GraphQL type of images. Its sources are the rows of `port.py`; edges are answered from the read model."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry.scalars import JSON

from resolvers.graph.connection import Connection
from resolvers.graph.edges import connected, one, some
from resolvers.graph.nodes import Node, resource
from resolvers.image.port import IMAGE, ImageStatus, ImageVisibility, mib

if TYPE_CHECKING:
    from resolvers.compute.types import Server
    from resolvers.identity.types import Project
    from resolvers.volume.types import Volume

strawberry.enum(ImageStatus, description=ImageStatus.__doc__)
strawberry.enum(ImageVisibility, description="Who sees an image. COMMUNITY: everyone, without it being recommended.")
_compute, _identity = strawberry.lazy("resolvers.compute.types"), strawberry.lazy("resolvers.identity.types")
_volume = strawberry.lazy("resolvers.volume.types")


def _mib(root: strawberry.Parent[Any]) -> int | None:
    return mib(root.size)


@resource(IMAGE, "Image", "What a server or a volume is made from.")
class Image(Node):
    status: ImageStatus
    visibility: ImageVisibility
    deprecated: bool = strawberry.field(description="Whether it should not be taken for new servers any more.")
    protected: bool = strawberry.field(description="Whether it refuses to be deleted.")
    size: int | None = strawberry.field(resolver=_mib, description="MiB, rounded up; null before it has content.")
    min_disk: int = strawberry.field(description="GiB.")
    min_ram: int = strawberry.field(description="MiB.")
    disk_format: str | None
    container_format: str | None
    os: str | None
    checksum: str | None
    created_at: datetime
    updated_at: datetime | None
    tags: list[str]
    properties: JSON
    project_id: strawberry.ID
    project: Annotated["Project", _identity] | None = one("project", "project_id", "The project that owns it.")
    shared_with: list[Annotated["Project", _identity]] = some(
        "project", "shared_with", "Projects that have it, of those you see."
    )
    servers: Connection[Annotated["Server", _compute]] = connected(
        "server", "image_id", "Servers that were made from it."
    )
    volumes: Connection[Annotated["Volume", _volume]] = connected(
        "volume", "image_id", "Volumes that were made from it."
    )
    source_server: Annotated["Server", _compute] | None = one(
        "server", "source_server_id", "The server that it is a snapshot of."
    )


TYPES: dict[Any, Any] = {IMAGE.name: Image}
