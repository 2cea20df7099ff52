"""`image.create`: from an address that the cloud fetches, or empty, to be filled by an upload (`gateway/uploads.py`).

Listed in `__init__`.
"""

import enum
from typing import Any
from urllib.parse import urlsplit

import strawberry
from strawberry.scalars import JSON

from resolvers.action import Action, Plan, Target
from resolvers.context import Context
from resolvers.errors import Conflict, Invalid
from resolvers.image.port import ATTRIBUTES, MARKER, ImageSpec
from resolvers.making import COPYING, make
from resolvers.operations.run import Run
from resolvers.planning import (
    changed,
    checked_labels,
    checked_name,
    cloud_for,
    described,
    native,
    project_for,
    required,
)


@strawberry.enum(description="How the content of an image is laid out.")
class DiskFormat(enum.StrEnum):
    RAW = "raw"
    QCOW2 = "qcow2"
    ISO = "iso"
    VMDK = "vmdk"
    VHD = "vhd"


@strawberry.input(description="An image to make.")
class ImageCreateInput:
    name: str = required("Its name.")
    address: str | None = described("http(s) address that the cloud fetches the content from; left out for an upload.")
    disk_format: DiskFormat = described("How the content is laid out.", DiskFormat.QCOW2)
    min_disk: int = described("GiB that a server must have at least.", 0)
    min_ram: int = described("MiB that a server must have at least.", 0)
    os: str | None = described("Operating system, such as ubuntu or centos.")
    tags: list[str] | None = described("Tags.")
    properties: JSON | None = described("Further properties, as texts.")
    project: str | None = described("Project, by name or id; that of your token when left out.")
    cloud: str | None = described("Cloud; the first one when left out.")


async def _plan(context: Context, given: ImageCreateInput) -> Plan:
    name = checked_name(given.name)
    if given.min_disk < 0 or given.min_ram < 0:
        raise Invalid("`minDisk` and `minRam` are at least 0.", field="minDisk")
    cloud, project = cloud_for(context, "image", given.cloud), project_for(context, given.project)
    properties = checked_labels(given.properties or {}, "properties")
    if MARKER in properties:
        raise Invalid(f"The property `{MARKER}` is 9rum's own.", field="properties")
    if taken := sorted(ATTRIBUTES.intersection(properties)):
        raise Invalid(f"`{taken[0]}` is an attribute of every image, and no property.", field="properties")
    address = None if given.address is None else _checked_address(given.address)
    source = f"from {urlsplit(address).hostname}" if address else "waiting for its upload"
    return Plan(
        project_id=project.id,
        targets=[Target("image", name)],
        args={
            "cloud": cloud,
            "name": name,
            "address": address,
            "disk_format": given.disk_format.value,
            "min_disk": given.min_disk,
            "min_ram": given.min_ram,
            "os": None if given.os is None else checked_name(given.os, "os"),
            "tags": [checked_name(tag, "tags") for tag in given.tags or ()],
            "properties": properties,
        },
        changes=[changed(name, "image", None, f"{given.disk_format.value} in {project.name}, {source}")],
        undo="image.delete",
    )


def _checked_address(text: str) -> str:
    """The cloud fetches it, not 9rum; which addresses it may reach is the cloud's own setting. Only the form is checked here."""
    try:
        parts = urlsplit(text)
    except ValueError as error:  # such as half of an IPv6 address
        raise Invalid("`address` is an http or https address.", field="address") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or not text.isprintable() or len(text) > 2048:
        raise Invalid("`address` is an http or https address.", field="address")
    if parts.username or parts.password:
        raise Invalid(
            "`address` may hold no user name or password, because the cloud keeps it readable.", field="address"
        )
    return text


async def _run(run: Run) -> None:
    args = run.args
    spec = ImageSpec(
        name=args["name"],
        marker=run.record.id,
        disk_format=args["disk_format"],
        min_disk=args["min_disk"],
        min_ram=args["min_ram"],
        os=args["os"],
        tags=tuple(args["tags"]),
        properties={**args["properties"], MARKER: run.record.id},
    )

    project = native(run.record.project_id or "")
    image = await make(
        run,
        "image",
        "image",
        args["cloud"],
        "Ask for the image",
        lambda port: port.create_image(run.credential, spec),
        lambda port: port.find_images(run.record.id, project),
    )
    if args["address"] is None:
        return
    port = run.port("image", args["cloud"])
    await run.once(
        "import",
        "Ask the cloud to fetch it",
        lambda: port.import_image(run.credential, native(image), args["address"]),
        already=Conflict,
    )
    await run.until("active", "Wait until it is active", image, lambda row: row.status == "active", _failed, COPYING)


def _failed(row: Any) -> str | None:
    if row.status in ("killed", "deleted"):
        return f"The image `{row.name}` is {row.status}: its content could not be fetched."
    reason = row.properties.get("os_glance_failed_import")
    return f"The content of `{row.name}` could not be fetched ({reason})." if reason else None


ACTIONS = (
    Action(
        name="image.create",
        summary="Make an image from an address, or an empty one for an upload.",
        input=ImageCreateInput,
        plan=_plan,
        run=_run,
        positional=("name", "address"),
        addresses=frozenset({"address"}),  # it may be signed
        choices={"project": "project"},
        undo=lambda record: ("image.delete", {"image": record.resource_ids[0]}),
    ),
)
