"""Changes of a server's state in a sandbox: one table of verbs, and what a table can not say (resize, rebuild, lock, snapshot).

From which states each works is Nova's own rule (`nova/compute/api.py`); the times are those of a quick real cloud.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from resolvers.compute.port import FlavorRow, PowerState, ServerRow, ServerStatus, ServerVerb
from resolvers.errors import Conflict, Denied, Invalid
from resolvers.image.port import ImageRow
from resolvers.sandbox import hosts, images, quotas, server_rules
from resolvers.sandbox.people import Caller

if TYPE_CHECKING:
    from resolvers.sandbox.world import World

S, P = ServerStatus, PowerState
REBUILD, RESIZE, SNAPSHOT, CONFIRM = 3.0, 3.0, 3.0, 0.5  # seconds at normal speed


@dataclass(frozen=True)
class Step:
    """`task` and `meanwhile` show while it lasts (`seconds`), `after` and `power` when it is done."""

    phrase: str
    allowed: frozenset[ServerStatus]
    task: str
    after: ServerStatus
    power: PowerState
    seconds: float
    meanwhile: ServerStatus | None = None


STEPS: Final[dict[ServerVerb, Step]] = {
    ServerVerb.START: Step("start", frozenset({S.SHUTOFF}), "powering-on", S.ACTIVE, P.RUNNING, 2),
    ServerVerb.STOP: Step("stop", frozenset({S.ACTIVE, S.ERROR}), "powering-off", S.SHUTOFF, P.SHUTDOWN, 2),
    ServerVerb.REBOOT_SOFT: Step("reboot", frozenset({S.ACTIVE}), "rebooting", S.ACTIVE, P.RUNNING, 2, S.REBOOT),
    ServerVerb.REBOOT_HARD: Step(
        "reboot",
        frozenset({S.ACTIVE, S.SHUTOFF, S.PAUSED, S.SUSPENDED, S.ERROR}),
        "rebooting_hard",
        S.ACTIVE,
        P.RUNNING,
        3,
        S.HARD_REBOOT,
    ),
    ServerVerb.PAUSE: Step("pause", frozenset({S.ACTIVE}), "pausing", S.PAUSED, P.PAUSED, 1),
    ServerVerb.UNPAUSE: Step("unpause", frozenset({S.PAUSED}), "unpausing", S.ACTIVE, P.RUNNING, 1),
    ServerVerb.SUSPEND: Step("suspend", frozenset({S.ACTIVE}), "suspending", S.SUSPENDED, P.SUSPENDED, 2),
    ServerVerb.RESUME: Step("resume", frozenset({S.SUSPENDED}), "resuming", S.ACTIVE, P.RUNNING, 2),
    ServerVerb.SHELVE: Step(
        "shelve",
        frozenset({S.ACTIVE, S.SHUTOFF, S.PAUSED, S.SUSPENDED}),
        "shelving",
        S.SHELVED_OFFLOADED,
        P.SHUTDOWN,
        3,
    ),
    ServerVerb.UNSHELVE: Step(
        "unshelve", frozenset({S.SHELVED, S.SHELVED_OFFLOADED}), "unshelving", S.ACTIVE, P.RUNNING, 3
    ),
}


def change(world: "World", caller: Caller, native: str, verb: ServerVerb) -> None:
    if verb in (ServerVerb.LOCK, ServerVerb.UNLOCK):
        _lock(world, caller, native, verb is ServerVerb.LOCK)
        return
    if verb is ServerVerb.CONFIRM_RESIZE:
        _confirm(world, caller, native)
        return
    if verb is ServerVerb.REVERT_RESIZE:
        _revert(world, caller, native)
        return
    step = STEPS[verb]
    server = server_rules.acted(world, caller, native, step.allowed, step.phrase)
    server_rules.event(world, caller, server, verb.value.removesuffix("_soft").removesuffix("_hard"))
    server = world.edit(server, task_state=step.task, status=step.meanwhile or server.status)
    world.later(server, step.seconds, "server.arrive", status=step.after, power=step.power)


def arrive(world: "World", native: str, args: dict[str, Any]) -> None:
    """The end of a verb. Leaving a host and coming back to one belong to shelving."""
    server = world.get(ServerRow, native)
    if server is None:
        return
    status = ServerStatus(args["status"])
    if status is S.SHELVED_OFFLOADED:
        hosts.occupy(world, server, -1)
        server = world.edit(server, host=None, hypervisor_id=None)
    elif status is S.ACTIVE and server.host is None:
        host = hosts.choose(world, server)
        if host is None:
            server_rules.error(world, server, server_rules.NO_HOST)
            return
        server = world.edit(server, host=host.host, hypervisor_id=host.id)
        hosts.occupy(world, server)
    world.edit(server, status=status, task_state=None, power_state=PowerState(args["power"]), fault=None)


def resize(world: "World", caller: Caller, native: str, flavor: str) -> None:
    server = server_rules.acted(world, caller, native, frozenset({S.ACTIVE, S.SHUTOFF}), "resize")
    new = world.visible(FlavorRow, flavor, caller, "flavor")
    if new.id == server.flavor_id:
        raise Invalid(f"Server `{server.name}` already has the flavor {new.name}.", field="flavor")
    image = world.at(ImageRow, server.image_id)
    if image is not None:
        server_rules.fits(image, new)
    more = {"cores": max(0, new.vcpus - server.vcpus), "ram": max(0, new.ram - server.ram)}
    quotas.require(world, server.project_id, **more)
    old = world.at(FlavorRow, server.flavor_id)
    world.edit(server_rules.note(world, native), flavor_before=old or _size_of(server), status_before=server.status)
    server_rules.event(world, caller, server, "resize")
    server = world.edit(server, status=S.RESIZE, task_state="resize_migrating")
    world.later(server, RESIZE, "server.resized", flavor=new.native_id)


def resized(world: "World", native: str, args: dict[str, Any]) -> None:
    server, new = world.get(ServerRow, native), world.get(FlavorRow, args["flavor"])
    if server is None:
        return
    if new is None:  # the flavor went while the server was on its way
        world.edit(server, status=server_rules.note(world, native).status_before or S.ACTIVE, task_state=None)
        return
    world.edit(_with_flavor(world, server, new), status=S.VERIFY_RESIZE, task_state=None)


def _confirm(world: "World", caller: Caller, native: str) -> None:
    server = server_rules.acted(world, caller, native, frozenset({S.VERIFY_RESIZE}), "confirm the resize of")
    server_rules.event(world, caller, server, "confirmResize")
    known = server_rules.note(world, native)
    status = known.status_before or S.ACTIVE
    world.edit(known, flavor_before=None, status_before=None)
    power = P.SHUTDOWN if status is S.SHUTOFF else P.RUNNING
    world.later(server, CONFIRM, "server.arrive", status=status, power=power)


def _revert(world: "World", caller: Caller, native: str) -> None:
    server = server_rules.acted(world, caller, native, frozenset({S.VERIFY_RESIZE}), "revert the resize of")
    server_rules.event(world, caller, server, "revertResize")
    server = world.edit(server, status=S.REVERT_RESIZE, task_state="resize_reverting")
    world.later(server, RESIZE, "server.reverted")


def reverted(world: "World", native: str, args: dict[str, Any]) -> None:
    server = world.get(ServerRow, native)
    if server is None:
        return
    known = server_rules.note(world, native)
    status = known.status_before or S.ACTIVE
    if known.flavor_before is not None:
        server = _with_flavor(world, server, known.flavor_before)
    world.edit(known, flavor_before=None, status_before=None)
    power = P.SHUTDOWN if status is S.SHUTOFF else P.RUNNING
    world.edit(server, status=status, task_state=None, power_state=power)


def rebuild(world: "World", caller: Caller, native: str, image: str) -> None:
    server = server_rules.acted(world, caller, native, frozenset({S.ACTIVE, S.SHUTOFF, S.ERROR}), "rebuild")
    row = world.visible(ImageRow, image, caller, "image")
    if server.image_id is None:
        raise Conflict(f"Server `{server.name}` boots from a volume; make it new from another volume instead.")
    server_rules.fits(row, _size_of(server))
    if server.host is None:
        raise Conflict(f"Server `{server.name}` was never on a host; delete it and make it again.")
    server_rules.event(world, caller, server, "rebuild")
    stopped = server.status is S.SHUTOFF
    server = world.edit(server, status=S.REBUILD, task_state="rebuilding", image_id=row.id)
    after, power = (S.SHUTOFF, P.SHUTDOWN) if stopped else (S.ACTIVE, P.RUNNING)
    world.later(server, REBUILD, "server.arrive", status=after, power=power)


def snapshot(world: "World", caller: Caller, native: str, name: str, marker: str) -> str:
    states = frozenset({S.ACTIVE, S.SHUTOFF, S.PAUSED, S.SUSPENDED})
    server = server_rules.acted(world, caller, native, states, "snapshot")
    server_rules.event(world, caller, server, "createImage")
    image = images.of_server(world, server, name, marker, SNAPSHOT)
    server = world.edit(server, task_state="image_snapshot")
    world.later(server, SNAPSHOT, "server.arrive", status=server.status, power=server.power_state)
    return image


def _lock(world: "World", caller: Caller, native: str, wanted: bool) -> None:
    server = world.owned(ServerRow, native, caller, "server")
    known = server_rules.note(world, native)
    if not wanted and known.locked_by_admin and not caller.admin:
        raise Denied(f"An operator locked server `{server.name}`; only an operator unlocks it.")
    server_rules.event(world, caller, server, "lock" if wanted else "unlock")
    world.edit(server_rules.note(world, native), locked_by_admin=wanted and caller.admin)
    world.edit(server, locked=wanted)


def _with_flavor(world: "World", server: ServerRow, flavor: FlavorRow) -> ServerRow:
    hosts.occupy(world, server, -1)
    changed = world.edit(
        server,
        flavor_id=flavor.id if world.get(FlavorRow, flavor.native_id) else None,
        flavor_name=flavor.name,
        vcpus=flavor.vcpus,
        ram=flavor.ram,
        disk=flavor.disk,
    )
    hosts.occupy(world, changed)
    return changed


def _size_of(server: ServerRow) -> FlavorRow:
    """The size of a server as a flavor, for one whose flavor is gone."""
    return FlavorRow(
        id=server.flavor_id or "",
        native_id="",
        cloud=server.cloud,
        name=server.flavor_name,
        project_id=None,
        public=False,
        shared_with=(),
        vcpus=server.vcpus,
        ram=server.ram,
        disk=server.disk,
        ephemeral=0,
        swap=0,
        description=None,
        extra_specs={},
    )
