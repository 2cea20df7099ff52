"""`9rum check` of clouds that are not like ours: each of their ways is one sentence, and how to mend it another."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.check import check
from gateway.settings import Settings
from tests.resolvers.clients.far_cloud import Token, serving, told
from tests.resolvers.far_krane import FarKrane
from tests.running import KEY

pytestmark = pytest.mark.anyio
ANSWERS: dict[str, Any] = {
    "identity /role_assignments": {"role_assignments": []},
    "identity /domains": {"domains": [{"id": "default", "name": "Default"}]},
    "identity /projects": {"projects": []},
    "identity /roles": {"roles": []},
    "identity /users": {"users": []},
    "compute /servers/detail": {"servers": []},
    "compute /os-hypervisors/detail": {"hypervisors": []},
    "compute /os-services": {"services": []},
    "image /images": {"images": []},
    "image /info/import": {"import-methods": {"value": ["web-download"]}},
    "block-storage /volumes": {"volumes": []},
    "block-storage /os-services": {"services": [{"binary": "cinder-backup", "state": "up"}]},
    "network /networks": {"networks": []},
    "network /extensions": {
        "extensions": [{"alias": alias} for alias in ("router", "security-group", "quota_details")]
    },
}


class Small(FarKrane):
    """`lacks` are services that its catalogue does not have."""

    lacks: frozenset[str] = frozenset()

    def _body(self, token: Token) -> dict[str, Any]:
        body = super()._body(token)
        entries = body["token"].get("catalog", [])
        body["token"] |= {"catalog": [entry for entry in entries if entry["type"] not in self.lacks]}
        return body


@pytest.fixture
async def far() -> AsyncIterator[Small]:
    async with serving(Small()) as cloud:
        for where, body in ANSWERS.items():
            cloud.answer(where, told(body))
        yield cloud


async def said(far: FarKrane, folder: Path, valkey: str, **cloud: Any) -> tuple[int, str]:
    clouds_file = str(far.clouds_file(folder))
    settings = Settings.model_validate(
        {
            "store": {"url": valkey, "folder": str(folder)},
            "secret_key": KEY,
            "clouds": [{"backend": "openstack", "name": "krane", "cloud": "far", "clouds_file": clouds_file, **cloud}],
        }
    )
    out = io.StringIO()
    return await check(settings, out), out.getvalue()


async def test_a_cloud_that_is_well(far: Small, valkey: str, tmp_path: Path) -> None:
    status, text = await said(far, tmp_path, valkey)
    assert status == 0, text
    assert "signed in on the project" in text


async def test_a_cloud_without_cinder_and_glance_is_well(far: Small, valkey: str, tmp_path: Path) -> None:
    far.lacks = frozenset({"image", "block-storage"})
    status, text = await said(far, tmp_path, valkey)
    assert status == 0, text
    assert (
        "ok    The catalogue of krane has no public address of Cinder (block storage) in the region RegionOne." in text
    )
    assert text.count("9rum then offers nothing of it.") == 2


async def test_an_account_that_reads_one_project_only(far: Small, valkey: str, tmp_path: Path) -> None:
    """Nova refuses, the others show what there is in the project as if it were all."""
    far.own_roles = ["member"]
    refused = told(
        {"forbidden": {"message": "Policy doesn't allow os_compute_api:servers:detail:get_all_tenants"}}, 403
    )
    far.answer("compute /servers/detail", refused)
    far.answer("network /security-groups", told({"security_groups": []}))
    far.answer("block-storage /volumes/detail", told({"volumes": []}))
    status, text = await said(far, tmp_path, valkey)
    failures = [line for line in text.splitlines() if "FAIL" in line]
    assert (status, len(failures)) == (1, 4), text
    assert text.count("Give 9rum's account the role `admin`") == 4


async def test_a_region_that_is_not_there(far: Small, valkey: str, tmp_path: Path) -> None:
    status, text = await said(far, tmp_path, valkey, region="busan")
    assert status == 1
    assert "no public address of Nova (compute) in the region busan." in text
    assert "compare `region` and `interface` of this cloud with `openstack catalog list`" in text.lower()
