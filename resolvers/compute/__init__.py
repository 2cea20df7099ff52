"""Compute: servers and what they are made from. KRANE's heart."""

from resolvers.compute.actions import ACTIONS
from resolvers.compute.columns import COLUMNS, DETAILS, READS
from resolvers.compute.port import KINDS
from resolvers.compute.types import TYPES
from resolvers.domain import Domain, Resource

BACKENDS = {
    "openstack": "resolvers.compute.openstack:OpenStackCompute",
    "sandbox": "resolvers.compute.sandbox:SandboxCompute",
}
DOMAIN = Domain(
    name="compute",
    resources=tuple(Resource(kind, TYPES[kind.name], COLUMNS[kind.name], DETAILS.get(kind.name, ())) for kind in KINDS),
    backends=BACKENDS,
    actions=ACTIONS,
    reads=READS,
)
