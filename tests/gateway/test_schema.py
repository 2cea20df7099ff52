"""The schema is the product's contract: what is printed in tests/schema.graphql is what is served, and what leaves it is announced."""

from pathlib import Path

from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, build_schema

from gateway.schema import sdl
from resolvers import DOMAINS

ROOT = Path(__file__).parents[2]
PRINTED = ROOT / "tests" / "schema.graphql"
RELEASED = ROOT / "tests" / "schema.released.graphql"


def test_the_printed_schema_is_the_one_that_is_served() -> None:
    """Renew it by `python -m gateway export-schema > tests/schema.graphql`, and read the difference before it is committed."""
    assert PRINTED.read_text(encoding="utf-8") == sdl(DOMAINS)


def test_what_was_released_is_still_there_or_its_leaving_is_announced() -> None:
    """`schema.released.graphql` is the schema of the last release; it is renewed with a release and by nothing else."""
    now, before = (build_schema(path.read_text(encoding="utf-8")) for path in (PRINTED, RELEASED))
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    gone = sorted(members(before) - members(now))
    assert not [name for name in gone if f"`{name}`" not in changes], "name what breaks callers in CHANGELOG.md"


def members(schema: GraphQLSchema) -> set[str]:
    """Everything that a document can name, with its type: `Server.host: String`, `Query.servers(first: Int): ServerConnection!`."""
    found: set[str] = set()
    for name, type_ in schema.type_map.items():
        if name.startswith("__"):
            continue
        found.add(name)
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for field, about in type_.fields.items():
                found.add(f"{name}.{field}: {about.type}")
                found |= {f"{name}.{field}({argument}: {held.type})" for argument, held in about.args.items()}
        elif isinstance(type_, GraphQLInputObjectType):
            found |= {f"{name}.{field}: {about.type}" for field, about in type_.fields.items()}
    return found
