"""Who gets in, as whom, and what each may touch."""

from datetime import timedelta

import pytest

from resolvers.actor import Credential
from resolvers.compute.port import FlavorRow, ServerRow, ServerVerb
from resolvers.errors import Conflict, Denied, GurumError, Invalid, NotFound, Unauthenticated
from resolvers.image.port import ImageRow
from resolvers.sandbox.people import TOKEN_SECONDS
from resolvers.sandbox.seed_people import credential_id, project_id
from tests.resolvers.sandbox.conftest import Cloud


@pytest.mark.parametrize(
    ("user", "password", "domain", "project"),
    [
        ("jiwoo", "hunter2", "Default", None),
        ("jiwoo", "", "Default", None),
        ("nobody", "nobody", "Default", None),
        ("jiwoo", "jiwoo", "partner", None),
        ("jiwoo", "jiwoo", "nowhere", None),
        ("jiwoo", "jiwoo", "Default", "search"),
        ("jiwoo", "jiwoo", "Default", "lab2"),
        ("jiwoo", "jiwoo", "Default", "no-such-project"),
    ],
)
async def test_who_does_not_get_in(cloud: Cloud, user: str, password: str, domain: str, project: str | None) -> None:
    keys = await cloud.redis.keys("*token*")
    with pytest.raises(Unauthenticated) as caught:
        await cloud.identity.sign_in(user, password, domain, project)
    assert caught.value.message.endswith(".") and "hunter2" not in caught.value.message
    assert await cloud.redis.keys("*token*") == keys


async def test_a_project_is_named_by_name_or_id_and_a_domain_too(cloud: Cloud) -> None:
    for project, domain in (("shop", "Default"), (project_id("shop"), "default")):
        token = await cloud.identity.sign_in("jiwoo", "jiwoo", domain, project)
        assert (await cloud.identity.identify(token)).project_id == project_id("shop")


async def test_an_identity_has_effective_roles(cloud: Cloud) -> None:
    jiwoo = await cloud.identity.identify((await cloud.acting("jiwoo")).token)
    both = frozenset({"reader", "member"})
    assert jiwoo.roles == {project_id("shop"): both, project_id("talk"): both}
    assert (jiwoo.domain_name, jiwoo.system_roles, jiwoo.restricted, jiwoo.project_id) == (
        "Default",
        frozenset(),
        False,
        None,
    )
    dohyun = await cloud.identity.identify((await cloud.acting("dohyun")).token)
    assert not dohyun.roles and "admin" in dohyun.domain_roles["default"]
    operator = await cloud.identity.identify((await cloud.acting("operator")).token)
    assert "admin" in operator.system_roles and "admin" in operator.roles[project_id("admin")]


async def test_an_application_credential_stays_in_its_project(cloud: Cloud) -> None:
    token = await cloud.identity.sign_in_application_credential(credential_id("jiwoo"), "jiwoo-secret")
    identity = await cloud.identity.identify(token)
    assert (
        identity.restricted
        and identity.project_id == project_id("shop")
        and set(identity.roles) == {project_id("shop")}
    )
    await cloud.compute.quotas(Credential(token))
    with pytest.raises(Denied, match="for another project"):
        await cloud.compute.quotas(Credential(token, project_id("talk")))
    for secret in ("jiwoo", "minsu-secret"):
        with pytest.raises(Unauthenticated):
            await cloud.identity.sign_in_application_credential(credential_id("jiwoo"), secret)
    with pytest.raises(Unauthenticated):
        await cloud.identity.sign_in_application_credential("unknown", "jiwoo-secret")


async def test_an_operator_s_application_credential_has_the_power_of_its_project_alone(cloud: Cloud) -> None:
    token = await cloud.identity.sign_in_application_credential(credential_id("operator"), "operator-secret")
    assert not (await cloud.identity.identify(token)).system_roles


async def test_a_token_ends_by_sign_out_and_by_itself(cloud: Cloud) -> None:
    token = await cloud.identity.sign_in("minsu", "minsu", "Default", "talk")
    other = await cloud.identity.sign_in("minsu", "minsu", "Default", "talk")
    await cloud.identity.sign_out(token)
    await cloud.identity.sign_out("unknown")
    await cloud.identity.identify(other)
    await cloud.clock.advance(TOKEN_SECONDS)
    for ended in (token, other, "garbage", ""):
        with pytest.raises(Unauthenticated):
            await cloud.identity.identify(ended)
        with pytest.raises(Unauthenticated):
            await cloud.compute.quotas(Credential(ended, project_id("talk")))


@pytest.mark.parametrize(
    ("person", "project", "error"),
    [
        ("haneul", "shop", Denied),  # a reader
        ("minsu", "talk", NotFound),  # another project's server
        ("minsu", "shop", NotFound),  # a project that the person has no role on
        ("dohyun", "shop", NotFound),  # a domain's admin has no power over its servers
    ],
)
async def test_who_may_not_touch_a_server(cloud: Cloud, person: str, project: str, error: type[GurumError]) -> None:
    acting = await cloud.acting(person, project)
    server = cloud.named(ServerRow, "shop-web-1")
    with pytest.raises(error) as caught:
        await cloud.compute.change_server(acting, server.native_id, ServerVerb.STOP)
    with pytest.raises(error):
        await cloud.compute.delete_server(acting, server.native_id)
    assert cloud.at(ServerRow, server.native_id) is server
    assert caught.value.backend == "krane"


async def test_a_reader_reads(cloud: Cloud) -> None:
    haneul, server = await cloud.acting("haneul"), cloud.named(ServerRow, "shop-web-2")
    assert "login:" in await cloud.compute.console_log(haneul, server.native_id, 50)
    assert [entry.action for entry in await cloud.compute.history(haneul, server.native_id)] == ["create"]
    with pytest.raises(Denied):
        await cloud.compute.console(haneul, server.native_id, "novnc")


