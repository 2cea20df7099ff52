"""Writes the configuration files of all services, their folders and the lab's own drivers.

lab.py calls write_all before every start. What stands in the files is decided in sections.py, config_nova.py
and config_services.py; docs/lab.md gives the reasons of the larger choices.
"""

import shutil
from pathlib import Path

from tests.lab import config_nova, config_services
from tests.lab.pins import LAB, Paths
from tests.lab.sections import Sections


def write_all(paths: Paths) -> None:
    """All configuration files, the plug-ins, and the folders that the services expect."""
    services = {
        "keystone": config_services.keystone(paths),
        "placement": config_services.placement(),
        "glance": config_services.glance(paths),
        "nova": config_nova.nova(paths),
        "neutron": config_services.neutron(paths),
        "cinder": config_services.cinder(paths),
    }
    for service, files in services.items():
        for name, sections in files.items():
            _write_ini(paths.etc / service / name, sections)
    # Nova takes its paste file from the folder of its configuration only.
    shutil.copy(paths.share / "nova" / "api-paste.ini", paths.etc / "nova")
    for folder in ("lock", "nova", *config_nova.state_folders(), "cinder", "neutron"):
        (paths.data / folder).mkdir(parents=True, exist_ok=True)
    for folder in ("images", "staging", "tasks"):
        (paths.data / "glance" / folder).mkdir(parents=True, exist_ok=True)
    _plugins(paths)


def _plugins(paths: Paths) -> None:
    """The lab's own drivers as an installed distribution, because Neutron finds drivers by entry point only."""
    shutil.copytree(LAB / "plugins", paths.plugins / "lab_plugins", dirs_exist_ok=True)
    info = paths.plugins / "lab_plugins-1.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lab-plugins\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[neutron.ml2.mechanism_drivers]\nlab = lab_plugins.network:LabMechanismDriver\n"
    )


def _write_ini(file: Path, sections: Sections) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = []
    for name, section in sections.items():
        lines.append(f"[{name}]")
        lines.extend(f"{key} = {value}" for key, value in section.items())
        lines.append("")
    file.write_text("\n".join(lines))
