"""Images: what servers and volumes are made from."""

from resolvers.domain import Domain, Resource
from resolvers.image import upload
from resolvers.image.actions import ACTIONS
from resolvers.image.columns import COLUMNS, DETAILS
from resolvers.image.port import KINDS
from resolvers.image.types import TYPES

BACKENDS = {
    "openstack": "resolvers.image.openstack:OpenStackImage",
    "sandbox": "resolvers.image.sandbox:SandboxImage",
}
DOMAIN = Domain(
    name="image",
    resources=tuple(Resource(kind, TYPES[kind.name], COLUMNS[kind.name], DETAILS.get(kind.name, ())) for kind in KINDS),
    backends=BACKENDS,
    actions=ACTIONS,
    routes=(upload.COMMAND,),
)
