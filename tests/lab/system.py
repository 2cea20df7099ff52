"""Installs what the lab runs on: three Debian packages, and one virtual environment with OpenStack from PyPI.

lab.py calls it before every start; what is complete already costs nothing. An environment is built in a folder
of another name and renamed when it is whole, so an interrupted install is never taken for a complete one.
"""

import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests import debian
from tests.lab.pins import REQUIREMENTS, UV_VERSION, LabError, Paths

RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
# Debian package -> a file that is there when it is installed.
DEBIAN = {
    "mariadb-server": Path("/usr/sbin/mariadbd"),
    "rabbitmq-server": RABBITMQ,
    "memcached": Path("/usr/bin/memcached"),
}

Say = Callable[[str], None]


def install(paths: Paths, say: Say) -> None:
    """Brings the machine to where the lab can start; raises LabError with what to do by hand when it cannot."""
    _debian(say)
    if not paths.environment.exists():
        _environment(paths, say)


def _debian(say: Say) -> None:
    missing = [package for package, file in DEBIAN.items() if not file.exists()]
    if missing:
        say(f"installing from Debian: {' '.join(missing)}")
    try:
        debian.ensure(DEBIAN)
    except debian.InstallError as error:
        raise LabError(str(error)) from error


def _environment(paths: Paths, say: Say) -> None:
    uv = _uv(paths, say)
    building = paths.environment.with_name(paths.environment.name + ".building")
    shutil.rmtree(building, ignore_errors=True)
    building.parent.mkdir(parents=True, exist_ok=True)
    environment = _package_environment()
    say("installing OpenStack from PyPI (about 160 packages, 550 MB with bytecode)")
    # Relocatable, because the folder is renamed at the end.
    _run([uv, "venv", "-q", "--relocatable", "--python", sys.executable, building], environment)
    python = building / "bin" / "python"
    _run(
        [uv, "pip", "install", "-q", "--python", python, "--no-deps", "--require-hashes", "-r", REQUIREMENTS],
        environment,
    )
    site = next((building / "lib").glob("python3.*/site-packages"))
    # Nova looks for hypervisor drivers in its own package only; the driver itself is in plugins/.
    (site / "nova" / "virt" / "lab.py").write_text("from lab_plugins.compute import LabDriver  # noqa: F401\n")
    say("compiling it once")
    _run([python, "-m", "compileall", "-q", "-j", "0", "-x", "/tests?/", site], environment)
    building.rename(paths.environment)


def _uv(paths: Paths, say: Say) -> Path:
    """uv from the PATH, or a copy of its own in the cache."""
    found = shutil.which("uv")
    if found is not None:
        return Path(found)
    tools = paths.root / f"tools-uv-{UV_VERSION}"
    if not (tools / "bin" / "uv").exists():
        say(f"installing uv {UV_VERSION}")
        shutil.rmtree(tools, ignore_errors=True)
        _run([sys.executable, "-m", "venv", tools], os.environ)
        _run([tools / "bin" / "python", "-m", "pip", "install", "-q", f"uv=={UV_VERSION}"], os.environ)
    return tools / "bin" / "uv"


def _package_environment() -> dict[str, str]:
    """The caller's environment, with pip's usual settings told to uv in uv's words, and bytecode wanted."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for pip_name, uv_name in (("PIP_INDEX_URL", "UV_DEFAULT_INDEX"), ("PIP_CERT", "SSL_CERT_FILE")):
        if pip_name in environment:
            environment.setdefault(uv_name, environment[pip_name])
    return environment


def _run(command: Sequence[str | Path], environment: Mapping[str, str]) -> None:
    try:
        debian.run(command, environment)
    except debian.InstallError as error:
        raise LabError(str(error)) from error
