"""What 9rum asks of a compute backend (Nova, the sandbox), and its rows: servers, flavors, keypairs, groups, zones, hypervisors.

The collector reads by `feeds`, actions change by the other methods, always as the person (`Credential`). Adapters raise
`resolvers.errors` only. Native ids go in, native ids come out; the rows carry global ids.
"""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import msgspec

from resolvers.actor import Credential
from resolvers.checks import CheckResult
from resolvers.inventory.feed import Feed
from resolvers.inventory.kinds import Kind, Row, Scope
from resolvers.quota import Quota


class ServerStatus(enum.StrEnum):
    """Nova's server status (API guide "Server concepts"); UNKNOWN for one that is newer than this list."""

    ACTIVE = "ACTIVE"
    BUILD = "BUILD"
    DELETED = "DELETED"
    ERROR = "ERROR"
    HARD_REBOOT = "HARD_REBOOT"
    MIGRATING = "MIGRATING"
    PASSWORD = "PASSWORD"  # noqa: S105 - a status, not a secret
    PAUSED = "PAUSED"
    REBOOT = "REBOOT"
    REBUILD = "REBUILD"
    RESCUE = "RESCUE"
    RESIZE = "RESIZE"
    REVERT_RESIZE = "REVERT_RESIZE"
    SHELVED = "SHELVED"
    SHELVED_OFFLOADED = "SHELVED_OFFLOADED"
    SHUTOFF = "SHUTOFF"
    SOFT_DELETED = "SOFT_DELETED"
    SUSPENDED = "SUSPENDED"
    UNKNOWN = "UNKNOWN"
    VERIFY_RESIZE = "VERIFY_RESIZE"


class PowerState(enum.StrEnum):
    """Nova's power_state numbers 0, 1, 3, 4, 6, 7 by name."""

    NOSTATE = "NOSTATE"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    SHUTDOWN = "SHUTDOWN"
    CRASHED = "CRASHED"
    SUSPENDED = "SUSPENDED"


class Address(msgspec.Struct, frozen=True, gc=False):
    """`network` is a name, as Nova tells it; `floating` tells a floating address from a fixed one."""

    ip: str
    version: int
    network: str
    mac: str | None
    floating: bool


class ServerRow(Row, frozen=True, gc=False):
    """`flavor_id` is None when the flavor it was made from is gone; the numbers stay. `host` is shown to operators only.

    Its own fields can be given by position, for `openstack_server_rows`; everyone else names them.
    """

    project_id: str
    user_id: str
    status: ServerStatus
    task_state: str | None
    power_state: PowerState
    locked: bool
    description: str | None
    image_id: str | None  # None when booted from a volume
    flavor_id: str | None
    flavor_name: str
    vcpus: int
    ram: int  # MiB
    disk: int  # GiB
    key_name: str | None
    az: str | None
    host: str | None
    hypervisor_id: str | None
    created_at: datetime
    updated_at: datetime | None
    launched_at: datetime | None
    addresses: tuple[Address, ...]
    ips: tuple[str, ...]  # the addresses alone, for filters, search and indexes
    security_group_names: tuple[str, ...]
    volume_ids: tuple[str, ...]
    server_group_ids: tuple[str, ...]
    tags: tuple[str, ...]
    metadata: dict[str, str]
    fault: str | None  # the backend's sentence when status is ERROR


class FlavorRow(Row, frozen=True, kw_only=True, gc=False):
    """`shared_with` are projects that may use a flavor that is not public."""

    project_id: str | None
    public: bool
    shared_with: tuple[str, ...]
    vcpus: int
    ram: int  # MiB
    disk: int  # GiB
    ephemeral: int  # GiB
    swap: int  # MiB
    description: str | None
    extra_specs: dict[str, str]


class KeypairRow(Row, frozen=True, kw_only=True, gc=False):
    """`native_id` is `user/name`: Nova knows keypairs by name within a user."""

    user_id: str
    type: str
    fingerprint: str
    public_key: str


class ServerGroupRow(Row, frozen=True, kw_only=True, gc=False):
    project_id: str
    user_id: str
    policy: str
    server_ids: tuple[str, ...]


class ZoneRow(Row, frozen=True, kw_only=True, gc=False):
    available: bool


