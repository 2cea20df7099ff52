"""The GraphQL types of volumes. Their sources are the rows of `port.py`; edges are answered from the read model."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry.scalars import JSON

from resolvers.graph.connection import Connection
from resolvers.graph.edges import connected, many, one, some
from resolvers.graph.nodes import Node, resource
from resolvers.volume.port import VOLUME, VOLUME_BACKUP, VOLUME_SNAPSHOT, VOLUME_TRANSFER, VOLUME_TYPE, VolumeStatus

if TYPE_CHECKING:
    from resolvers.compute.types import Server
    from resolvers.identity.types import Project, User
    from resolvers.image.types import Image

strawberry.enum(VolumeStatus, description=VolumeStatus.__doc__)
_compute, _identity = strawberry.lazy("resolvers.compute.types"), strawberry.lazy("resolvers.identity.types")
_image, _here = strawberry.lazy("resolvers.image.types"), strawberry.lazy("resolvers.volume.types")


@strawberry.type(name="VolumeAttachment", description="Where a volume is plugged in.")
class AttachmentType:
    server_id: strawberry.ID
    device: str | None


@resource(VOLUME_TYPE, "VolumeType", "A kind of storage that volumes are made of.")
class VolumeType(Node):
    public: bool
    description: str | None
    extra_specs: JSON
    volumes: Connection[Annotated["Volume", _here]] = connected(
        "volume", "type_name", "Volumes of this type.", by="name"
    )


@resource(VOLUME_SNAPSHOT, "VolumeSnapshot", "The state of a volume at a moment.")
class VolumeSnapshot(Node):
    status: str
    size: int = strawberry.field(description="GiB.")
    description: str | None
    progress: str | None
    created_at: datetime
    updated_at: datetime | None
    metadata: JSON
    project_id: strawberry.ID
    project: Annotated["Project", _identity] | None = one("project", "project_id", "The project that owns it.")
    volume: Annotated["Volume", _here] | None = one("volume", "volume_id", "The volume that it was taken of.")
    volumes: list[Annotated["Volume", _here]] = many("volume", "snapshot_id", "Volumes that were made from it.")


@resource(VOLUME_BACKUP, "VolumeBackup", "A copy of a volume in another store.")
class VolumeBackup(Node):
    status: str
    size: int = strawberry.field(description="GiB.")
    description: str | None
    incremental: bool
    fail_reason: str | None
    created_at: datetime
    updated_at: datetime | None
    project_id: strawberry.ID
    project: Annotated["Project", _identity] | None = one("project", "project_id", "The project that owns it.")
    volume: Annotated["Volume", _here] | None = one("volume", "volume_id", "The volume that it is a copy of.")


@resource(VOLUME_TRANSFER, "VolumeTransfer", "An offer of a volume to another project.")
class VolumeTransfer(Node):
    created_at: datetime
    project_id: strawberry.ID
    project: Annotated["Project", _identity] | None = one("project", "project_id", "The project that offers it.")
    volume: Annotated["Volume", _here] | None = one("volume", "volume_id", "What is offered.")


@resource(VOLUME, "Volume", "A disk of its own that servers can be given.")
class Volume(Node):
    status: VolumeStatus
    size: int = strawberry.field(description="GiB.")
    bootable: bool
    encrypted: bool
    multiattach: bool
    description: str | None
    type_name: str | None
    az: str | None = strawberry.field(description="Availability zone.")
    attachments: list[AttachmentType]
    created_at: datetime
    updated_at: datetime | None
    metadata: JSON
    project_id: strawberry.ID
    project: Annotated["Project", _identity] | None = one("project", "project_id", "The project that owns it.")
    user: Annotated["User", _identity] | None = one("user", "user_id", "Who made it.")
    servers: list[Annotated["Server", _compute]] = some("server", "server_ids", "Servers that it is attached to.")
    image: Annotated["Image", _image] | None = one("image", "image_id", "The image that it was made from.")
    snapshot: VolumeSnapshot | None = one("volumeSnapshot", "snapshot_id", "The snapshot that it was made from.")
    source_volume: Annotated["Volume", _here] | None = one(
        "volume", "source_volume_id", "The volume that it was copied from."
    )
    copies: list[Annotated["Volume", _here]] = many("volume", "source_volume_id", "Volumes that were copied from it.")
    snapshots: list[VolumeSnapshot] = many("volumeSnapshot", "volume_id", "Its snapshots.")
    backups: list[VolumeBackup] = many("volumeBackup", "volume_id", "Its backups.")
    transfers: list[VolumeTransfer] = many("volumeTransfer", "volume_id", "Offers of it to other projects.")


TYPES: dict[Any, Any] = {
    VOLUME.name: Volume,
    VOLUME_SNAPSHOT.name: VolumeSnapshot,
    VOLUME_BACKUP.name: VolumeBackup,
    VOLUME_TYPE.name: VolumeType,
    VOLUME_TRANSFER.name: VolumeTransfer,
}
