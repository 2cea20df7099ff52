"""Changes behind the compute port, as they arrive at Nova over a real socket: made by the person, and bodies as Nova wants them."""

import base64
import json
from typing import Any

import pytest
from aiohttp import web

from resolvers.actor import Credential
from resolvers.compute.openstack import VERBS, OpenStackCompute
from resolvers.compute.port import MARKER, ServerSpec, ServerVerb
from resolvers.errors import Conflict, GurumError, Invalid, NotFound, QuotaExceeded, Unavailable
from resolvers.image.port import MARKER as IMAGE_MARKER
from tests.resolvers.clients.far_cloud import SHOP, Answering, FarCloud, Token, told

pytestmark = pytest.mark.anyio
SERVER = "/servers/s-1"


@pytest.fixture
def jiwoo(far: FarCloud) -> Credential:
    return Credential(far.issue(Token("jiwoo")), SHOP)


def sent(far: FarCloud, where: str) -> Any:
    """The body of the only call there, which the person made in the project."""
    (asked,) = far.calls(f"compute {where}")
    assert asked.token is not None
    assert (asked.token.user, asked.token.project) == ("jiwoo", SHOP)
    return json.loads(asked.body)


def spec(**changes: Any) -> ServerSpec:
    return ServerSpec(**({"name": "web", "flavor": "f-1", "marker": "op-1", "image": "i-1"} | changes))


async def created(compute: OpenStackCompute, far: FarCloud, jiwoo: Credential, **changes: Any) -> dict[str, Any]:
    far.answer("compute /servers", told({"server": {"id": "s-1"}}, status=202))
    assert await compute.create_servers(jiwoo, spec(**changes)) == ["s-1"]
    body: dict[str, Any] = sent(far, "/servers")
    return body


async def test_the_least_that_makes_a_server(compute: OpenStackCompute, far: FarCloud, jiwoo: Credential) -> None:
    assert await created(compute, far, jiwoo) == {
        "server": {
            "name": "web",
            "flavorRef": "f-1",
            "imageRef": "i-1",
            "metadata": {MARKER: "op-1"},
            "networks": "auto",
            "min_count": 1,
            "max_count": 1,
        }
    }


async def test_all_that_a_server_can_be_made_with(compute: OpenStackCompute, far: FarCloud, jiwoo: Credential) -> None:
    body = await created(
        compute,
        far,
        jiwoo,
        networks=("n-1",),
        ports=("p-1",),
        security_groups=("g-1",),
        keypair="key",
        user_data="#!/bin/sh\necho 구름",
        az="nova",
        server_group="sg-1",
        metadata={"team": "shop"},
        tags=("a",),
        description="d",
    )
    server = body["server"]
    assert server["networks"] == [{"uuid": "n-1"}, {"port": "p-1"}]
    assert server["security_groups"] == [{"name": "g-1"}]
    assert base64.b64decode(server["user_data"]).decode() == "#!/bin/sh\necho 구름"
    assert (server["key_name"], server["availability_zone"], server["tags"], server["description"]) == (
        "key",
        "nova",
        ["a"],
        "d",
    )
    assert server["metadata"] == {"team": "shop", MARKER: "op-1"}
    assert body["os:scheduler_hints"] == {"group": "sg-1"}


@pytest.mark.parametrize(
    ("changes", "source"),
    [
        ({"boot_volume_size": 10}, {"source_type": "image", "uuid": "i-1", "volume_size": 10}),
        ({"image": None, "boot_volume": "v-1"}, {"source_type": "volume", "uuid": "v-1"}),
    ],
)
async def test_a_server_on_a_volume_that_outlives_it(
    compute: OpenStackCompute, far: FarCloud, jiwoo: Credential, changes: dict[str, Any], source: dict[str, Any]
) -> None:
    server = (await created(compute, far, jiwoo, **changes))["server"]
    volume = {**source, "destination_type": "volume", "boot_index": 0, "delete_on_termination": False}
    assert server["block_device_mapping_v2"] == [volume]
    assert "imageRef" not in server


async def test_many_servers_are_found_by_their_reservation(
    compute: OpenStackCompute, far: FarCloud, jiwoo: Credential
) -> None:
    far.answer(
        "compute /servers", told({"reservation_id": "r-1", "servers": [{"id": "s-2"}, {"id": "s-1"}]}, status=202)
    )
    assert await compute.create_servers(jiwoo, spec(count=2)) == ["s-1", "s-2"]
    asked, listed = far.calls("compute /servers")
    server = json.loads(asked.body)["server"]
    assert (server["min_count"], server["max_count"], server["return_reservation_id"]) == (2, 2, True)
    assert listed.query == {"reservation_id": "r-1"}


