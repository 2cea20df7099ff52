"""Cinder backup driver that keeps nothing: a backup becomes available, can be restored, and can be deleted."""

# OpenStack is installed in the lab's environment only, so its classes are unknown here:
# mypy: disable-error-code="import-not-found, misc"

from typing import Any

from cinder.backup import driver
from os_brick import privileged


class LabBackupDriver(driver.BackupDriver):
    def __init__(self, context: Any) -> None:
        super().__init__(context)
        # Before it attaches a volume Cinder asks os-brick about the machine, by a helper process under sudo.
        # Nothing is really attached here, so the questions may be asked in this process, with its own rights.
        privileged.default.set_client_mode(False)

    def check_for_setup_error(self) -> None:
        """Nothing that could be set up wrongly."""

    def backup(self, backup: Any, volume_file: Any, backup_metadata: bool = False) -> None:
        volume_file.read(1)

    def restore(self, backup: Any, volume_id: str, volume_file: Any, volume_is_new: bool) -> None:
        volume_file.write(b"restored by the lab\n")

    def delete_backup(self, backup: Any) -> None:
        """Nothing was kept."""
