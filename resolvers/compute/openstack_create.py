"""The body of Nova's request for new servers, made from a `ServerSpec`. Used by `openstack.py`; does no I/O."""

import base64
from typing import Any

from resolvers.compute.port import MARKER, ServerSpec


def body(spec: ServerSpec) -> dict[str, Any]:
    server: dict[str, Any] = {
        "name": spec.name,
        "flavorRef": spec.flavor,
        "metadata": {**spec.metadata, MARKER: spec.marker},
        "networks": _networks(spec),
        "min_count": spec.count,
        "max_count": spec.count,
        **_disk(spec),
    }
    optional = {
        # Nova looks a group up by name or by id, in the project of the caller; ids are never ambiguous.
        "security_groups": [{"name": group} for group in spec.security_groups],
        "key_name": spec.keypair,
        "user_data": base64.b64encode(spec.user_data.encode()).decode() if spec.user_data else None,
        "availability_zone": spec.az,
        "tags": list(spec.tags),
        "description": spec.description,
    }
    server |= {key: value for key, value in optional.items() if value}
    if spec.count > 1:
        server["return_reservation_id"] = True  # without it Nova answers the id of the first server only
    request: dict[str, Any] = {"server": server}
    if spec.server_group is not None:
        request["os:scheduler_hints"] = {"group": spec.server_group}
    return request


def _networks(spec: ServerSpec) -> Any:
    """`auto`: the project's only network, or one that Neutron makes for it (since 2.37)."""
    wanted = [{"uuid": network} for network in spec.networks] + [{"port": port} for port in spec.ports]
    return wanted or "auto"


def _disk(spec: ServerSpec) -> dict[str, Any]:
    if spec.boot_volume is not None:
        return _from_volume({"source_type": "volume", "uuid": spec.boot_volume})
    if spec.boot_volume_size is not None:
        return _from_volume({"source_type": "image", "uuid": spec.image, "volume_size": spec.boot_volume_size})
    return {"imageRef": spec.image}


def _from_volume(source: dict[str, Any]) -> dict[str, Any]:
    """The volume outlives the server, as Nova itself has it by default: what a person stored is not lost with the machine."""
    volume = {**source, "destination_type": "volume", "boot_index": 0, "delete_on_termination": False}
    return {"block_device_mapping_v2": [volume]}
