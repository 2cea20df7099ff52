"""What every identity backend does: the same tests on the sandbox and on a real Keystone."""

import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from resolvers.actor import Credential
from resolvers.errors import Denied, GurumError, NotFound, Unauthenticated
from resolvers.identity.port import KINDS
from tests.contract.conftest import Cloud

numbers = itertools.count()
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPjVgHXJyCs8N4BUDR9kCkk8b0xQYV1mq6Ls5m8sQ0aX me"


async def becomes(cloud: Cloud, error: type[GurumError], call: Callable[[], Awaitable[Any]], what: str) -> None:
    """Waits until the call is refused with the error."""

    async def look() -> bool:
        try:
            await call()
        except error:
            return True
        return False

    await cloud.eventually(look, what)


async def test_every_kind_is_listed_and_each_row_can_be_read_alone(cloud: Cloud) -> None:
    for kind in KINDS:
        rows = await cloud.rows("identity", kind.name)
        assert rows, kind.name
        alone = await cloud.row("identity", kind.name, rows[0].native_id)
        assert alone == rows[0]
        assert await cloud.row("identity", kind.name, "0" * 32) is None


async def test_rows_name_each_other_by_global_ids(cloud: Cloud) -> None:
    domains = {row.id: row.name for row in await cloud.rows("identity", "domain")}
    projects = {row.name: row for row in await cloud.rows("identity", "project")}
    users = {row.name: row for row in await cloud.rows("identity", "user")}
    assert {"shop", "talk", "search"} <= set(projects)
    assert domains[projects["shop"].domain_id] == "Default"
    assert domains[users["jiwoo"].domain_id] == "Default"


async def test_a_person_signs_in_and_is_identified_with_every_role(cloud: Cloud) -> None:
    identity = await cloud.ports["identity"].identify(await cloud.token("jiwoo"))
    assert identity.user_name == "jiwoo"
    assert identity.domain_name == "Default"
    assert set(identity.roles) == {cloud.native_project("shop"), cloud.native_project("talk")}
    assert "member" in identity.roles[cloud.native_project("shop")]
    assert identity.project_id is None
    assert not identity.system_roles
    assert identity.expires_at is not None
    assert not identity.restricted


async def test_a_scoped_token_names_its_project_and_keeps_the_other_roles(cloud: Cloud) -> None:
    identity = await cloud.ports["identity"].identify(await cloud.token("jiwoo", "shop"))
    assert identity.project_id == cloud.native_project("shop")
    assert cloud.native_project("talk") in identity.roles


async def test_roles_of_the_system_and_of_domains_are_told(cloud: Cloud) -> None:
    operator = await cloud.ports["identity"].identify(await cloud.token("operator"))
    assert "admin" in operator.system_roles
    dohyun = await cloud.ports["identity"].identify(await cloud.token("dohyun"))
    assert ["admin" in roles for roles in dohyun.domain_roles.values()] == [True]
    haneul = await cloud.ports["identity"].identify(await cloud.token("haneul"))
    assert haneul.roles[cloud.native_project("shop")] == frozenset({"reader"})


@pytest.mark.parametrize(
    ("user", "password"), [("jiwoo", "wrong"), ("nobody-at-all", "jiwoo"), ("", ""), ("jiwoo", "")]
)
async def test_who_gives_a_wrong_secret_gets_no_token(cloud: Cloud, user: str, password: str) -> None:
    with pytest.raises(Unauthenticated) as refused:
        await cloud.ports["identity"].sign_in(user, password, "Default", None)
    assert "jiwoo" not in refused.value.message or user == "jiwoo"


async def test_a_project_that_one_has_no_role_in_gives_no_token(cloud: Cloud) -> None:
    with pytest.raises(Unauthenticated):
        await cloud.ports["identity"].sign_in("minsu", cloud.password("minsu"), "Default", "shop")


