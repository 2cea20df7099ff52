"""What all changes of servers share: may it be done now, the note of what Nova does not list, the history, the fault."""

from typing import TYPE_CHECKING, Final

from resolvers.compute.port import FlavorRow, PowerState, ServerRow, ServerStatus
from resolvers.errors import Conflict, Invalid
from resolvers.image.port import ImageRow, ImageStatus
from resolvers.sandbox.people import Caller
from resolvers.sandbox.records import Event, ServerNote

if TYPE_CHECKING:
    from resolvers.sandbox.world import World

ON: Final = frozenset({ServerStatus.ACTIVE, ServerStatus.PAUSED, ServerStatus.SHUTOFF})
MOST_EVENTS = 50  # of one server's history
GIB = 1 << 30
NO_HOST = "No valid host was found. There are not enough hosts available."


def acted(world: "World", caller: Caller, native: str, allowed: frozenset[ServerStatus], what: str) -> ServerRow:
    """The server, fit for an action: the caller's, not locked, in one of these states, and not busy. Raises Conflict else."""
    server = world.owned(ServerRow, native, caller, "server")
    unlocked(caller, server)
    if server.status not in allowed:
        states = " or ".join(sorted(allowed))
        raise Conflict(f"Server `{server.name}` is {server.status}; to {what} it, it has to be {states}.")
    if server.task_state or world.waiting(server):
        raise Conflict(
            f"Server `{server.name}` is busy ({server.task_state or 'changing'}); try again when it is done."
        )
    return server


def unlocked(caller: Caller, server: ServerRow) -> None:
    if server.locked and not caller.admin:
        raise Conflict(f"Server `{server.name}` is locked; unlock it first.")


def error(world: "World", server: ServerRow, sentence: str) -> None:
    world.edit(server, status=ServerStatus.ERROR, task_state=None, power_state=PowerState.NOSTATE, fault=sentence)


def note(world: "World", native: str) -> ServerNote:
    """Servers of a large seed have none until something happens to them."""
    return world.get(ServerNote, native) or ServerNote(native_id=native)


def event(world: "World", caller: Caller, server: ServerRow, action: str, message: str | None = None) -> None:
    known = note(world, server.native_id)
    entry = Event(action, f"req-{world.uid()}", caller.user, world.now(), message)
    world.edit(known, events=(*known.events[-MOST_EVENTS + 1 :], entry))


def fits(image: ImageRow, flavor: FlavorRow, disk: int | None = None) -> None:
    """Raises Conflict when the image is not ready, Invalid when the flavor is too small for it."""
    if image.status is not ImageStatus.ACTIVE:
        raise Conflict(f"The image `{image.name}` is {image.status}; it has to be active.")
    if image.min_ram > flavor.ram:
        raise Invalid(f"The image needs {image.min_ram} MiB of memory; {flavor.name} has {flavor.ram}.", field="flavor")
    room = disk or flavor.disk
    least = max(image.min_disk, -(-(image.size or 0) // GIB))
    if room and least > room:
        raise Invalid(f"The image needs {least} GiB of disk; there would be {room}.", field="flavor")
