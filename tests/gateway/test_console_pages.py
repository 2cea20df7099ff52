"""The console page's routes: what is served, how it is protected and kept, how big it is, and what a page not yet built says."""

import asyncio
import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from bot.commands import COMMANDS, find
from gateway.console import pages
from gateway.console.build import build
from gateway.console.pages import console_pages

PAGE = Path(pages.__file__).with_name("page")
MOST_SCRIPT = 60 * 1024  # bytes, compressed
pytestmark = [pytest.mark.node, pytest.mark.timeout(1200)]  # a cold machine installs npm packages first


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("console") / "dist"
    build(folder)
    return folder


def get(dist: Path, *addresses: str, **headers: str) -> list[httpx.Response]:
    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(Starlette(routes=console_pages(dist)))
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            return [await client.get(address, headers=headers) for address in addresses]

    return asyncio.run(ask())


def assets(dist: Path) -> list[str]:
    """Everything that the page itself names."""
    return re.findall(r'(?:src|href)="([^"]+)"', get(dist, "/")[0].text)


@pytest.mark.parametrize("address", ["/", "/link"])
def test_the_page_allows_nothing_but_its_own_files(dist: Path, address: str) -> None:
    response = get(dist, address)[0]
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    policy = response.headers["content-security-policy"].split("; ")
    assert policy[0] == "default-src 'self'"
    assert not [word for word in ("unsafe", "data:", "blob:", "http", "*", "nonce", "sha256") if word in str(policy)]
    assert "frame-ancestors 'none'" in policy
    assert response.headers["referrer-policy"] == "no-referrer"
    # Nothing inline: no script with a body, no style, no handler.
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", response.text)
    assert "://" not in response.text


def test_all_that_it_names_is_there_and_kept_for_ever(dist: Path) -> None:
    named = assets(dist)
    assert len(named) > 10
    for response in get(dist, *named):
        assert response.status_code == 200, response.url
        assert "immutable" in response.headers["cache-control"]


def test_every_module_is_named_and_imports_only_its_neighbours(dist: Path) -> None:
    scripts = [address for address in assets(dist) if address.endswith(".js")]
    files = {path.name for path in (dist / "assets").rglob("*.js")}
    assert {Path(address).name for address in scripts} == files
    for response in get(dist, *scripts):
        imported = re.findall(r"""\b(?:from|import)\s*\(?["']([^"']+)["']""", response.text)
        assert not [name for name in imported if name.removeprefix("./") not in files], response.url
        assert "sourceMappingURL" not in response.text


def test_the_script_is_small(dist: Path) -> None:
    scripts = [address for address in assets(dist) if address.endswith(".js")]
    sizes = {
        str(response.url): int(response.headers["content-length"])
        for response in get(dist, *sorted(set(scripts)), **{"accept-encoding": "gzip"})
    }
    assert sum(sizes.values()) <= MOST_SCRIPT, sizes


@pytest.mark.parametrize("name", ["x/main.js", "..%2F..%2Fbuild.py/x", "%2E%2E/index.html", "x/..%2Findex.html"])
def test_nothing_else_is_served(dist: Path, name: str) -> None:
    assert get(dist, f"/console/assets/{name}")[0].status_code == 404


def test_a_page_not_built_names_the_command_that_builds_it(tmp_path: Path) -> None:
    response = get(tmp_path / "dist", "/")[0]
    assert response.status_code == 503
    assert "python -m gateway.console.build" in response.text
    assert response.headers["cache-control"] == "no-store"


def test_the_page_suggests_every_command_of_the_bot_itself() -> None:
    text = (PAGE / "complete.js").read_text(encoding="utf-8")
    listed = re.search(r"const OWN = \[(.*?)\];", text, re.DOTALL)
    assert listed is not None
    offered = [find(words.split()) for words in re.findall(r"'([^']+)'", listed[1])]
    assert None not in offered
    assert {found[0].name for found in offered if found} == {command.name for command in COMMANDS}
    assert len(offered) == len(COMMANDS)