class HypervisorRow(Row, frozen=True, kw_only=True, gc=False):
    host: str
    type: str
    state: str  # up, down
    status: str  # enabled, disabled
    ip: str | None
    vcpus: int | None
    vcpus_used: int | None
    ram: int | None  # MiB
    ram_used: int | None
    disk: int | None  # GiB
    disk_used: int | None
    server_count: int | None


class ComputeServiceRow(Row, frozen=True, kw_only=True, gc=False):
    binary: str
    host: str
    az: str | None
    state: str
    status: str
    disabled_reason: str | None
    updated_at: datetime | None


SERVER = Kind(
    name="server",
    row=ServerRow,
    scope=Scope.PROJECT,
    plural="servers",
    title="server",
    indexes=(
        "name",
        "project_id",
        "status",
        "image_id",
        "flavor_id",
        "ips",
        "volume_ids",
        "server_group_ids",
        "hypervisor_id",
        "key_name",
        "user_id",
    ),
    filters=(
        "name",
        "status",
        "task_state",
        "power_state",
        "locked",
        "flavor_name",
        "vcpus",
        "ram",
        "key_name",
        "az",
        "host",
        "created_at",
        "updated_at",
        "ips",
        "security_group_names",
        "tags",
        "metadata",
    ),
    edges={
        "project": ("project_id", "project"),
        "user": ("user_id", "user"),
        "image": ("image_id", "image"),
        "flavor": ("flavor_id", "flavor"),
        "volumes": ("volume_ids", "volume"),
    },
    orders=("name", "status", "created_at", "updated_at", "vcpus", "ram", "az", "host"),
    facets=("status", "power_state", "az", "flavor_name", "host", "project_id"),
    search=("name", "native_id", "ips", "tags", "metadata"),
    operator_only=frozenset({"host"}),
    interval=10.0,
)
FLAVOR = Kind(
    name="flavor",
    row=FlavorRow,
    scope=Scope.PROJECT,
    plural="flavors",
    title="flavor",
    indexes=("name", "project_id", "public", "shared_with"),
    filters=("name", "vcpus", "ram", "disk", "public", "extra_specs"),
    orders=("name", "vcpus", "ram", "disk"),
    interval=120.0,
)
KEYPAIR = Kind(
    name="keypair",
    row=KeypairRow,
    scope=Scope.USER,
    plural="keypairs",
    title="keypair",
    indexes=("name", "user_id"),
    filters=("name", "type", "fingerprint"),
    search=("name", "fingerprint"),
    interval=60.0,
)
SERVER_GROUP = Kind(
    name="serverGroup",
    row=ServerGroupRow,
    scope=Scope.PROJECT,
    plural="serverGroups",
    title="server group",
    indexes=("name", "project_id"),
    filters=("name", "policy"),
    edges={"project": ("project_id", "project")},
    orders=("name", "policy"),
    interval=60.0,
)
ZONE = Kind(
    name="availabilityZone",
    row=ZoneRow,
    scope=Scope.PUBLIC,
    plural="availabilityZones",
    title="availability zone",
    indexes=("name",),
    filters=("name", "available"),
    interval=120.0,
)
HYPERVISOR = Kind(
    name="hypervisor",
    row=HypervisorRow,
    scope=Scope.SYSTEM,
    plural="hypervisors",
    title="hypervisor",
    indexes=("name", "host"),
    filters=("name", "host", "state", "status", "type"),
    orders=("name", "state", "vcpus_used", "server_count"),
    facets=("state", "status"),
    search=("name", "host", "ip"),
    interval=60.0,
)
COMPUTE_SERVICE = Kind(
    name="computeService",
    row=ComputeServiceRow,
    scope=Scope.SYSTEM,
    plural="computeServices",
    title="compute service",
    filters=("name", "binary", "host", "state", "status"),
    orders=("name", "host", "state"),
    facets=("state", "status", "binary"),
    search=("name", "host"),
    interval=60.0,
)
KINDS = (SERVER, FLAVOR, KEYPAIR, SERVER_GROUP, ZONE, HYPERVISOR, COMPUTE_SERVICE)


class ServerVerb(enum.StrEnum):
    """State changes that need no argument."""

    START = "start"
    STOP = "stop"
    REBOOT_SOFT = "reboot_soft"
    REBOOT_HARD = "reboot_hard"
    PAUSE = "pause"
    UNPAUSE = "unpause"
    SUSPEND = "suspend"
    RESUME = "resume"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    LOCK = "lock"
    UNLOCK = "unlock"
    CONFIRM_RESIZE = "confirm_resize"
    REVERT_RESIZE = "revert_resize"


