"""The lab as a whole: up, stop, status, one service stopped and started.

__main__.py and cloud.py call it. Two processes that change the lab at the same time wait for one another by a
file lock. What runs is always a copy of an initialised state, so every full start begins with the same cloud,
and nothing that a killed machine leaves behind has to be repaired.
"""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import yaml

from tests.lab import config, infra, people, processes, ready
from tests.lab.initialise import initialise
from tests.lab.pins import PORTS, LabError, Paths
from tests.lab.services import Service
from tests.lab.start import everything, start
from tests.lab.system import Say, install


def up(paths: Paths, say: Say, may_stop: Callable[[], bool] = lambda: True) -> bool:
    """Brings the lab up, whatever is there; False when it was up already, though single services were started.

    `may_stop` tells whether nobody else uses a lab that must be stopped first, because it is of another version or broken. Raises
    LabError when somebody does.
    """
    with _locked(paths, say):
        if _ours(paths):
            down = [service for service in everything(paths) if not processes.alive(paths, service.name)]
            if not down:
                ready.wait(paths, [service.name for service in everything(paths)])
                return False
            if not any(service.name in ready.INFRA for service in down):
                say("starting again: " + ", ".join(service.name for service in down))
                start(paths, down)
                return False
        if processes.recorded(paths) and not may_stop():
            raise LabError(
                "Another run of the tests uses a lab of another version, or one that is broken; wait for its end."
            )
        _stop(paths)
        _ports_free()
        install(paths, say)
        shutil.rmtree(paths.run, ignore_errors=True)
        paths.run.mkdir(parents=True)
        if paths.state.exists():
            say("starting from the initialised state")
            shutil.copytree(paths.state, paths.data)
            config.write_all(paths)
            infra.prepare(paths)
            start(paths, everything(paths))
        else:
            initialise(paths, say)
        paths.clouds.write_text(yaml.safe_dump(people.clouds(), sort_keys=False))
        paths.ready.write_text(paths.version)
        return True


def stop(paths: Paths, say: Say) -> None:
    """Stops every process; what they wrote stays to be looked at until the next start."""
    with _locked(paths, say):
        _stop(paths)


def status(paths: Paths) -> dict[str, str]:
    """Service -> `ready`, or what it lacks."""
    return ready.status(paths, [service.name for service in everything(paths)])


def start_service(paths: Paths, name: str, say: Say) -> None:
    """Starts one service of a lab that is up, and returns when it can be used."""
    with _locked(paths, say):
        service = _named(paths, name)
        if not _ours(paths):
            raise LabError("The lab is not up: python -m tests.lab up")
        if not processes.alive(paths, name):
            processes.start(paths, name, service.command, service.environment)
        ready.wait(paths, [name])


def stop_service(paths: Paths, name: str, say: Say) -> None:
    """Stops one service, and returns when its processes are gone."""
    with _locked(paths, say):
        processes.stop(paths, [_named(paths, name).name])


def _named(paths: Paths, name: str) -> Service:
    for service in everything(paths):
        if service.name == name:
            return service
    known = ", ".join(service.name for service in everything(paths))
    raise LabError(f"The lab has no service {name}. It has: {known}.")


def _ours(paths: Paths) -> bool:
    return paths.ready.exists() and paths.ready.read_text() == paths.version


def _stop(paths: Paths) -> None:
    """The infrastructure last: without its message bus a service takes its time to end."""
    paths.ready.unlink(missing_ok=True)
    processes.stop(paths, [name for name in processes.recorded(paths) if name not in ready.INFRA])
    processes.stop(paths)


def _ports_free() -> None:
    taken = [name for name in PORTS if ready.port_open(name)]
    if taken:
        ports = ", ".join(f"{PORTS[name]} ({name})" for name in taken)
        raise LabError(f"Something else listens on the lab's ports: {ports}.")


@contextmanager
def _locked(paths: Paths, say: Say) -> Iterator[None]:
    paths.root.mkdir(parents=True, exist_ok=True)
    with (paths.root / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another process starts or stops the lab; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
