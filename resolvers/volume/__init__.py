"""Block storage: volumes, snapshots, backups, types, transfers."""

from resolvers.domain import Domain, Resource
from resolvers.volume.actions import ACTIONS
from resolvers.volume.columns import COLUMNS, DETAILS
from resolvers.volume.port import KINDS
from resolvers.volume.types import TYPES

BACKENDS = {
    "openstack": "resolvers.volume.openstack:OpenStackVolume",
    "sandbox": "resolvers.volume.sandbox:SandboxVolume",
}
DOMAIN = Domain(
    name="volume",
    resources=tuple(Resource(kind, TYPES[kind.name], COLUMNS[kind.name], DETAILS.get(kind.name, ())) for kind in KINDS),
    backends=BACKENDS,
    actions=ACTIONS,
)