@dataclass(frozen=True)
class ServerSpec:
    """A server to be made; native ids. `marker` is written into the metadata so that an interrupted creation can be found again.

    `image` None with `boot_volume_size` None means `boot_volume` holds an existing bootable volume.
    """

    name: str
    flavor: str
    marker: str
    image: str | None = None
    boot_volume: str | None = None
    boot_volume_size: int | None = None  # GiB: make a volume from `image` and boot from it
    networks: tuple[str, ...] = ()  # empty: let the backend choose
    ports: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()  # ids
    keypair: str | None = None
    user_data: str | None = field(default=None, repr=False)  # as the person wrote it; an adapter encodes it
    count: int = 1
    az: str | None = None
    server_group: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    description: str | None = None


@dataclass(frozen=True)
class ServerEvent:
    """One entry of a server's action history."""

    action: str
    request_id: str
    user_id: str | None
    started_at: datetime
    updated_at: datetime | None
    message: str | None


@dataclass(frozen=True)
class Console:
    type: str
    url: str = field(repr=False)


MARKER = "gurum_operation"  # metadata key that holds ServerSpec.marker


class ComputePort(Protocol):
    """Raises NotFound, Conflict (impossible in this state), QuotaExceeded, Denied, Invalid, Unavailable, TimedOut."""

    def feeds(self) -> Sequence[Feed[Row]]: ...
    async def check(self) -> Sequence[CheckResult]: ...
    async def quotas(self, acting: Credential) -> Sequence[Quota]: ...

    async def create_servers(self, acting: Credential, spec: ServerSpec) -> Sequence[str]: ...
    async def find_servers(self, marker: str, project: str) -> Sequence[str]:
        """Servers that carry the marker, read with the installation's own account."""
        ...

    async def delete_server(self, acting: Credential, server: str) -> None: ...
    async def change_server(self, acting: Credential, server: str, verb: ServerVerb) -> None: ...
    async def resize_server(self, acting: Credential, server: str, flavor: str) -> None: ...
    async def rebuild_server(self, acting: Credential, server: str, image: str) -> None: ...
    # The image's native id; the image carries the marker as a property, as one that `ImagePort.create_image` made.
    async def snapshot_server(self, acting: Credential, server: str, name: str, marker: str) -> str: ...
    async def rename_server(self, acting: Credential, server: str, name: str) -> None: ...
    async def set_metadata(
        self, acting: Credential, server: str, metadata: Mapping[str, str], remove: Sequence[str]
    ) -> None: ...
    async def set_tags(self, acting: Credential, server: str, tags: Sequence[str]) -> None: ...
    async def attach_volume(self, acting: Credential, server: str, volume: str, device: str | None) -> None: ...
    async def detach_volume(self, acting: Credential, server: str, volume: str) -> None: ...
    async def interfaces(self, acting: Credential, server: str) -> Sequence[str]:
        """Native ids of the ports that are plugged into it."""
        ...

    async def attach_interface(self, acting: Credential, server: str, network: str | None, port: str | None) -> str:
        """The native id of the port."""
        ...

    async def detach_interface(self, acting: Credential, server: str, port: str) -> None: ...
    async def add_security_group(self, acting: Credential, server: str, group: str) -> None: ...
    async def remove_security_group(self, acting: Credential, server: str, group: str) -> None: ...
    async def console_log(self, acting: Credential, server: str, lines: int) -> str: ...
    async def console(self, acting: Credential, server: str, type_: str) -> Console: ...
    async def history(self, acting: Credential, server: str) -> Sequence[ServerEvent]: ...
    async def create_keypair(self, acting: Credential, name: str, public_key: str) -> None: ...
    async def delete_keypair(self, acting: Credential, name: str) -> None: ...
    async def create_server_group(self, acting: Credential, name: str, policy: str) -> str: ...
    async def delete_server_group(self, acting: Credential, group: str) -> None: ...
    async def create_flavor(
        self, acting: Credential, name: str, vcpus: int, ram: int, disk: int, public: bool
    ) -> str: ...
    async def delete_flavor(self, acting: Credential, flavor: str) -> None: ...
