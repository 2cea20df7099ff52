"""The project's own files, as the tests of its order look at them."""

import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("gateway", "resolvers", "notifications", "bot", "tests", "bench", "requirements")
# Made by tools or by others; nobody writes them by hand.
NOT_OURS = {"node_modules", "dist", "__pycache__"}


def sources(*rooms: str) -> list[Path]:
    """Every Python file of the rooms, of all when none is named."""
    return [path for room in rooms or ROOMS for path in sorted((ROOT / room).rglob("*.py")) if _ours(path)]


def texts() -> list[Path]:
    """Everything that people read: sources, documents, the Makefile."""
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "Makefile", ROOT / "pyproject.toml"]
    return [*sources(), *sorted(pages)]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def found(paths: list[Path], pattern: str, flags: int = 0) -> Iterator[str]:
    """`file:line: text` of each line that has the pattern."""
    wanted = re.compile(pattern, flags)
    for path in paths:
        for number, line in enumerate(lines(path), 1):
            if wanted.search(line):
                yield f"{named(path)}:{number}: {line.strip()}"


def comments(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of each comment; what only looks like one inside a string is none."""
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def _ours(path: Path) -> bool:
    return not NOT_OURS & set(path.relative_to(ROOT).parts)
