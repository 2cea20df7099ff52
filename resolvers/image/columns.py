"""What chat and tables show of images: the columns of lists, and what `show` adds. Used by `DOMAIN`."""

from resolvers.image.port import IMAGE
from resolvers.reading import Column

COLUMNS: dict[str, tuple[Column, ...]] = {
    IMAGE.name: (
        Column("Name", "name"),
        Column("Status", "status"),
        Column("OS", "os"),
        Column("Size (MiB)", "size"),
        Column("Seen by", "visibility"),
    ),
}
DETAILS: dict[str, tuple[Column, ...]] = {
    IMAGE.name: (
        Column("Project", "project.name"),
        Column("Shared with", "sharedWith.name"),
        Column("Least disk (GiB)", "minDisk"),
        Column("Least RAM (MiB)", "minRam"),
        Column("Format", "diskFormat"),
        Column("Deprecated", "deprecated"),
        Column("Protected", "protected"),
        Column("Made from", "sourceServer.name"),
        Column("Tags", "tags"),
        Column("Properties", "properties"),
        Column("Checksum", "checksum"),
        Column("Created", "createdAt"),
    ),
}
