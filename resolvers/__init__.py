"""Everything between the GraphQL transport and the clouds. `DOMAINS` is the hand-written list of what the graph is made of."""

from resolvers import compute, identity, image, network, volume
from resolvers.domain import Domain

DOMAINS: tuple[Domain, ...] = (identity.DOMAIN, compute.DOMAIN, image.DOMAIN, volume.DOMAIN, network.DOMAIN)
