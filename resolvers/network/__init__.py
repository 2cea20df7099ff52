"""Network: networks, subnets, ports, routers, floating IPs, security groups and address pools. KRANE."""

from resolvers.domain import Domain, Resource
from resolvers.network.actions import ACTIONS
from resolvers.network.columns import COLUMNS, DETAILS
from resolvers.network.port import KINDS
from resolvers.network.types import TYPES

BACKENDS = {
    "openstack": "resolvers.network.openstack:OpenStackNetwork",
    "sandbox": "resolvers.network.sandbox:SandboxNetwork",
}
DOMAIN = Domain(
    name="network",
    resources=tuple(Resource(kind, TYPES[kind.name], COLUMNS[kind.name], DETAILS.get(kind.name, ())) for kind in KINDS),
    backends=BACKENDS,
    actions=ACTIONS,
)
