"""The small things of a sandbox's compute: keypairs, server groups, flavors; and the texts of consoles and logs."""

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from resolvers.compute.port import (
    Console,
    FlavorRow,
    KeypairRow,
    ServerEvent,
    ServerGroupRow,
    ServerRow,
    ServerStatus,
)
from resolvers.errors import Conflict, Invalid, NotFound, QuotaExceeded
from resolvers.sandbox import quotas, server_rules
from resolvers.sandbox.people import Caller
from resolvers.sandbox.records import Event

if TYPE_CHECKING:
    from resolvers.sandbox.world import World

POLICIES: Final = frozenset({"affinity", "anti-affinity", "soft-affinity", "soft-anti-affinity"})
MOST_KEYPAIRS = 100  # of one person; Nova's default
CONSOLES: Final = frozenset({"novnc", "spice-html5", "serial"})


def create_keypair(world: "World", caller: Caller, name: str, public_key: str) -> None:
    native = f"{caller.user}/{name}"
    if world.get(KeypairRow, native) is not None:
        raise Conflict(f"You already have a keypair `{name}`.", field="name")
    if len(world.where(KeypairRow, "user_id", caller.user_id)) >= MOST_KEYPAIRS:
        raise QuotaExceeded(f"A person may have {MOST_KEYPAIRS} keypairs; delete one first.")
    world.put(
        KeypairRow(
            id=world.names.id("keypair", native),
            native_id=native,
            cloud=world.cloud,
            name=name,
            user_id=caller.user_id,
            type="ssh",
            fingerprint=_fingerprint(public_key),
            public_key=public_key,
        )
    )


def delete_keypair(world: "World", caller: Caller, name: str) -> None:
    row = world.get(KeypairRow, f"{caller.user}/{name}")
    if row is None:
        raise NotFound(f"You have no keypair `{name}`.")
    world.delete(row)


def create_group(world: "World", caller: Caller, name: str, policy: str) -> str:
    if policy not in POLICIES:
        raise Invalid(f"`{policy}` is no policy; take one of {', '.join(sorted(POLICIES))}.", field="policy")
    quotas.require(world, caller.project_id, server_groups=1)
    native = world.uid()
    world.put(
        ServerGroupRow(
            id=world.names.id("serverGroup", native),
            native_id=native,
            cloud=world.cloud,
            name=name,
            project_id=caller.project_id,
            user_id=caller.user_id,
            policy=policy,
            server_ids=(),
        )
    )
    return native


def delete_group(world: "World", caller: Caller, native: str) -> None:
    group = world.owned(ServerGroupRow, native, caller, "server group")
    for server_id in group.server_ids:
        server = world.at(ServerRow, server_id)
        if server is not None:
            world.edit(server, server_group_ids=tuple(other for other in server.server_group_ids if other != group.id))
    world.delete(group)


def create_flavor(world: "World", caller: Caller, name: str, vcpus: int, ram: int, disk: int, public: bool) -> str:
    caller.require_admin("create flavors")
    if vcpus < 1 or ram < 1 or disk < 0:
        raise Invalid("A flavor has at least 1 vCPU and 1 MiB of memory, and no negative disk.")
    if any(row.name == name for row in world.rows(FlavorRow)):
        raise Conflict(f"There is already a flavor `{name}`.", field="name")
    native = world.uid()
    world.put(
        FlavorRow(
            id=world.names.id("flavor", native),
            native_id=native,
            cloud=world.cloud,
            name=name,
            project_id=None,
            public=public,
            shared_with=() if public else (caller.project_id,),
            vcpus=vcpus,
            ram=ram,
            disk=disk,
            ephemeral=0,
            swap=0,
            description=None,
            extra_specs={},
        )
    )
    return native


