"""What chat and tables show of volumes and what belongs to them: the columns of lists, and what `show` adds. Used by `DOMAIN`."""

from resolvers.reading import Column
from resolvers.volume.port import VOLUME, VOLUME_BACKUP, VOLUME_SNAPSHOT, VOLUME_TRANSFER, VOLUME_TYPE

NAME, STATUS = Column("Name", "name"), Column("Status", "status")
SIZE, PROJECT = Column("Size (GiB)", "size"), Column("Project", "project.name")
OF, CREATED, ABOUT = (
    Column("Volume", "volume.name"),
    Column("Created", "createdAt"),
    Column("Description", "description"),
)
COLUMNS: dict[str, tuple[Column, ...]] = {
    VOLUME.name: (NAME, STATUS, SIZE, Column("Type", "typeName"), Column("Servers", "servers.name"), PROJECT),
    VOLUME_SNAPSHOT.name: (NAME, STATUS, SIZE, OF, CREATED),
    VOLUME_BACKUP.name: (NAME, STATUS, SIZE, OF, CREATED),
    VOLUME_TYPE.name: (NAME, Column("Public", "public"), ABOUT),
    VOLUME_TRANSFER.name: (NAME, OF, PROJECT, CREATED),
}
DETAILS: dict[str, tuple[Column, ...]] = {
    VOLUME.name: (
        Column("Bootable", "bootable"),
        Column("Encrypted", "encrypted"),
        Column("Several servers", "multiattach"),
        Column("Zone", "az"),
        Column("Image", "image.name"),
        Column("Snapshot", "snapshot.name"),
        Column("Snapshots", "snapshots.name"),
        Column("Backups", "backups.name"),
        Column("Labels", "metadata"),
        ABOUT,
        Column("Made by", "user.name"),
        CREATED,
    ),
    VOLUME_SNAPSHOT.name: (PROJECT, Column("Progress", "progress"), ABOUT, Column("Labels", "metadata")),
    VOLUME_BACKUP.name: (
        PROJECT,
        Column("Incremental", "incremental"),
        Column("Failed because", "failReason"),
        ABOUT,
    ),
    VOLUME_TYPE.name: (Column("Extra specs", "extraSpecs"),),
}
