"""What a sandbox world keeps: the rows of the ports, and a few records of its own beside them.

Each type is stored under its name here; the names are part of the stored data, so they do not change.
"""

from datetime import datetime
from typing import Any, Final, Protocol, TypeVar

import msgspec

from resolvers.compute import port as compute
from resolvers.identity import port as identity
from resolvers.image import port as image
from resolvers.network import port as network
from resolvers.volume import port as volume


class Kept(Protocol):
    @property
    def native_id(self) -> str: ...


K = TypeVar("K", bound=Kept)


class Timer(msgspec.Struct, frozen=True, kw_only=True):
    """What will happen next to one row. `native_id` is `kind/native`, so a row has at most one; `due` is seconds since the epoch."""

    native_id: str
    due: float
    transition: str
    args: dict[str, Any] = {}


class Event(msgspec.Struct, frozen=True):
    action: str
    request_id: str
    user_id: str
    at: datetime
    message: str | None = None


class ServerNote(msgspec.Struct, frozen=True, kw_only=True):
    """What Nova knows of a server and does not tell in a list. `given_ports` are those that it was made with (native ids)."""

    native_id: str
    events: tuple[Event, ...] = ()
    locked_by_admin: bool = False
    root_volume: str | None = None  # native id
    given_ports: tuple[str, ...] = ()
    flavor_before: compute.FlavorRow | None = None  # while a resize waits to be confirmed
    status_before: compute.ServerStatus | None = None  # where a resize goes back to


class TransferKey(msgspec.Struct, frozen=True, kw_only=True):
    native_id: str
    hash: str


class Marked(msgspec.Struct, frozen=True, kw_only=True):
    """The marker of a row of the network, which shows it nowhere. `native_id` is `kind/native`."""

    native_id: str
    marker: str


KEPT: Final[dict[str, type[Any]]] = {
    "project": identity.ProjectRow,
    "user": identity.UserRow,
    "role": identity.RoleRow,
    "domain": identity.DomainRow,
    "server": compute.ServerRow,
    "flavor": compute.FlavorRow,
    "keypair": compute.KeypairRow,
    "serverGroup": compute.ServerGroupRow,
    "availabilityZone": compute.ZoneRow,
    "hypervisor": compute.HypervisorRow,
    "computeService": compute.ComputeServiceRow,
    "image": image.ImageRow,
    "volume": volume.VolumeRow,
    "volumeSnapshot": volume.VolumeSnapshotRow,
    "volumeBackup": volume.VolumeBackupRow,
    "volumeType": volume.VolumeTypeRow,
    "volumeTransfer": volume.VolumeTransferRow,
    "network": network.NetworkRow,
    "subnet": network.SubnetRow,
    "port": network.PortRow,
    "router": network.RouterRow,
    "floatingIp": network.FloatingIpRow,
    "securityGroup": network.SecurityGroupRow,
    "securityGroupRule": network.SecurityGroupRuleRow,
    "subnetPool": network.SubnetPoolRow,
    "timer": Timer,
    "serverNote": ServerNote,
    "transferKey": TransferKey,
    "marked": Marked,
}
KIND_OF: Final[dict[type[Any], str]] = {type_: name for name, type_ in KEPT.items()}