@pytest.mark.parametrize("token", ["garbage", "gAAAAABm", "x" * 5000, "\x00", "토큰"])
async def test_a_token_that_is_none_is_refused(cloud: Cloud, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await cloud.ports["identity"].identify(token)


async def test_a_token_that_was_signed_out_is_refused(cloud: Cloud) -> None:
    port = cloud.ports["identity"]
    token = await port.sign_in("jiwoo", cloud.password("jiwoo"), "Default", None)
    await port.identify(token)
    await port.sign_out(token)
    await becomes(cloud, Unauthenticated, lambda: port.identify(token), "the signed-out token is refused")
    await port.sign_out(token)


async def test_what_the_check_says_is_well(cloud: Cloud) -> None:
    results = await cloud.ports["identity"].check()
    assert results
    assert [result.sentence for result in results if not result.ok] == []


def in_days(days: float) -> datetime:
    """Another second each time: Keystone keeps no two trusts of the same people, for the same project, with the same end."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days, seconds=next(numbers))


async def test_a_trust_gives_a_token_of_the_person_for_one_project_and_the_delegated_roles(cloud: Cloud) -> None:
    port, shop = cloud.ports["identity"], cloud.native_project("shop")
    ends = in_days(30)
    trust = await port.create_trust(await cloud.token("jiwoo"), shop, ["reader"], ends)
    assert (trust.project, trust.roles, trust.expires_at) == (shop, ("reader",), ends)
    token, token_ends = await port.trust_token(trust.id)
    assert datetime.now(UTC) < token_ends
    person, delegated = await port.identify(await cloud.token("jiwoo")), await port.identify(token)
    assert (delegated.user_id, delegated.user_name) == (person.user_id, "jiwoo")
    assert (dict(delegated.roles), delegated.project_id) == ({shop: frozenset({"reader"})}, shop)
    assert delegated.restricted
    assert delegated.expires_at == pytest.approx(token_ends.timestamp(), abs=2)
    await port.delete_trust(trust.id)


async def test_what_is_done_with_a_trust_s_token_is_done_by_the_person(cloud: Cloud) -> None:
    port, shop, talk = cloud.ports["identity"], cloud.native_project("shop"), cloud.native_project("talk")
    trust = await port.create_trust(await cloud.token("jiwoo", "shop"), shop, ["member", "reader"], in_days(1))
    token, _ = await port.trust_token(trust.id)
    compute, name = cloud.ports["compute"], f"by-trust-{trust.id[:6]}"
    await compute.create_keypair(Credential(token, shop), name, KEY)
    with pytest.raises(Denied):
        await compute.create_keypair(Credential(token, talk), f"{name}-elsewhere", KEY)
    owners = {row.name: row.user_id for row in await cloud.rows("compute", "keypair") if row.name.startswith(name)}
    assert owners == {name: cloud.id("user", (await port.identify(token)).user_id)}
    await compute.delete_keypair(Credential(await cloud.token("jiwoo"), shop), name)
    await port.delete_trust(trust.id)


async def test_a_role_that_one_does_not_have_can_not_be_delegated(cloud: Cloud) -> None:
    port = cloud.ports["identity"]
    for person, project, role in (
        ("haneul", "shop", "member"),
        ("minsu", "shop", "member"),
        ("sora", "search", "admin"),
    ):
        with pytest.raises(Denied):
            await port.create_trust(
                await cloud.token(person), cloud.native_project(project), ["reader", role], in_days(1)
            )
    with pytest.raises(Unauthenticated):
        await port.create_trust("garbage", cloud.native_project("shop"), ["member"], in_days(1))


async def test_what_was_delegated_is_not_delegated_further(cloud: Cloud) -> None:
    port, shop = cloud.ports["identity"], cloud.native_project("shop")
    trust = await port.create_trust(await cloud.token("jiwoo"), shop, ["member"], in_days(1))
    token, _ = await port.trust_token(trust.id)
    with pytest.raises(Denied):
        await port.create_trust(token, shop, ["member"], in_days(1))
    await port.delete_trust(trust.id)


async def test_a_deleted_trust_gives_no_token_and_its_tokens_end(cloud: Cloud) -> None:
    port, shop = cloud.ports["identity"], cloud.native_project("shop")
    trust = await port.create_trust(await cloud.token("jiwoo"), shop, ["member"], in_days(1))
    token, _ = await port.trust_token(trust.id)
    await port.identify(token)
    await port.delete_trust(trust.id)
    with pytest.raises(NotFound):
        await port.trust_token(trust.id)
    await becomes(cloud, Unauthenticated, lambda: port.identify(token), "the token of a deleted trust is refused")
    await port.delete_trust(trust.id)
    await port.delete_trust("0" * 32)


async def test_a_trust_ends_by_itself(cloud: Cloud) -> None:
    port, shop = cloud.ports["identity"], cloud.native_project("shop")
    token, seconds = await cloud.token("jiwoo"), 3 if cloud.kind == "sandbox" else 12  # Keystone takes some to make it
    trust = await port.create_trust(token, shop, ["member"], datetime.now(UTC) + timedelta(seconds=seconds))
    await becomes(cloud, NotFound, lambda: port.trust_token(trust.id), "the trust has ended")


@pytest.mark.alone  # on the lab, others would meet a person without a role
async def test_who_loses_the_role_has_delegated_nothing_more(cloud: Cloud) -> None:
    port, search = cloud.ports["identity"], cloud.native_project("search")
    trust = await port.create_trust(await cloud.token("sora"), search, ["member"], in_days(1))
    token, _ = await port.trust_token(trust.id)
    await port.identify(token)
    async with cloud.without_role("sora", "search", "member"):
        with pytest.raises(Denied):
            await port.trust_token(trust.id)
        assert search not in (await port.identify(await cloud.token("sora"))).roles
        await becomes(
            cloud, Unauthenticated, lambda: port.identify(token), "the token of a person without the role is refused"
        )
    await port.trust_token(trust.id)
    await port.delete_trust(trust.id)
