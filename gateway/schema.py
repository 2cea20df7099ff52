"""The schema as the gateway serves and prints it: all domains, nothing of the transport. Called by `app.py` and `9rum export-schema`."""

from collections.abc import Sequence

import strawberry

from resolvers.domain import Domain
from resolvers.graph import schema


def build_schema(domains: Sequence[Domain]) -> strawberry.Schema:
    return schema.build(domains)


def sdl(domains: Sequence[Domain]) -> str:
    """The schema's text, as `tests/schema.graphql` holds it."""
    return build_schema(domains).as_str() + "\n"
