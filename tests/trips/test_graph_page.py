"""docs/graph.md: every query of the page is answered, on the sandbox, to the person the page names. What the other pages show of GraphQL
is valid, and what is whole and reads is answered, too."""

import re
from pathlib import Path

import pytest
from graphql import parse, validate

from tests.running import Running, schema

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(page for page in DOCS.glob("*.md") if page.name != "conversation.md")


def shown(page: Path) -> list[str]:
    """Blocks, and what stands in a line. Where an input is left out, it is the shortest."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"```graphql\n(.*?)```", text, re.DOTALL)
    inline = re.findall(
        r"`((?:\{ [a-z]|mutation \{|subscription \{)[^`]*)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    )
    return [found.replace("(input: ...)", '(input: {server: "shop-api-1"})') for found in (*blocks, *inline)]


async def test_every_query_of_the_page_is_answered_with_something(graph: Running) -> None:
    blocks = re.findall(r"```graphql\n(.*?)```", (DOCS / "graph.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 8
    for block in blocks:
        found = await graph.data("jiwoo", block)
        assert all(found.values()), block


def test_all_graphql_of_the_pages_is_of_the_schema() -> None:
    documents = [document for page in PAGES for document in shown(page)]
    assert len(documents) >= 20
    for document in documents:
        assert validate(schema()._schema, parse(document)) == [], document


@pytest.mark.parametrize("name", ["audit", "commands", "policy", "transport"])
async def test_what_a_page_asks_is_answered(graph: Running, name: str) -> None:
    documents = [document for document in shown(DOCS / f"{name}.md") if document[0] == "{" and '"..."' not in document]
    for document in documents:
        query = document.replace("web-1", "shop-web-1").replace("projects(first: 100)", "projects(first: 5)")
        assert await graph.data("operator", query), document
    assert documents
