"""Nova's servers, as captured from a real one, become rows."""

from datetime import UTC, datetime

import msgspec
import pytest

from resolvers.compute import openstack_server_rows as rows
from resolvers.compute.port import MARKER, Address, PowerState, ServerRow, ServerStatus
from resolvers.names import Names
from tests.resolvers.payloads import captured

FLAVOR, HYPERVISOR, GROUP = "flavor:krane/f-1", "hypervisor:krane/h-1", "serverGroup:krane/g-1"
WEB_2 = "a9bd975f-4280-4a10-8ae1-f4c28469724d"


def made() -> rows.ServerRows:
    rows_ = rows.ServerRows(Names("krane", "home"))
    rows_.flavors = {"m1.tiny": FLAVOR}
    rows_.hypervisors = {"compute-1": HYPERVISOR, "compute-2": HYPERVISOR}
    rows_.groups = {WEB_2: (GROUP,)}
    return rows_


def listed(name: str) -> dict[str, ServerRow]:
    page = rows.SERVER_PAGE.decode(captured(f"openstack/{name}"))
    return {row.name.rstrip("0123456789"): row for row in map(made().row, page.servers)}


@pytest.mark.parametrize("name", ["compute_servers", "compute_servers_2_60"])
def test_a_server_of_an_image(name: str) -> None:
    """The oldest microversion that is spoken tells the same as the newest."""
    row = listed(name)["s1795461890-"]
    assert (row.id, row.native_id, row.cloud) == (f"server:krane/{WEB_2}", WEB_2, "krane")
    assert row.project_id.startswith("project:home/")
    assert row.user_id.startswith("user:home/")
    assert (row.status, row.task_state, row.power_state) == (ServerStatus.ACTIVE, None, PowerState.RUNNING)
    assert (row.locked, row.description, row.key_name, row.az) == (False, "한글", "k1795461890", "nova")
    assert (row.image_id or "").startswith("image:krane/")
    assert (row.flavor_id, row.flavor_name, row.vcpus, row.ram, row.disk) == (FLAVOR, "m1.tiny", 1, 512, 1)
    assert (row.host, row.hypervisor_id) == ("compute-1", HYPERVISOR)
    assert row.addresses == (Address("10.20.0.142", 4, "shared-net", "fa:16:3e:6b:47:78", False),)
    assert row.ips == ("10.20.0.142",)
    assert (row.security_group_names, row.volume_ids, row.server_group_ids) == (("default",), (), (GROUP,))
    assert (row.tags, row.metadata) == (("a", "b"), {"x": "y", MARKER: "op-1795461890"})
    assert row.created_at.tzinfo == UTC
    assert (row.launched_at or datetime.min).tzinfo == UTC  # Nova writes no zone here
    assert row.fault is None


def test_a_server_that_boots_from_a_volume_has_no_image() -> None:
    row = listed("compute_servers")["bfv"]
    assert row.image_id is None
    assert row.volume_ids == ("volume:krane/8b0648bd-e68a-43d3-9ddc-a41560f5aea7",)
    assert row.security_group_names == ("sg1795461890",)


def test_one_server_tells_its_groups_itself() -> None:
    server = rows.ONE_SERVER.decode(captured("openstack/compute_server")).server
    assert server.server_groups == []
    assert made().row(msgspec.structs.replace(server, server_groups=["g-2"])).server_group_ids == (
        "serverGroup:krane/g-2",
    )


def test_the_link_to_the_next_page() -> None:
    page = rows.SERVER_PAGE.decode(captured("openstack/compute_servers_page"))
    assert page.servers_links[0].rel == "next"
    assert f"marker={page.servers[-1].id}" in page.servers_links[0].href


def server(**changes: object) -> rows.Server:
    page = rows.SERVER_PAGE.decode(captured("openstack/compute_servers"))
    return msgspec.structs.replace(page.servers[1], **changes)


def test_what_this_release_does_not_know_yet_is_unknown() -> None:
    row = made().row(server(status="TELEPORTING", power_state=99))
    assert (row.status, row.power_state) == (ServerStatus.UNKNOWN, PowerState.NOSTATE)


def test_a_flavor_that_is_gone_leaves_its_numbers() -> None:
    rows_ = made()
    rows_.flavors = {}
    row = rows_.row(server())
    assert (row.flavor_id, row.flavor_name, row.vcpus, row.ram) == (None, "m1.tiny", 1, 512)


def test_a_fault_is_told_while_the_server_is_in_error() -> None:
    body = (
        b'{"server": {"id": "1", "tenant_id": "p", "status": "%s", "fault": {"code": 500, "message": "No valid host"}}}'
    )
    assert made().row(rows.ONE_SERVER.decode(body % b"ERROR").server).fault == "No valid host"
    assert made().row(rows.ONE_SERVER.decode(body % b"ACTIVE").server).fault is None


def test_a_server_of_a_cell_that_is_down_is_still_a_row() -> None:
    body = b'{"server": {"id": "1", "tenant_id": "p", "status": "UNKNOWN", "created": "2026-11-23T19:29:41Z", "links": []}}'
    row = made().row(rows.ONE_SERVER.decode(body).server)
    assert (row.name, row.status, row.flavor_id, row.ips) == ("1", ServerStatus.UNKNOWN, None, ())


def test_groups_that_nova_tells_for_each_port_stand_once() -> None:
    body = b"""{"server": {"id": "1", "tenant_id": "p", "status": "ACTIVE",
        "security_groups": [{"name": "web"}, {"name": "default"}, {"name": "web"}]}}"""
    assert made().row(rows.ONE_SERVER.decode(body).server).security_group_names == ("web", "default")


def test_a_floating_address_is_told_from_a_fixed_one() -> None:
    body = b"""{"server": {"id": "1", "tenant_id": "p", "status": "ACTIVE", "addresses": {"net": [
        {"addr": "10.0.0.5", "version": 4, "OS-EXT-IPS:type": "fixed"},
        {"addr": "198.51.100.5", "version": 4, "OS-EXT-IPS:type": "floating"}]}}}"""
    row = made().row(rows.ONE_SERVER.decode(body).server)
    assert [address.floating for address in row.addresses] == [False, True]


def test_texts_of_many_rows_are_kept_once() -> None:
    one, other = (listed("compute_servers") for _ in range(2))
    rows_ = made()
    first, second = (rows_.row(server()) for _ in range(2))
    assert one == other
    for attribute in ("project_id", "user_id", "image_id", "flavor_name", "host", "az", "security_group_names"):
        assert getattr(first, attribute) is getattr(second, attribute)
