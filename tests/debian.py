"""Installs Debian's packages that tests need, once for the machine: the lab's services, and the browser.

Used by `browser/chromium.py` and by `lab/system.py`, which runs the steps of its own installations so, too. Worker processes of one run
come at the same time, and apt lets nobody wait for its lists, so they wait for each other here.
"""

import fcntl
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

SECONDS = 1800.0
POLICY = Path("/usr/sbin/policy-rc.d")
# Somebody else's apt may run, too; it is waited for.
APT = ("apt-get", "-q", "-o", "DPkg::Lock::Timeout=600")


class InstallError(Exception):
    """What could not be installed, and what to do by hand."""


def ensure(packages: dict[str, Path]) -> None:
    """`packages` by a file that is there when each is installed. Their services are not started. Raises InstallError."""
    if os.geteuid() != 0:
        if missing := _missing(packages):
            raise InstallError(f"Debian packages are missing; as root: {_by_hand(missing)}")
        return
    # Before the first look: while another process installs, a program may be there that can not run yet.
    with (Path(tempfile.gettempdir()) / "9rum-apt").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if missing := _missing(packages):
            _install(missing)
            if missing := _missing(packages):
                raise InstallError(f"This did not bring {', '.join(missing)}: {_by_hand(missing)}")


def _by_hand(packages: Sequence[str]) -> str:
    return f"apt-get install --no-install-recommends {' '.join(packages)}"


def _missing(packages: dict[str, Path]) -> list[str]:
    return [package for package, file in packages.items() if not file.exists()]


def _install(packages: Sequence[str]) -> None:
    # Tests start their own copies on their own ports: the packages' services must not start beside them.
    guard = not POLICY.exists()
    if guard:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run([*APT, "update"], environment)
        run([*APT, "install", "-y", "--no-install-recommends", *packages], environment)
    finally:
        if guard:
            POLICY.unlink()


def run(command: Sequence[str | Path], environment: Mapping[str, str]) -> None:
    """Runs a step of an installation to its end. Raises InstallError with the end of what it said."""
    words = " ".join(str(word) for word in command)
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except FileNotFoundError as error:
        raise InstallError(f"There is no {error.filename} here, and the tests install what they need by it.") from error
    except subprocess.TimeoutExpired as error:
        raise InstallError(f"This did not end within half an hour: {words}") from error
    if done.returncode != 0:
        raise InstallError(f"This failed: {words}\n" + "\n".join(done.stdout.splitlines()[-20:]))
