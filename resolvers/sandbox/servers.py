"""Making and deleting servers in a sandbox. `server_states.py` has what happens to them in between.

BUILD (scheduling) -> BUILD (spawning, on a host) -> ACTIVE, or ERROR with a fault when no host has room. A server whose name begins
with `fail-` finds no host: the failure on demand of demos.
"""

from typing import TYPE_CHECKING, Any

from resolvers.compute.port import (
    MARKER,
    FlavorRow,
    KeypairRow,
    PowerState,
    ServerGroupRow,
    ServerRow,
    ServerSpec,
    ServerStatus,
    ZoneRow,
)
from resolvers.errors import Conflict, Invalid
from resolvers.image.port import ImageRow
from resolvers.network.port import NetworkStatus
from resolvers.sandbox import hosts, nics, ports, quotas, server_rules, volumes
from resolvers.sandbox.people import Caller
from resolvers.sandbox.records import ServerNote
from resolvers.volume.port import Attachment, VolumeRow, VolumeStatus

if TYPE_CHECKING:
    from resolvers.sandbox.world import World

SCHEDULING, SPAWNING, DELETING = 0.5, 2.5, 1.5  # seconds at normal speed
FAILS = "fail-"


def create(world: "World", caller: Caller, spec: ServerSpec) -> list[str]:
    flavor = world.visible(FlavorRow, spec.flavor, caller, "flavor")
    image = _image(world, caller, spec, flavor)
    if spec.keypair is not None and world.get(KeypairRow, f"{caller.user}/{spec.keypair}") is None:
        raise Invalid(f"You have no keypair `{spec.keypair}`.", field="keypair")
    if not spec.name.strip():
        raise Invalid("A server needs a name.", field="name")
    if spec.az is not None and spec.az not in {zone.name for zone in world.rows(ZoneRow)}:
        raise Invalid(f"There is no availability zone `{spec.az}`.", field="az")
    if spec.count > 1 and (spec.ports or spec.boot_volume):
        raise Invalid("Several servers can not share a port or a volume.", field="count")
    need = spec.count
    quotas.require(world, caller.project_id, instances=need, cores=need * flavor.vcpus, ram=need * flavor.ram)
    joins = nics.joins(world, caller, spec)
    group = world.owned(ServerGroupRow, spec.server_group, caller, "server group") if spec.server_group else None
    made = []
    for number in range(1, spec.count + 1):
        name = f"{spec.name}-{number}" if spec.count > 1 else spec.name
        server = _row(world, caller, spec, name, flavor, image, group)
        world.put(server)
        if group is not None:
            group = world.edit(group, server_ids=(*group.server_ids, server.id))
        nics.join(world, caller, server, joins)
        root = _root_volume(world, caller, spec, server, image)
        world.put(ServerNote(native_id=server.native_id, root_volume=root, given_ports=spec.ports))
        server_rules.event(world, caller, server, "create")
        world.later(server, SCHEDULING, "server.spawn")
        made.append(server.native_id)
    return made


def spawn(world: "World", native: str, args: dict[str, Any]) -> None:
    server = world.get(ServerRow, native)
    if server is None:
        return
    host = None if server.name.startswith(FAILS) else hosts.choose(world, server)
    if host is None:
        server_rules.error(world, server, server_rules.NO_HOST)
        nics.leave(world, server)
        return
    zone = hosts.zone_of(world, host.host)
    server = world.edit(server, host=host.host, hypervisor_id=host.id, az=zone, task_state="spawning")
    hosts.occupy(world, server)
    ports.refresh(world, server.id)
    world.later(server, SPAWNING, "server.built")


def built(world: "World", native: str, args: dict[str, Any]) -> None:
    server = world.get(ServerRow, native)
    if server is None:
        return
    root = server_rules.note(world, native).root_volume
    volume = world.get(VolumeRow, root) if root else None
    if volume is not None:
        world.edit(
            volume,
            status=VolumeStatus.IN_USE,
            attachments=(Attachment(server.id, "/dev/vda"),),
            server_ids=(server.id,),
        )
        server = world.edit(server, volume_ids=(volume.id,))
    for port in ports.of_server(world, server.id):
        world.edit(port, status=NetworkStatus.ACTIVE)
    world.edit(
        server, status=ServerStatus.ACTIVE, task_state=None, power_state=PowerState.RUNNING, launched_at=world.now()
    )


