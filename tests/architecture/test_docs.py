"""Documents that fail when they lie: every setting with its default, every target, every page."""

import contextlib
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.counters import Counters
from gateway.__main__ import COMMANDS
from gateway.backend_metrics import BackendMetrics
from gateway.chat.metrics import ChatMetrics
from gateway.metrics import Metrics
from gateway.settings import Settings
from resolvers.clock import Clock
from resolvers.inventory.store import Inventory
from tests.architecture import commands_table
from tests.architecture.project import ROOT
from tests.architecture.settings_table import printed, rows

PAGES = sorted(path for path in (ROOT / "docs").glob("*.md"))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_setting_is_documented_with_its_default_and_meaning() -> None:
    documented = read("docs/configuration.md").splitlines()
    missing = [line for row in rows() if (line := printed(*row)) not in documented]
    assert not missing, "docs/configuration.md needs these rows"


def test_every_documented_setting_exists() -> None:
    known = {path for path, _, _ in rows()}
    documented = set(re.findall(r"^\| `([\w.\[\]]+)` \|", read("docs/configuration.md"), re.MULTILINE))
    assert documented <= known


def test_every_variable_of_the_pages_is_one() -> None:
    settings = {f"GURUM_{re.sub(r'[.]', '__', path).upper()}" for path, _, _ in rows()}
    own = {"GURUM_CONFIG", "GURUM_CACHE", "GURUM_URL", "GURUM_PASSWORD", "GURUM_TOKEN"}
    for page in (ROOT / "README.md", ROOT / "Dockerfile", *PAGES):
        told = set(re.findall(r"GURUM_[A-Z_]+[A-Z]", page.read_text(encoding="utf-8")))
        assert told <= settings | own, page.name


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=lambda page: page.name)
def test_every_example_of_settings_is_read(page: Path) -> None:
    for example in _yaml(page.read_text(encoding="utf-8")):
        if example.keys() & Settings.model_fields.keys():
            Settings(**example)


def _yaml(text: str) -> Iterator[dict[str, Any]]:
    """Objects at the pages' blocks of code."""
    indented = re.findall(r"(?:^\n(?: *\d\. .*\n\n)?)((?:^ {4,}\S.*\n|^\n(?= {4}))+)", text, re.MULTILINE)
    for block in (*re.findall(r"```yaml\n(.*?)```", text, re.DOTALL), *map(textwrap.dedent, indented)):
        with contextlib.suppress(yaml.YAMLError):  # other indented blocks are no YAML
            yield from (found for found in yaml.safe_load_all(block) if isinstance(found, dict))


def test_every_setting_has_a_description() -> None:
    assert not [path for path, _, description in rows() if not description]


def test_every_verb_of_the_makefile_is_documented() -> None:
    verbs = re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE)
    assert verbs
    assert not [verb for verb in verbs if f"`make {verb}`" not in read("docs/development.md")]


def test_every_command_is_documented() -> None:
    assert not [name for name in COMMANDS if f"9rum {name}" not in read("README.md") + read("docs/configuration.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_is_found_from_the_readme(page: object) -> None:
    assert f"docs/{getattr(page, 'name', '')}" in read("README.md")


def test_links_between_pages_lead_somewhere() -> None:
    for page in (ROOT / "README.md", *PAGES):
        for target, part in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", page.read_text(encoding="utf-8")):
            there = page.parent / target if target else page
            assert there.exists(), f"{page.name} links to {target}"
            assert not part or part in _parts(there.read_text(encoding="utf-8")), (
                f"{page.name} links to {target}#{part}"
            )


def _parts(text: str) -> set[str]:
    """What a link can name of a page: its headings, as they are written into addresses."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_action_is_documented_as_it_is() -> None:
    documented = [line for line in read("docs/commands.md").splitlines() if re.match(r"\| `\w+\.\w+` \| [A-Z]", line)]
    assert documented == commands_table.rows()


def test_every_metric_is_documented() -> None:
    metrics = Metrics()
    metrics.register(BackendMetrics(Inventory([], Clock()), _NoOperations()))  # type: ignore[arg-type] # only counted
    metrics.register(ChatMetrics(_NoChat()))  # type: ignore[arg-type] # only counted
    families = list(metrics.registry.collect())
    scraped = {f"{each.name}_total" if each.type == "counter" else each.name for each in families}
    page = read("docs/operations.md")
    assert set(re.findall(r"^\| `(gurum_\w+)` \|", page, re.MULTILINE)) == scraped
    asked = set(re.findall(r"\bgurum_\w+", "".join(re.findall(r"expr: '([^']+)'", page))))
    assert asked
    assert {name.removesuffix("_bucket") for name in asked} <= scraped


class _NoOperations:
    running = 0


class _NoChat:
    """A bot that has done nothing."""

    def __init__(self) -> None:
        self.bot = self
        self.counters = Counters()

    def problems(self) -> dict[str, str | None]:
        return {}
