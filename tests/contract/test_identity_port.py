"""What every identity backend does: the same tests on the sandbox and on a real Keystone."""

import pytest

from resolvers.errors import Unauthenticated
from resolvers.identity.port import KINDS
from tests.contract.conftest import Cloud


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
    assert users["jiwoo"].domain_native_id == users["jiwoo"].domain_id.split("/", 1)[1]


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

    async def refused() -> bool:
        try:
            await port.identify(token)
        except Unauthenticated:
            return True
        return False

    await cloud.eventually(refused, "the signed-out token is refused")
    await port.sign_out(token)


async def test_what_the_check_says_is_well(cloud: Cloud) -> None:
    results = await cloud.ports["identity"].check()
    assert results
    assert [result.sentence for result in results if not result.ok] == []
