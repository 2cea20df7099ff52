"""Nova's servers as narrow Structs, and the rows made from them. Used by `openstack_feeds.py`; does no I/O.

Only the fields that a row needs are decoded. This runs for every server of the cloud at each full list, so the mapping costs about
10 us per server, and texts that stand in thousands of rows (projects, hosts, flavors, networks) are kept once.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec
from msgspec import field

from resolvers.clients.openstack_http import Link
from resolvers.compute.port import Address, PowerState, ServerRow, ServerStatus
from resolvers.names import Names

_STATUSES: Final[Mapping[str, ServerStatus]] = {status.value: status for status in ServerStatus}
_UNKNOWN, _NOSTATE = ServerStatus.UNKNOWN, PowerState.NOSTATE  # read once: a member of an enum is looked up each time
_POWER: Final[Mapping[int, PowerState]] = {
    1: PowerState.RUNNING,
    3: PowerState.PAUSED,
    4: PowerState.SHUTDOWN,
    6: PowerState.CRASHED,
    7: PowerState.SUSPENDED,
}
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Ref(msgspec.Struct, gc=False):
    id: str


class _Flavor(msgspec.Struct, gc=False):
    """As a server keeps it since 2.47: what it was made from, whether or not the flavor still exists."""

    original_name: str = ""
    vcpus: int = 0
    ram: int = 0
    disk: int = 0


class _Address(msgspec.Struct, gc=False):
    addr: str
    version: int
    mac: str | None = field(name="OS-EXT-IPS-MAC:mac_addr", default=None)
    type: str = field(name="OS-EXT-IPS:type", default="fixed")


class _Named(msgspec.Struct, gc=False):
    name: str


class _Fault(msgspec.Struct, gc=False):
    message: str = ""


class Server(msgspec.Struct, gc=False):
    """Since 2.69 a server of a cell that is down has only id, tenant_id, created and the status UNKNOWN; hence the defaults."""

    id: str
    tenant_id: str
    status: str
    name: str = ""
    user_id: str = ""
    created: datetime = _LONG_AGO
    updated: datetime | None = None
    launched: str | None = field(name="OS-SRV-USG:launched_at", default=None)  # without a zone: see `_launched`
    task_state: str | None = field(name="OS-EXT-STS:task_state", default=None)
    power_state: int = field(name="OS-EXT-STS:power_state", default=0)
    locked: bool = False
    description: str | None = None
    image: Ref | str | None = None
    flavor: _Flavor = field(default_factory=_Flavor)
    key_name: str | None = None
    az: str | None = field(name="OS-EXT-AZ:availability_zone", default=None)
    host: str | None = field(name="OS-EXT-SRV-ATTR:host", default=None)
    hypervisor: str | None = field(name="OS-EXT-SRV-ATTR:hypervisor_hostname", default=None)
    addresses: dict[str, list[_Address]] = {}
    security_groups: list[_Named] = []
    volumes: list[Ref] = field(name="os-extended-volumes:volumes_attached", default=[])
    server_groups: list[str] | None = None  # in the answer for one server only, since 2.71
    tags: tuple[str, ...] = ()
    metadata: dict[str, str] = {}
    fault: _Fault | None = None


class ServerPage(msgspec.Struct, gc=False):
    servers: list[Server]
    servers_links: list[Link] = []


class OneServer(msgspec.Struct, gc=False):
    server: Server


SERVER_PAGE: Final = msgspec.json.Decoder(ServerPage)
ONE_SERVER: Final = msgspec.json.Decoder(OneServer)


class ServerRows:
    """Makes rows. `flavors` (by name) and `hypervisors` (by host name) answer global ids, `groups` (by server's native id) global ids of
    server groups; whoever lists those fills them in.

    `row` is written for speed, because it runs for all servers at each full list: a dictionary of its own instead of a call wherever a
    value is shared, and loops instead of comprehensions, each of which is a call as well.
    """

    def __init__(self, names: Names) -> None:
        self.flavors: Mapping[str, str] = {}
        self.hypervisors: Mapping[str, str] = {}
        self.groups: Mapping[str, tuple[str, ...]] = {}
        self._names = names
        self._cloud = names.cloud
        self._prefix = names.id("server", "")
        self._volume = names.id("volume", "")
        self._projects: dict[str, str] = {}
        self._users: dict[str, str] = {}
        self._images: dict[str, str] = {}
        self._texts: dict[str | None, str | None] = {}
        self._tuples: dict[tuple[str, ...], tuple[str, ...]] = {}

    def row(self, server: Server) -> ServerRow:
        share, native, flavor, image = self._texts.setdefault, server.id, server.flavor, server.image
        addresses: list[Address] = []
        ips: list[str] = []
        for network, found in server.addresses.items():
            name = share(network, network) or ""
            for a in found:
                addresses.append(Address(a.addr, a.version, name, a.mac, a.type == "floating"))
                ips.append(a.addr)
        volumes = [self._volume + volume.id for volume in server.volumes] if server.volumes else ()
        az = server.az or None
        # By position, because Python makes a dictionary of so many keywords: that took half of the whole mapping's time.
        return ServerRow(
            self._projects.get(server.tenant_id) or self._ref("project", server.tenant_id, self._projects),
            self._users.get(server.user_id) or self._ref("user", server.user_id, self._users),
            _STATUSES.get(server.status, _UNKNOWN),
            server.task_state,
            _POWER.get(server.power_state, _NOSTATE),
            server.locked,
            server.description,
            (
                self._images.get(image.id) or self._ref("image", image.id, self._images)
                if isinstance(image, Ref)
                else None
            ),
            self.flavors.get(flavor.original_name),
            share(flavor.original_name, flavor.original_name) or "",
            flavor.vcpus,
            flavor.ram,
            flavor.disk,
            share(server.key_name, server.key_name),
            share(az, az),
            share(server.host, server.host),
            self.hypervisors.get(server.hypervisor or ""),
            server.created,
            server.updated,
            _launched(server.launched) if server.launched else None,
            tuple(addresses),
            tuple(ips),
            self._group_names(server.security_groups) if server.security_groups else (),
            tuple(volumes),
            self.groups.get(native, ()) if server.server_groups is None else self._groups(server.server_groups),
            server.tags,
            server.metadata,
            server.fault.message if server.fault is not None and server.status == "ERROR" else None,
            id=self._prefix + native,
            native_id=native,
            cloud=self._cloud,
            name=server.name or native,
        )

    def _ref(self, kind: str, native: str, known: dict[str, str]) -> str:
        found = known[native] = self._names.ref(kind, native) or ""
        return found

    def _groups(self, groups: Sequence[str]) -> tuple[str, ...]:
        return tuple([self._names.ref("serverGroup", group) or "" for group in groups])

    def _group_names(self, groups: Sequence[_Named]) -> tuple[str, ...]:
        """Nova tells a group once for each port that has it."""
        told = tuple([group.name for group in groups])
        known = self._tuples.get(told)
        if known is None:
            known = self._tuples[told] = tuple(dict.fromkeys(told))
        return known


def _launched(text: str) -> datetime | None:
    """Reading the text with a zone costs a tenth of giving one to a moment that was read without; None when it is no moment."""
    try:
        return datetime.fromisoformat(text if text.endswith("Z") else f"{text}+00:00")
    except ValueError:
        return None


def utc(moment: datetime | None) -> datetime | None:
    """Nova writes some moments without a zone; all of them are UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
