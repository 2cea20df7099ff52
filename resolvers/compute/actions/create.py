"""`server.create`: from an image, a new volume, or an existing volume. Listed in `__init__`.

The servers carry the operation's id in their metadata, so that a creation that was interrupted is found again and never made twice.
"""

import contextlib
from collections.abc import Callable
from typing import Any

import strawberry
from strawberry.scalars import JSON

from resolvers import ids
from resolvers.action import Action, Plan, Target
from resolvers.compute.actions.lifecycle import RUNNING, busy_or_failed, settled
from resolvers.compute.port import MARKER, ServerSpec, ServerStatus
from resolvers.context import Context
from resolvers.errors import GurumError, Invalid
from resolvers.making import COPYING
from resolvers.operations.run import FOLLOW_LIMIT, Run
from resolvers.planning import (
    changed,
    checked_labels,
    checked_name,
    cloud_for,
    described,
    known,
    label,
    native,
    of_project,
    project_for,
    quota_effects,
    require,
    required,
    text_of,
)

MAX_COUNT = 50
MAX_USER_DATA = 65_535 // 4 * 3  # bytes; Nova takes 65,535 characters of base64, which the adapter makes of it
GIB = 1 << 30


@strawberry.input(description="A server to make.")
class ServerCreateInput:
    name: str = required("Its name; with `count` above 1 the backend adds -1, -2 ...")
    flavor: str = required("Its size, by name or id.")
    image: str | None = described("What to boot, by name or id; left out when booting an existing volume.")
    boot_volume: str | None = described("An existing bootable volume to boot instead of an image, by name or id.")
    boot_volume_size: int | None = described("GiB: copy the image to a new volume of this size and boot that.")
    networks: list[str] | None = described("Networks to join, by name or id; the project's only one when left out.")
    security_groups: list[str] | None = described("Security groups, by name or id; `default` when left out.")
    keypair: str | None = described("Name of your keypair that it lets in.")
    user_data: str | None = described("Script or cloud-config for the first boot; never stored or shown by 9rum.")
    count: int = described("How many, 1 to 50.", 1)
    availability_zone: str | None = described("Availability zone; the backend chooses when left out.")
    server_group: str | None = described("Server group to put it in, by name or id.")
    description: str | None = described("A sentence for people.")
    tags: list[str] | None = described("Tags.")
    metadata: JSON | None = described('Labels, such as {"service": "talk"}.')
    project: str | None = described("Project, by name or id; that of your token when left out.")
    cloud: str | None = described("Cloud; the first one when left out.")


async def plan(context: Context, given: ServerCreateInput) -> Plan:
    name = checked_name(given.name)
    if not 1 <= given.count <= MAX_COUNT:
        raise Invalid(f"`count` is between 1 and {MAX_COUNT}; {given.count} was asked for.", field="count")
    cloud = cloud_for(context, "compute", given.cloud)
    project = project_for(context, given.project)
    flavor = known(context, "flavor", given.flavor, cloud)
    source = _source(context, given, flavor, cloud)
    networks = _networks(context, given, project.id, cloud)
    groups = [
        await of_project(context, "securityGroup", text, project.id, cloud) for text in given.security_groups or ()
    ]
    keypair = known(context, "keypair", given.keypair, cloud) if given.keypair is not None else None
    wanted = given.server_group
    group = await of_project(context, "serverGroup", wanted, project.id, cloud) if wanted else None
    zone = known(context, "availabilityZone", given.availability_zone, cloud) if given.availability_zone else None
    need = {"instances": given.count, "cores": given.count * flavor.vcpus, "ram": given.count * flavor.ram}
    args = {
        "cloud": cloud,
        "name": name,
        "flavor": flavor.id,
        "networks": [row.id for row in networks],
        "security_groups": [row.id for row in groups],
        "keypair": keypair.name if keypair else None,  # Nova knows it by its name alone
        "user_data": _user_data(given.user_data),
        "count": given.count,
        "az": zone.name if zone else None,
        "server_group": group.id if group else None,
        "description": text_of(given.description),
        "tags": [checked_name(tag, "tags") for tag in given.tags or ()],
        "metadata": _labels(given.metadata),
        **source,
    }
    size = f"{flavor.name} ({flavor.vcpus} vCPU, {flavor.ram} MiB)"
    return Plan(
        project_id=project.id,
        targets=[Target("server", f"{name}-{i}" if given.count > 1 else name) for i in range(1, given.count + 1)],
        args=args,
        changes=[changed(name, "server", None, f"{given.count} × {size} in {project.name} on {cloud}")],
        quota=await quota_effects(context, "compute", cloud, project.id, need),
        undo="server.delete",
    )


async def run(run: Run) -> None:
    args = run.args
    port = run.port("compute", args["cloud"])
    spec = _spec(args, run.record.id)

    async def find() -> list[str] | None:
        project = ids.native(run.record.project_id) or ""
        return list(await port.find_servers(run.record.id, project)) or None

    made = await run.once(
        "create", f"Ask for {spec.count} server(s)", lambda: port.create_servers(run.credential, spec), find
    )
    servers = [ids.make("server", args["cloud"], server) for server in made]
    await run.resource(*servers)
    await run.reread(*servers)
    limit = FOLLOW_LIMIT if args["boot_volume_size"] is None else COPYING  # the image is copied to the volume first
    for place, server in enumerate(servers, start=1):
        title = f"Wait for server {place} of {len(servers)}"
        progress = _progress(place, len(servers))
        await run.until(f"active-{place}", title, server, settled(RUNNING), busy_or_failed, limit, progress)
        with contextlib.suppress(GurumError):  # the author wants to see its ports now; the next poll brings them too
            ports = await port.interfaces(run.credential, native(server))
            await run.reread(*(ids.make("port", args["cloud"], held) for held in ports))


