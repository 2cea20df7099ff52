"""docs/graph.md: every query of the page is answered, on the sandbox, to the person the page names."""

import re
from pathlib import Path

from tests.running import Running

PAGE = Path(__file__).parents[2] / "docs" / "graph.md"


async def test_every_query_of_the_page_is_answered_with_something(graph: Running) -> None:
    blocks = re.findall(r"```graphql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 8
    for block in blocks:
        found = await graph.data("jiwoo", block)
        assert all(found.values()), block