def delete(world: "World", caller: Caller, native: str) -> None:
    """A server that is already being deleted is left to that, as Nova does."""
    server = world.owned(ServerRow, native, caller, "server")
    server_rules.unlocked(caller, server)
    if server.task_state == "deleting":
        return
    server_rules.event(world, caller, server, "delete")
    server = world.edit(server, task_state="deleting")
    world.later(server, DELETING, "server.gone")


def gone(world: "World", native: str, args: dict[str, Any]) -> None:
    """Volumes and floating IPs are released, ports of its own go, ports that it was given become free."""
    server = world.get(ServerRow, native)
    if server is None:
        return
    hosts.occupy(world, server, -1)
    nics.leave(world, server)
    root = server_rules.note(world, native).root_volume
    held = [world.at(VolumeRow, volume_id) for volume_id in server.volume_ids]
    for volume in (*held, world.get(VolumeRow, root) if root else None):
        if volume is not None:
            volumes.release(world, volume, server.id)
    for group in world.where(ServerGroupRow, "server_ids", server.id):
        world.edit(group, server_ids=tuple(member for member in group.server_ids if member != server.id))
    kept = world.get(ServerNote, native)
    if kept is not None:
        world.delete(kept)
    world.delete(server)


def _image(world: "World", caller: Caller, spec: ServerSpec, flavor: FlavorRow) -> ImageRow | None:
    if spec.image is not None:
        image = world.visible(ImageRow, spec.image, caller, "image")
        server_rules.fits(image, flavor, spec.boot_volume_size)
        return image
    if spec.boot_volume is None:
        raise Invalid("Say what to boot: an image or a volume.", field="image")
    return None


def _root_volume(
    world: "World", caller: Caller, spec: ServerSpec, server: ServerRow, image: ImageRow | None
) -> str | None:
    """The native id of the volume that it boots from: the given one, or a new one from the image; None without."""
    if spec.boot_volume is not None:
        volume = world.owned(VolumeRow, spec.boot_volume, caller, "volume")
        if volume.status is not VolumeStatus.AVAILABLE or not volume.bootable:
            raise Conflict(
                f"The volume `{volume.name}` is {volume.status}; a bootable volume that is available is needed."
            )
        world.edit(volume, status=VolumeStatus.RESERVED)
        return volume.native_id
    if spec.boot_volume_size is None or image is None:
        return None
    return volumes.boot(world, server, image, spec.boot_volume_size)


def _row(
    world: "World",
    caller: Caller,
    spec: ServerSpec,
    name: str,
    flavor: FlavorRow,
    image: ImageRow | None,
    group: ServerGroupRow | None,
) -> ServerRow:
    native = world.uid()
    return ServerRow(
        id=world.names.id("server", native),
        native_id=native,
        cloud=world.cloud,
        name=name,
        project_id=caller.project_id,
        user_id=caller.user_id,
        status=ServerStatus.BUILD,
        task_state="scheduling",
        power_state=PowerState.NOSTATE,
        locked=False,
        description=spec.description,
        image_id=image.id if image and spec.boot_volume_size is None else None,
        flavor_id=flavor.id,
        flavor_name=flavor.name,
        vcpus=flavor.vcpus,
        ram=flavor.ram,
        disk=flavor.disk,
        key_name=spec.keypair,
        az=spec.az,
        host=None,
        hypervisor_id=None,
        created_at=world.now(),
        updated_at=world.now(),
        launched_at=None,
        addresses=(),
        ips=(),
        security_group_names=(),
        volume_ids=(),
        server_group_ids=(group.id,) if group else (),
        tags=spec.tags,
        metadata={**spec.metadata, MARKER: spec.marker} if spec.marker else dict(spec.metadata),
        fault=None,
    )
