"""`9rum check` says of a store that 9rum did not start whether it keeps what it is given."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from gateway.check import check
from gateway.settings import Settings
from tests.running import KEY
from tests.stores import store_in


@pytest.fixture
async def own(tmp_path: Path) -> AsyncIterator[tuple[str, Any]]:
    """A store of the test's own, whose settings it may change."""
    with store_in(tmp_path) as url:
        async with Redis.from_url(url) as client:
            yield url, client


async def said(url: str, folder: Path) -> tuple[int, str]:
    out = io.StringIO()
    status = await check(Settings.model_validate({"secret_key": KEY, "store": {"url": url, "folder": folder}}), out)
    return status, out.getvalue()


async def test_a_store_that_keeps_everything_is_well(own: tuple[str, Any], tmp_path: Path) -> None:
    url, client = own
    await client.config_set("appendonly", "yes")
    status, text = await said(url, tmp_path)
    assert status == 0
    assert "ok    The store of `store.url` answers.\n  ok " in text
    assert "Let one process alone serve it" in text, "the sandbox is in the process"


async def test_a_store_without_an_append_only_file_is_told_of(own: tuple[str, Any], tmp_path: Path) -> None:
    url, client = own
    await client.config_set("appendonly", "no")
    status, text = await said(url, tmp_path)
    assert status == 0
    assert "It writes no append-only file" in text


async def test_a_store_that_throws_keys_away_fails(own: tuple[str, Any], tmp_path: Path) -> None:
    url, client = own
    await client.config_set("maxmemory-policy", "allkeys-lru")
    assert (await said(url, tmp_path))[0] == 0, "without a limit it throws nothing away"
    await client.config_set("maxmemory", "100mb")
    status, text = await said(url, tmp_path)
    assert status == 1
    assert "FAIL  The store of `store.url` throws keys away when it is full (`maxmemory-policy allkeys-lru`)" in text
    assert "Set its `maxmemory-policy` to `noeviction`." in text


async def test_a_store_that_does_not_tell_is_believed(own: tuple[str, Any], tmp_path: Path) -> None:
    url, client = own
    await client.execute_command("ACL", "SETUSER", "gurum", "on", ">pw", "~*", "&*", "+@all", "-info")
    status, text = await said(url.replace("unix://", "unix://gurum:pw@"), tmp_path)
    assert status == 0
    assert "ok    The store of `store.url` answers." in text
