"""Documents that fail when they lie: every setting with its default, every target, every page."""

import re

import pytest

from bot.counters import Counters
from gateway.__main__ import COMMANDS
from gateway.backend_metrics import BackendMetrics
from gateway.chat.metrics import ChatMetrics
from gateway.metrics import Metrics
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
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_action_is_documented_as_it_is() -> None:
    documented = [line for line in read("docs/commands.md").splitlines() if re.match(r"\| `\w+\.\w+` \| [A-Z]", line)]
    assert documented == commands_table.rows()


def test_every_metric_is_documented() -> None:
    metrics = Metrics()
    metrics.register(BackendMetrics(Inventory([], Clock()), _NoOperations()))  # type: ignore[arg-type] # only counted
    metrics.register(ChatMetrics(_NoChat()))  # type: ignore[arg-type] # only counted
    names = [family.name for family in metrics.registry.collect()]
    page = read("docs/operations.md")
    assert not [name for name in names if f"`{name}" not in page]


class _NoOperations:
    running = 0


class _NoChat:
    """A bot that has done nothing."""

    def __init__(self) -> None:
        self.bot = self
        self.counters = Counters()

    def problems(self) -> dict[str, str | None]:
        return {}
