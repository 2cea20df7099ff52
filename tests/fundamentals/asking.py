"""What several lessons ask."""

from typing import Any

from tests.running import Running


async def project(graph: Running, name: str) -> str:
    """Its global id."""
    found = await graph.data(
        "operator", "query($name: String!) { projects(filter: {name: {eq: $name}}) { nodes { id } } }", {"name": name}
    )
    return str(found["projects"]["nodes"][0]["id"])


async def names(graph: Running, person: str, arguments: str = "") -> list[str]:
    """The notes that somebody sees, live, by their names."""
    found = await graph.data(person, f"{{ notes(maxAge: 0 {arguments}) {{ nodes {{ name }} }} }}")
    rows: list[dict[str, Any]] = found["notes"]["nodes"]
    return [row["name"] for row in rows]
