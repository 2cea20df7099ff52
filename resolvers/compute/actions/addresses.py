"""Floating IPs of servers: give a server an address that is reached from outside, and take it away again. Listed in `__init__`.

The floating IP is the network service's; what is done here is to find the server's port, so that nobody needs to know of ports.
"""

from typing import Any

import strawberry

from resolvers import ids
from resolvers.action import Action, Danger, Plan, Target
from resolvers.compute.actions.lifecycle import server_of
from resolvers.context import Context
from resolvers.errors import GurumError, Invalid
from resolvers.making import take_back
from resolvers.network.reach import external_for, place_for, way_missing
from resolvers.operations.record import Record
from resolvers.operations.run import Run
from resolvers.planning import (
    changed,
    cloud_of,
    described,
    fresh,
    known,
    native,
    quota_effects,
    related_or_live,
    require,
    required,
    target,
)


@strawberry.input
class ServerAddFloatingIpInput:
    server: str = required("Id or name of the server.")
    floating_ip: str | None = described("A floating IP of the project, by address or id; a new one when left out.")
    network: str | None = described("External network to take a new one from; the one that the server has a way to.")
    fixed_ip: str | None = described("Which address of the server, when it has several.")


async def _plan_add(context: Context, given: ServerAddFloatingIpInput) -> Plan:
    if given.floating_ip is not None and given.network is not None:
        raise Invalid("Say `floatingIp` or `network`, not both.", field="floatingIp")
    row = await server_of(context, given.server)
    # A server that was just made has ports that nobody told of yet.
    ports = await related_or_live(context, "port", "server_id", row.id)
    held, network = None, None
    if given.floating_ip is not None:
        held = await fresh(
            context, "floatingIp", given.floating_ip, lambda f: f.cloud == row.cloud and f.project_id == row.project_id
        )
        require(held.port_id is None, f"{held.ip} leads to {held.fixed_ip} already; release it first.")
        network = known(context, "network", held.network_id)
    elif given.network is not None:
        network = external_for(context, given.network, row.cloud)
    place = place_for(context, row.name, ports, network.id if network else None, given.fixed_ip)
    if network is None:
        network = _way_out(context, place.ways, row.cloud)
    quota = []
    if held is None:
        quota = await quota_effects(context, "network", row.cloud, row.project_id, {"floatingip": 1})
    return Plan(
        project_id=row.project_id,
        targets=[target(row), target(held) if held else Target("floatingIp", f"from {network.name}")],
        args={
            "server": row.id,
            "port": place.port.id,
            "fixed_ip": place.ip,
            "floating_ip": held.id if held else None,
            "network": network.id,
        },
        changes=[changed(row.name, "floating IP", None, f"{held.ip if held else 'a new one'} to {place.ip}")],
        quota=quota,
        warnings=way_missing(place, network),
        undo="server.removeFloatingIp",
    )


def _way_out(context: Context, ways: frozenset[str], cloud: str) -> Any:
    """The external network that the address has a way to; without one, the only external network of the cloud."""
    rows = [context.inventory.get(context.actor, "network", row_id) for row_id in sorted(ways)]
    led = [row for row in rows if row is not None]
    return led[0] if len(led) == 1 else external_for(context, None, cloud)


async def _run_add(run: Run) -> None:
    args = run.args
    cloud = cloud_of(args["server"])
    port = run.port("network", cloud)
    held = args["floating_ip"]
    if held is None:

        async def find() -> str | None:
            found = await port.find("floatingIp", run.record.id, native(run.record.project_id or ""))
            return found[0] if found else None

        made = await run.once(
            "create",
            "Take a floating IP",
            lambda: port.create_floating_ip(run.credential, native(args["network"]), None, run.record.id),
            find,
        )
        held = ids.make("floatingIp", cloud, made)
        await run.resource(held)
    try:
        await run.once(
            "bind",
            "Bind it to the server",
            lambda: port.associate_floating_ip(run.credential, native(held), native(args["port"]), args["fixed_ip"]),
        )
    except GurumError as error:
        if args["floating_ip"] is None and not error.retryable:  # refused for good: keep nothing that nobody asked for
            await take_back(run, held, port.delete_floating_ip)
        raise
    await run.reread(args["server"])
    await run.until("bound", "Wait until it is so", held, lambda row: row.port_id == args["port"])


