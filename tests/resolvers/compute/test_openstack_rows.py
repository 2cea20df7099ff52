"""Nova's other resources, as captured from a real one, become rows."""

from datetime import UTC

import msgspec
import pytest

from resolvers.compute import openstack_rows as rows
from resolvers.names import Names
from resolvers.quota import Quota
from tests.resolvers.payloads import captured, listed

NAMES = Names("krane", "home")


def test_a_flavor() -> None:
    bodies = {body.name: body for body in listed("openstack/compute_flavors", "flavors", rows.FLAVORS)}
    row = rows.flavor_row(NAMES, bodies["m1.tiny"], [])
    assert row.id == f"flavor:krane/{row.native_id}"
    assert (row.vcpus, row.ram, row.disk, row.ephemeral, row.swap) == (1, 512, 1, 0, 0)
    assert (row.public, row.shared_with, row.project_id, row.extra_specs) == (True, (), None, {})


def test_a_private_flavor_is_shared_with_projects() -> None:
    (body, *_) = listed("openstack/compute_flavors", "flavors", rows.FLAVORS)
    row = rows.flavor_row(NAMES, msgspec.structs.replace(body, public=False, swap=""), ["p-1", "p-2"])
    assert (row.public, row.shared_with, row.swap) == (False, ("project:home/p-1", "project:home/p-2"), 0)


@pytest.mark.parametrize("name", ["compute_server_groups", "compute_server_groups_2_60"])
def test_a_server_group(name: str) -> None:
    (body,) = rows.GROUPS.decode(captured(f"openstack/{name}"))["server_groups"]
    row = rows.group_row(NAMES, body)
    assert (row.name, row.policy, len(row.server_ids)) == ("g1795461890", "soft-anti-affinity", 2)
    assert row.project_id.startswith("project:home/")
    assert row.user_id.startswith("user:home/")
    assert row.server_ids[0].startswith("server:krane/")


def test_a_zone() -> None:
    (body,) = rows.ZONES.decode(captured("openstack/compute_zones"))["availabilityZoneInfo"]
    row = rows.zone_row(NAMES, body)
    assert (row.id, row.name, row.available) == ("availabilityZone:krane/nova", "nova", True)


def test_a_hypervisor() -> None:
    (body, _) = listed("openstack/compute_hypervisors", "hypervisors", rows.HYPERVISORS)
    row = rows.hypervisor_row(NAMES, body)
    assert (row.name, row.host, row.type, row.state, row.status) == ("compute-2", "compute-2", "fake", "up", "enabled")
    assert (row.ip, row.vcpus, row.ram, row.disk) == ("127.0.0.1", 1000, 800_000, 600_000)
    assert None not in (row.vcpus_used, row.ram_used, row.disk_used, row.server_count)


def test_a_hypervisor_without_numbers() -> None:
    """As Nova answers since 2.88, and for a machine that never came up."""
    (body, _) = listed("openstack/compute_hypervisors_2_90", "hypervisors", rows.HYPERVISORS)
    row = rows.hypervisor_row(NAMES, body)
    assert (row.host, row.vcpus, row.ram_used, row.disk, row.server_count) == ("compute-2", None, None, None, None)


def test_a_service() -> None:
    bodies = rows.SERVICES.decode(captured("openstack/compute_services"))["services"]
    row = next(row for row in (rows.service_row(NAMES, body) for body in bodies) if row.host == "compute-1")
    assert (row.name, row.binary, row.az) == ("nova-compute@compute-1", "nova-compute", "nova")
    assert (row.state, row.status, row.disabled_reason) == ("up", "enabled", None)
    assert row.updated_at is not None
    assert row.updated_at.tzinfo == UTC


def test_a_keypair_belongs_to_the_user_who_was_asked_about() -> None:
    (item,) = listed("openstack/compute_keypairs", "keypairs", rows.KEYPAIRS)
    row = rows.keypair_row(NAMES, "u-1", item.keypair)
    assert (row.id, row.native_id) == ("keypair:krane/u-1/k1795461890", "u-1/k1795461890")
    assert (row.user_id, row.type) == ("user:home/u-1", "ssh")
    assert row.public_key.startswith("ssh-ed25519 ")
    assert row.fingerprint.count(":") == 15


def test_an_entry_of_the_history() -> None:
    (body,) = rows.EVENTS.decode(captured("openstack/compute_history"))["instanceActions"]
    event = rows.event(NAMES, body)
    assert (event.action, event.message) == ("create", None)
    assert (event.user_id or "").startswith("user:home/")
    assert event.request_id.startswith("req-")
    assert event.started_at.tzinfo == UTC


def test_quotas_are_what_a_project_uses_up() -> None:
    usage = rows.QUOTAS.decode(captured("openstack/compute_quota"))["quota_set"]
    assert rows.quotas(usage) == [
        Quota("compute", "instances", 200, 3),
        Quota("compute", "cores", 800, 3),
        Quota("compute", "ram", 1_638_400, 1_536),
        Quota("compute", "server_groups", 100, 1),
    ]


def test_a_quota_of_minus_one_is_no_limit() -> None:
    usage = rows.QUOTAS.decode(b'{"quota_set": {"id": "p", "instances": {"limit": -1, "in_use": 7, "reserved": 1}}}')
    assert rows.quotas(usage["quota_set"]) == [Quota("compute", "instances", None, 7, 1)]
