"""Glance's answers, as captured from a real one, become rows."""

from datetime import UTC, datetime

import pytest

from resolvers.image import openstack_rows as rows
from resolvers.image.port import MARKER, ImageStatus, ImageVisibility
from resolvers.names import Names
from tests.resolvers.payloads import captured

NAMES = Names("krane", "home")
HIDDEN = rows.IMAGES.decode(captured("openstack/image_hidden"))
MEMBERS = rows.MEMBERS.decode(captured("openstack/image_members")).members


def test_a_public_image() -> None:
    page = rows.IMAGES.decode(captured("openstack/image_images"))
    by_name = {row.name: row for row in (rows.image_row(NAMES, raw) for raw in page.images)}
    row = by_name["ubuntu-24.04"]
    assert row.id == f"image:krane/{row.native_id}"
    assert row.project_id.startswith("project:home/")  # projects belong to the cloud that holds the identities
    assert (row.status, row.visibility, row.public) == (ImageStatus.ACTIVE, ImageVisibility.PUBLIC, True)
    assert (row.size, row.min_disk, row.disk_format, row.os) == (12000, 1, "raw", "ubuntu")
    assert row.created_at.tzinfo == UTC
    assert row.properties == {"os_distro": "ubuntu", "os_version": "24.04"}
    assert not row.deprecated
    assert page.next is None


def test_a_hidden_shared_image_and_the_link_to_the_next_page() -> None:
    row = rows.image_row(NAMES, HIDDEN.images[0], MEMBERS)
    assert (row.deprecated, row.public, row.visibility) == (True, False, ImageVisibility.SHARED)
    assert row.shared_with == (f"project:home/{MEMBERS[0].member_id}",)  # pending, and so usable by its id
    assert (row.status, row.size, row.tags) == (ImageStatus.QUEUED, None, ("t1",))
    assert row.properties[MARKER] == "x3"
    assert HIDDEN.next is not None and "marker=" in HIDDEN.next


def test_a_project_that_rejected_an_image_does_not_see_it() -> None:
    rejected = rows.Member(MEMBERS[0].member_id, "rejected")
    assert rows.image_row(NAMES, HIDDEN.images[0], [rejected]).shared_with == ()


def test_a_snapshot_names_its_server_and_odd_properties_are_left_out() -> None:
    raw = HIDDEN.images[0] | {"instance_uuid": "5ae4", "image_type": "snapshot", "odd": ["x"], "os_distro": None}
    row = rows.image_row(NAMES, raw)
    assert row.source_server_id == "server:krane/5ae4"
    assert row.properties["image_type"] == "snapshot"
    assert "odd" not in row.properties
    assert row.os is None


def test_what_is_newer_than_this_program() -> None:
    raw = HIDDEN.images[0] | {"status": "teleporting", "visibility": "friends", "owner": None, "name": None}
    row = rows.image_row(NAMES, raw)
    assert row.status is ImageStatus.UNKNOWN
    assert row.visibility is ImageVisibility.PRIVATE  # an unknown word shows it to nobody
    assert (row.public, row.project_id, row.name) == (False, "", "")


@pytest.mark.parametrize("text", ["2026-11-23T18:45:20Z", "2026-11-23T18:45:20+00:00"])
def test_times(text: str) -> None:
    row = rows.image_row(NAMES, HIDDEN.images[0] | {"created_at": text})
    assert row.created_at == datetime(2026, 11, 23, 18, 45, 20, tzinfo=UTC)
