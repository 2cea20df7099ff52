"""What is plugged into a server: volumes, interfaces, security groups. Each can be undone. Listed in `__init__`."""

from typing import Any

import strawberry

from resolvers import ids
from resolvers.action import Action, Danger, Plan
from resolvers.compute.actions.create import network_to_join
from resolvers.compute.actions.lifecycle import server_of, unlocked
from resolvers.compute.port import ServerStatus
from resolvers.context import Context
from resolvers.errors import Invalid, NotFound
from resolvers.operations.record import Record
from resolvers.operations.run import Run
from resolvers.planning import changed, cloud_of, described, fresh, known, native, require, required, target

S = ServerStatus
PLUGGABLE = frozenset({S.ACTIVE, S.PAUSED, S.SHUTOFF, S.SUSPENDED, S.VERIFY_RESIZE})


async def _open_server(context: Context, reference: str) -> Any:
    row = await server_of(context, reference)
    unlocked(context, row)
    require(
        row.status in PLUGGABLE, f"`{row.name}` is {row.status}; nothing can be plugged into it or taken out of it now."
    )
    return row


@strawberry.input
class ServerAttachVolumeInput:
    server: str = required("Id or name of the server.")
    volume: str = required("Id or name of the volume.")
    device: str | None = described("Device name such as /dev/vdb; the backend chooses when left out.")


async def _plan_attach_volume(context: Context, given: ServerAttachVolumeInput) -> Plan:
    row = await _open_server(context, given.server)
    volume = await fresh(
        context, "volume", given.volume, lambda held: held.cloud == row.cloud and held.project_id == row.project_id
    )
    free = volume.status == "available" or (
        volume.multiattach and volume.status == "in-use" and row.id not in volume.server_ids
    )
    require(free, f"The volume `{volume.name or volume.native_id}` is {volume.status}; it must be available.")
    return Plan(
        project_id=row.project_id,
        targets=[target(row), target(volume)],
        args={"server": row.id, "volume": volume.id, "device": given.device},
        changes=[changed(volume.name or volume.native_id, "attached to", None, row.name)],
        undo="server.detachVolume",
    )


async def _run_attach_volume(run: Run) -> None:
    server, volume = run.args["server"], run.args["volume"]
    port = run.port("compute", cloud_of(server))
    await run.once(
        "request",
        "Ask to attach",
        lambda: port.attach_volume(run.credential, native(server), native(volume), run.args["device"]),
        find=lambda: _attached(run, server, volume),
    )
    await run.until(
        "volume",
        "Wait until it is in use",
        volume,
        lambda row: server in row.server_ids and row.status == "in-use",
        _failed,
    )
    await run.reread(server)


async def _detached(run: Run, server: str, volume: str) -> bool | None:
    row: Any = await run.inventory.reread(volume)
    return True if row is None or server not in row.server_ids or row.status == "detaching" else None


async def _attached(run: Run, server: str, volume: str) -> bool | None:
    row: Any = await run.inventory.reread(server)
    return True if row is not None and volume in row.volume_ids else None


def _failed(row: Any) -> str | None:
    return f"The volume `{row.name or row.native_id}` is in error." if row.status.startswith("error") else None


@strawberry.input
class ServerDetachVolumeInput:
    server: str = required("Id or name of the server.")
    volume: str = required("Id or name of the volume.")


async def _plan_detach_volume(context: Context, given: ServerDetachVolumeInput) -> Plan:
    row = await _open_server(context, given.server)
    volume = await fresh(
        context, "volume", given.volume, lambda held: held.cloud == row.cloud and held.project_id == row.project_id
    )
    require(
        row.id in volume.server_ids, f"The volume `{volume.name or volume.native_id}` is not attached to `{row.name}`."
    )
    return Plan(
        project_id=row.project_id,
        targets=[target(row), target(volume)],
        args={"server": row.id, "volume": volume.id},
        changes=[changed(volume.name or volume.native_id, "attached to", row.name, None)],
        warnings=["What the system in the server has not written yet is lost; unmount the volume there first."],
        undo="server.attachVolume",
    )


