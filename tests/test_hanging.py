"""A test that can not be ended is told, and ends with its process."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
HANGS = """
import asyncio
import pytest

@pytest.fixture
def anyio_backend():
    return "asyncio"

@pytest.fixture
async def thing():
    yield

@pytest.mark.anyio
async def test_waits(thing):
    await asyncio.Event().wait()
"""


def test_a_test_that_hangs_beyond_its_limit_ends_with_its_process(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(HANGS)
    (tmp_path / "pytest.ini").write_text("[pytest]\ntimeout = 1\nteardown_seconds = 1\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.hanging", "test_it.py"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    ended = subprocess.run(
        command,
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ended.returncode != 0
    assert "Timeout (0:00:01)!" in ended.stderr
    assert "_teardown_yield_fixture" in ended.stderr