@pytest.mark.parametrize("second", [told({}, status=500), told({}, status=429), None], ids=["500", "429", "none"])
async def test_many_servers_that_nova_does_not_name_may_be_there(
    compute: OpenStackCompute, far: FarCloud, jiwoo: Credential, second: Answering | None
) -> None:
    """The order was taken; which servers it makes could not be read then, or the answer tells of no reservation."""

    async def answering(request: web.Request) -> web.StreamResponse:
        if request.method == "POST" or second is None:
            return await told({"reservation_id": "r-1"} if second else {}, status=202)(request)
        return await second(request)

    far.answer("compute /servers", answering)
    with pytest.raises(Unavailable, match="did not tell which servers") as error:
        await compute.create_servers(jiwoo, spec(count=2))
    assert (error.value.lost, error.value.backend) == (True, "krane")
    assert len(far.calls("compute /servers")) == (1 if second is None else 2)


async def test_an_answer_without_what_it_promises_is_the_clouds_fault(
    compute: OpenStackCompute, far: FarCloud, jiwoo: Credential
) -> None:
    for where in (f"/os-quota-sets/{SHOP}/detail", "/os-server-groups"):
        far.answer(f"compute {where}", told({}))
    with pytest.raises(Unavailable, match="without the `quota_set`"):
        await compute.quotas(jiwoo)
    with pytest.raises(Unavailable, match="without the `server_group`") as error:
        await compute.create_server_group(jiwoo, "apart", "anti-affinity")
    assert error.value.lost, "it may have made the group all the same"


async def test_servers_are_found_again_by_their_marker(compute: OpenStackCompute, far: FarCloud) -> None:
    servers = [{"id": "s-1", "metadata": {MARKER: "op-1"}}, {"id": "s-2", "metadata": {}}, {"id": "s-3"}]
    far.answer("compute /servers/detail", told({"servers": servers}))
    assert await compute.find_servers("op-1", SHOP) == ["s-1"]
    assert await compute.find_servers("op-2", SHOP) == []
    (asked, _) = far.calls("compute /servers/detail")
    assert asked.query["project_id"] == SHOP
    assert asked.token is not None
    assert asked.token.user == "gurum"


@pytest.mark.parametrize("verb", ServerVerb)
async def test_each_verb(compute: OpenStackCompute, far: FarCloud, jiwoo: Credential, verb: ServerVerb) -> None:
    far.answer(f"compute {SERVER}/action", told(b"", status=202))
    await compute.change_server(jiwoo, "s-1", verb)
    assert sent(far, f"{SERVER}/action") == VERBS[verb]


async def test_other_actions(compute: OpenStackCompute, far: FarCloud, jiwoo: Credential) -> None:
    where = f"compute {SERVER}/action"
    far.answer(where, told({"image_id": "i-9", "output": "hello"}, status=202))
    await compute.resize_server(jiwoo, "s-1", "f-2")
    await compute.rebuild_server(jiwoo, "s-1", "i-2")
    assert await compute.snapshot_server(jiwoo, "s-1", "snap", "op-1") == "i-9"
    await compute.add_security_group(jiwoo, "s-1", "g-1")
    await compute.remove_security_group(jiwoo, "s-1", "g-1")
    assert await compute.console_log(jiwoo, "s-1", 5) == "hello"
    assert [json.loads(asked.body) for asked in far.calls(where)] == [
        {"resize": {"flavorRef": "f-2"}},
        {"rebuild": {"imageRef": "i-2"}},
        {"createImage": {"name": "snap", "metadata": {IMAGE_MARKER: "op-1"}}},
        {"addSecurityGroup": {"name": "g-1"}},
        {"removeSecurityGroup": {"name": "g-1"}},
        {"os-getConsoleOutput": {"length": 5}},
    ]


async def test_metadata_is_merged_and_a_missing_key_is_no_fault(
    compute: OpenStackCompute, far: FarCloud, jiwoo: Credential
) -> None:
    far.answer(f"compute {SERVER}/metadata", told({"metadata": {}}))
    far.answer(f"compute {SERVER}/metadata/a b/c", told(b"", status=204))
    missing = {"itemNotFound": {"code": 404, "message": "Metadata item was not found"}}
    far.answer(f"compute {SERVER}/metadata/gone", told(missing, status=404))
    await compute.set_metadata(jiwoo, "s-1", {"k": "v"}, ["a b/c", "gone"])
    assert sent(far, f"{SERVER}/metadata") == {"metadata": {"k": "v"}}
    assert len(far.calls(f"compute {SERVER}/metadata/a b/c")) == 1
    with pytest.raises(NotFound):
        await compute.set_metadata(jiwoo, "s-2", {}, ["k"])


