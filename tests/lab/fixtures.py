"""The pytest fixture `lab_cloud`, and the time limit of the tests that use it.

tests/conftest.py names this module as a plug-in. A lab that cannot start makes its tests fail; nothing here skips.
"""

import fcntl
import sys
from collections.abc import Iterator

import pytest

from tests.lab import cloud, lab
from tests.lab.cloud import LabCloud
from tests.lab.pins import paths


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Lets a lab test's limit count its own time only: the first one waits for the lab, at worst for minutes.

    The lab has deadlines of its own for everything it waits for.
    """
    for item in items:
        if item.get_closest_marker("lab") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(func_only=True))


@pytest.fixture(scope="session")
def lab_cloud() -> Iterator[LabCloud]:
    """The lab, started when it is not up, or the cloud that LAB_OPENSTACK names.

    A lab that was up before stays up; one that was started here is stopped at the end, unless another test run
    has begun to use it in the meantime.
    """
    elsewhere = cloud.from_environment()
    if elsewhere is not None:
        yield elsewhere
        return
    folders = paths()
    folders.root.mkdir(parents=True, exist_ok=True)
    with (folders.root / "users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        started_here = lab.up(folders, _say)
        yield cloud.own(folders)
        if not started_here:
            return
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        lab.stop(folders, _say)


def _say(text: str) -> None:
    sys.stderr.write(f"lab: {text}\n")
