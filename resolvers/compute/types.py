"""The GraphQL types of compute: sources are the rows of `port.py`, edges come from the read model, live fields from the port."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry.scalars import JSON

from resolvers.compute import live
from resolvers.compute.port import (
    COMPUTE_SERVICE,
    FLAVOR,
    HYPERVISOR,
    KEYPAIR,
    SERVER,
    SERVER_GROUP,
    ZONE,
    PowerState,
    ServerStatus,
)
from resolvers.context import Context
from resolvers.graph.connection import Connection
from resolvers.graph.edges import computed, connected, many, one, operators, some, through
from resolvers.graph.nodes import Node, resource

if TYPE_CHECKING:
    from resolvers.identity.types import Project, User
    from resolvers.image.types import Image
    from resolvers.network.types import FloatingIp, Network, Port, SecurityGroup
    from resolvers.volume.types import Volume

strawberry.enum(ServerStatus, description=ServerStatus.__doc__)
strawberry.enum(PowerState, description="Whether a server runs, as its hypervisor sees it.")
_identity, _image = strawberry.lazy("resolvers.identity.types"), strawberry.lazy("resolvers.image.types")
_network, _volume = strawberry.lazy("resolvers.network.types"), strawberry.lazy("resolvers.volume.types")


def _floating_ips(row: Any, context: Context) -> list[Any]:
    context.touched.update(("port", "floatingIp"))
    inventory, actor = context.inventory, context.actor
    ports = inventory.related(actor, "port", "server_id", row.id)
    return [held for port in ports for held in inventory.related(actor, "floatingIp", "port_id", port.id)]


@strawberry.type(name="Address", description="An address of a server, as the compute service knows it.")
class AddressType:
    ip: str
    version: int
    network: str = strawberry.field(description="Name of the network.")
    mac: str | None
    floating: bool


@resource(FLAVOR, "Flavor", "A size of server.")
class Flavor(Node):
    vcpus: int
    ram: int = strawberry.field(description="MiB.")
    disk: int = strawberry.field(description="GiB.")
    ephemeral: int = strawberry.field(description="GiB.")
    swap: int = strawberry.field(description="MiB.")
    public: bool
    description: str | None
    extra_specs: JSON
    servers: Connection[Annotated["Server", strawberry.lazy("resolvers.compute.types")]] = connected(
        "server", "flavor_id", "Servers of this size."
    )


@resource(KEYPAIR, "Keypair", "A public key that new servers let in. It belongs to a user, not to a project.")
class Keypair(Node):
    type: str
    fingerprint: str
    public_key: str
    user: Annotated["User", _identity] | None = one("user", "user_id", "Whose key it is.")


@resource(SERVER_GROUP, "ServerGroup", "Servers that shall run together or apart.")
class ServerGroup(Node):
    policy: str
    project: Annotated["Project", _identity] | None = one("project", "project_id", "The project that owns it.")
    servers: list[Annotated["Server", strawberry.lazy("resolvers.compute.types")]] = some(
        "server", "server_ids", "Its members."
    )


@resource(ZONE, "AvailabilityZone", "A part of the cloud that fails on its own.")
class AvailabilityZone(Node):
    available: bool


@resource(HYPERVISOR, "Hypervisor", "A machine that runs servers; for operators.")
class Hypervisor(Node):
    host: str
    type: str
    state: str = strawberry.field(description="up or down.")
    status: str = strawberry.field(description="enabled or disabled.")
    ip: str | None
    vcpus: int | None
    vcpus_used: int | None
    ram: int | None = strawberry.field(description="MiB.")
    ram_used: int | None
    disk: int | None = strawberry.field(description="GiB.")
    disk_used: int | None
    server_count: int | None
    servers: Connection[Annotated["Server", strawberry.lazy("resolvers.compute.types")]] = connected(
        "server", "hypervisor_id", "Servers that it runs."
    )


@resource(COMPUTE_SERVICE, "ComputeService", "A process of the compute service; for operators.")
class ComputeService(Node):
    binary: str
    host: str
    az: str | None
    state: str
    status: str
    disabled_reason: str | None
    updated_at: datetime | None


@strawberry.type(name="ServerEvent", description="One entry of a server's action history.")
class ServerEventType:
    action: str
    request_id: str
    user_id: str | None
    started_at: datetime
    updated_at: datetime | None
    message: str | None


@strawberry.type(name="ServerConsole", description="A way to the screen of a server; it opens for a short time.")
class ConsoleType:
    type: str
    url: str


@resource(SERVER, "Server", "A virtual machine.")
class Server(Node):
    status: ServerStatus
    task_state: str | None = strawberry.field(description="What the backend is doing with it right now.")
    power_state: PowerState
    locked: bool
    description: str | None
    project_id: strawberry.ID
    user_id: strawberry.ID
    image_id: strawberry.ID | None = strawberry.field(description="Null when it was booted from a volume.")
    flavor_id: strawberry.ID | None = strawberry.field(description="Null when the flavor is gone.")
    flavor_name: str
    vcpus: int
    ram: int = strawberry.field(description="MiB.")
    disk: int = strawberry.field(description="GiB.")
    key_name: str | None
    az: str | None = strawberry.field(description="Availability zone.")
    host: str | None = operators("host", "The machine that it runs on; for operators.")
    created_at: datetime
    updated_at: datetime | None
    launched_at: datetime | None
    addresses: list[AddressType]
    security_group_names: list[str]
    tags: list[str]
    metadata: JSON
    fault: str | None = strawberry.field(description="Why its status is ERROR, in the backend's words.")
    project: Annotated["Project", _identity] | None = one("project", "project_id", "The project that owns it.")
    user: Annotated["User", _identity] | None = one("user", "user_id", "Who made it.")
    image: Annotated["Image", _image] | None = one("image", "image_id", "What it was made from.")
    flavor: Flavor | None = one("flavor", "flavor_id", "Its size.")
    volumes: list[Annotated["Volume", _volume]] = some("volume", "volume_ids", "Volumes that are attached.")
    ports: list[Annotated["Port", _network]] = many("port", "server_id", "Its network interfaces.")
    networks: list[Annotated["Network", _network]] = through(
        "port", "server_id", "network", "network_id", "Networks that it is on."
    )
    security_groups: list[Annotated["SecurityGroup", _network]] = through(
        "port", "server_id", "securityGroup", "security_group_ids", "Security groups that apply to its ports."
    )
    floating_ips: list[Annotated["FloatingIp", _network]] = computed(_floating_ips, "Floating IPs that lead to it.")
    server_groups: list[ServerGroup] = some("serverGroup", "server_group_ids", "Groups that it is in.")
    hypervisor: Hypervisor | None = one("hypervisor", "hypervisor_id", "The machine that it runs on; for operators.")
    snapshots: list[Annotated["Image", _image]] = many("image", "source_server_id", "Images that were made from it.")
    console_log: str = strawberry.field(
        resolver=live.console_log, description="The last lines of its console, read live.", metadata={"cost": live.COST}
    )
    console: ConsoleType = strawberry.field(
        resolver=live.console, description="A fresh address of its screen.", metadata={"cost": live.COST}
    )
    history: list[ServerEventType] = strawberry.field(
        resolver=live.history,
        description="What was done with it, newest first, read live.",
        metadata={"cost": live.COST},
    )


TYPES: dict[Any, Any] = {
    SERVER.name: Server,
    FLAVOR.name: Flavor,
    KEYPAIR.name: Keypair,
    SERVER_GROUP.name: ServerGroup,
    ZONE.name: AvailabilityZone,
    HYPERVISOR.name: Hypervisor,
    COMPUTE_SERVICE.name: ComputeService,
}
