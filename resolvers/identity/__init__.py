"""Identity: projects, users, roles and domains, and who the caller is. KEYSTONE."""

from resolvers.domain import Domain, Resource
from resolvers.identity.columns import COLUMNS, DETAILS, READS
from resolvers.identity.port import KINDS
from resolvers.identity.queries import IdentityQueries
from resolvers.identity.quota_queries import QuotaQueries
from resolvers.identity.types import TYPES

BACKENDS = {
    "openstack": "resolvers.identity.openstack:OpenStackIdentity",
    "sandbox": "resolvers.identity.sandbox:SandboxIdentity",
}
DOMAIN = Domain(
    name="identity",
    resources=tuple(Resource(kind, TYPES[kind.name], COLUMNS[kind.name], DETAILS.get(kind.name, ())) for kind in KINDS),
    backends=BACKENDS,
    queries=(IdentityQueries, QuotaQueries),
    reads=READS,
)
