"""From nothing to a running, seeded cloud, and the copy of its state from which every later start begins.

lab.py calls it when the cache holds no state of this version.
"""

import shutil
from pathlib import Path

from tests.lab import catalogue, config, databases, infra, processes, ready, seed
from tests.lab.pins import Paths
from tests.lab.services import Service
from tests.lab.start import everything, start
from tests.lab.system import Say


def initialise(paths: Paths, say: Say) -> None:
    say("initialising the databases")
    config.write_all(paths)
    infra.create_datadir(paths)
    infra.prepare(paths)
    services = {service.name: service for service in everything(paths)}
    start(paths, [services[name] for name in ready.INFRA])
    databases.create(paths)
    start(paths, [services["keystone"]])
    catalogue.fill()
    say("starting the services")
    start(paths, [service for name, service in services.items() if name not in (*ready.INFRA, "keystone")])
    say("filling the cloud")
    seed.fill()
    _keep(paths, services["mariadb"])
    ready.wait(paths, list(services))


def _keep(paths: Paths, mariadb: Service) -> None:
    """Copies the state while the database is down for a moment; the services reconnect by themselves."""
    building = paths.state.with_name(paths.state.name + ".building")
    shutil.rmtree(building, ignore_errors=True)
    processes.stop(paths, ["mariadb"])
    shutil.copytree(paths.data, building)
    processes.start(paths, mariadb.name, mariadb.command, mariadb.environment)
    ready.wait(paths, ["mariadb"])
    building.rename(paths.state)
    for old in _older(paths):
        shutil.rmtree(old, ignore_errors=True)


def _older(paths: Paths) -> list[Path]:
    """The states of earlier versions of the lab's sources but the latest one: each takes about 170 MB."""
    states = [path for path in paths.root.glob("state-*") if not path.name.endswith(".building")]
    return sorted(states, key=lambda path: path.stat().st_mtime, reverse=True)[2:]
