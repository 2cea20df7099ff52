"""A person types in a team channel, and a real server appears: link, form, progress, table, plan, confirmation, undo, as that person."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from notifications.redis import RedisClient
from resolvers.sandbox.seed import demo_people
from tests.lab.cloud import LabCloud
from tests.trips.conftest import lab_passwords, lab_settings
from tests.trips.in_slack import Workspace, in_slack
from tests.trips.slack_talk import NETWORK, talk


@pytest.fixture(params=["socket", "http"])
async def sandbox(
    request: pytest.FixtureRequest, redis: RedisClient, valkey: str, tmp_path: Path
) -> AsyncIterator[Workspace]:
    passwords = {person.name: person.password for person in demo_people()}
    async with in_slack(request.param, valkey, tmp_path, passwords) as it:
        yield it


@pytest.fixture(params=["socket", "http"])
async def lab(
    request: pytest.FixtureRequest, lab_cloud: LabCloud, redis: RedisClient, valkey: str, tmp_path: Path
) -> AsyncIterator[Workspace]:
    passwords = lab_passwords(lab_cloud)
    async with in_slack(request.param, valkey, tmp_path, passwords, **lab_settings(lab_cloud)) as it:
        yield it


async def test_the_conversation_with_the_sandbox(sandbox: Workspace) -> None:
    await talk(sandbox)


@pytest.mark.lab
@pytest.mark.timeout(600, func_only=True)
async def test_the_conversation_with_openstack(lab: Workspace, lab_cloud: LabCloud, redis: RedisClient) -> None:
    await talk(lab, NETWORK)
