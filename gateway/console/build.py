"""Puts the console page together: `python -m gateway.console.build`.

Called at install time (`make run`, the image's build stage) and by the browser tests; the cache is `gateway/web/build.py`'s.
Nothing is bundled: the browser loads our modules, without their comments, and those of npm. All of them lie in one folder that is
named by their content, so they may be kept for ever and find each other by relative addresses.
"""

import re
import shutil
from pathlib import Path

from gateway.web import node
from gateway.web.build import Page, main
from gateway.web.build import build as build_page

DIST = Path(__file__).parent / "dist"
# Our name of a module -> its file in node_modules, and how the packages name each other.
VENDORED = {
    "preact.js": "preact/dist/preact.mjs",
    "hooks.js": "preact/hooks/dist/hooks.mjs",
    "htm.js": "htm/dist/htm.module.js",
}
IMPORTED = {"preact": "preact.js", "preact/hooks": "hooks.js", "htm": "htm.js"}
SERVED = frozenset({".css", ".svg"})
_SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=\S+\s*$")
_IMPORT = re.compile(r'\b(from|import)\s*"([^"./][^"]*)"')


def build(dist: Path = DIST) -> Path:
    """Makes sure that the page of the present sources is built, and points `dist` at it."""
    return build_page(PAGE, dist)


def _make(page: Page, folder: Path) -> None:
    tool = node.find_node()
    packages = node.prepare(page.source, page.name, tool).parent / "node_modules"
    assets = folder / "assets" / page.digest()
    assets.mkdir(parents=True)
    for path in node.sources(page.source):
        if path.suffix == ".js":
            (assets / path.name).write_text(_lean(path.read_text(encoding="utf-8")), encoding="utf-8")
        elif path.suffix in SERVED:
            shutil.copyfile(path, assets / path.name)
    for name, place in VENDORED.items():
        (assets / name).write_text(_own((packages / place).read_text(encoding="utf-8")), encoding="utf-8")
    address = f"/console/assets/{page.digest()}"
    # The browser learns of all modules at once, not of one import after the other.
    preloads = "\n".join(
        f'    <link rel="modulepreload" href="{address}/{path.name}" />'
        for path in sorted(assets.glob("*.js"))
        if path.name != "early.js"  # no module: it sets the colours before anything is drawn
    )
    index = (page.source / "index.html").read_text(encoding="utf-8")
    filled = index.replace("    <!-- preloads -->", preloads).replace('="./', f'="{address}/')
    (folder / "index.html").write_text(filled, encoding="utf-8")


def _lean(script: str) -> str:
    """Our own module without lines of comment and without indentation: an eighth less to carry. Line numbers stay what they are."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join("" if line.startswith("//") else line for line in lines) + "\n"


def _own(script: str) -> str:
    """A package's module as it can stand beside ours: relative imports, no address of a map that is not served."""
    return _IMPORT.sub(lambda found: f'{found[1]}"./{IMPORTED[found[2]]}"', _SOURCE_MAP.sub("\n", script))


PAGE = Page("console", Path(__file__).parent / "page", DIST, Path(__file__), _make)

if __name__ == "__main__":
    raise SystemExit(main(PAGE))
