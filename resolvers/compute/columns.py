"""What chat and tables show of servers and what they are made from: the columns of lists, and what `show` adds. Used by `DOMAIN`."""

from resolvers.compute.port import COMPUTE_SERVICE, FLAVOR, HYPERVISOR, KEYPAIR, SERVER, SERVER_GROUP, ZONE
from resolvers.reading import Column, Param, Read

NAME = Column("Name", "name")
PROJECT = Column("Project", "project.name")
COLUMNS: dict[str, tuple[Column, ...]] = {
    SERVER.name: (
        NAME,
        Column("Status", "status"),
        Column("Flavor", "flavorName"),
        Column("Image", "image.name"),
        Column("Addresses", "addresses.ip"),
        PROJECT,
    ),
    FLAVOR.name: (
        NAME,
        Column("vCPUs", "vcpus"),
        Column("RAM (MiB)", "ram"),
        Column("Disk (GiB)", "disk"),
        Column("Public", "public"),
    ),
    KEYPAIR.name: (NAME, Column("Type", "type"), Column("Fingerprint", "fingerprint")),
    SERVER_GROUP.name: (NAME, Column("Policy", "policy"), Column("Servers", "servers.name"), PROJECT),
    ZONE.name: (NAME, Column("Available", "available")),
    HYPERVISOR.name: (
        NAME,
        Column("State", "state"),
        Column("Status", "status"),
        Column("vCPUs", "vcpus"),
        Column("used", "vcpusUsed"),
        Column("Servers", "serverCount"),
    ),
    COMPUTE_SERVICE.name: (
        NAME,
        Column("Host", "host"),
        Column("State", "state"),
        Column("Status", "status"),
        Column("Updated", "updatedAt"),
    ),
}
DETAILS: dict[str, tuple[Column, ...]] = {
    SERVER.name: (
        Column("Task", "taskState"),
        Column("Power", "powerState"),
        Column("Fault", "fault"),
        Column("vCPUs", "vcpus"),
        Column("RAM (MiB)", "ram"),
        Column("Disk (GiB)", "disk"),
        Column("Floating IPs", "floatingIps.ip"),
        Column("Networks", "networks.name"),
        Column("Security groups", "securityGroups.name"),
        Column("Volumes", "volumes.name"),
        Column("Keypair", "keyName"),
        Column("Zone", "az"),
        Column("Locked", "locked"),
        Column("Tags", "tags"),
        Column("Labels", "metadata"),
        Column("Description", "description"),
        Column("Made by", "user.name"),
        Column("Created", "createdAt"),
    ),
    FLAVOR.name: (
        Column("Ephemeral (GiB)", "ephemeral"),
        Column("Swap (MiB)", "swap"),
        Column("Description", "description"),
        Column("Extra specs", "extraSpecs"),
    ),
    KEYPAIR.name: (Column("Public key", "publicKey"),),
    HYPERVISOR.name: (
        Column("Host", "host"),
        Column("Type", "type"),
        Column("Address", "ip"),
        Column("RAM (MiB)", "ram"),
        Column("used", "ramUsed"),
        Column("Disk (GiB)", "disk"),
        Column("used", "diskUsed"),
    ),
    COMPUTE_SERVICE.name: (
        Column("Binary", "binary"),
        Column("Zone", "az"),
        Column("Disabled because", "disabledReason"),
    ),
}
READS = (
    Read(
        name="server.log",
        summary="Show the last lines of a server's console.",
        document="query($id: ID!, $lines: Int) { server(id: $id) { id name consoleLog(lines: $lines) } }",
        parameters=(
            Param("id", "Name or id of the server.", "ID", required=True, position=0, choices_from=SERVER.name),
            Param("lines", "How many lines; 50 unless said, at most 1,000.", "Int"),
        ),
        rows="server",
        columns=(NAME,),
        text="server.consoleLog",
    ),
)