async def test_a_volume_in_the_wrong_state_is_a_conflict(
    compute: OpenStackCompute, far: FarCloud, jiwoo: Credential
) -> None:
    where = f"compute {SERVER}/os-volume_attachments"
    far.answer(where, told({"badRequest": {"message": "Invalid volume: volume v-1 is already attached"}}, status=400))
    with pytest.raises(Conflict, match="already attached"):
        await compute.attach_volume(jiwoo, "s-1", "v-1", None)
    far.answer(where, told({"badRequest": {"message": "The supplied device path is invalid"}}, status=400))
    with pytest.raises(Invalid, match="device path"):
        await compute.attach_volume(jiwoo, "s-1", "v-1", "nonsense")
    assert [json.loads(asked.body)["volumeAttachment"] for asked in far.calls(where)] == [
        {"volumeId": "v-1"},
        {"volumeId": "v-1", "device": "nonsense"},
    ]


async def test_interfaces(compute: OpenStackCompute, far: FarCloud, jiwoo: Credential) -> None:
    where = f"compute {SERVER}/os-interface"
    far.answer(where, told({"interfaceAttachment": {"port_id": "p-1", "net_id": "n-1"}}))
    far.answer(f"{where}/p-1", told(b"", status=202))
    assert await compute.attach_interface(jiwoo, "s-1", "n-1", None) == "p-1"
    assert await compute.attach_interface(jiwoo, "s-1", "n-1", "p-1") == "p-1"
    await compute.detach_interface(jiwoo, "s-1", "p-1")
    assert [json.loads(asked.body)["interfaceAttachment"] for asked in far.calls(where)] == [
        {"net_id": "n-1"},
        {"port_id": "p-1"},
    ]


async def test_a_console_hides_its_address_in_logs(compute: OpenStackCompute, far: FarCloud, jiwoo: Credential) -> None:
    opened = {"remote_console": {"protocol": "vnc", "type": "novnc", "url": "http://console/?token=secret"}}
    far.answer(f"compute {SERVER}/remote-consoles", told(opened))
    console = await compute.console(jiwoo, "s-1", "novnc")
    assert (console.type, console.url) == ("novnc", "http://console/?token=secret")
    assert "secret" not in repr(console)
    with pytest.raises(Invalid, match="A console is one of novnc"):
        await compute.console(jiwoo, "s-1", "telepathy")


@pytest.mark.parametrize("server", ["../flavors", "a/b", "s-1?x=1", "", "s 1", "é"])
async def test_what_can_not_be_an_id_does_not_become_a_path(
    compute: OpenStackCompute, far: FarCloud, jiwoo: Credential, server: str
) -> None:
    with pytest.raises(NotFound):
        await compute.delete_server(jiwoo, server)
    assert far.asked == []


async def test_a_quota_in_the_way_leaves_nothing(compute: OpenStackCompute, far: FarCloud, jiwoo: Credential) -> None:
    body = {"forbidden": {"code": 403, "message": "Quota exceeded for instances: Requested 3, but already used 0 of 2"}}
    far.answer("compute /servers", told(body, status=403))
    with pytest.raises(QuotaExceeded, match="Requested 3, but already used 0 of 2") as error:
        await compute.create_servers(jiwoo, spec(count=3))
    assert isinstance(error.value, GurumError)
    assert error.value.request_id == "req-told"
    assert len(far.calls("compute /servers")) == 1


@pytest.mark.parametrize("name", [".", ".."])
async def test_no_name_that_people_chose_leads_to_another_address(
    compute: OpenStackCompute, far: FarCloud, jiwoo: Credential, name: str
) -> None:
    """To Nova, and to each server in front of it, `/servers/s-1/metadata/..` is the server itself."""
    with pytest.raises(NotFound):
        await compute.set_metadata(jiwoo, "s-1", {}, [name])
    with pytest.raises(NotFound):
        await compute.delete_keypair(jiwoo, name)
    assert far.asked == []


@pytest.mark.parametrize(("newest", "said"), [("2.60", {"policies": ["affinity"]}), ("2.64", {"policy": "affinity"})])
async def test_a_server_group_is_made_as_each_nova_wants_it(
    compute: OpenStackCompute, far: FarCloud, jiwoo: Credential, newest: str, said: dict[str, Any]
) -> None:
    far.newest_microversion = newest
    far.answer("compute /os-server-groups", told({"server_group": {"id": "sg-1"}}))
    assert await compute.create_server_group(jiwoo, "near", "affinity") == "sg-1"
    (asked,) = far.calls("compute /os-server-groups")
    assert json.loads(asked.body) == {"server_group": {"name": "near", **said}}
