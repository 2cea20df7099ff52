"""Acting as a person: the person's own token, rescoped to the project, kept for a short while, and never written anywhere."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from resolvers.actor import Credential
from resolvers.clients.openstack import OpenStackClient
from resolvers.clients.requests import collecting
from resolvers.errors import Denied, NotFound, Unauthenticated, Unavailable
from tests.clock import HandClock
from tests.resolvers.clients.conftest import Connecting
from tests.resolvers.clients.far_cloud import SHOP, TALK, Asked, FarCloud, Token, told

pytestmark = pytest.mark.anyio
ACTION = "/servers/1/action"


def taken(far: FarCloud) -> list[tuple[str, str | None]]:
    """Who did it, and in which project."""
    return [(asked.token.user, asked.token.project) for asked in far.calls(f"compute {ACTION}") if asked.token]


async def act(client: OpenStackClient, acting: Credential) -> None:
    await client.send(acting, "POST", "compute", ACTION, json={"os-stop": None})


@pytest.fixture(autouse=True)
def nova(far: FarCloud) -> None:
    far.answer(f"compute {ACTION}", told(b"", status=202))


async def test_an_unscoped_token_acts_on_each_project_of_the_person(client: OpenStackClient, far: FarCloud) -> None:
    token = far.issue(Token("jiwoo"))
    await act(client, Credential(token, SHOP))
    await act(client, Credential(token, TALK))
    await act(client, Credential(token, SHOP))
    assert taken(far) == [("jiwoo", SHOP), ("jiwoo", TALK), ("jiwoo", SHOP)]
    assert far.logins.count("token") == 2
    (asked, *_) = far.calls(f"compute {ACTION}")
    assert (asked.body, asked.headers["Content-Type"]) == (b'{"os-stop":null}', "application/json")


async def test_many_at_once_rescope_once(client: OpenStackClient, far: FarCloud) -> None:
    acting = Credential(far.issue(Token("jiwoo")), SHOP)
    await asyncio.gather(*(act(client, acting) for _ in range(10)))
    assert far.logins.count("token") == 1


async def test_a_token_of_another_project_is_rescoped(client: OpenStackClient, far: FarCloud) -> None:
    await act(client, Credential(far.issue(Token("jiwoo", TALK)), SHOP))
    assert taken(far) == [("jiwoo", SHOP)]


async def test_a_token_that_is_right_already_is_used_as_it_is(client: OpenStackClient, far: FarCloud) -> None:
    token = far.issue(Token("jiwoo", SHOP))
    await act(client, Credential(token, SHOP))
    await act(client, Credential(token))
    assert taken(far) == [("jiwoo", SHOP), ("jiwoo", SHOP)]
    assert "token" not in far.logins


@pytest.mark.parametrize("token", [Token("jiwoo", SHOP, ("application_credential",)), Token("jiwoo", SHOP, trust="t1")])
async def test_a_restricted_token_acts_on_its_own_project_only(
    client: OpenStackClient, far: FarCloud, token: Token
) -> None:
    name = far.issue(token)
    await act(client, Credential(name, SHOP))
    with pytest.raises(Denied, match="This token is bound to one project and can not act on another"):
        await act(client, Credential(name, TALK))
    assert taken(far) == [("jiwoo", SHOP)]
    assert "token" not in far.logins


async def test_a_project_without_a_role_is_denied_before_anything_is_sent(
    client: OpenStackClient, far: FarCloud
) -> None:
    with pytest.raises(Denied, match="You have no role on this project"):
        await act(client, Credential(far.issue(Token("minsu")), SHOP))
    assert far.asked == []


@pytest.mark.parametrize("token", ["", "two words", "x\r\nX-Auth-Token: admin", "토큰", "x" * 9000])
async def test_what_can_not_be_a_token_is_not_sent(client: OpenStackClient, far: FarCloud, token: str) -> None:
    for project in (None, SHOP):
        with pytest.raises(Unauthenticated, match="This is not a Keystone token"):
            await act(client, Credential(token, project))
    assert far.asked == []


async def test_an_unknown_token_is_told_by_keystone(client: OpenStackClient, far: FarCloud) -> None:
    with pytest.raises(Unauthenticated, match="unknown to Keystone, has ended, or was revoked"):
        await act(client, Credential("gAAAAnobody", SHOP))
    assert far.asked == []


async def test_a_kept_token_that_a_service_refuses_is_made_again_once(client: OpenStackClient, far: FarCloud) -> None:
    acting = Credential(far.issue(Token("jiwoo")), SHOP)
    await act(client, acting)
    far.refused = set(far.tokens)
    await act(client, acting)
    assert far.logins.count("token") == 2
    assert len(far.calls(f"compute {ACTION}")) == 3


async def test_the_token_of_a_trust_whose_person_lost_the_role_is_no_token_any_more(
    client: OpenStackClient, far: FarCloud
) -> None:
    """Keystone answers 403 of it, which is not the fault of 9rum's own account."""
    token = far.issue(Token("jiwoo", SHOP, trust="t1"))
    await client.people.describe(token)
    far.lapsed.add(token)
    with pytest.raises(Unauthenticated, match="lost the role"):
        await client.people.describe(token)


