"""The whole application over the lab's OpenStack."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from notifications.redis import RedisClient
from tests.lab.cloud import LabCloud
from tests.lab.people import PEOPLE
from tests.running import CLOUD, Running, running
from tests.slack.standin import Human
from tests.trips.chat_desk import Desk, desk_in


def lab_settings(lab: LabCloud) -> dict[str, Any]:
    """Of the cloud, polling faster than an installation would, so that tests wait less; reads take long beside other tests."""
    intervals = {"server": 2, "port": 3, "floatingIp": 3, "volume": 3}
    cloud = {
        "backend": "openstack",
        "name": CLOUD,
        "cloud": lab.name,
        "clouds_file": str(lab.clouds_file),
        "intervals": intervals,
        "deadlines": {"read": 30},
    }
    return {"clouds": [cloud], "inventory": {"read_deadline": 60}}


def lab_passwords(lab: LabCloud) -> dict[str, str]:
    return {
        person.name: lab.auth(person.name)["password"]
        for person in PEOPLE
        if f"{lab.name}-{person.name}" in lab.entries
    }


@pytest.fixture
async def lab_graph(lab_cloud: LabCloud, redis: RedisClient, valkey: str, tmp_path: Path) -> AsyncIterator[Running]:
    """`await lab_graph("jiwoo", ...)` asks as a person of the lab."""
    async with running(valkey, tmp_path, lab_passwords(lab_cloud), **lab_settings(lab_cloud)) as it:
        yield it


@pytest.fixture(scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """A channel in Slack over a sandbox, for the tests of one file."""
    async with desk_in(tmp_path_factory.mktemp("desk")) as it:
        yield it


@pytest.fixture
async def jiwoo(desk: Desk) -> Human:
    return await desk.linked("jiwoo", "shop")
