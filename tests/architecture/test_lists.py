"""Lists are written by hand, and forgetting a line is a red test: what lies in a folder is named in the folder's list."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import bot.commands
import bot.platforms
import gateway.limits
import resolvers
from bot.commands.own import Own
from bot.platforms import PLATFORMS
from gateway.clouds import CONNECTORS
from gateway.limits import LIMITS
from gateway.settings import PLATFORM_SETTINGS, Settings
from gateway.settings_problems import TAGS
from gateway.version import VERSION
from resolvers import DOMAINS
from resolvers.action import Action
from resolvers.backends import BACKEND_SETTINGS
from resolvers.inventory.kinds import Kind
from tests.architecture.project import ROOT, lines


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def here(module: ModuleType, kind: type[Any]) -> list[Any]:
    return [value for value in vars(module).values() if isinstance(value, kind)]


def folders() -> dict[str, ModuleType]:
    """The folders below `resolvers/` that are domains: each has a port."""
    ports = Path(resolvers.__path__[0]).glob("*/port.py")
    return {port.parent.name: importlib.import_module(f"resolvers.{port.parent.name}") for port in ports}


def test_every_domain_folder_is_in_the_list_under_its_own_name() -> None:
    assert {domain.name for domain in DOMAINS} == set(folders())
    assert all(folders()[domain.name].DOMAIN is domain for domain in DOMAINS)


def test_every_adapter_of_a_domain_is_named_in_its_backends() -> None:
    for name, folder in folders().items():
        files = {path.stem for path in Path(folder.__path__[0]).glob("*.py")} & set(TAGS)
        named = {backend: path.partition(":")[0] for backend, path in folder.BACKENDS.items()}
        assert named == {backend: f"resolvers.{name}.{backend}" for backend in files}


def test_every_adapter_that_is_named_is_there() -> None:
    for domain in DOMAINS:
        for path in domain.backends.values():
            module, _, adapter = path.partition(":")
            assert isinstance(getattr(importlib.import_module(module), adapter), type), path


def test_every_kind_of_a_port_is_a_resource_of_its_domain() -> None:
    for domain in DOMAINS:
        declared = here(importlib.import_module(f"resolvers.{domain.name}.port"), Kind)
        assert {kind.name for kind in declared} <= {resource.kind.name for resource in domain.resources}, domain.name


def test_every_action_of_a_domain_is_offered() -> None:
    for domain in DOMAINS:
        folder = Path(resolvers.__path__[0]) / domain.name / "actions"
        if folder.is_dir():
            package = importlib.import_module(f"resolvers.{domain.name}.actions")
            declared = {action.name for module in modules(package) for action in here(module, Action)}
            assert declared <= {action.name for action in domain.actions}, domain.name


def test_action_names_are_unique() -> None:
    names = [action.name for domain in DOMAINS for action in domain.actions]
    assert len(names) == len(set(names))


def test_every_limit_is_in_the_list() -> None:
    declared = {
        value
        for module in modules(gateway.limits)
        for value in here(module, type)
        if value.__name__.endswith("Limit") and value.__module__ == module.__name__
    }
    assert declared == set(LIMITS)


def test_every_backend_has_settings_and_a_connection() -> None:
    assert set(CONNECTORS) == set(TAGS)
    assert set(TAGS.values()) == set(BACKEND_SETTINGS)
    files = {path.stem for path in Path(resolvers.__path__[0]).glob("*/*.py")}
    assert set(TAGS) - {"sandbox"} <= files


def test_every_platform_is_in_the_list_and_has_settings() -> None:
    folder = Path(bot.platforms.__path__[0])
    there = {path.name for path in folder.iterdir() if (path / "__init__.py").is_file()}
    assert there == set(PLATFORMS)
    assert set(PLATFORMS) - {"console"} == set(PLATFORM_SETTINGS)
    for path in PLATFORMS.values():
        module, _, name = path.partition(":")
        assert isinstance(getattr(importlib.import_module(module), name), type), path


def test_every_command_of_the_bot_is_in_its_list() -> None:
    declared = [command for module in modules(bot.commands) for command in here(module, Own)]
    assert {command.name for command in declared} == {command.name for command in bot.commands.COMMANDS}


def test_the_version_is_the_same_everywhere() -> None:
    assert f'version = "{VERSION}"' in lines(ROOT / "pyproject.toml")
    assert any(line.startswith(f"## {VERSION}") for line in lines(ROOT / "CHANGELOG.md"))


def test_the_settings_are_made_of_sections_that_refuse_unknown_keys() -> None:
    from tests.architecture.settings_table import sections

    assert all(model.model_config.get("extra") == "forbid" for model in sections(Settings))
