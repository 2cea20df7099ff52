"""Makes the virtual environment of some locks, once, and prints its Python: `python3 requirements/install.py requirements/run.txt`.

Called by the Makefile; needs a Python and nothing else. The environment is kept in the cache under the digest of the locks and of the
Python, so a second call is instant and a changed lock makes a new one.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

NEEDED = (3, 11)
WHOLE = "whole"  # the mark that is written last: a folder without it was interrupted and is made anew


def main() -> None:
    # This file keeps to what old Pythons can read, so that they can say that they are too old.
    if sys.version_info < NEEDED:
        raise SystemExit("9rum needs Python 3.11 or newer. Name one by: make PYTHON=python3.12 run")
    if importlib.util.find_spec("ensurepip") is None:
        raise SystemExit("This Python makes no virtual environments. On Debian and Ubuntu: apt install python3-venv")
    locks = [Path(name) for name in sys.argv[1:]]
    whole = hashlib.sha256(sys.version.encode())
    for lock in locks:
        whole.update(lock.read_bytes())
    cache = Path(os.environ.get("GURUM_CACHE") or Path.home() / ".cache" / "9rum")
    home = cache / f"venv-{whole.hexdigest()[:16]}"
    cache.mkdir(parents=True, exist_ok=True)
    with home.with_suffix(".lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # two makes at once must not fill one folder
        if not (home / WHOLE).exists():
            make(home, locks)
    sys.stdout.write(f"{home / 'bin' / 'python'}\n")


def make(home: Path, locks: "list[Path]") -> None:
    names = ", ".join(lock.name for lock in locks)
    sys.stderr.write(f"Installing the packages of {names} into {home} (only the first time) ...\n")
    shutil.rmtree(home, ignore_errors=True)
    python = str(home / "bin" / "python")
    wanted = [part for lock in locks for part in ("-r", str(lock))]
    # The locks name everything, so pip has nothing to resolve; it compares each file with its hash.
    pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    for step in ([sys.executable, "-m", "venv", str(home)], pip + wanted):
        done = subprocess.run(step, stdout=sys.stderr, check=False)  # noqa: S603 - our own Python and pip
        if done.returncode:
            shutil.rmtree(home, ignore_errors=True)
            raise SystemExit("The packages could not be installed; the lines above say why.")
    (home / WHOLE).touch()


if __name__ == "__main__":
    main()