async def _run_detach_volume(run: Run) -> None:
    server, volume = run.args["server"], run.args["volume"]
    port = run.port("compute", cloud_of(server))
    await run.once(
        "request",
        "Ask to detach",
        lambda: port.detach_volume(run.credential, native(server), native(volume)),
        find=lambda: _detached(run, server, volume),
    )
    await run.until("volume", "Wait until it is free", volume, lambda row: server not in row.server_ids, _failed)
    await run.reread(server)


@strawberry.input
class ServerAttachInterfaceInput:
    server: str = required("Id or name of the server.")
    network: str | None = described("Network to join, by name or id: a port is made there.")
    port: str | None = described("An existing port, by name or id, instead of a network.")


async def _plan_attach_interface(context: Context, given: ServerAttachInterfaceInput) -> Plan:
    if (given.network is None) == (given.port is None):
        raise Invalid("Say `network` or `port`, one of the two.", field="network")
    row = await _open_server(context, given.server)
    if given.port is not None:
        held = known(context, "port", given.port, row.cloud)
        require(
            held.server_id is None and held.router_id is None, f"The port `{held.name or held.native_id}` is in use."
        )
    else:
        held = network_to_join(context, given.network or "", row.cloud)
        require(bool(held.subnet_ids), f"The network `{held.name}` has no subnet, so it has no address to give.")
    return Plan(
        project_id=row.project_id,
        targets=[target(row), target(held)],
        args={"server": row.id, "network": held.id if given.network else None, "port": held.id if given.port else None},
        changes=[changed(row.name, "interface", None, held.name or held.native_id)],
        undo="server.detachInterface",
    )


async def _run_attach_interface(run: Run) -> None:
    args, server = run.args, run.args["server"]
    port = run.port("compute", cloud_of(server))

    async def look() -> list[str]:
        return list(await port.interfaces(run.credential, native(server)))

    before = await run.once("before", "Look at its interfaces", look)

    async def find() -> str | None:
        return next((held for held in await look() if held not in before), None)

    made = await run.once(
        "request",
        "Ask to attach",
        lambda: port.attach_interface(
            run.credential, native(server), ids.native(args["network"]), ids.native(args["port"])
        ),
        find,
    )
    attached = ids.make("port", cloud_of(server), made)
    await run.resource(attached)
    await run.until("port", "Wait until the port is at the server", attached, lambda row: row.server_id == server)
    await run.reread(server)


@strawberry.input
class ServerDetachInterfaceInput:
    server: str = required("Id or name of the server.")
    port: str = required("Its port, by id, name or one of its addresses.")


async def _plan_detach_interface(context: Context, given: ServerDetachInterfaceInput) -> Plan:
    row = await _open_server(context, given.server)
    ports = context.inventory.related(context.actor, "port", "server_id", row.id)
    held = next((port for port in ports if given.port in (port.id, port.native_id, port.name, *port.ips)), None)
    if held is None:
        raise Invalid(
            f"`{row.name}` has no such port; it has {', '.join(ip for port in ports for ip in port.ips) or 'none'}.",
            field="port",
        )
    return Plan(
        project_id=row.project_id,
        targets=[target(row), target(held)],
        args={"server": row.id, "port": held.id, "network": held.network_id},
        changes=[changed(row.name, "interface", ", ".join(held.ips) or held.native_id, None)],
        warnings=[f"`{row.name}` loses the address {', '.join(held.ips)}."] if held.ips else [],
        undo="server.attachInterface",
    )


async def _run_detach_interface(run: Run) -> None:
    server, held = run.args["server"], run.args["port"]
    port = run.port("compute", cloud_of(server))
    await run.once(
        "request",
        "Ask to detach",
        lambda: port.detach_interface(run.credential, native(server), native(held)),
        already=NotFound,
    )
    await run.until_gone_or("port", "Wait until the port has left", held, lambda row: row.server_id != server)
    await run.reread(server)


@strawberry.input
class ServerAddSecurityGroupInput:
    server: str = required("Id or name of the server.")
    security_group: str = required("Id or name of the security group.")


