"""Volumes of a sandbox: creating -> available -> attaching -> in-use, and back. A volume named `fail-*` ends in `error`.

Snapshots, backups and transfers stand in `volume_copies.py`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from resolvers.compute.port import ServerRow, ServerStatus, ZoneRow
from resolvers.errors import Conflict, Invalid, NotFound
from resolvers.image.port import ImageRow, ImageStatus
from resolvers.sandbox import quotas, server_rules
from resolvers.sandbox.people import Caller
from resolvers.volume.port import (
    MARKER,
    Attachment,
    VolumeRow,
    VolumeSnapshotRow,
    VolumeSpec,
    VolumeStatus,
    VolumeTypeRow,
)

if TYPE_CHECKING:
    from resolvers.sandbox.world import World

CREATE, COPY, DELETE, ATTACH, EXTEND = 1.5, 3.0, 1.0, 1.0, 1.0  # seconds at normal speed
FAILS = "fail-"
DEFAULT_TYPE = "standard"
ATTACHABLE = server_rules.ON | {ServerStatus.SUSPENDED, ServerStatus.VERIFY_RESIZE}


def create(world: "World", caller: Caller, spec: VolumeSpec) -> str:
    if spec.size < 1:
        raise Invalid("A volume has at least 1 GiB.", field="size")
    if sum(source is not None for source in (spec.image, spec.snapshot, spec.source_volume)) > 1:
        raise Invalid("A volume is made from one source at most.")
    if spec.az is not None and spec.az not in {zone.name for zone in world.rows(ZoneRow)}:
        raise Invalid(f"There is no availability zone `{spec.az}`.", field="az")
    fields = _source(world, caller, spec)
    quotas.require(world, caller.project_id, volumes=1, gigabytes=spec.size)
    volume = _row(
        world,
        caller.project_id,
        spec.name,
        spec.size,
        user_id=caller.user_id,
        description=spec.description,
        type_name=_type(world, caller, spec.type),
        az=spec.az or sorted(zone.name for zone in world.rows(ZoneRow))[0],
        metadata={**spec.metadata, MARKER: spec.marker} if spec.marker else dict(spec.metadata),
        **fields,
    )
    world.put(volume)
    world.later(volume, CREATE if not fields else COPY, "volume.created")
    return volume.native_id


def created(world: "World", native: str, args: dict[str, Any]) -> None:
    volume = world.get(VolumeRow, native)
    if volume is not None:
        failed = volume.name.startswith(FAILS)
        world.edit(volume, status=VolumeStatus.ERROR if failed else VolumeStatus.AVAILABLE)


def boot(world: "World", server: ServerRow, image: ImageRow, size: int) -> str:
    """The native id of a new volume that a server being built boots from; `servers.built` attaches it."""
    quotas.require(world, server.project_id, volumes=1, gigabytes=size)
    volume = _row(
        world,
        server.project_id,
        "",
        size,
        user_id=server.user_id,
        status=VolumeStatus.DOWNLOADING,
        bootable=True,
        type_name=DEFAULT_TYPE,
        az=server.az,
        image_id=image.id,
    )
    world.put(volume)
    return volume.native_id


def delete(world: "World", caller: Caller, native: str) -> None:
    volume = world.owned(VolumeRow, native, caller, "volume")
    deletable = (VolumeStatus.AVAILABLE, VolumeStatus.ERROR, VolumeStatus.ERROR_EXTENDING, VolumeStatus.ERROR_RESTORING)
    if volume.status is VolumeStatus.DELETING:
        return
    if volume.status not in deletable or volume.server_ids:
        raise Conflict(f"The volume `{_name(volume)}` is {volume.status}; detach it or wait before it is deleted.")
    if snapshots := world.where(VolumeSnapshotRow, "volume_id", volume.id):
        raise Conflict(f"The volume `{_name(volume)}` has {len(snapshots)} snapshot(s); delete them first.")
    volume = world.edit(volume, status=VolumeStatus.DELETING)
    world.later(volume, DELETE, "volume.gone")


def gone(world: "World", native: str, args: dict[str, Any]) -> None:
    volume = world.get(VolumeRow, native)
    if volume is not None:
        world.delete(volume)


def extend(world: "World", caller: Caller, native: str, size: int) -> None:
    volume = world.owned(VolumeRow, native, caller, "volume")
    if volume.status not in (VolumeStatus.AVAILABLE, VolumeStatus.IN_USE):
        raise Conflict(
            f"The volume `{_name(volume)}` is {volume.status}; it can be extended when it is available or in use."
        )
    if size <= volume.size:
        raise Invalid(f"The volume has {volume.size} GiB; a new size has to be larger.", field="size")
    quotas.require(world, volume.project_id, gigabytes=size - volume.size)
    world.later(volume, EXTEND, "volume.extended", size=size)
    world.edit(volume, status=VolumeStatus.EXTENDING)


def extended(world: "World", native: str, args: dict[str, Any]) -> None:
    volume = world.get(VolumeRow, native)
    if volume is None:
        return
    # The server that it was attached to may be gone by now.
    world.edit(volume, size=args["size"], status=VolumeStatus.IN_USE if volume.server_ids else VolumeStatus.AVAILABLE)


def update(world: "World", caller: Caller, native: str, name: str | None, description: str | None) -> None:
    volume = world.owned(VolumeRow, native, caller, "volume")
    given = {"name": name, "description": description}
    world.edit(volume, **{key: value for key, value in given.items() if value is not None})


def find(world: "World", marker: str, project: str) -> Sequence[str]:
    rows = world.where(VolumeRow, "project_id", world.ref("project", project))
    return [row.native_id for row in rows if row.metadata.get(MARKER) == marker]


# -- attachments -----------------------------------------------------------------------------------------------------------


def attach(world: "World", caller: Caller, server: str, volume: str, device: str | None) -> None:
    to = server_rules.acted(world, caller, server, frozenset(ATTACHABLE), "attach a volume to")
    row = world.owned(VolumeRow, volume, caller, "volume")
    if row.project_id != to.project_id:
        raise NotFound(f"There is no volume `{volume}` in the project of server `{to.name}`.")
    if row.id in to.volume_ids:
        raise Conflict(f"The volume `{_name(row)}` is already attached to server `{to.name}`.")
    free = row.status is VolumeStatus.AVAILABLE or (row.multiattach and row.status is VolumeStatus.IN_USE)
    if not free:
        raise Conflict(f"The volume `{_name(row)}` is {row.status}; a volume that is available can be attached.")
    letters = "bcdefghijklmnopqrstuvwxyz"
    device = device or f"/dev/vd{letters[len(to.volume_ids) % len(letters)]}"
    server_rules.event(world, caller, to, "attach_volume")
    row = world.edit(row, status=VolumeStatus.ATTACHING)
    world.later(row, ATTACH, "volume.attached", server=server, device=device)


def attached(world: "World", native: str, args: dict[str, Any]) -> None:
    volume, server = world.get(VolumeRow, native), world.get(ServerRow, args["server"])
    if volume is None:
        return
    if server is None:
        world.edit(volume, status=VolumeStatus.IN_USE if volume.server_ids else VolumeStatus.AVAILABLE)
        return
    world.edit(
        volume,
        status=VolumeStatus.IN_USE,
        attachments=(*volume.attachments, Attachment(server.id, args["device"])),
        server_ids=(*volume.server_ids, server.id),
    )
    world.edit(server, volume_ids=(*server.volume_ids, volume.id))


def detach(world: "World", caller: Caller, server: str, volume: str) -> None:
    of = server_rules.acted(world, caller, server, frozenset(ATTACHABLE), "detach a volume from")
    row = world.owned(VolumeRow, volume, caller, "volume")
    if of.id not in row.server_ids:
        raise Conflict(f"The volume `{_name(row)}` is not attached to server `{of.name}`.")
    if server_rules.note(world, server).root_volume == volume:
        raise Conflict(f"Server `{of.name}` boots from the volume `{_name(row)}`; it can not be detached.")
    if row.status is not VolumeStatus.IN_USE:
        raise Conflict(f"The volume `{_name(row)}` is {row.status}; wait until it is in use.")
    server_rules.event(world, caller, of, "detach_volume")
    row = world.edit(row, status=VolumeStatus.DETACHING)
    world.later(row, ATTACH, "volume.detached", server=server)


def detached(world: "World", native: str, args: dict[str, Any]) -> None:
    volume, server = world.get(VolumeRow, native), world.get(ServerRow, args["server"])
    if volume is not None:
        release(world, volume, world.ref("server", args["server"]))
    if volume is not None and server is not None:
        world.edit(server, volume_ids=tuple(other for other in server.volume_ids if other != volume.id))


def release(world: "World", volume: VolumeRow, server_id: str) -> None:
    """The volume forgets a server; it is available when that was the last, unless something else is done with it."""
    rest = tuple(entry for entry in volume.attachments if entry.server_id != server_id)
    status = volume.status
    if status in (VolumeStatus.IN_USE, VolumeStatus.DETACHING, VolumeStatus.RESERVED, VolumeStatus.DOWNLOADING):
        status = VolumeStatus.IN_USE if rest else VolumeStatus.AVAILABLE
    world.edit(volume, status=status, attachments=rest, server_ids=tuple(entry.server_id for entry in rest))


# -- own -------------------------------------------------------------------------------------------------------------------


def _source(world: "World", caller: Caller, spec: VolumeSpec) -> dict[str, Any]:
    if spec.image is not None:
        image = world.visible(ImageRow, spec.image, caller, "image")
        if image.status is not ImageStatus.ACTIVE:
            raise Conflict(f"The image `{image.name}` is {image.status}; it has to be active.")
        least = max(image.min_disk, -(-(image.size or 0) // server_rules.GIB))
        if spec.size < least:
            raise Invalid(f"The image needs {least} GiB.", field="size")
        return {"image_id": image.id, "bootable": True, "status": VolumeStatus.DOWNLOADING}
    if spec.snapshot is not None:
        snapshot = world.owned(VolumeSnapshotRow, spec.snapshot, caller, "volume snapshot")
        if snapshot.status != "available":
            raise Conflict(f"The snapshot `{snapshot.name}` is {snapshot.status}; it has to be available.")
        base = world.at(VolumeRow, snapshot.volume_id)
        return _copied(spec, snapshot.size, base) | {"snapshot_id": snapshot.id}
    if spec.source_volume is not None:
        source = world.owned(VolumeRow, spec.source_volume, caller, "volume")
        if source.status not in (VolumeStatus.AVAILABLE, VolumeStatus.IN_USE):
            raise Conflict(f"The volume `{_name(source)}` is {source.status}; it has to be available or in use.")
        return _copied(spec, source.size, source) | {"source_volume_id": source.id}
    return {}


def _copied(spec: VolumeSpec, size: int, base: VolumeRow | None) -> dict[str, Any]:
    if spec.size < size:
        raise Invalid(f"The copy can not be smaller than its source, which has {size} GiB.", field="size")
    return {"bootable": base.bootable, "image_id": base.image_id} if base else {}


def _type(world: "World", caller: Caller, wanted: str | None) -> str:
    """By name or native id."""
    if wanted is None:
        return DEFAULT_TYPE
    for row in world.rows(VolumeTypeRow):
        seen = row.public or caller.admin or caller.project_id in row.shared_with
        if wanted in (row.name, row.native_id) and seen:
            return row.name
    raise NotFound(f"There is no volume type `{wanted}`.")


def _name(volume: VolumeRow) -> str:
    return volume.name or volume.native_id


def _row(world: "World", project_id: str, name: str, size: int, **fields: Any) -> VolumeRow:
    native = world.uid()
    volume = VolumeRow(
        id=world.names.id("volume", native),
        native_id=native,
        cloud=world.cloud,
        name=name,
        project_id=project_id,
        user_id=None,
        status=VolumeStatus.CREATING,
        size=size,
        bootable=False,
        encrypted=False,
        multiattach=False,
        description=None,
        type_name=None,
        az=None,
        attachments=(),
        server_ids=(),
        image_id=None,
        snapshot_id=None,
        source_volume_id=None,
        created_at=world.now(),
        updated_at=world.now(),
        metadata={},
    )
    return msgspec.structs.replace(volume, **fields)
