"""Trusts: made as the person, used and deleted by 9rum's own account, and every way in which they end."""

from datetime import UTC, datetime, timedelta

import pytest

from resolvers.actor import Credential
from resolvers.clients.openstack import OpenStackClient
from resolvers.errors import Denied, NotFound, Unauthenticated, Unavailable
from tests.resolvers.clients.far_cloud import SHOP, TALK, FarCloud, Token
from tests.resolvers.clients.far_trusts import TRUSTS, FarTrusts

pytestmark = pytest.mark.anyio
END = datetime(2030, 5, 1, 12, 30, tzinfo=UTC)


@pytest.fixture
def trusts(far: FarCloud) -> FarTrusts:
    return FarTrusts(far)


async def made(client: OpenStackClient, far: FarCloud, project: str = SHOP) -> str:
    return await client.trusts.create(far.issue(Token("jiwoo")), project, ["member"], END)


async def test_a_trust_is_made_by_the_person_for_one_project_and_can_not_be_passed_on(
    client: OpenStackClient, far: FarCloud, trusts: FarTrusts
) -> None:
    trust_id = await made(client, far)
    assert trusts.made == {
        trust_id: {
            "trustor_user_id": "u-jiwoo",
            "trustee_user_id": "u-gurum",
            "project_id": SHOP,
            "roles": [{"name": "member"}],
            "impersonation": True,
            "allow_redelegation": False,
            "expires_at": "2030-05-01T12:30:00.000000Z",
        }
    }
    (asked,) = far.calls(TRUSTS)
    assert asked.token is not None
    assert (asked.token.user, asked.token.project) == ("jiwoo", SHOP)


async def test_its_token_is_the_person_s_and_stays_in_the_project(
    client: OpenStackClient, far: FarCloud, trusts: FarTrusts
) -> None:
    token, ends = await client.trusts.token(await made(client, far))
    body = await client.people.describe(token)
    assert (body.user.name, body.restricted, body.expires_at) == ("jiwoo", True, ends)
    assert body.project is not None
    assert body.project.id == SHOP
    with pytest.raises(Denied):
        await client.people.token(Credential(token, TALK))


async def test_a_role_that_the_person_lacks_makes_no_trust(
    client: OpenStackClient, far: FarCloud, trusts: FarTrusts
) -> None:
    with pytest.raises(Denied, match="You do not have every one of these roles"):
        await client.trusts.create(far.issue(Token("jiwoo")), SHOP, ["admin"], END)
    with pytest.raises(Denied, match="You have no role on this project"):
        await client.trusts.create(far.issue(Token("minsu")), SHOP, ["member"], END)
    with pytest.raises(Unauthenticated):
        await client.trusts.create("gAAAAnobody", SHOP, ["member"], END)
    assert trusts.made == {}


async def test_an_application_credential_that_keystone_does_not_let_is_told_what_to_do(
    client: OpenStackClient, far: FarCloud, trusts: FarTrusts
) -> None:
    token = far.issue(Token("jiwoo", SHOP, ("application_credential",)))
    with pytest.raises(Denied, match="An application credential may not delegate roles; sign in with your password"):
        await client.trusts.create(token, SHOP, ["member"], END)
    assert trusts.made == {}


async def test_a_trust_that_is_gone_and_one_whose_person_lost_the_role_are_told_apart(
    client: OpenStackClient, far: FarCloud, trusts: FarTrusts
) -> None:
    trust_id = await made(client, far)
    trusts.removed.add("jiwoo")
    with pytest.raises(Denied, match="lost a role that the trust delegates"):
        await client.trusts.token(trust_id)
    trusts.removed.clear()
    del trusts.made[trust_id]
    with pytest.raises(NotFound):
        await client.trusts.token(trust_id)


async def test_a_trust_for_another_account_of_9rum_is_as_good_as_gone(
    client: OpenStackClient, far: FarCloud, trusts: FarTrusts
) -> None:
    trust_id = await made(client, far)
    trusts.made[trust_id]["trustee_user_id"] = "u-older"
    with pytest.raises(NotFound, match="another account"):
        await client.trusts.token(trust_id)


async def test_a_disabled_project_is_denied(client: OpenStackClient, far: FarCloud, trusts: FarTrusts) -> None:
    trust_id = await made(client, far)
    trusts.disabled.add(SHOP)
    with pytest.raises(Denied, match="project is disabled"):
        await client.trusts.token(trust_id)


async def test_an_own_token_that_was_revoked_is_renewed(
    client: OpenStackClient, far: FarCloud, trusts: FarTrusts
) -> None:
    trust_id = await made(client, far)
    far.refused = {name for name, token in far.tokens.items() if token.user == "gurum"}
    token, _ = await client.trusts.token(trust_id)
    assert far.tokens[token].user == "jiwoo"


async def test_an_own_token_that_ends_soon_is_renewed_so_that_the_trust_s_lives_long(
    client: OpenStackClient, far: FarCloud, trusts: FarTrusts
) -> None:
    """A token that is made of another one ends with that one."""
    trust_id = await made(client, far)
    for token in far.tokens.values():
        token.ends = timedelta(minutes=2)
    _, ends = await client.trusts.token(trust_id)
    assert ends - datetime.now(UTC) > timedelta(minutes=50)
    assert far.logins.count("password") == 2


@pytest.mark.parametrize("admin", [True, False])
async def test_deleting_needs_no_person(client: OpenStackClient, far: FarCloud, trusts: FarTrusts, admin: bool) -> None:
    trusts.admin = admin
    trust_id = await made(client, far)
    await client.trusts.delete(trust_id)
    assert trusts.made == {}
    by = [asked.token.user for asked in far.calls(f"{TRUSTS}/{trust_id}") if asked.token]
    assert by == (["gurum"] if admin else ["gurum", "jiwoo"])
    await client.trusts.delete(trust_id)


async def test_what_can_not_be_deleted_is_said(client: OpenStackClient, far: FarCloud, trusts: FarTrusts) -> None:
    """The own account is no admin, and the person lost the role."""
    trust_id = await made(client, far)
    trusts.admin = False
    trusts.removed.add("jiwoo")
    with pytest.raises(Unavailable, match="give it the role that it needs"):
        await client.trusts.delete(trust_id)
    assert set(trusts.made) == {trust_id}


@pytest.mark.parametrize("strange", ["..", "../users/u-1", "a b", "", "x\r\n"])
async def test_what_can_not_be_an_id_of_a_trust_is_not_sent(
    client: OpenStackClient, far: FarCloud, trusts: FarTrusts, strange: str
) -> None:
    await client.trusts.delete(strange)
    assert far.asked == []