@strawberry.input
class ServerRemoveSecurityGroupInput(ServerAddSecurityGroupInput):
    pass


def _security_group(add: bool) -> Action:
    verb = "addSecurityGroup" if add else "removeSecurityGroup"

    async def plan(context: Context, given: Any) -> Plan:
        row = await server_of(context, given.server)
        unlocked(context, row)
        group = context.resolve(
            "securityGroup",
            given.security_group,
            lambda held: held.cloud == row.cloud and held.project_id == row.project_id,
        )
        has = group.name in row.security_group_names
        require(has is not add, f"`{row.name}` is {'already' if add else 'not'} in the security group `{group.name}`.")
        before, after = (None, group.name) if add else (group.name, None)
        return Plan(
            project_id=row.project_id,
            targets=[target(row), target(group)],
            args={"server": row.id, "group": group.id},
            changes=[changed(row.name, "security group", before, after)],
            undo=f"server.{'removeSecurityGroup' if add else 'addSecurityGroup'}",
        )

    async def run(run: Run) -> None:
        server, group = run.args["server"], run.args["group"]
        port = run.port("compute", cloud_of(server))
        change = port.add_security_group if add else port.remove_security_group

        async def taken() -> bool | None:
            row: Any = await run.inventory.reread(server)
            held: Any = await run.inventory.reread(group)
            has = row is not None and held is not None and held.name in row.security_group_names
            return True if has is add else None

        await run.once(
            "request",
            "Change its security groups",
            lambda: change(run.credential, native(server), native(group)),
            taken,
        )
        await run.reread(server)

    def undo(record: Record) -> tuple[str, dict[str, Any]]:
        back = "removeSecurityGroup" if add else "addSecurityGroup"
        return f"server.{back}", {"server": record.args["server"], "security_group": record.args["group"]}

    return Action(
        name=f"server.{verb}",
        summary="Put a server into a security group." if add else "Take a server out of a security group.",
        input=ServerAddSecurityGroupInput if add else ServerRemoveSecurityGroupInput,
        plan=plan,
        run=run,
        positional=("server", "security_group"),
        choices={"server": "server", "security_group": "securityGroup"},
        undo=undo,
    )


def _volume_undo(back: str) -> Any:
    return lambda record: (back, {"server": record.args["server"], "volume": record.args["volume"]})


def _attached_port(record: Record) -> tuple[str, dict[str, Any]] | None:
    held = record.made("port")
    return None if held is None else ("server.detachInterface", {"server": record.args["server"], "port": held})


_CHOICES = {"server": "server", "volume": "volume", "network": "network", "port": "port"}
ACTIONS = (
    Action(
        name="server.attachVolume",
        summary="Attach a volume to a server.",
        input=ServerAttachVolumeInput,
        plan=_plan_attach_volume,
        run=_run_attach_volume,
        positional=("server", "volume"),
        choices=_CHOICES,
        undo=_volume_undo("server.detachVolume"),
    ),
    Action(
        name="server.detachVolume",
        summary="Detach a volume from a server.",
        input=ServerDetachVolumeInput,
        plan=_plan_detach_volume,
        run=_run_detach_volume,
        danger=Danger.HIGH,
        positional=("server", "volume"),
        choices=_CHOICES,
        undo=_volume_undo("server.attachVolume"),
    ),
    Action(
        name="server.attachInterface",
        summary="Give a server another network interface.",
        input=ServerAttachInterfaceInput,
        plan=_plan_attach_interface,
        run=_run_attach_interface,
        positional=("server", "network"),
        choices=_CHOICES,
        undo=_attached_port,
    ),
    Action(
        name="server.detachInterface",
        summary="Take a network interface out of a server.",
        input=ServerDetachInterfaceInput,
        plan=_plan_detach_interface,
        run=_run_detach_interface,
        danger=Danger.HIGH,
        positional=("server", "port"),
        choices=_CHOICES,
        undo=lambda record: (
            "server.attachInterface",
            {"server": record.args["server"], "network": record.args["network"]},
        ),
    ),
    _security_group(True),
    _security_group(False),
)
