"""Nova's fake hypervisor, made to survive restarts and to upload snapshots.

Nova's own fake driver forgets its servers when nova-compute restarts, so that they can neither be stopped nor
started, and leaves a snapshot's image queued for ever. This one says that every server it is asked about runs.
"""

# OpenStack is installed in the lab's environment only, so its classes are unknown here:
# mypy: disable-error-code="import-not-found, misc"

import io
from typing import Any

from nova.compute import power_state, task_states
from nova.image import glance
from nova.virt import fake


class _Servers(dict[str, Any]):
    """Holds every server anyone asks for; an unknown one is RUNNING."""

    def __contains__(self, uuid: object) -> bool:
        return True

    def __missing__(self, uuid: str) -> Any:
        self[uuid] = fake.FakeInstance("adopted", power_state.RUNNING, uuid)
        return self[uuid]

    def __delitem__(self, uuid: str) -> None:
        self.pop(uuid, None)


class LabDriver(fake.FakeDriverWithoutFakeNodes, fake.FakeLiveMigrateDriver):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instances = _Servers()

    def snapshot(self, context: Any, instance: Any, image_id: str, update_task_state: Any) -> None:
        update_task_state(task_state=task_states.IMAGE_PENDING_UPLOAD)
        update_task_state(task_state=task_states.IMAGE_UPLOADING, expected_state=task_states.IMAGE_PENDING_UPLOAD)
        content = b"snapshot of the lab\n" * 200
        properties = {"disk_format": "raw", "container_format": "bare", "size": len(content)}
        glance.API().update(context, image_id, properties, io.BytesIO(content), purge_props=False)
