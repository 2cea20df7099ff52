"""What Nova offers to the read model, over a real socket: whole lists, changes with deletions, and single resources."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp import web
from msgspec import structs

from resolvers.clients.openstack import OpenStackClient
from resolvers.compute.openstack import OpenStackCompute
from resolvers.compute.openstack_cells import ASKED
from resolvers.compute.openstack_keypairs import WHOLE_DIRECTORY
from resolvers.compute.port import ServerStatus
from resolvers.errors import Unavailable
from resolvers.inventory.feed import Feed
from resolvers.names import Names
from tests.resolvers.clients.far_cloud import FarCloud, told
from tests.resolvers.payloads import captured

pytestmark = pytest.mark.anyio
SINCE = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
BOOTED, WEB_2 = "5ec49381-2e5c-4b82-a766-1fcd3e4bba50", "a9bd975f-4280-4a10-8ae1-f4c28469724d"


def feed(compute: OpenStackCompute, kind: str) -> Feed[Any]:
    return next(feed for feed in compute.feeds() if feed.kind.name == kind)


def nova(far: FarCloud, path: str, name: str) -> None:
    far.answer(f"compute {path}", told(captured(f"openstack/compute_{name}")))


async def groups(request: web.Request) -> web.StreamResponse:
    """Server groups have pages by number and no links."""
    body = captured("openstack/compute_server_groups") if request.query["offset"] == "0" else b'{"server_groups": []}'
    return web.Response(body=body)


@pytest.fixture(autouse=True)
def cloud(far: FarCloud) -> None:
    nova(far, "/servers/detail", "servers")
    nova(far, "/flavors/detail", "flavors")
    nova(far, "/os-hypervisors/detail", "hypervisors")
    nova(far, "/os-availability-zone", "zones")
    nova(far, "/os-services", "services")
    far.answer("compute /os-server-groups", groups)


async def test_servers_come_with_flavor_hypervisor_and_group(compute: OpenStackCompute, far: FarCloud) -> None:
    rows = {row.native_id: row for row in await feed(compute, "server").full()}
    flavors = {row.name: row.id for row in await feed(compute, "flavor").full()}
    hypervisors = {row.name: row.id for row in await feed(compute, "hypervisor").full()}
    (group,) = await feed(compute, "serverGroup").full()
    assert len(rows) == 3
    assert rows[WEB_2].flavor_id == flavors["m1.tiny"]
    assert rows[WEB_2].hypervisor_id == hypervisors["compute-1"]
    assert rows[WEB_2].server_group_ids == (group.id,)
    assert rows[BOOTED].server_group_ids == ()
    (asked,) = far.calls("compute /servers/detail")
    assert asked.query == {"all_tenants": "1", "limit": "2"}
    assert asked.headers["OpenStack-API-Version"] == "compute 2.90"
    assert {call.headers["OpenStack-API-Version"] for call in far.calls("compute /os-hypervisors/detail")} == {
        "compute 2.87"
    }


async def test_servers_of_a_cell_that_is_down_stay(compute: OpenStackCompute, far: FarCloud) -> None:
    """Nova leaves them out of the list; asked for one, it tells little more than that it is there."""
    servers = feed(compute, "server")
    before = {row.native_id: row for row in await servers.full()}
    (gone, *_) = before.keys() - {WEB_2, BOOTED}
    far.answer("compute /servers/detail", told({"servers": []}))
    little = {"tenant_id": "p-1", "created": "2026-11-23T18:00:00Z", "status": "UNKNOWN", "links": []}
    for native in (WEB_2, BOOTED):
        far.answer(f"compute /servers/{native}", told({"server": {"id": native, **little}}))
    rows = {row.native_id: row for row in await servers.full()}
    assert set(rows) == {WEB_2, BOOTED}
    for native, row in rows.items():
        assert row == structs.replace(before[native], status=ServerStatus.UNKNOWN, task_state=None)
    assert await servers.one(WEB_2) == rows[WEB_2]
    assert {row.native_id for row in await servers.full()} == {WEB_2, BOOTED}
    nova(far, "/servers/detail", "servers")
    assert {row.native_id: row.status for row in await servers.full()} == {
        native: row.status for native, row in before.items()
    }
    assert [call.path for call in far.asked].count(f"compute /servers/{gone}") == 1


async def test_servers_that_were_deleted_unseen_go(compute: OpenStackCompute, far: FarCloud) -> None:
    servers = feed(compute, "server")
    body = json.loads(captured("openstack/compute_servers"))["servers"][0]
    many = [{**body, "id": f"s-{number}"} for number in range(100)]
    far.answer("compute /servers/detail", told({"servers": many}))
    await servers.full()
    far.answer("compute /servers/detail", told({"servers": []}))
    assert await servers.full() == []
    assert len([call for call in far.asked if call.path.startswith("compute /servers/s-")]) == ASKED
    assert await servers.full() == []


async def test_of_a_large_cell_that_is_down_a_few_servers_are_asked_about(
    compute: OpenStackCompute, far: FarCloud
) -> None:
    servers = feed(compute, "server")
    body = json.loads(captured("openstack/compute_servers"))["servers"][0]
    far.answer("compute /servers/detail", told({"servers": [{**body, "id": f"s-{number}"} for number in range(100)]}))
    await servers.full()
    far.answer("compute /servers/detail", told({"servers": []}))
    for number in range(1, 100):  # the first one is gone indeed
        little = {"id": f"s-{number}", "tenant_id": "p-1", "status": "UNKNOWN"}
        far.answer(f"compute /servers/s-{number}", told({"server": little}))
    assert {row.native_id for row in await servers.full()} == {f"s-{number}" for number in range(1, 100)}


async def test_changes_tell_what_was_deleted(compute: OpenStackCompute, far: FarCloud) -> None:
    servers = feed(compute, "server")
    await servers.full()
    nova(far, "/servers/detail", "servers_changed")
    assert servers.changes is not None
    changes = await servers.changes(SINCE)
    assert (len(changes.rows), len(changes.deleted)) == (3, 5)
    assert all(gone.startswith("server:krane/") for gone in changes.deleted)
    assert far.calls("compute /servers/detail")[-1].query["changes-since"] == "2026-11-23T19:00:00Z"


@pytest.mark.parametrize(("behind", "asked"), [(75, "18:58:45"), (0, "19:00:00"), (-75, "19:00:00")])
async def test_changes_are_asked_for_by_novas_clock(
    compute: OpenStackCompute, far: FarCloud, behind: int, asked: str
) -> None:
    """Its moments are its own: with a clock behind ours it would tell of nothing that happens."""
    date = format_datetime(datetime.now(UTC) - timedelta(seconds=behind), usegmt=True)
    far.answer("compute /servers/detail", told(captured("openstack/compute_servers"), headers={"Date": date}))
    servers = feed(compute, "server")
    await servers.full()
    assert servers.changes is not None
    await servers.changes(SINCE)
    since = datetime.fromisoformat(far.calls("compute /servers/detail")[-1].query["changes-since"])
    assert timedelta() <= datetime.fromisoformat(f"2026-11-23T{asked}Z") - since < timedelta(seconds=5)


@pytest.mark.parametrize("refused", ["/os-hypervisors/detail", "/os-server-groups"])
async def test_servers_are_seen_by_an_account_that_may_not_read_all_else(
    compute: OpenStackCompute, far: FarCloud, refused: str
) -> None:
    far.answer(f"compute {refused}", told({"forbidden": {"message": "Policy doesn't allow"}}, status=403))
    rows = {row.native_id: row for row in await feed(compute, "server").full()}
    assert len(rows) == 3
    assert (rows[WEB_2].hypervisor_id is None) == ("hypervisors" in refused)
    assert (rows[WEB_2].server_group_ids == ()) == ("groups" in refused)
    far.answer(f"compute {refused}", told(b"", status=503))
    with pytest.raises(Unavailable, match="failed with status 503"):
        await feed(compute, "server").full()  # that it has no hypervisor would be wrong


async def test_a_flavor_newer_than_the_list_is_looked_for_once(compute: OpenStackCompute, far: FarCloud) -> None:
    servers = feed(compute, "server")
    await servers.full()
    body = json.loads(captured("openstack/compute_server"))
    body["server"]["flavor"]["original_name"] = "m1.newest"
    far.answer(f"compute /servers/{BOOTED}", told(body))
    before = len(far.calls("compute /flavors/detail"))
    for _ in range(2):
        row = await servers.one(BOOTED)
        assert row is not None
        assert (row.flavor_id, row.flavor_name) == (None, "m1.newest")
    assert len(far.calls("compute /flavors/detail")) == before + 1


async def test_one_that_is_not_there(compute: OpenStackCompute) -> None:
    for kind in ("server", "flavor", "serverGroup", "availabilityZone", "hypervisor", "computeService"):
        assert await feed(compute, kind).one("0b5bbd0e-0000-0000-0000-000000000000") is None
        assert await feed(compute, kind).one("../flavors/detail") is None


async def test_a_private_flavor_tells_who_may_use_it(compute: OpenStackCompute, far: FarCloud) -> None:
    body = json.loads(captured("openstack/compute_flavors"))
    private, gone, *_ = body["flavors"]
    private["os-flavor-access:is_public"] = gone["os-flavor-access:is_public"] = False
    far.answer("compute /flavors/detail", told(body))
    access = {"flavor_access": [{"flavor_id": private["id"], "tenant_id": "p-1"}]}
    far.answer(f"compute /flavors/{private['id']}/os-flavor-access", told(access))
    rows = {row.native_id: row for row in await feed(compute, "flavor").full()}
    assert rows[private["id"]].shared_with == ("project:home/p-1",)
    assert gone["id"] not in rows  # deleted between the list and the question
    refused = told({"forbidden": {"message": "Policy doesn't allow"}}, status=403)
    far.answer(f"compute /flavors/{private['id']}/os-flavor-access", refused)
    rows = {row.native_id: row for row in await feed(compute, "flavor").full()}
    assert (rows[private["id"]].public, rows[private["id"]].shared_with) == (False, ())
    assert far.calls("compute /flavors/detail")[0].query["is_public"] == "None"


@pytest.mark.parametrize("id_", ["m1.small", "8", "2.4xl_x-y"])
async def test_flavors_have_any_id(compute: OpenStackCompute, far: FarCloud, id_: str) -> None:
    (flavor, *_) = json.loads(captured("openstack/compute_flavors"))["flavors"]
    flavor |= {"id": id_, "os-flavor-access:is_public": False}
    far.answer("compute /flavors/detail", told({"flavors": [flavor]}))
    far.answer(f"compute /flavors/{id_}", told({"flavor": flavor}))
    far.answer(f"compute /flavors/{id_}/os-flavor-access", told({"flavor_access": [{"tenant_id": "p-1"}]}))
    (row,) = await feed(compute, "flavor").full()
    assert (row.native_id, row.shared_with) == (id_, ("project:home/p-1",))
    assert await feed(compute, "flavor").one(id_) == row


async def test_a_private_flavor_is_listed_whatever_its_id(compute: OpenStackCompute, far: FarCloud) -> None:
    (flavor, *_) = json.loads(captured("openstack/compute_flavors"))["flavors"]
    flavor |= {"id": "gpu 1", "os-flavor-access:is_public": False}
    far.answer("compute /flavors/detail", told({"flavors": [flavor]}))
    far.answer("compute /flavors/gpu 1/os-flavor-access", told({"flavor_access": [{"tenant_id": "p-1"}]}))
    (row,) = await feed(compute, "flavor").full()
    assert (row.native_id, row.shared_with) == ("gpu 1", ("project:home/p-1",))


@pytest.mark.parametrize("id_", ["", ".", "..", "a/b", "a\\b", "a\nb", "a%2fb", "a;b", "../servers/x", "x" * 256])
async def test_what_can_be_no_id_is_not_asked_for(compute: OpenStackCompute, far: FarCloud, id_: str) -> None:
    assert await feed(compute, "flavor").one(id_) is None
    assert [asked.path for asked in far.asked if asked.path.startswith("compute /flavors/")] == []


async def test_zones_and_services(compute: OpenStackCompute) -> None:
    (zone,) = await feed(compute, "availabilityZone").full()
    assert await feed(compute, "availabilityZone").one("nova") == zone
    services = await feed(compute, "computeService").full()
    assert {row.name for row in services} >= {"nova-compute@compute-1", "nova-scheduler@controller"}
    assert await feed(compute, "computeService").one(services[0].native_id) == services[0]


async def test_an_old_nova_is_named(client: OpenStackClient, far: FarCloud) -> None:
    far.newest_microversion = "2.53"
    compute = OpenStackCompute(client, Names("krane", "home"))
    with pytest.raises(
        Unavailable, match=r"Nova \(compute\) of krane speaks its API up to 2\.53 only; 9rum needs 2\.60"
    ):
        await feed(compute, "server").full()
    (found,) = await compute.check()
    assert (found.ok, found.mend) == (False, "Use a Nova of Queens (2018) or newer.")


async def test_check_is_one_line(compute: OpenStackCompute, far: FarCloud) -> None:
    (found,) = await compute.check()
    assert found.ok
    assert far.calls("compute /servers/detail")[-1].query == {"all_tenants": "1", "limit": "1"}


async def test_check_names_what_the_account_may_not_read(compute: OpenStackCompute, far: FarCloud) -> None:
    far.answer("compute /os-hypervisors/detail", told({"forbidden": {"message": "Policy"}}, status=403))
    reachable, hypervisors = await compute.check()
    assert (reachable.ok, hypervisors.ok) == (True, False)
    assert hypervisors.sentence == "Nova (compute) of krane does not let 9rum's own account read its hypervisors."
    assert "`os_compute_api:os-hypervisors:list-detail`" in hypervisors.mend


# -- keypairs: Nova lists those of one user at a time ------------------------------------------------------------------


def users(far: FarCloud, *names: str) -> None:
    far.answer("identity /users", told({"users": [{"id": name} for name in names]}))


async def keys(request: web.Request) -> web.StreamResponse:
    """One key for each user who is asked about."""
    body = json.loads(captured("openstack/compute_keypairs"))
    return web.json_response(body)


async def test_keypairs_of_all_users_of_a_small_keystone(compute: OpenStackCompute, far: FarCloud) -> None:
    users(far, "u-1", "u-2")
    far.answer("compute /os-keypairs", keys)
    rows = await feed(compute, "keypair").full()
    assert {row.native_id for row in rows} == {"u-1/k1795461890", "u-2/k1795461890"}
    assert {row.user_id for row in rows} == {"user:home/u-1", "user:home/u-2"}


async def test_keypairs_of_who_owns_servers_in_a_large_keystone(compute: OpenStackCompute, far: FarCloud) -> None:
    users(far, *(f"u-{number}" for number in range(WHOLE_DIRECTORY + 1)))
    far.answer("compute /os-keypairs", keys)
    assert await feed(compute, "keypair").full() == []
    await feed(compute, "server").full()
    rows = await feed(compute, "keypair").full()
    assert [row.user_id for row in rows] == ["user:home/bcbaa64cf38545b8afd6ebcc2bb7e78f"]
    assert len(far.calls("identity /users")) == 1


async def test_a_keypair_read_alone_stays_in_the_list(compute: OpenStackCompute, far: FarCloud) -> None:
    users(far)
    far.answer("compute /os-keypairs", keys)
    body = json.loads(captured("openstack/compute_keypairs"))["keypairs"][0]
    far.answer("compute /os-keypairs/k1795461890", told(body))
    keypairs = feed(compute, "keypair")
    row = await keypairs.one("u-9/k1795461890")
    assert row is not None
    assert await keypairs.full() == [row]
    assert await keypairs.one("u-9/a b/c") is None
    assert far.asked[-1].query == {"user_id": "u-9"}


@pytest.mark.parametrize(
    ("kind", "where"),
    [("flavor", "/flavors/x-1"), ("serverGroup", "/os-server-groups/x-1"), ("hypervisor", "/os-hypervisors/x-1")],
)
async def test_an_answer_without_what_was_asked_for_is_told_of_nova(
    compute: OpenStackCompute, far: FarCloud, kind: str, where: str
) -> None:
    far.answer(f"compute {where}", told({}))
    with pytest.raises(Unavailable, match=r"Nova \(compute\) of krane answered without"):
        await feed(compute, kind).one("x-1")
