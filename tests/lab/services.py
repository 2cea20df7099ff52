"""The processes of OpenStack: name, command, environment, port.

start.py starts them by processes.py; ready.py knows when each of them can be used.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.pins import COMPUTES, HOST, PORTS, Paths


@dataclass(frozen=True)
class Service:
    name: str
    command: tuple[str | Path, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None


def apis(paths: Paths) -> list[Service]:
    """Each finds its configuration in its own way: most by an environment variable, Cinder by an argument."""

    def folder(service: str) -> Mapping[str, str]:
        return {f"OS_{service.upper()}_CONFIG_DIR": str(paths.etc / service)}

    neutron = {**folder("neutron"), "OS_NEUTRON_CONFIG_FILES": "neutron.conf"}
    cinder = f"--config-file={paths.etc / 'cinder' / 'cinder.conf'}"
    return [
        _wsgi(paths, "keystone", "keystone.wsgi.api", folder("keystone")),
        _wsgi(paths, "placement", "placement.wsgi.api", folder("placement")),
        _wsgi(paths, "neutron-api", "neutron.wsgi.api", neutron),
        _wsgi(paths, "nova-api", "nova.wsgi.osapi_compute", folder("nova")),
        _wsgi(paths, "glance", "glance.wsgi.api", folder("glance")),
        _wsgi(paths, "cinder-api", "cinder.wsgi.api", {}, "--pyargv", cinder),
    ]


def workers(paths: Paths) -> list[Service]:
    nova = f"--config-file={paths.etc / 'nova' / 'nova.conf'}"
    cell = f"--config-file={paths.etc / 'nova' / 'cell1.conf'}"
    cinder = f"--config-file={paths.etc / 'cinder' / 'cinder.conf'}"
    return [
        Service("nova-conductor", (paths.bin / "nova-conductor", nova, cell)),
        Service("nova-scheduler", (paths.bin / "nova-scheduler", nova)),
        Service("cinder-scheduler", (paths.bin / "cinder-scheduler", cinder)),
        Service("cinder-volume", (paths.bin / "cinder-volume", cinder)),
        Service("cinder-backup", (paths.bin / "cinder-backup", cinder)),
    ]


def computes(paths: Paths) -> list[Service]:
    """Last, because a compute that finds no Placement at its first start registers wrongly for good."""
    nova = f"--config-file={paths.etc / 'nova' / 'nova.conf'}"
    return [
        Service(
            f"nova-{host}",
            (paths.bin / "nova-compute", nova, f"--config-file={paths.etc / 'nova' / f'{host}.conf'}"),
        )
        for host in COMPUTES
    ]


def _wsgi(paths: Paths, name: str, module: str, environment: Mapping[str, str], *arguments: str) -> Service:
    command: tuple[str | Path, ...] = (
        paths.bin / "uwsgi",
        "--http-socket",
        f"{HOST}:{PORTS[name]}",
        "--module",
        f"{module}:application",
        "--processes",
        "1",
        "--threads",
        "8",
        "--enable-threads",
        "--die-on-term",
        "--need-app",
        # Tokens and long filters make request headers larger than uwsgi's 4 KiB.
        "--buffer-size",
        "65535",
        "--disable-logging",
        "--log-5xx",
        # uwsgi's bare socket keeps no connection alive but does not say so by itself.
        "--add-header",
        "Connection: close",
        "--procname-prefix",
        f"lab-{name} ",
        *arguments,
    )
    return Service(name, command, environment, PORTS[name])
