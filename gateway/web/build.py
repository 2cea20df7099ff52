"""Builds pages at install time and keeps them in the cache under the digest of their sources; used by `gateway/*/build.py`.

The second build only links what the first one made to the page's `dist`, which the gateway serves. Node is needed here
and never when 9rum runs.
"""

import argparse
import gzip
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gateway.web import node

COMPRESSED_SUFFIXES = frozenset({".js", ".css", ".html", ".svg", ".ttf"})
COMPRESS_FROM = 1024  # bytes; below that the header costs what the packing saves


@dataclass(frozen=True)
class Page:
    """`source` holds the page and its package files; `make(page, folder)` leaves the built files in the folder.

    `builder` is the file that `make` stands in: the page is built anew when it changes, too.
    """

    name: str
    source: Path
    dist: Path
    builder: Path
    make: Callable[["Page", Path], None]

    def digest(self) -> str:
        return node.digest([*node.sources(self.source), self.builder])


def build(page: Page, dist: Path | None = None) -> Path:
    """Makes sure that the page of the present sources is built, and points `dist` at it."""
    built = node.cache_folder() / f"{page.name}-{page.digest()}"
    if not built.exists():
        _build(page, built)
    _link(dist or page.dist, built)
    return built


def _build(page: Page, built: Path) -> None:
    built.parent.mkdir(parents=True, exist_ok=True)
    making = built.with_name(f"{built.name}.{os.getpid()}")  # renamed when whole
    try:
        page.make(page, making)
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


def main(page: Page) -> int:
    parser = argparse.ArgumentParser(description=f"Build the {page.name} page from its npm packages.")
    parser.add_argument("--copy", type=Path, metavar="FOLDER", help="copy the built files there as well")
    arguments = parser.parse_args()
    try:
        built = build(page)
    except (node.NodeMissing, node.NodeFailed) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if arguments.copy:
        shutil.copytree(built, arguments.copy, dirs_exist_ok=True)
    sys.stdout.write(f"The {page.name} page is built: {built}\n")
    return 0
