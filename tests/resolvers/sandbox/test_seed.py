"""What a sandbox is before anyone uses it."""

import msgspec
import pytest

from resolvers.compute.port import FlavorRow, HypervisorRow, ServerRow, ServerStatus
from resolvers.errors import Invalid
from resolvers.identity.port import DomainRow, ProjectRow
from resolvers.image.port import ImageRow
from resolvers.network.port import FloatingIpRow, NetworkRow, PortRow
from resolvers.sandbox.records import KEPT, TransferKey
from resolvers.sandbox.seed import demo_people
from resolvers.volume.port import VolumeRow
from tests.resolvers.sandbox.conftest import Cloud, OpenCloud
from tests.resolvers.sandbox.integrity import wrongs


def seeded(cloud: Cloud) -> bytes:
    """All rows, as bytes. The key of an offered volume is a secret and always new."""
    kept = [type_ for type_ in KEPT.values() if type_ is not TransferKey]
    return msgspec.json.encode([cloud.world.rows(type_) for type_ in kept])


async def test_the_small_world_has_something_of_everything(cloud: Cloud) -> None:
    assert len(cloud.world.rows(ServerRow)) == 60
    assert len(cloud.world.rows(HypervisorRow)) == 8
    assert {row.name for row in cloud.world.rows(DomainRow)} == {"Default", "partner"}
    assert {row.name for row in cloud.world.rows(ProjectRow)} == {"admin", "shop", "talk", "search", "lab2"}
    assert {"m1.tiny", "m1.small", "m1.medium", "m1.large", "m1.xlarge", "gpu.large"} == {
        row.name for row in cloud.world.rows(FlavorRow)
    }
    assert {row.name for row in cloud.world.rows(ImageRow) if row.deprecated} == {"centos-7"}
    assert {"public", "shared-net", "shop-net", "talk-net"} <= {row.name for row in cloud.world.rows(NetworkRow)}
    assert {row.status for row in cloud.world.rows(ServerRow)} >= {
        ServerStatus.ACTIVE, ServerStatus.SHUTOFF, ServerStatus.ERROR, ServerStatus.PAUSED, ServerStatus.SUSPENDED,
        ServerStatus.VERIFY_RESIZE, ServerStatus.SHELVED_OFFLOADED,
    }  # fmt: skip
    assert any(row.port_id for row in cloud.world.rows(FloatingIpRow))
    empty = [
        type_.__name__
        for name, type_ in KEPT.items()
        if name not in ("timer", "marked") and not cloud.world.rows(type_)
    ]
    assert not empty


async def test_every_demo_person_signs_in_with_the_password_that_is_shown(cloud: Cloud) -> None:
    people = demo_people()
    assert [person.name for person in people] == ["jiwoo", "minsu", "haneul", "sora", "dohyun", "operator"]
    projects = {row.native_id: row.name for row in cloud.world.rows(ProjectRow)}
    for person in people:
        token = await cloud.identity.sign_in(person.name, person.password, "Default", None)
        identity = await cloud.identity.identify(token)
        assert tuple(projects[native] for native in identity.roles) == person.projects
        assert person.note


@pytest.mark.parametrize("given", [{}, {"size": 300}])
async def test_equal_settings_make_equal_worlds(open_cloud: OpenCloud, given: dict[str, int]) -> None:
    assert seeded(await open_cloud(**given)) == seeded(await open_cloud(**given))


async def test_another_seed_makes_another_world_with_the_same_people(open_cloud: OpenCloud) -> None:
    one, other = await open_cloud(), await open_cloud(seed=2)
    assert seeded(one) != seeded(other)
    assert one.world.rows(ProjectRow) == other.world.rows(ProjectRow)


@pytest.mark.parametrize("size", ["small", 1, 300, 3_000])
async def test_a_seed_is_sound(open_cloud: OpenCloud, size: str | int) -> None:
    cloud = await open_cloud(size=size)
    assert wrongs(cloud.world) == []
    if isinstance(size, int):
        assert len(cloud.world.rows(ServerRow)) == size
        assert len(cloud.world.rows(VolumeRow)) == size // 5


async def test_a_large_world_has_a_few_big_projects_and_many_small_ones(open_cloud: OpenCloud) -> None:
    cloud = await open_cloud(size=25_000)
    counts = sorted(
        (len(cloud.world.where(ServerRow, "project_id", row.id)) for row in cloud.world.rows(ProjectRow)), reverse=True
    )
    assert sum(counts) == 25_000
    assert sum(1 for count in counts if count) == 650
    assert counts[0] > 5 * counts[325] > 0
    assert len(cloud.world.rows(ImageRow)) == 60 and len(cloud.world.rows(FlavorRow)) == 30
    assert len(cloud.world.rows(HypervisorRow)) == 900 and len(cloud.world.rows(VolumeRow)) == 5_000
    assert len(cloud.world.rows(PortRow)) < 3_000, "ports are for the demo people's projects only"


async def test_a_server_of_a_large_world_can_be_used_like_any_other(open_cloud: OpenCloud) -> None:
    cloud = await open_cloud(size=300)
    jiwoo = await cloud.acting("jiwoo", "shop")
    assert (await cloud.server(jiwoo)).status is ServerStatus.ACTIVE
    project = cloud.named(ProjectRow, "shop").id
    server = next(
        row for row in cloud.world.where(ServerRow, "project_id", project) if row.status is ServerStatus.ACTIVE
    )
    await cloud.compute.resize_server(jiwoo, server.native_id, cloud.named(FlavorRow, "m1.xlarge").native_id)
    await cloud.pass_time()
    assert cloud.at(ServerRow, server.native_id).status is ServerStatus.VERIFY_RESIZE
    await cloud.compute.delete_server(jiwoo, server.native_id)
    await cloud.pass_time()
    assert cloud.world.get(ServerRow, server.native_id) is None
    assert wrongs(cloud.world) == []


async def test_settings_that_name_no_operation_are_refused(open_cloud: OpenCloud) -> None:
    with pytest.raises(Invalid, match=r"can not let `server\.explode` fail"):
        await open_cloud(failures={"server.explode": 0.5})