def _progress(place: int, count: int) -> Callable[[Any], float]:
    """The share that is done: a server that is being built counts half."""
    return lambda row: (place - (0.5 if row.status is ServerStatus.BUILD else 0.0)) / count


def _spec(args: dict[str, Any], marker: str) -> ServerSpec:
    return ServerSpec(
        name=args["name"],
        flavor=native(args["flavor"]),
        marker=marker,
        image=ids.native(args["image"]),
        boot_volume=ids.native(args["boot_volume"]),
        boot_volume_size=args["boot_volume_size"],
        networks=tuple(native(network) for network in args["networks"]),
        security_groups=tuple(native(group) for group in args["security_groups"]),
        keypair=args["keypair"],
        user_data=args["user_data"],
        count=args["count"],
        az=args["az"],
        server_group=ids.native(args["server_group"]),
        metadata={**args["metadata"], MARKER: marker},
        tags=tuple(args["tags"]),
        description=args["description"],
    )


def _source(context: Context, given: ServerCreateInput, flavor: Any, cloud: str) -> dict[str, Any]:
    """What it boots from. Raises Invalid when nothing or two things are named, or when the image does not fit the flavor."""
    if given.boot_volume is not None:
        if given.image is not None or given.boot_volume_size is not None:
            raise Invalid("Boot from `bootVolume` or from `image`, not from both.", field="bootVolume")
        volume = known(context, "volume", given.boot_volume, cloud)
        require(volume.bootable, f"The volume `{volume.name}` is not bootable.")
        require(not volume.server_ids, f"The volume `{volume.name}` is attached to a server.")
        return {"image": None, "boot_volume": volume.id, "boot_volume_size": None}
    if given.image is None:
        raise Invalid("Say what to boot, by `image` or `bootVolume`.", field="image")
    image = known(context, "image", given.image, cloud)
    require(image.status == "active", f"The image `{image.name}` is {image.status}; it must be active.")
    if image.min_ram > flavor.ram:
        raise Invalid(f"The image needs {image.min_ram} MiB of memory; {flavor.name} has {flavor.ram}.", field="flavor")
    disk = given.boot_volume_size or flavor.disk
    least = max(image.min_disk, -(-(image.size or 0) // GIB))
    if disk and least > disk:
        raise Invalid(f"The image needs {least} GiB of disk; there would be {disk}.", field="flavor")
    if given.boot_volume_size is not None and given.boot_volume_size < 1:
        raise Invalid("`bootVolumeSize` is at least 1 GiB.", field="bootVolumeSize")
    return {"image": image.id, "boot_volume": None, "boot_volume_size": given.boot_volume_size}


def network_to_join(context: Context, reference: str, cloud: str) -> Any:
    """A network that a server can be on. Nova refuses external ones to all but operators, so that is said before."""
    row = known(context, "network", reference, cloud)
    closed = row.external and not row.shared and not context.actor.operator
    require(not closed, f"`{label(row)}` is external; a server reaches it by a router or a floating IP.")
    return row


def _networks(context: Context, given: ServerCreateInput, project_id: str, cloud: str) -> list[Any]:
    """The named ones; or the project's only network, else the only shared one. Raises Invalid when the choice is not clear."""
    if given.networks:
        return [network_to_join(context, text, cloud) for text in given.networks]
    seen = [
        row for row in context.inventory.select(context.actor, "network") if row.cloud == cloud and not row.external
    ]
    own = [row for row in seen if row.project_id == project_id] or [row for row in seen if row.shared]
    if len(own) == 1:
        return own
    names = ", ".join(sorted(row.name for row in own)[:10])
    if not own:
        raise Invalid("The project has no network; make one with a subnet first.", field="networks")
    raise Invalid(f"Say which network, by `networks`; there are: {names}.", field="networks")


def _user_data(text: str | None) -> str | None:
    if text is None:
        return None
    if len(text.encode()) > MAX_USER_DATA:
        raise Invalid(f"`userData` is larger than {MAX_USER_DATA} bytes.", field="userData")
    return text


def _labels(given: Any) -> dict[str, str]:
    labels = checked_labels(given or {}, "metadata")
    if MARKER in labels:
        raise Invalid(f"The label `{MARKER}` is 9rum's own.", field="metadata")
    return labels


CREATE = Action(
    name="server.create",
    summary="Make one or more servers.",
    input=ServerCreateInput,
    plan=plan,
    run=run,
    positional=("name",),
    secret=frozenset({"user_data"}),
    choices={
        "flavor": "flavor", "image": "image", "boot_volume": "volume", "networks": "network", "security_groups": "securityGroup",
        "keypair": "keypair", "availability_zone": "availabilityZone", "server_group": "serverGroup", "project": "project",
    },
    undo=lambda record: ("server.delete", {"server": record.resource_ids[0]}) if len(record.resource_ids) == 1 else None,
)  # fmt: skip

ACTIONS = (CREATE,)