async def test_an_own_account_that_may_ask_of_no_token_is_told_apart(client: OpenStackClient, far: FarCloud) -> None:
    token = far.issue(Token("jiwoo", SHOP))
    far.blind = True
    with pytest.raises(Unavailable, match="does not allow this to 9rum's own account"):
        await client.people.describe(token)


async def test_a_body_that_is_a_stream_is_sent_once_only(client: OpenStackClient, far: FarCloud) -> None:
    acting = Credential(far.issue(Token("jiwoo")), SHOP)
    await act(client, acting)
    far.refused = set(far.tokens)

    async def content() -> AsyncIterator[bytes]:
        yield b"image"

    with pytest.raises(Unauthenticated):
        await client.send(acting, "PUT", "compute", ACTION, data=content())
    assert len(far.calls(f"compute {ACTION}")) == 2


async def test_a_kept_token_is_asked_for_again_after_a_while_and_before_it_ends(
    connect: Connecting, far: FarCloud
) -> None:
    clock = HandClock()
    far.now = clock.now
    client = await connect(clock=clock)
    long = Credential(far.issue(Token("jiwoo")), SHOP)
    short = Credential(far.issue(Token("jiwoo", ends=timedelta(seconds=90))), SHOP)
    for acting in (long, short, long, short):
        await act(client, acting)
    assert far.logins.count("token") == 2
    await clock.advance(31)
    await act(client, long)
    await act(client, short)  # less than its last minute is left
    assert far.logins.count("token") == 3
    await clock.advance(300)
    await act(client, long)
    assert far.logins.count("token") == 4


async def test_signing_out_drops_what_was_made_from_the_token(client: OpenStackClient, far: FarCloud) -> None:
    acting = Credential(far.issue(Token("jiwoo")), SHOP)
    await act(client, acting)
    await client.people.revoke(acting.token)
    await client.people.revoke(acting.token)
    with pytest.raises(Unauthenticated):
        await act(client, acting)
    assert len(taken(far)) == 1


async def test_request_ids_of_changes_land_with_who_collects_them(client: OpenStackClient, far: FarCloud) -> None:
    acting = Credential(far.issue(Token("jiwoo")), SHOP)
    far.answer("compute /servers/2/action", told(b"", status=202, headers={"X-Openstack-Request-Id": "req-2"}))
    far.answer("compute /servers", told({}))
    first: list[str] = []
    second: list[str] = []

    async def other() -> None:
        with collecting(second):
            await client.send(acting, "POST", "compute", "/servers/2/action", json={})

    with collecting(first):
        task = asyncio.create_task(other())
        await client.send(acting, "GET", "compute", "/servers")
        await act(client, acting)
        await act(client, acting)
        with pytest.raises(NotFound):
            await client.send(acting, "DELETE", "compute", "/servers/9")
        await task
    await act(client, acting)
    assert (first, second) == (["req-told"], ["req-2"])


async def test_the_persons_project_stands_in_the_address_where_the_own_one_did(
    connect: Connecting, far: FarCloud
) -> None:
    """Old catalogues have the project in the address of a service."""
    far.compute_path = "/compute/v2.1/%(project_id)s"
    client = await connect()
    far.answer(f"compute /{SHOP}/servers", told({}))
    await client.send(Credential(far.issue(Token("jiwoo")), SHOP), "GET", "compute", "/servers")
    asked: list[Asked] = far.calls(f"compute /{SHOP}/servers")
    assert len(asked) == 1


async def test_no_token_and_no_password_is_logged(
    client: OpenStackClient, far: FarCloud, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    acting = Credential(far.issue(Token("jiwoo")), SHOP)
    await act(client, acting)
    assert far.tokens
    for secret in (*far.tokens, "far-secret"):
        assert secret not in caplog.text
        assert secret not in repr((acting, client.people))
