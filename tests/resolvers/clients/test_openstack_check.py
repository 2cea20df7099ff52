"""`9rum check` and the start: what is wrong with a cloud or its entry in clouds.yaml is one sentence, and how to mend it another."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from resolvers.clients.openstack import OpenStackClient
from resolvers.clients.openstack_settings import OpenStackSettings
from resolvers.clock import Clock
from resolvers.errors import Invalid
from tests.resolvers.clients.conftest import Connecting
from tests.resolvers.clients.far_cloud import OWN_PROJECT, FarCloud, Token, hang, told

pytestmark = pytest.mark.anyio
NOVA = "Nova (compute) of krane"


async def test_a_service_that_works(client: OpenStackClient, far: FarCloud) -> None:
    far.answer("compute /servers", told({"servers": []}))
    found = await client.checks.service("compute", "/servers", {"limit": 1})
    assert (found.name, found.ok, found.mend) == (NOVA, True, "")
    assert found.sentence == f"{NOVA} answers, API 2.96, and 9rum's own account may read it."


async def test_a_service_that_is_down_is_named_with_its_address(client: OpenStackClient, far: FarCloud) -> None:
    far.compute_path = "/nowhere"
    found = await client.checks.service("compute", "/servers")
    assert not found.ok
    assert found.sentence == f"{NOVA} does not answer at its catalogue address."
    assert found.mend.startswith(f"Look whether {NOVA} runs at {far.url}/nowhere,")


async def test_a_cloud_without_the_service(client: OpenStackClient) -> None:
    found = await client.checks.service("image", "/images")
    assert found.sentence == "The catalogue of krane has no public address of Glance (image) in the region RegionOne."


async def test_a_wrong_password(connect: Connecting) -> None:
    client = await connect(auth={"password": "wrong"})
    found = await client.checks.service("compute", "/servers")
    assert found.sentence.startswith("Keystone (identity) of krane does not let 9rum's own account in")
    assert found.mend.startswith("Correct address, user, password and domain of the entry in clouds.yaml")


async def test_an_address_that_is_no_keystones(connect: Connecting, far: FarCloud) -> None:
    client = await connect(auth={"auth_url": f"{far.url}/compute/v2.1"})
    found = await client.checks.service("compute", "/servers")
    assert (
        found.sentence
        == "Keystone (identity) of krane does not tell its API versions at its address; check `auth_url`."
    )


@pytest.mark.parametrize("path", ["v3", "identity/v3"])
async def test_a_keystone_that_is_not_there(connect: Connecting, path: str) -> None:
    client = await connect(auth={"auth_url": f"http://127.0.0.1:1/{path}"})
    found = await client.checks.service("compute", "/servers")
    assert (found.name, found.ok) == (NOVA, False)
    assert found.sentence == "Keystone (identity) of krane does not answer: no connection to it can be made."
    assert found.mend.startswith(f"Look whether Keystone (identity) of krane runs at http://127.0.0.1:1/{path},")


async def test_an_account_without_the_right_role(client: OpenStackClient, far: FarCloud) -> None:
    far.answer("compute /servers", told({"forbidden": {"message": "Policy"}}, status=403))
    found = await client.checks.service("compute", "/servers")
    assert "does not allow this to 9rum's own account" in found.sentence
    assert found.mend.startswith("Give 9rum's account the role")


async def test_a_service_that_hangs(connect: Connecting, far: FarCloud) -> None:
    client = await connect(deadlines={"read": 20})
    far.answer("compute /servers", hang)
    found = await client.checks.service("compute", "/servers")
    assert found.sentence == f"{NOVA} did not answer within 20 s."
    assert f"{far.url}/compute/v2.1" in found.mend


async def test_a_service_that_answers_a_web_page(client: OpenStackClient, far: FarCloud) -> None:
    far.answer("compute /servers", told(b"<html>"))
    assert "not the JSON that its API promises" in (await client.checks.service("compute", "/servers")).sentence


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (None, "there is no file"),
        ("clouds: {other: {auth: {auth_url: 'http://127.0.0.1:1'}}}", "`far`"),
        ("clouds: {far: {auth: {auth_url: 'http://127.0.0.1:1'}}", "`far`"),
        ("clouds: {far: {auth: {username: x}}}", "`far`"),
        ("", "`far`"),
        ("clouds: {far: {region_name: , auth: {auth_url: 'http://127.0.0.1:1'}}}", "`far`"),
        ("clouds: [far]", "`far`"),
    ],
    ids=["no file", "no such entry", "no YAML", "no address", "empty", "no region", "a list"],
)
async def test_an_entry_that_can_not_be_used(tmp_path: Path, content: str | None, named: str) -> None:
    file = tmp_path / "clouds.yaml"
    if content is not None:
        file.write_text(content)
    given: dict[str, Any] = {"backend": "openstack", "name": "krane", "cloud": "far", "clouds_file": file}
    with pytest.raises(Invalid, match="The cloud krane can not be set up") as error:
        await OpenStackClient.open(OpenStackSettings.model_validate(given), Clock())
    assert named in error.value.message
    assert str(file) in error.value.message


async def test_a_cloud_without_images_and_volumes_is_one_all_the_same(client: OpenStackClient) -> None:
    for service in ("image", "block-storage"):
        found = await client.checks.service(service, "/any")
        assert (found.ok, found.offered) == (True, False)
        assert found.mend.startswith("9rum then offers nothing of it.")
    found = await client.checks.service("network", "/any")
    assert (found.ok, found.mend) == (
        False,
        "Compare `region` and `interface` of this cloud with `openstack catalog list`.",
    )


@pytest.mark.parametrize(("off", "said"), [(90, "90 s behind"), (-90, "90 s ahead of"), (30, None)])
async def test_a_clock_that_is_not_ours(client: OpenStackClient, far: FarCloud, off: int, said: str | None) -> None:
    date = format_datetime(datetime.now(UTC) - timedelta(seconds=off + 0.5), usegmt=True)
    far.answer("compute /servers", told({}, headers={"Date": date}))
    found = await client.checks.service("compute", "/servers")
    assert found.ok is (said is None)
    if said is not None:
        assert re.sub(r"\d\d", "90", found.sentence) == f"The clock of {NOVA} is {said} that of this machine."
        assert "NTP" in found.mend


async def test_an_account_is_said_with_its_project_and_roles(client: OpenStackClient) -> None:
    found = await client.checks.account()
    assert (found.ok, found.mend) == (True, "")
    assert found.sentence == ("9rum's own account `gurum` is signed in on the project `0000` with `admin`, `member`.")


async def test_an_account_without_a_project(connect: Connecting, far: FarCloud) -> None:
    client = await connect(auth={"project_id": None, "system_scope": "all"})
    far.own_scope = {"system": {"all": True}}
    found = await client.checks.account()
    assert not found.ok
    assert "without a project (on the system)" in found.sentence
    assert found.mend.startswith("Name a project in the entry of clouds.yaml")


async def test_an_account_that_ends_with_its_token(connect: Connecting, far: FarCloud) -> None:
    token = far.issue(Token("gurum", methods=("password",)))
    entry = {
        "auth_type": "v3token",
        "auth": {"auth_url": f"{far.url}/identity/v3", "token": token, "project_id": OWN_PROJECT},
    }
    found = await (await connect(auth={"entry": entry})).checks.account()
    assert not found.ok
    assert re.search(r"Its token ends at \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$", found.sentence)


async def test_several_regions_and_a_proxy_are_mended_where_they_are_set(
    connect: Connecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await connect()
    await client.checks.account()
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    found = await client.checks.service("identity", "/projects")
    assert not found.ok
    assert "NO_PROXY" in found.mend or "NO_PROXY" in found.sentence
