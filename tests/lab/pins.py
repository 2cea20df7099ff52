"""Fixed facts of the lab: ports, names, folders, and the keys under which the cache keeps its parts.

Every other module of the lab reads from here; this module reads nothing but the lab's own files.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
REGION = "RegionOne"
PASSWORD = "labpw"
COMPUTES = ("compute-1", "compute-2")
UV_VERSION = "0.13.8"

# Far from the services' usual ports, so that the lab lives beside anything else on the machine.
PORTS = {
    "mariadb": 13306,
    "rabbitmq": 15673,
    "rabbitmq-dist": 15674,
    "epmd": 14369,
    "memcached": 12211,
    "keystone": 15000,
    "placement": 18778,
    "glance": 19292,
    "nova-api": 18774,
    "neutron-api": 19696,
    "cinder-api": 18776,
}
AUTH_URL = f"http://{HOST}:{PORTS['keystone']}/v3"
RABBIT_URL = f"rabbit://lab:{PASSWORD}@{HOST}:{PORTS['rabbitmq']}/"
DATABASES = (
    "keystone",
    "placement",
    "glance",
    "nova_api",
    "nova_cell0",
    "nova_cell1",
    "neutron",
    "cinder",
)

LAB = Path(__file__).parent
REQUIREMENTS = LAB / "requirements.txt"
# These cannot change what an initialised state holds, so that editing them costs no new initialisation.
NOT_STATE = (
    "__main__.py",
    "cloud.py",
    "fixtures.py",
    "lab.py",
    "processes.py",
    "ready.py",
    "start.py",
    "system.py",
)


class LabError(Exception):
    """The lab cannot do what was asked; the text is one clear sentence for people."""


def database_url(name: str) -> str:
    return f"mysql+pymysql://lab:{PASSWORD}@{HOST}:{PORTS['mariadb']}/{name}?charset=utf8mb4"


def _digest(files: list[Path]) -> str:
    total = hashlib.sha256()
    for file in files:
        total.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()[:12]


@dataclass(frozen=True)
class Paths:
    """Where the lab keeps its things; nothing heavy and nothing that runs lies in the checkout.

    The environment depends on the pins alone, the initialised state on the lab's sources too, so a change
    of the lab's code does not install 180 packages again. The run folder is one, because the ports are one.
    """

    root: Path
    environment: Path
    state: Path
    version: str

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def etc(self) -> Path:
        return self.run / "etc"

    @property
    def data(self) -> Path:
        """Everything that an initialised state consists of; copied as a whole."""
        return self.run / "data"

    @property
    def logs(self) -> Path:
        return self.run / "log"

    @property
    def plugins(self) -> Path:
        return self.run / "plugins"

    @property
    def records(self) -> Path:
        """One file for each process that was started."""
        return self.run / "processes"

    @property
    def ready(self) -> Path:
        """Names the version that was brought up completely; absent while anything is unfinished."""
        return self.run / "ready"

    @property
    def clouds(self) -> Path:
        return self.run / "clouds.yaml"

    @property
    def socket(self) -> Path:
        return self.run / "mariadb.sock"

    @property
    def bin(self) -> Path:
        return self.environment / "bin"

    @property
    def share(self) -> Path:
        """The paste files and other samples that come inside the wheels."""
        return self.environment / "etc"


def paths() -> Paths:
    """The lab's folders: below GURUM_CACHE, or below ~/.cache/9rum."""
    cache = Path(os.environ.get("GURUM_CACHE") or Path.home() / ".cache" / "9rum")
    root = cache.absolute() / "lab"
    pins = _digest([REQUIREMENTS])
    sources = [
        file
        for file in sorted([*LAB.glob("*.py"), *(LAB / "plugins").glob("*.py")])
        if file.name not in NOT_STATE and not file.name.startswith("test_")
    ]
    version = _digest([REQUIREMENTS, *sources])
    return Paths(root, root / f"env-{pins}", root / f"state-{version}", version)
