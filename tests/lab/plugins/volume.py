"""Cinder's fake volume driver, with the copies between volumes and images that the stock one leaves out.

Every volume is attached as one small file of the lab, which is what a backup reads.
"""

# OpenStack is installed in the lab's environment only, so its classes are unknown here:
# mypy: disable-error-code="import-not-found, misc"

import io
from pathlib import Path
from typing import Any

from cinder.tests import fake_driver
from oslo_config import cfg

CONTENT = b"volume of the lab\n" * 200


class LabVolumeDriver(fake_driver.FakeLoggingVolumeDriver):
    def validate_connector(self, connector: Any) -> None:
        """Any machine will do; the stock driver insists on an iSCSI initiator."""

    def initialize_connection(self, volume: Any, connector: Any) -> dict[str, Any]:
        device = Path(cfg.CONF.state_path) / "device"
        if not device.exists():
            device.write_bytes(CONTENT)
        return {"driver_volume_type": "local", "data": {"device_path": str(device), "access_mode": "rw"}}

    def initialize_connection_snapshot(self, snapshot: Any, connector: Any) -> dict[str, Any]:
        return self.initialize_connection(snapshot, connector)

    def clone_image(self, *args: Any) -> tuple[dict[str, Any], bool]:
        """Says that the volume is filled already: a volume has no content, and reading an image's format takes root's rights."""
        return {}, True

    def copy_volume_to_image(self, context: Any, volume: Any, image_service: Any, image_meta: Any) -> None:
        image_service.update(context, image_meta["id"], {}, io.BytesIO(CONTENT))
