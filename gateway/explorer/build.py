"""Builds the explorer page with Vite: `python -m gateway.explorer.build`.

Called at install time (`make run`, the image's build stage) and by the browser tests; the cache is `gateway/web/build.py`'s.
"""

from pathlib import Path

from gateway.web import node
from gateway.web.build import Page, main
from gateway.web.build import build as build_page

DIST = Path(__file__).parent / "dist"
BUILD_SECONDS = 300.0  # 4 to 8 s on two cores


def build(dist: Path = DIST) -> Path:
    """Makes sure that the page of the present sources is built, and points `dist` at it."""
    return build_page(PAGE, dist)


def _make(page: Page, folder: Path) -> None:
    tool = node.find_node()
    workplace = node.prepare(page.source, page.name, tool)
    vite = workplace.parent / "node_modules" / "vite" / "bin" / "vite.js"
    tool.run(vite, "build", "--logLevel", "warn", "--outDir", str(folder), cwd=workplace, seconds=BUILD_SECONDS)


PAGE = Page("explorer", Path(__file__).parent / "page", DIST, Path(__file__), _make)

if __name__ == "__main__":
    raise SystemExit(main(PAGE))
