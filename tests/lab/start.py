"""Starts services of the lab in an order that keeps both cores busy, and returns when all of them can be used.

lab.py calls it for a restored state, initialise.py for a new one.
"""

from collections.abc import Sequence

from tests.lab import infra, processes, ready, services
from tests.lab.pins import Paths
from tests.lab.services import Service

# RabbitMQ takes as long to start as two APIs, so those that need it late start beside it; Keystone and
# Placement are among them because the computes wait for both.
EARLY = ("keystone", "placement", "nova-api", "neutron-api")


def everything(paths: Paths) -> list[Service]:
    return [
        *infra.services(paths),
        *services.apis(paths),
        *services.workers(paths),
        *services.computes(paths),
    ]


def start(paths: Paths, wanted: Sequence[Service]) -> None:
    """Starts the wanted services; those they need must run already or be among them."""
    computes = {service.name for service in services.computes(paths)}
    waves: list[tuple[tuple[str, ...], list[Service]]] = [
        ((), [service for service in wanted if service.name in ready.INFRA]),
        (("mariadb",), [service for service in wanted if service.name in EARLY]),
        (
            ready.INFRA,
            [service for service in wanted if service.name not in (*ready.INFRA, *EARLY, *computes)],
        ),
        (("keystone", "placement"), [service for service in wanted if service.name in computes]),
    ]
    for needed, wave in waves:
        if wave:
            ready.wait(paths, needed)
        for service in wave:
            processes.start(paths, service.name, service.command, service.environment)
    ready.wait(paths, [service.name for service in wanted])
