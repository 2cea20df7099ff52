"""Nova's flavors, server groups, zones, hypervisors and services as narrow Structs, and their rows. Servers: `openstack_server_rows`.

Used by `openstack_feeds.py`, `openstack_keypairs.py` and `openstack.py`; does no I/O.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import field

from resolvers.compute.openstack_server_rows import utc
from resolvers.compute.port import (
    ComputeServiceRow,
    FlavorRow,
    HypervisorRow,
    KeypairRow,
    ServerEvent,
    ServerGroupRow,
    ZoneRow,
)
from resolvers.names import Names
from resolvers.quota import Quota

COUNTED: Final = ("instances", "cores", "ram", "server_groups")  # what a project uses up; the rest are limits per thing


class FlavorBody(msgspec.Struct):
    id: str
    name: str
    vcpus: int
    ram: int
    disk: int
    swap: int | str = 0  # an empty text before 2.75
    ephemeral: int = field(name="OS-FLV-EXT-DATA:ephemeral", default=0)
    public: bool = field(name="os-flavor-access:is_public", default=True)
    description: str | None = None
    extra_specs: dict[str, str] = {}


class FlavorAccess(msgspec.Struct):
    tenant_id: str


class GroupBody(msgspec.Struct):
    id: str
    name: str
    project_id: str = ""
    user_id: str = ""
    policy: str | None = None  # since 2.64
    policies: list[str] = []  # before
    members: list[str] = []


class _ZoneState(msgspec.Struct):
    available: bool


class ZoneBody(msgspec.Struct):
    name: str = field(name="zoneName")
    state: _ZoneState = field(name="zoneState")


class _Service(msgspec.Struct):
    host: str = ""


class HypervisorBody(msgspec.Struct):
    """The numbers are missing since 2.88, and null for one that is down."""

    id: str
    name: str = field(name="hypervisor_hostname")
    type: str | None = field(name="hypervisor_type", default=None)
    state: str = ""
    status: str = ""
    ip: str | None = field(name="host_ip", default=None)
    service: _Service = field(default_factory=_Service)
    vcpus: int | None = None
    vcpus_used: int | None = None
    memory_mb: int | None = None
    memory_mb_used: int | None = None
    local_gb: int | None = None
    local_gb_used: int | None = None
    running_vms: int | None = None


class ServiceBody(msgspec.Struct):
    id: str
    binary: str
    host: str
    zone: str | None = None
    state: str = ""
    status: str = ""
    disabled_reason: str | None = None
    updated_at: datetime | None = None


class KeypairBody(msgspec.Struct):
    name: str
    public_key: str
    fingerprint: str
    type: str = "ssh"
    user_id: str = ""  # in the answer for one keypair only


class KeypairItem(msgspec.Struct):
    keypair: KeypairBody


class EventBody(msgspec.Struct):
    action: str
    request_id: str
    start_time: datetime
    user_id: str | None = None
    updated_at: datetime | None = None
    message: str | None = None


class _Usage(msgspec.Struct):
    limit: int
    in_use: int
    reserved: int = 0


FLAVORS: Final = msgspec.json.Decoder(list[FlavorBody])
FLAVOR: Final = msgspec.json.Decoder(dict[str, FlavorBody])
ACCESS: Final = msgspec.json.Decoder(dict[str, list[FlavorAccess]])
GROUPS: Final = msgspec.json.Decoder(dict[str, list[GroupBody]])
GROUP: Final = msgspec.json.Decoder(dict[str, GroupBody])
ZONES: Final = msgspec.json.Decoder(dict[str, list[ZoneBody]])
HYPERVISORS: Final = msgspec.json.Decoder(list[HypervisorBody])
HYPERVISOR: Final = msgspec.json.Decoder(dict[str, HypervisorBody])
SERVICES: Final = msgspec.json.Decoder(dict[str, list[ServiceBody]])
KEYPAIRS: Final = msgspec.json.Decoder(list[KeypairItem])
KEYPAIR: Final = msgspec.json.Decoder(KeypairItem)
EVENTS: Final = msgspec.json.Decoder(dict[str, list[EventBody]])
QUOTAS: Final = msgspec.json.Decoder(dict[str, dict[str, _Usage | str]])


def flavor_row(names: Names, body: FlavorBody, shared_with: Sequence[str]) -> FlavorRow:
    return FlavorRow(
        id=names.id("flavor", body.id),
        native_id=body.id,
        cloud=names.cloud,
        name=body.name,
        project_id=None,
        public=body.public,
        shared_with=tuple(names.ref("project", project) or "" for project in shared_with),
        vcpus=body.vcpus,
        ram=body.ram,
        disk=body.disk,
        ephemeral=body.ephemeral,
        swap=int(body.swap or 0),
        description=body.description,
        extra_specs=body.extra_specs,
    )


def group_row(names: Names, body: GroupBody) -> ServerGroupRow:
    return ServerGroupRow(
        id=names.id("serverGroup", body.id),
        native_id=body.id,
        cloud=names.cloud,
        name=body.name,
        project_id=names.ref("project", body.project_id) or "",
        user_id=names.ref("user", body.user_id) or "",
        policy=body.policy or next(iter(body.policies), ""),
        server_ids=tuple(names.id("server", member) for member in body.members),
    )


def zone_row(names: Names, body: ZoneBody) -> ZoneRow:
    return ZoneRow(
        id=names.id("availabilityZone", body.name),
        native_id=body.name,
        cloud=names.cloud,
        name=body.name,
        available=body.state.available,
    )


def hypervisor_row(names: Names, body: HypervisorBody) -> HypervisorRow:
    return HypervisorRow(
        id=names.id("hypervisor", body.id),
        native_id=body.id,
        cloud=names.cloud,
        name=body.name,
        host=body.service.host or body.name,
        type=body.type or "",
        state=body.state,
        status=body.status,
        ip=body.ip,
        vcpus=body.vcpus,
        vcpus_used=body.vcpus_used,
        ram=body.memory_mb,
        ram_used=body.memory_mb_used,
        disk=body.local_gb,
        disk_used=body.local_gb_used,
        server_count=body.running_vms,
    )


def service_row(names: Names, body: ServiceBody) -> ComputeServiceRow:
    return ComputeServiceRow(
        id=names.id("computeService", body.id),
        native_id=body.id,
        cloud=names.cloud,
        name=f"{body.binary}@{body.host}",
        binary=body.binary,
        host=body.host,
        az=body.zone,
        state=body.state,
        status=body.status,
        disabled_reason=body.disabled_reason,
        updated_at=utc(body.updated_at),
    )


def keypair_row(names: Names, user: str, body: KeypairBody) -> KeypairRow:
    native = f"{user}/{body.name}"
    return KeypairRow(
        id=names.id("keypair", native),
        native_id=native,
        cloud=names.cloud,
        name=body.name,
        user_id=names.ref("user", user) or "",
        type=body.type,
        fingerprint=body.fingerprint,
        public_key=body.public_key,
    )


def event(names: Names, body: EventBody) -> ServerEvent:
    return ServerEvent(
        action=body.action,
        request_id=body.request_id,
        user_id=names.ref("user", body.user_id),
        started_at=utc(body.start_time) or body.start_time,
        updated_at=utc(body.updated_at),
        message=body.message,
    )


def quotas(usage: Mapping[str, Any]) -> Sequence[Quota]:
    counted = {name: usage[name] for name in COUNTED if isinstance(usage.get(name), _Usage)}
    return [
        Quota("compute", name, None if one.limit < 0 else one.limit, one.in_use, one.reserved)
        for name, one in counted.items()
    ]