def delete_flavor(world: "World", caller: Caller, native: str) -> None:
    """Servers keep their numbers and forget the flavor."""
    caller.require_admin("delete flavors")
    flavor = world.visible(FlavorRow, native, caller, "flavor")
    for server in world.where(ServerRow, "flavor_id", flavor.id):
        world.edit(server, flavor_id=None)
    world.delete(flavor)


# -- servers' small changes ------------------------------------------------------------------------------------------------


def rename(world: "World", caller: Caller, native: str, name: str) -> None:
    world.edit(world.owned(ServerRow, native, caller, "server"), name=name)


def set_metadata(
    world: "World", caller: Caller, native: str, metadata: Mapping[str, str], remove: Sequence[str]
) -> None:
    server = world.owned(ServerRow, native, caller, "server")
    server_rules.unlocked(caller, server)
    merged = {**server.metadata, **metadata}
    world.edit(server, metadata={key: value for key, value in merged.items() if key not in remove})


def set_tags(world: "World", caller: Caller, native: str, tags: Sequence[str]) -> None:
    world.edit(world.owned(ServerRow, native, caller, "server"), tags=tuple(dict.fromkeys(tags)))


# -- reading ---------------------------------------------------------------------------------------------------------------


def console_log(server: ServerRow, lines: int) -> str:
    """What a booting Linux would have said."""
    if server.launched_at is None:
        return ""
    addresses = [address for address in server.addresses if not address.floating]
    text = [
        "[    0.000000] Linux version 6.8.0-45-generic (buildd@sandbox) #45-Ubuntu SMP",
        f"[    0.000000] Command line: root=/dev/vda1 ro console=ttyS0 hostname={server.name}",
        f"[    0.004211] Memory: {server.ram * 1024}K available; {server.vcpus} CPU(s)",
        *(f"[    2.{place:06d}] cloud-init: ens{3 + place}: {a.ip} {a.mac}" for place, a in enumerate(addresses)),
        f"[    3.100000] cloud-init: finished at {server.launched_at:%Y-%m-%d %H:%M:%S}",
        "",
        f"{server.name} login:",
    ]
    return "\n".join(text[-lines:]) + "\n"


def console(world: "World", server: ServerRow, type_: str) -> Console:
    if type_ not in CONSOLES:
        raise Invalid(f"`{type_}` is no console; take one of {', '.join(sorted(CONSOLES))}.", field="type")
    if server.status is not ServerStatus.ACTIVE:
        raise Conflict(f"Server `{server.name}` is {server.status}; it has a console when it is ACTIVE.")
    return Console(type_, f"https://console.{world.cloud}.sandbox.invalid/{type_}?token={world.uid()}")


def history(world: "World", server: ServerRow) -> list[ServerEvent]:
    """Newest first. A server of the seed to which nothing happened tells its creation alone."""
    known = server_rules.note(world, server.native_id).events
    if not any(entry.action == "create" for entry in known):
        created = ServerEvent(
            "create", f"req-{server.native_id}", server.user_id, server.created_at, server.launched_at, None
        )
        return [*_told(world, known), created]
    return _told(world, known)


def _told(world: "World", events: Sequence[Event]) -> list[ServerEvent]:
    return [
        ServerEvent(
            entry.action,
            entry.request_id,
            world.names.ref("user", entry.user_id),
            entry.at,
            entry.at,
            entry.message,
        )
        for entry in reversed(events)
    ]


def _fingerprint(public_key: str) -> str:
    """As Nova tells it: the MD5 of the key's content, in pairs."""
    words = public_key.split()
    if len(words) < 2 or not words[0].startswith(("ssh-", "ecdsa-", "sk-")):
        raise Invalid("A public key looks like `ssh-ed25519 AAAA... name`.", field="public_key")
    try:
        content = base64.b64decode(words[1], validate=True)
    except binascii.Error as error:
        raise Invalid("The public key is damaged: its middle part is no base64.", field="public_key") from error
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return ":".join(digest[place : place + 2] for place in range(0, len(digest), 2))
