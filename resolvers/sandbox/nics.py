"""How servers join networks: at their creation, by attached interfaces, and which security groups hold on their ports."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resolvers.compute.port import ServerRow, ServerSpec
from resolvers.errors import Conflict, Invalid, NotFound
from resolvers.network.port import NetworkRow, NetworkStatus, PortRow, SecurityGroupRow
from resolvers.sandbox import firewall, ports, server_rules
from resolvers.sandbox.people import Caller
from resolvers.sandbox.ports import PortPlan

if TYPE_CHECKING:
    from resolvers.sandbox.world import World

OWNER = "compute:nova"


@dataclass(frozen=True)
class Joins:
    """The networks and ports that a new server joins, and the groups of the ports that are made for it."""

    networks: tuple[NetworkRow, ...]
    ports: tuple[PortRow, ...]
    group_ids: tuple[str, ...]


def joins(world: "World", caller: Caller, spec: ServerSpec) -> Joins:
    """Raises what Nova would say before it takes the request."""
    wanted = [_network(world, caller, native) for native in spec.networks]
    given = tuple(world.owned(PortRow, native, caller, "port") for native in spec.ports)
    if not wanted and not given:
        wanted = _chosen(world, caller)
    groups = [world.visible(SecurityGroupRow, native, caller, "security group") for native in spec.security_groups]
    groups = groups or [firewall.default_of(world, caller.project_id)]
    return Joins(tuple(wanted), given, tuple(group.id for group in groups))


def join(world: "World", caller: Caller, server: ServerRow, wanted: Joins) -> None:
    for network in wanted.networks:
        ports.make(world, PortPlan(
            server.project_id, network, group_ids=wanted.group_ids, owner=OWNER, server_id=server.id
        ))  # fmt: skip
    for port in wanted.ports:
        ports.bind(world, port, server.id)


def leave(world: "World", server: ServerRow) -> None:
    """Take a server off all its networks: ports made for it go, ports that it was given become free."""
    for port in list(ports.of_server(world, server.id)):
        _release(world, server, port)


def attach(world: "World", caller: Caller, native: str, network: str | None, port: str | None) -> str:
    server = server_rules.acted(world, caller, native, server_rules.ON, "attach an interface to")
    if port is not None:
        row = ports.bind(world, world.owned(PortRow, port, caller, "port"), server.id)
        known = server_rules.note(world, native)
        world.edit(known, given_ports=(*known.given_ports, row.native_id))
    else:
        chosen = [_network(world, caller, network)] if network else _chosen(world, caller)
        if not chosen:
            raise Invalid("Say which network or port to attach.", field="network")
        row = ports.make(world, PortPlan(
            server.project_id,
            chosen[0],
            group_ids=(firewall.default_of(world, server.project_id).id,),
            owner=OWNER,
            server_id=server.id,
        ))  # fmt: skip
    world.edit(row, status=NetworkStatus.ACTIVE)
    ports.refresh(world, server.id)
    server_rules.event(world, caller, server, "attach_interface")
    return row.native_id


def detach(world: "World", caller: Caller, native: str, port: str) -> None:
    server = server_rules.acted(world, caller, native, server_rules.ON, "detach an interface from")
    row = world.get(PortRow, port)
    if row is None or row.server_id != server.id:
        raise NotFound(f"Server `{server.name}` has no port `{port}`.")
    _release(world, server, row)
    server_rules.event(world, caller, server, "detach_interface")


def add_group(world: "World", caller: Caller, native: str, group: str) -> None:
    server = world.owned(ServerRow, native, caller, "server")
    row = world.visible(SecurityGroupRow, group, caller, "security group")
    bound = ports.of_server(world, server.id)
    if not bound:
        raise Conflict(f"Server `{server.name}` has no port that a security group could hold on.")
    for port in bound:
        if row.id not in port.security_group_ids:
            world.edit(port, security_group_ids=(*port.security_group_ids, row.id))
    ports.refresh(world, server.id)
    server_rules.event(world, caller, server, "addSecurityGroup")


def remove_group(world: "World", caller: Caller, native: str, group: str) -> None:
    server = world.owned(ServerRow, native, caller, "server")
    row = world.visible(SecurityGroupRow, group, caller, "security group")
    bound = [port for port in ports.of_server(world, server.id) if row.id in port.security_group_ids]
    if not bound:
        raise Conflict(f"The security group `{row.name}` does not hold on server `{server.name}`.")
    for port in bound:
        kept = tuple(group_id for group_id in port.security_group_ids if group_id != row.id)
        world.edit(port, security_group_ids=kept)
    ports.refresh(world, server.id)
    server_rules.event(world, caller, server, "removeSecurityGroup")


def _release(world: "World", server: ServerRow, port: PortRow) -> None:
    known = server_rules.note(world, server.native_id)
    if port.native_id in known.given_ports:
        world.edit(port, server_id=None, device_owner="", status=NetworkStatus.DOWN)
        world.edit(known, given_ports=tuple(given for given in known.given_ports if given != port.native_id))
        ports.refresh(world, server.id, gone=(port.mac,))
    else:
        ports.remove(world, port)


def _network(world: "World", caller: Caller, native: str) -> NetworkRow:
    network = world.visible(NetworkRow, native, caller, "network")
    if network.external and not network.shared and not caller.admin:
        raise Conflict(f"The network `{network.name}` is external; servers reach it by a router or a floating IP.")
    if not network.subnet_ids:
        raise Invalid(
            f"The network `{network.name}` has no subnet, so a server could get no address.", field="networks"
        )
    return network


def _chosen(world: "World", caller: Caller) -> list[NetworkRow]:
    """The project's only network, else the only shared one; none where there is none."""
    own = [row for row in world.where(NetworkRow, "project_id", caller.project_id) if row.subnet_ids and not row.public]
    found = own or [row for row in world.where(NetworkRow, "public", True) if row.shared and row.subnet_ids]
    if len(found) > 1:
        names = ", ".join(sorted(row.name for row in found))
        raise Conflict(f"There are several networks; say which one: {names}.", field="networks")
    return found
