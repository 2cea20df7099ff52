"""The pytest fixture `lab_cloud`, whose turn it is on the lab, and the time limit of the tests that use it.

tests/conftest.py names this module as a plug-in. A lab that cannot start makes its tests fail; nothing here skips. Several worker
processes of one run (pytest-xdist) share one lab: whoever comes first starts it, whoever goes last stops it.
"""

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from tests.lab import cloud, lab
from tests.lab.cloud import LabCloud
from tests.lab.pins import paths


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Lets a lab test's limit count its own time only, and puts lab tests first.

    The first one waits for the lab, at worst for minutes; the lab has deadlines of its own for everything it waits for. What waits for
    the lab's services leaves the processors to the others: one worker begins with all of it, and whoever is done takes some of it over.
    Tests that stop a service come before there are others to wait for them.
    """
    for item in items:
        if item.get_closest_marker("lab") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(func_only=True))
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    if item.get_closest_marker("lab") is None:
        return 3
    if item.get_closest_marker("alone") is not None:
        return 0
    return 1 if "trips" in item.path.parts else 2  # the longest first


@pytest.fixture(scope="session")
def lab_cloud() -> Iterator[LabCloud]:
    """The lab, started when it is not up, or the cloud that LAB_OPENSTACK names."""
    elsewhere = cloud.from_environment()
    if elsewhere is not None:
        yield elsewhere
        return
    folders = paths()
    folders.root.mkdir(parents=True, exist_ok=True)
    with (folders.root / "users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        # In turn, since a service that a test has stopped would be started again under it.
        with _turn(folders.root):
            if lab.up(folders, _say, lambda: _nobody_else(users)):
                _started_by_tests(folders.run).touch()
        yield cloud.own(folders)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # somebody still uses it, and stops it in turn
        if _started_by_tests(folders.run).exists():
            lab.stop(folders, _say)


@pytest.fixture(autouse=True)
def lab_turn(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests share the lab; one marked `alone` (it stops a service) waits for the others to end and lets none begin meanwhile."""
    if request.node.get_closest_marker("lab") is None:
        yield
        return
    request.getfixturevalue("lab_cloud")  # which takes a turn of its own, and so never inside of ours
    root = paths().root
    root.mkdir(parents=True, exist_ok=True)
    with _turn(root, alone=request.node.get_closest_marker("alone") is not None):
        yield


@contextmanager
def _turn(root: Path, *, alone: bool = False) -> Iterator[None]:
    with (root / "gate").open("a") as gate, (root / "turn").open("a") as turn:
        # One who waits for all to end holds the gate, so that a stream of short tests does not pass it for ever.
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(turn, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        if not alone:
            fcntl.flock(gate, fcntl.LOCK_UN)
        yield


def _nobody_else(users: IO[str]) -> bool:
    """Whether this process alone uses the lab; it goes on using it either way."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        fcntl.flock(users, fcntl.LOCK_SH)
    return True


def _started_by_tests(run: Path) -> Path:
    """The mark of a lab that a test run started; a lab that was up before stays up."""
    return run / "started-by-tests"


def _say(text: str) -> None:
    sys.stderr.write(f"lab: {text}\n")
