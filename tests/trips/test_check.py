"""`9rum check` against a real OpenStack: all is well; with Nova stopped, and for accounts with too few rights, it says what is not."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from redis import Redis

from tests.lab.cloud import LabCloud
from tests.running import KEY
from tests.trips.conftest import lab_settings

pytestmark = [pytest.mark.lab, pytest.mark.timeout(600, func_only=True)]
ROOT = Path(__file__).parents[2]


def check(config: Path) -> tuple[int, str]:
    command = [sys.executable, "-m", "gateway", "check", "--config", str(config)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    return ended.returncode, ended.stdout


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("operator", ["is signed in without a project (on the system)", "Name a project in the entry of clouds.yaml"]),
        ("dohyun", ["is signed in without a project (on the domain `Default`)"]),
        (
            "haneul",
            [
                "Nova (compute) of krane does not allow this to 9rum's own account",
                "Neutron (network) of krane shows 9rum's own account security groups of its own project alone.",
            ],
        ),
    ],
)
def test_an_account_with_too_few_rights_is_told_what_it_needs(
    lab_cloud: LabCloud, valkey: str, tmp_path: Path, who: str, said: list[str]
) -> None:
    settings = lab_settings(lab_cloud)
    settings["clouds"][0]["cloud"] = f"{lab_cloud.name}-{who}"
    config = tmp_path / "9rum.yaml"
    store = {"url": valkey, "folder": str(tmp_path)}
    config.write_text(yaml.safe_dump({**settings, "secret_key": KEY, "store": store}))
    status, answer = check(config)
    assert status == 1
    for sentence in (*said, "Give 9rum's account the role `admin` on a project"):
        assert sentence in answer


@pytest.mark.alone
def test_every_backend_is_well_and_a_stopped_nova_is_named(lab_cloud: LabCloud, valkey: str, tmp_path: Path) -> None:
    with Redis.from_url(valkey) as store:
        store.flushall()
    config = tmp_path / "9rum.yaml"
    config.write_text(
        yaml.safe_dump(
            {**lab_settings(lab_cloud), "secret_key": KEY, "store": {"url": valkey, "folder": str(tmp_path)}}
        )
    )
    status, said = check(config)
    assert status == 0, said
    assert "FAIL" not in said
    lab_cloud.stop_service("nova-api")
    try:
        status, said = check(config)
    finally:
        lab_cloud.start_service("nova-api")
    failures = [line for line in said.splitlines() if "FAIL" in line]
    assert status == 1
    assert len(failures) == 1, said
    assert "Nova (compute) of krane does not answer" in failures[0]
    assert check(config)[0] == 0
