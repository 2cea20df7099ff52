"""axe-core over a page as it stands: every rule that it knows, no exceptions. The package comes from npm by this folder's lock."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

from gateway.web import node

HERE = Path(__file__).parent
COLOURS = ("color-contrast", "link-in-text-block")  # all that may differ between light and dark
RUN = """async (rules) => {
  const found = await axe.run(document, { resultTypes: ['violations'], ...(rules && { runOnly: rules }) });
  return found.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((n) => n.html.slice(0, 200)).join(' | ')}`);
}"""


@cache
def source() -> str:
    tool = node.find_node()
    folder = node.prepare(HERE, "browser-tests", tool).parent
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, rules: Sequence[str] | None = None) -> list[str]:
    """What axe finds, by all rules or these; run through the debugger, which the page's content policy does not bind."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(source())
    found: list[str] = page.evaluate(RUN, rules)
    return found
