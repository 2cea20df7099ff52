"""Builds the explorer page: `python -m gateway.explorer.build`.

Called at install time (`make run`, the image's build stage) and by the browser tests. The result is kept in
the cache under the digest of its sources, so the second call only links it to `dist`, which `pages` serves.
Node is needed here and never when 9rum runs.
"""

import argparse
import gzip
import os
import shutil
import sys
from pathlib import Path

from gateway.explorer import node

PAGE = Path(__file__).parent / "page"
DIST = Path(__file__).parent / "dist"
BUILD_SECONDS = 300.0  # 4 to 8 s on two cores
COMPRESSED_SUFFIXES = frozenset({".js", ".css", ".html", ".svg", ".ttf"})
COMPRESS_FROM = 1024  # bytes; below that the header costs what the packing saves


def build(dist: Path = DIST) -> Path:
    """Makes sure that the page of the present sources is built, and points `dist` at it."""
    built = node.cache_folder() / f"explorer-{node.digest(node.sources(PAGE))}"
    if not built.exists():
        _build(built)
    _link(dist, built)
    return built


def _build(built: Path) -> None:
    tool = node.find_node()
    workplace = node.prepare(PAGE, "explorer", tool)
    making = built.with_name(f"{built.name}.{os.getpid()}")  # renamed when whole
    vite = workplace.parent / "node_modules" / "vite" / "bin" / "vite.js"
    try:
        tool.run(vite, "build", "--logLevel", "warn", "--outDir", str(making), cwd=workplace, seconds=BUILD_SECONDS)
        for path in making.rglob("*"):
            if path.suffix in COMPRESSED_SUFFIXES and path.stat().st_size >= COMPRESS_FROM:
                packed = gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)
                path.with_name(f"{path.name}.gz").write_bytes(packed)
        if not built.exists():
            making.rename(built)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _link(dist: Path, built: Path) -> None:
    """`dist` becomes a link to the cache, swapped in one step: a running server never misses it."""
    if dist.is_symlink() and dist.resolve() == built.resolve():
        return
    if dist.exists() and not dist.is_symlink():
        shutil.rmtree(dist)
    fresh = dist.with_name(f"{dist.name}.{os.getpid()}")
    fresh.symlink_to(built, target_is_directory=True)
    fresh.replace(dist)


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the explorer page from its npm packages.")
    parser.add_argument("--copy", type=Path, metavar="FOLDER", help="copy the built files there as well")
    arguments = parser.parse_args()
    try:
        built = build()
    except (node.NodeMissing, node.NodeFailed) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if arguments.copy:
        shutil.copytree(built, arguments.copy, dirs_exist_ok=True)
    sys.stdout.write(f"The explorer page is built: {built}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
