"""axe-core over a page as it stands: every rule that it knows, no exceptions. The package comes from npm by this folder's lock."""

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

from gateway.web import node

HERE = Path(__file__).parent
RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ['violations'] });
  return found.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((n) => n.html.slice(0, 200)).join(' | ')}`);
}"""


@cache
def source() -> str:
    tool = node.find_node()
    folder = node.prepare(HERE, "browser-tests", tool).parent
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds; run through the debugger, which the page's content policy does not bind."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(source())
    found: list[str] = page.evaluate(RUN)
    return found
