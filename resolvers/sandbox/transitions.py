"""The hand-written list of what can happen to a row later, by the name that a Timer keeps. `World.settle` runs them.

A transition gets the world, the row's native id, and the timer's arguments. The row may be gone or changed by then, so each looks first.
It makes no random choice: after a crash it may run again.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from resolvers.sandbox import images, server_states, servers, volume_copies, volumes

if TYPE_CHECKING:
    from resolvers.sandbox.world import World

Transition = Callable[["World", str, dict[str, Any]], None]
TRANSITIONS: Final[Mapping[str, Transition]] = {
    "server.spawn": servers.spawn,
    "server.built": servers.built,
    "server.gone": servers.gone,
    "server.arrive": server_states.arrive,
    "server.resized": server_states.resized,
    "server.reverted": server_states.reverted,
    "image.active": images.activate,
    "volume.created": volumes.created,
    "volume.gone": volumes.gone,
    "volume.extended": volumes.extended,
    "volume.attached": volumes.attached,
    "volume.detached": volumes.detached,
    "snapshot.created": volume_copies.snapshot_created,
    "snapshot.gone": volume_copies.snapshot_gone,
    "backup.created": volume_copies.backup_created,
    "backup.restored": volume_copies.backup_restored,
    "backup.gone": volume_copies.backup_gone,
}
