"""Cinder's answers, as captured from a real one, become rows."""

from datetime import UTC

import msgspec

from resolvers.names import Names
from resolvers.quota import Quota
from resolvers.volume import openstack_rows as rows
from resolvers.volume.port import MARKER, Attachment, VolumeStatus
from tests.resolvers.payloads import captured, listed

NAMES = Names("krane", "home")


def test_an_attached_volume() -> None:
    bodies = listed("openstack/volume_volumes", "volumes", rows.VOLUMES)
    row = next(row for row in (rows.volume_row(NAMES, body) for body in bodies) if row.name == "cap-vol")
    assert row.id == f"volume:krane/{row.native_id}"
    assert row.project_id.startswith("project:home/")
    assert (row.user_id or "").startswith("user:home/")
    assert (row.status, row.size, row.bootable, row.encrypted) == (VolumeStatus.IN_USE, 1, False, False)
    assert row.attachments == (Attachment(row.server_ids[0], "/dev/sdb"),)
    assert row.server_ids[0].startswith("server:krane/")
    assert (row.type_name, row.az, row.description) == ("fake", "nova", "d")
    assert row.metadata == {MARKER: "x1"}
    assert row.created_at.tzinfo == UTC  # Cinder writes no zone


def test_a_volume_made_from_an_image() -> None:
    bodies = listed("openstack/volume_volumes", "volumes", rows.VOLUMES)
    row = next(row for row in (rows.volume_row(NAMES, body) for body in bodies) if row.name == "cap-boot")
    assert row.bootable
    assert (row.image_id or "").startswith("image:krane/")
    assert (row.status, row.attachments, row.server_ids) == (VolumeStatus.AWAITING_TRANSFER, (), ())


def test_a_volume_that_cinder_itself_attaches_names_no_server() -> None:
    body = listed("openstack/volume_volumes", "volumes", rows.VOLUMES)[-1]
    body = msgspec.structs.replace(body, attachments=(rows.AttachmentBody(None, None),), status="teleporting")
    row = rows.volume_row(NAMES, body)
    assert (row.attachments, row.server_ids, row.status) == ((), (), VolumeStatus.UNKNOWN)


def test_a_snapshot() -> None:
    (body,) = listed("openstack/volume_snapshots", "snapshots", rows.SNAPSHOTS)
    row = rows.snapshot_row(NAMES, body)
    assert (row.name, row.status, row.progress) == ("cap-snap", "available", "100%")
    assert (row.volume_id or "").startswith("volume:krane/")
    assert row.project_id.startswith("project:home/")
    assert row.metadata == {MARKER: "x2"}


def test_a_backup_tells_why_it_failed_without_the_stack_of_the_host() -> None:
    (body,) = listed("openstack/volume_backups", "backups", rows.BACKUPS)
    row = rows.backup_row(NAMES, body)
    assert (row.name, row.status, row.description, row.incremental) == ("cap-bak", "available", "b", False)
    assert row.fail_reason is None
    reason = "Connector doesn't have required information: initiator\nTraceback (most recent call last):\n  File ..."
    failed = rows.backup_row(NAMES, msgspec.structs.replace(body, fail_reason=reason))
    assert failed.fail_reason == "Connector doesn't have required information: initiator"


def test_types_public_and_private() -> None:
    bodies = {body.name: body for body in listed("openstack/volume_types", "volume_types", rows.TYPES)}
    access = rows.TYPE_ACCESS.decode(captured("openstack/volume_type_access"))["volume_type_access"]
    private = rows.type_row(NAMES, bodies["cap-private"], access)
    assert (private.public, private.extra_specs) == (False, {"a": "b"})
    assert private.shared_with == (f"project:home/{access[0].project_id}",)
    public = rows.type_row(NAMES, bodies["fake"])
    assert (public.public, public.shared_with, public.project_id) == (True, (), None)


def test_a_transfer_belongs_to_the_project_that_offers() -> None:
    body = listed("openstack/volume_transfers", "transfers", rows.TRANSFERS)[0]
    row = rows.transfer_row(NAMES, body)
    assert row.name == "cap-offer"
    assert row.project_id == f"project:home/{body.source_project_id}"
    assert row.volume_id == f"volume:krane/{body.volume_id}"


def test_quotas_without_the_unlimited_ones_of_single_types() -> None:
    body = rows.QUOTAS.decode(captured("openstack/volume_quota"))["quota_set"]
    found = {quota.resource: quota for quota in rows.quotas(body)}
    assert set(found) == {"volumes", "snapshots", "backups", "gigabytes", "backup_gigabytes", "groups"}
    assert isinstance(used := body["volumes"], rows.QuotaUsage)
    assert found["volumes"] == Quota("volume", "volumes", 200, used.in_use)
    body["gigabytes_fake"] = rows.QuotaUsage(limit=10, in_use=4)
    body["volumes"] = rows.QuotaUsage(limit=-1, in_use=4)
    found = {quota.resource: quota for quota in rows.quotas(body)}
    assert (found["gigabytes_fake"].limit, found["volumes"].limit) == (10, None)


def test_a_backup_whose_record_is_being_imported_has_no_size() -> None:
    (body, *_) = msgspec.json.decode(captured("openstack/volume_backups"))["backups"]
    (backup, *_) = rows.BACKUPS.decode(msgspec.json.encode([body | {"size": None, "status": "error"}]))
    assert rows.backup_row(NAMES, backup).size == 0
