"""The GraphQL types of identity. Projects and users own much, so their edges to what they own come in pages."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers.graph.connection import Connection
from resolvers.graph.edges import connected, many, one
from resolvers.graph.nodes import Node, resource
from resolvers.identity import quotas
from resolvers.identity.port import DOMAIN_KIND, PROJECT, ROLE, USER
from resolvers.identity.quotas import ProjectQuotas

if TYPE_CHECKING:
    from resolvers.compute.types import Keypair, Server, ServerGroup
    from resolvers.image.types import Image
    from resolvers.network.types import FloatingIp, Network, Port, Router, SecurityGroup, Subnet
    from resolvers.volume.types import Volume, VolumeBackup, VolumeSnapshot

_compute, _image = strawberry.lazy("resolvers.compute.types"), strawberry.lazy("resolvers.image.types")
_network, _volume = strawberry.lazy("resolvers.network.types"), strawberry.lazy("resolvers.volume.types")
_own = strawberry.lazy("resolvers.identity.types")


@resource(DOMAIN_KIND, "Domain", "A realm of projects and users.")
class Domain(Node):
    description: str
    enabled: bool
    projects: Connection[Annotated["Project", _own]] = connected("project", "domain_id", "Projects of it that you see.")
    users: Connection[Annotated["User", _own]] = connected("user", "domain_id", "Users of it that you see.")


@resource(ROLE, "Role", "What a user may be on a project, a domain or the system.")
class Role(Node):
    description: str


@resource(PROJECT, "Project", "What owns servers, volumes, networks and the rest, and what quotas are given to.")
class Project(Node):
    description: str
    enabled: bool
    tags: list[str]
    domain_id: strawberry.ID
    domain: Domain | None = one("domain", "domain_id", "The domain that it is in.")
    servers: Connection[Annotated["Server", _compute]] = connected("server", "project_id", "Its servers.")
    server_groups: list[Annotated["ServerGroup", _compute]] = many("serverGroup", "project_id", "Its server groups.")
    images: Connection[Annotated["Image", _image]] = connected("image", "project_id", "Images that it owns.")
    volumes: Connection[Annotated["Volume", _volume]] = connected("volume", "project_id", "Its volumes.")
    volume_snapshots: Connection[Annotated["VolumeSnapshot", _volume]] = connected(
        "volumeSnapshot", "project_id", "Snapshots of its volumes."
    )
    volume_backups: Connection[Annotated["VolumeBackup", _volume]] = connected(
        "volumeBackup", "project_id", "Backups of its volumes."
    )
    networks: Connection[Annotated["Network", _network]] = connected("network", "project_id", "Networks that it owns.")
    subnets: Connection[Annotated["Subnet", _network]] = connected("subnet", "project_id", "Subnets that it owns.")
    ports: Connection[Annotated["Port", _network]] = connected("port", "project_id", "Its ports.")
    routers: Connection[Annotated["Router", _network]] = connected("router", "project_id", "Its routers.")
    floating_ips: Connection[Annotated["FloatingIp", _network]] = connected(
        "floatingIp", "project_id", "Its floating IPs."
    )
    security_groups: Connection[Annotated["SecurityGroup", _network]] = connected(
        "securityGroup", "project_id", "Its security groups."
    )
    quotas: ProjectQuotas = strawberry.field(
        resolver=quotas.of_project,
        description="What it may use and uses of each service, read live from every cloud.",
        metadata={"cost": quotas.COST},
    )


@resource(USER, "User", "A person or a service that signs in.")
class User(Node):
    email: str | None
    enabled: bool
    domain_id: strawberry.ID
    domain: Domain | None = one("domain", "domain_id", "The domain that it is in.")
    servers: Connection[Annotated["Server", _compute]] = connected("server", "user_id", "Servers that it made.")
    keypairs: list[Annotated["Keypair", _compute]] = many("keypair", "user_id", "Its keypairs; only you see yours.")


TYPES: dict[Any, Any] = {
    PROJECT.name: Project,
    USER.name: User,
    ROLE.name: Role,
    DOMAIN_KIND.name: Domain,
}
