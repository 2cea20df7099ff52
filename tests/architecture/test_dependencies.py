"""Whatever the code imports is a dependency that pyproject.toml names, with its version and a reason, and not one of a dependency's own."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.architecture.project import ROOMS, ROOT, sources

SERVED = ("gateway", "resolvers", "notifications", "bot")
DECLARED = re.compile(r'"([a-z0-9-]+)==[^"]+"')


def imported(room: str) -> set[str]:
    """The outermost packages of all imports, those inside functions too."""
    found: set[str] = set()
    for file in sources(room):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - set(ROOMS)


def declared() -> dict[str, set[str]]:
    """By extra; the ordinary ones under the empty name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lists = {"": project["dependencies"], **project["optional-dependencies"]}
    return {extra: {name.partition("==")[0] for name in names} for extra, names in lists.items()}


@pytest.mark.parametrize("room", SERVED)
def test_what_is_imported_is_declared(room: str) -> None:
    known = declared()[""] | declared()["otel"]
    providers = packages_distributions()
    names = {package: {name.lower().replace("_", "-") for name in providers[package]} for package in imported(room)}
    assert not {package: found for package, found in names.items() if not found & known}
    assert imported(room), "the imports are found"


def test_each_dependency_of_the_code_has_its_reason() -> None:
    lines = (
        (ROOT / "pyproject.toml").read_text("utf-8").partition("dependencies = [")[2].partition("\n]")[0].splitlines()
    )
    assert not [line for line in lines if DECLARED.search(line) and "#" not in line]