async def test_an_operator_acts_everywhere(cloud: Cloud) -> None:
    operator = await cloud.acting("operator", "shop")
    server = cloud.named(ServerRow, "shop-web-1")
    await cloud.compute.change_server(operator, server.native_id, ServerVerb.STOP)
    await cloud.compute.create_flavor(operator, "m1.huge", 32, 131_072, 400, True)


async def test_what_only_operators_may(cloud: Cloud) -> None:
    jiwoo = await cloud.acting("jiwoo")
    with pytest.raises(Denied, match="Only operators of the cloud may create flavors"):
        await cloud.compute.create_flavor(jiwoo, "mine", 1, 1, 1, True)
    with pytest.raises(Denied):
        await cloud.compute.delete_flavor(jiwoo, cloud.named(FlavorRow, "m1.tiny").native_id)
    with pytest.raises((Denied, Conflict)):
        await cloud.image.delete_image(jiwoo, cloud.named(ImageRow, "ubuntu-24.04").native_id)
    with pytest.raises(NotFound):  # not shared with the project, so it is not there
        await cloud.compute.create_servers(jiwoo, cloud.spec(flavor=cloud.named(FlavorRow, "gpu.large").native_id))


async def test_a_shared_flavor_is_for_those_it_is_shared_with(cloud: Cloud) -> None:
    gpu = cloud.named(FlavorRow, "gpu.large").native_id
    assert await cloud.compute.create_servers(await cloud.acting("sora"), cloud.spec(flavor=gpu))


async def test_keypairs_belong_to_a_person_whatever_the_project(cloud: Cloud) -> None:
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPjVgHXJyCs8N4BUDR9kCkk8b0xQYV1mq6Ls5m8sQ0aX me"
    unscoped = Credential((await cloud.acting("dohyun")).token)
    await cloud.compute.create_keypair(unscoped, "mine", key)
    with pytest.raises(Conflict):
        await cloud.compute.create_keypair(unscoped, "mine", key)
    with pytest.raises(NotFound):
        await cloud.compute.delete_keypair(await cloud.acting("jiwoo"), "mine")
    await cloud.compute.delete_keypair(unscoped, "mine")


async def test_an_application_credential_makes_trusts_when_it_is_unrestricted_and_in_its_project_alone(
    cloud: Cloud,
) -> None:
    end = cloud.clock.now() + timedelta(days=1)
    jiwoo = await cloud.identity.sign_in_application_credential(credential_id("jiwoo"), "jiwoo-secret")
    trust = await cloud.identity.create_trust(jiwoo, project_id("shop"), ["member"], end)
    assert trust.roles == ("member",)
    with pytest.raises(Denied, match="You do not have the role `member` on this project"):
        await cloud.identity.create_trust(jiwoo, project_id("talk"), ["member"], end)
    minsu = await cloud.identity.sign_in_application_credential(credential_id("minsu"), "minsu-secret")
    with pytest.raises(Denied, match="may not delegate roles; sign in with your password"):
        await cloud.identity.create_trust(minsu, project_id("talk"), ["member"], end)
    assert len(await cloud.redis.keys("*:trust:*")) == 1


@pytest.mark.parametrize(("roles", "days"), [([], 1), (["member"], 0), (["member"], -1)])
async def test_a_trust_without_a_role_or_an_end_to_come_is_refused(cloud: Cloud, roles: list[str], days: int) -> None:
    jiwoo, end = (await cloud.acting("jiwoo")).token, cloud.clock.now() + timedelta(days=days)
    with pytest.raises(Invalid, match="needs a role, and an end"):
        await cloud.identity.create_trust(jiwoo, project_id("shop"), roles, end)
    assert not await cloud.redis.keys("*:trust:*")


async def test_a_trust_of_an_operator_s_project_gives_the_power_of_that_project_alone(cloud: Cloud) -> None:
    operator = (await cloud.acting("operator")).token
    end = cloud.clock.now() + timedelta(days=1)
    trust = await cloud.identity.create_trust(operator, project_id("admin"), ["reader"], end)
    token, _ = await cloud.identity.trust_token(trust.id)
    assert not (await cloud.identity.identify(token)).system_roles
    with pytest.raises(Denied, match="needs the role `member`"):
        await cloud.compute.create_flavor(Credential(token), "mine", 1, 1, 1, True)
    with pytest.raises(Denied, match="for another project"):
        await cloud.compute.quotas(Credential(token, project_id("shop")))


async def test_a_trust_and_a_role_that_was_taken_away_survive_a_restart(cloud: Cloud) -> None:
    end = cloud.clock.now() + timedelta(days=1)
    trust = await cloud.identity.create_trust((await cloud.acting("jiwoo")).token, project_id("shop"), ["member"], end)
    token, _ = await cloud.identity.trust_token(trust.id)
    again = await cloud.restart()
    await again.compute.quotas(Credential(token))
    await again.world.people.revoke_role("jiwoo", "shop", "member")
    for identity in (cloud.identity, again.identity):
        with pytest.raises(Unauthenticated):
            await identity.identify(token)
        with pytest.raises(Denied, match="lost a role"):
            await identity.trust_token(trust.id)
    with pytest.raises(NotFound):
        await cloud.compute.quotas(await cloud.acting("jiwoo", "shop"))
    await cloud.compute.quotas(await cloud.acting("jiwoo", "talk"))
    with pytest.raises(Unauthenticated, match="no role on a project"):
        await cloud.identity.sign_in("jiwoo", "jiwoo", "Default", "shop")
    await cloud.world.people.restore_role("jiwoo", "shop", "member")
    await again.identity.trust_token(trust.id)
    await again.world.close()
