"""The far cloud that the adapter is tested against, where it does something that a well-behaved lab never shows."""

from tests.resolvers.clients.conftest import client, connect, far

__all__ = ["client", "connect", "far"]