@strawberry.input
class ServerRemoveFloatingIpInput:
    server: str = required("Id or name of the server.")
    floating_ip: str | None = described("The floating IP, by address or id; its only one when left out.")
    release: bool = described("Whether to give the floating IP back as well, so that somebody else may get it.", False)


async def _plan_remove(context: Context, given: ServerRemoveFloatingIpInput) -> Plan:
    row = await server_of(context, given.server)
    held = await _of_server(context, row, given.floating_ip)
    warnings = [f"`{row.name}` is not reached by {held.ip} any more."]
    if given.release:
        warnings.append(f"The address {held.ip} goes back to its pool; somebody else may get it.")
    return Plan(
        project_id=row.project_id,
        targets=[target(row), target(held)],
        args={
            "server": row.id,
            "floating_ip": held.id,
            "port": held.port_id,
            "fixed_ip": held.fixed_ip,
            "release": given.release,
        },
        changes=[changed(row.name, "floating IP", f"{held.ip} to {held.fixed_ip}", None)],
        warnings=warnings,
        undo=None if given.release else "server.addFloatingIp",
    )


async def _of_server(context: Context, row: Any, reference: str | None) -> Any:
    """The floating IP that is meant. Raises Invalid when it is not one of the server's, or when the choice is not clear."""
    ports = await related_or_live(context, "port", "server_id", row.id)
    bound = [f for port in ports for f in context.inventory.related(context.actor, "floatingIp", "port_id", port.id)]
    named = ", ".join(f.ip for f in bound) or "none"
    if reference is None:
        require(bool(bound), f"`{row.name}` has no floating IP.")
        if len(bound) > 1:
            raise Invalid(f"Say which one, by `floatingIp`; `{row.name}` has {named}.", field="floatingIp")
        return bound[0]
    held = next((f for f in bound if reference in (f.id, f.native_id, f.ip)), None)
    if held is None:
        raise Invalid(f"`{row.name}` has no such floating IP; it has {named}.", field="floatingIp")
    return held


async def _run_remove(run: Run) -> None:
    args, held = run.args, run.args["floating_ip"]
    port = run.port("network", cloud_of(held))
    if args["release"]:
        await run.once(
            "delete", "Give it back", lambda: port.delete_floating_ip(run.credential, native(held)), _gone(run)
        )
    else:
        await run.once("release", "Release it", lambda: port.associate_floating_ip(run.credential, native(held), None))
    await run.reread(args["server"])
    await run.until_gone_or(
        "free", "Wait until it is so", held, lambda row: row.port_id is None and not args["release"]
    )


def _gone(run: Run) -> Any:
    async def find() -> bool | None:
        return True if await run.inventory.reread(run.args["floating_ip"]) is None else None

    return find


def _undo_add(record: Record) -> tuple[str, dict[str, Any]] | None:
    """A floating IP that was taken for the server is given back again."""
    held = record.made("floatingIp")
    if held is None:
        return None
    taken = record.args["floating_ip"] is None
    return "server.removeFloatingIp", {"server": record.args["server"], "floating_ip": held, "release": taken}


def _undo_remove(record: Record) -> tuple[str, dict[str, Any]] | None:
    args = record.args
    if args["release"]:
        return None
    back = {"server": args["server"], "floating_ip": args["floating_ip"], "fixed_ip": args["fixed_ip"]}
    return "server.addFloatingIp", back


_CHOICES = {"server": "server", "floating_ip": "floatingIp", "network": "network"}
ACTIONS = (
    Action(
        name="server.addFloatingIp",
        summary="Let a floating IP lead to a server, a given one or a new one.",
        input=ServerAddFloatingIpInput,
        plan=_plan_add,
        run=_run_add,
        positional=("server", "floating_ip"),
        choices=_CHOICES,
        undo=_undo_add,
    ),
    Action(
        name="server.removeFloatingIp",
        summary="Take a floating IP away from a server.",
        input=ServerRemoveFloatingIpInput,
        plan=_plan_remove,
        run=_run_remove,
        danger=Danger.HIGH,
        positional=("server", "floating_ip"),
        choices=_CHOICES,
        undo=_undo_remove,
    ),
)
