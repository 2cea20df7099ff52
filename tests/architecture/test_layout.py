"""The order of the project: small files that say what they are for, no leftovers, no silent exceptions from the checks."""

import ast
import json
import re
from pathlib import Path

import pytest

from tests.architecture.project import ROOT, comments, found, lines, named, sources, texts

CEILING = 400
# Older files above the ceiling, with their present size. They may shrink, never grow, and no new one is added.
EXCEPTIONS: dict[str, int] = {}


def test_no_file_is_longer_than_the_ceiling() -> None:
    sizes = {named(path): len(lines(path)) for path in sources()}
    too_long = {name: size for name, size in sizes.items() if size > EXCEPTIONS.get(name, CEILING)}
    assert not too_long, "split these files by their subject"
    shrunk = {name: sizes.get(name) for name, size in EXCEPTIONS.items() if sizes.get(name, 0) != size}
    assert not shrunk, "these files became shorter: lower or remove their exceptions"


def test_every_module_says_what_it_is_for() -> None:
    silent = [named(path) for path in sources() if path.stat().st_size and not _docstring(path)]
    assert not silent, "begin these files with a docstring: what it is for, who calls it"


def test_nothing_is_left_to_do_later() -> None:
    left = found(texts(), r"\b(TODO|FIXME|XXX|HACK)\b|\bNotImplementedError\b")
    assert not [line for line in left if not line.startswith("tests/architecture/")]


def test_every_exception_from_a_check_has_a_reason_beside_it() -> None:
    with_reason = re.compile(r"noqa: [A-Z]+\d+(, ?[A-Z]+\d+)* - \S|type: ignore\[[\w, -]+\] # \S|fmt: skip")
    exceptions = [
        f"{named(path)}:{line}: {comment}"
        for path in sources()
        for line, comment in comments(path)
        if re.match(r"#\s*(noqa|type: ?ignore)", comment) and not with_reason.search(re.sub(r"\s+", " ", comment))
    ]
    assert not exceptions


def test_tests_wait_for_conditions_and_never_for_a_time() -> None:
    """Less than a second inside a polling loop is fine, minutes in a process that is to be killed too; seconds only hope."""
    assert not list(found(sources("tests"), r"\bsleep\([1-9]\d?(?:\.\d+)?\)\s*$"))


def test_nothing_runs_when_a_module_is_imported() -> None:
    """At the top of a module stand definitions and constants: no calls for their effect, no loops over the world."""
    running = [
        f"{named(path)}:{node.lineno}"
        for path in sources("gateway", "resolvers", "notifications", "bot")
        for node in _tree(path).body
        if isinstance(node, ast.For | ast.While | ast.With)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and not _registers(node.value))
    ]
    assert not running


@pytest.mark.parametrize("lock", ["run.txt", "web.txt", "dev.txt"])
def test_locks_hold_versions_and_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text()
    assert "://" not in text
    assert "--index" not in text
    packages = re.findall(r"^\S+==\S+", text, re.MULTILINE)
    assert packages
    assert len(packages) == len(re.findall(r"^\S+==\S+( ;.*)? \\\n    --hash=", text, re.MULTILINE))


def test_npm_locks_hold_no_address() -> None:
    for lock in (path for path in ROOT.glob("**/package-lock.json") if "node_modules" not in path.parts):
        packages = json.loads(lock.read_text())["packages"]
        assert not [name for name, package in packages.items() if "resolved" in package], named(lock)


def test_every_direct_dependency_has_an_exact_version_and_a_reason() -> None:
    bare = [
        line
        for line in lines(ROOT / "pyproject.toml")
        if re.match(r'\s+"[\w-]+==', line) and not re.search(r'",?\s+# \S', line) and not _plain_tool(line)
    ]
    assert not bare


def _plain_tool(line: str) -> bool:
    """Tools whose name is their reason."""
    return any(f'"{name}==' in line for name in ("pytest", "mypy", "ruff", "types-pyyaml"))


def _registers(call: ast.Call) -> bool:
    """`strawberry.enum(State)` marks a class for the schema, as its decorator would."""
    return ast.unparse(call.func) == "strawberry.enum"


def _docstring(path: Path) -> str | None:
    return ast.get_docstring(_tree(path))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
