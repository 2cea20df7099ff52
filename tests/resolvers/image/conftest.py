"""The far cloud that the adapter is tested against, where it does something that a well-behaved lab never shows."""

from tests.resolvers.far_krane import client, connect, far, jiwoo

__all__ = ["client", "connect", "far", "jiwoo"]
