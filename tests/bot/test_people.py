"""Whom a chat account acts as: linked people of the sandbox, people who are signed in, and every way in which a link ends."""

import asyncio
from datetime import timedelta

import pytest

from bot.people import LEASE, Away, ChooseProject, LinkEnded, NoSuchProject, Notice, NotLinked, People
from bot.platforms.base import Place
from resolvers.sandbox.seed_people import credential_id
from tests.bot.people_room import ANNA, DIRECT, MINSU, TEAM, Room, project, signed_in
from tests.dump import dump

pytestmark = pytest.mark.anyio
DAY = 86_400.0
PASSWORD = "correct horse battery"


# -- acting ------------------------------------------------------------------------------------------------------------


async def test_nobody_acts_before_linking(room: Room) -> None:
    with pytest.raises(NotLinked):
        await room.people.acting(ANNA, TEAM, None, None)
    with pytest.raises(NotLinked):
        await room.people.acting(ANNA, TEAM, None, project("shop"))


async def test_a_linked_account_acts_as_its_person_in_the_delegated_project_and_role(room: Room) -> None:
    await room.link("jiwoo", "shop", role="reader")
    acting = await room.people.acting(ANNA, TEAM, "https://chat.example/m1", None)
    assert (acting.project, acting.platform, acting.channel, acting.message, acting.person) == (
        project("shop"),
        "slack",
        "C1",
        "https://chat.example/m1",
        "slack:T1/U7",
    )
    identity = await room.port.identify(acting.token)
    assert (identity.user_name, set(identity.roles.values())) == ("jiwoo", {frozenset({"reader"})})
    with pytest.raises(NotLinked):
        await room.people.acting(MINSU, TEAM, None, None)


@pytest.mark.parametrize("named", ["talk", project("talk")])
async def test_the_project_is_the_named_one(room: Room, named: str) -> None:
    await room.link("jiwoo", "shop", "talk")
    assert (await room.people.acting(ANNA, TEAM, None, named)).project == project("talk")
    in_talk = Place(platform="slack", channel="C2", project=project("talk"))
    assert (await room.people.acting(ANNA, in_talk, None, None)).project == project("talk")
    assert (await room.people.acting(ANNA, in_talk, None, "shop")).project == project("shop")


async def test_of_several_projects_none_is_guessed(room: Room) -> None:
    await room.link("jiwoo", "shop", "talk")
    with pytest.raises(ChooseProject) as choose:
        await room.people.acting(ANNA, TEAM, None, None)
    assert sorted(choose.value.projects) == sorted([(project("shop"), "shop"), (project("talk"), "talk")])


@pytest.mark.parametrize("named", ["talk", project("talk"), "SHOP", "nothing", "project:other/1", ""])
async def test_a_project_that_was_not_delegated_is_not_replaced_by_another(room: Room, named: str) -> None:
    await room.link("jiwoo", "shop")
    if not named:
        assert (await room.people.acting(ANNA, TEAM, None, named)).project == project("shop")
        return
    with pytest.raises(NoSuchProject) as refused:
        await room.people.acting(ANNA, TEAM, None, named)
    assert (refused.value.asked, refused.value.projects) == (named, [(project("shop"), "shop")])


async def test_a_token_is_made_once_and_again_before_it_ends(room: Room) -> None:
    await room.link("jiwoo", "shop")
    first, *others = await asyncio.gather(*(room.people.acting(ANNA, TEAM, None, None) for _ in range(8)))
    assert {acting.token for acting in others} == {first.token}
    elsewhere = await room.another().acting(ANNA, TEAM, None, None)
    assert elsewhere.token != first.token
    await room.clock.advance(12 * 3600 - 30)
    later = await room.people.acting(ANNA, TEAM, None, None)
    assert later.token != first.token
    await room.port.identify(later.token)


async def test_a_token_never_shows(room: Room) -> None:
    await room.link("jiwoo", "shop")
    acting = await room.people.acting(ANNA, TEAM, None, None)
    assert acting.token not in repr((acting, room.people, vars(room.people)))


# -- how links end -----------------------------------------------------------------------------------------------------


async def reason(room: Room, named: str | None = None) -> str:
    with pytest.raises(LinkEnded) as ended:
        await room.people.acting(ANNA, TEAM, None, named)
    return ended.value.reason


async def test_a_trust_ends_by_itself(room: Room) -> None:
    await room.link("jiwoo", "shop", days=1)
    await room.people.acting(ANNA, TEAM, None, None)
    await room.clock.advance(DAY)
    assert await reason(room) == "trust_ended"


async def test_a_trust_that_was_deleted_in_keystone_is_remembered_as_ended(room: Room) -> None:
    await room.link("jiwoo", "shop", "talk")
    acting = await room.people.acting(ANNA, TEAM, None, "shop")
    await room.port.delete_trust(room.trusts[0])
    assert await room.people.forget(acting)
    assert not await room.people.forget(acting)
    assert await reason(room, "shop") == "trust_ended"
    room.world.fail("identity")
    assert await reason(room, "shop") == "trust_ended"  # without asking again
    link = await room.another().link_of(ANNA)
    assert link is not None
    assert [one.ended for one in link.delegations] == ["trust_ended", None]


async def test_who_was_removed_from_the_project_acts_no_more_until_linked_again(room: Room) -> None:
    await room.link("jiwoo", "shop")
    acting = await room.people.acting(ANNA, TEAM, None, None)
    await room.world.people.revoke_role("jiwoo", "shop", "member")
    await room.people.forget(acting)
    assert await reason(room) == "role_gone"
    await room.world.people.restore_role("jiwoo", "shop", "member")
    assert await reason(room) == "role_gone"
    await room.link("jiwoo", "shop")
    await room.people.acting(ANNA, TEAM, None, None)
    assert len(await room.standing()) == 1


async def test_when_all_projects_ended_there_is_none_to_choose(room: Room) -> None:
    await room.link("jiwoo", "shop", "talk", days=1)
    await room.clock.advance(DAY)
    assert await reason(room) == "trust_ended"


async def test_keystone_away_is_no_end(room: Room) -> None:
    await room.link("jiwoo", "shop")
    room.world.fail("identity")
    with pytest.raises(Away):
        await room.people.acting(ANNA, TEAM, None, None)
    room.world.heal()
    await room.people.acting(ANNA, TEAM, None, None)


# -- unlinking ---------------------------------------------------------------------------------------------------------


async def test_unlinking_deletes_the_trusts_and_their_tokens_end(room: Room) -> None:
    await room.link("jiwoo", "shop", "talk")
    await room.people.acting(ANNA, TEAM, None, "shop")
    elsewhere = room.another()
    await elsewhere.acting(ANNA, TEAM, None, "shop")
    unlinked = await room.people.unlink(ANNA)
    assert (bool(unlinked), unlinked.left) == (True, 0)
    assert await room.standing() == set()
    for people in (room.people, elsewhere):
        with pytest.raises(NotLinked):
            await people.acting(ANNA, TEAM, None, "shop")
        assert await people.link_of(ANNA) is None
    assert not await room.people.unlink(ANNA)


async def test_unlinking_while_keystone_is_away_forgets_the_link_and_deletes_the_trusts_later(room: Room) -> None:
    await room.link("jiwoo", "shop", "talk")
    room.world.fail("identity")
    unlinked = await room.people.unlink(ANNA)
    assert (bool(unlinked), unlinked.left) == (True, 2)
    assert await room.people.link_of(ANNA) is None
    assert len(await room.standing()) == 2
    await room.another().sweep()  # not yet: Keystone was away a moment ago
    room.world.heal()
    await room.clock.advance(299)
    await room.another().sweep()
    assert len(await room.standing()) == 2
    await room.clock.advance(2)
    await room.another().sweep()
    assert await room.standing() == set()
    assert not await room.redis.exists("gurum:chat:left")


async def test_an_offer_that_was_open_is_withdrawn_by_unlinking(room: Room) -> None:
    secret = await room.people.offer(ANNA, TEAM)
    await room.people.unlink(ANNA)
    assert await room.people.take(secret) is None


async def test_linking_again_deletes_the_trusts_before_even_when_keystone_is_away_meanwhile(room: Room) -> None:
    await room.link("jiwoo", "shop")
    room.world.fail("trust.delete")
    await room.link("jiwoo", "shop")
    old, new = room.trusts
    assert await room.standing() == {old, new}
    room.world.heal()
    await room.clock.advance(301)
    await room.people.sweep()
    assert await room.standing() == {new}
    await room.people.acting(ANNA, TEAM, None, None)


@pytest.mark.parametrize("ends", ["unlinked", "linked again"])
async def test_a_process_that_dies_while_it_deletes_trusts_leaves_them_to_be_deleted(
    room: Room, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    await room.link("jiwoo", "shop")

    async def dies(_: str) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patch, pytest.raises(asyncio.CancelledError):
        patch.setattr(room.port, "delete_trust", dies)
        await (room.people.unlink(ANNA) if ends == "unlinked" else room.link("jiwoo", "shop"))
    old, *new = room.trusts
    assert await room.standing() == {old, *new}
    await room.another().sweep()
    assert await room.standing() == set(new)


async def test_a_trust_of_a_link_that_was_never_finished_is_deleted_later(room: Room) -> None:
    """The process died between the trust and the link."""
    token = await room.sign_in("jiwoo")
    trust = await room.port.create_trust(
        token, project("shop").split("/")[1], ["member"], room.clock.now() + timedelta(1)
    )
    await room.people.unfinished(trust.id)
    await room.people.sweep()
    assert await room.standing() == {trust.id}
    await room.clock.advance(601)
    await room.people.sweep()
    assert await room.standing() == set()


# -- telling before the end --------------------------------------------------------------------------------------------


async def to_tell(people: People, within: timedelta = timedelta(days=3)) -> list[Notice]:
    """The ends that are to be told within the time; who was linked was told so."""
    await people.announce(within)
    found = await people.untold(50)
    for notice in found:
        if not notice.ending:
            await people.told(notice.members)
    return [notice for notice in found if notice.ending]


async def test_each_end_is_told_once_before_it_comes(room: Room) -> None:
    await room.link("jiwoo", "shop", "talk", days=10)
    await room.link("minsu", "talk", days=2, person=MINSU)
    people, elsewhere = room.people, room.another()
    (notice,) = await to_tell(people)
    assert (notice.link.account, [one.name for one in notice.link.delegations]) == (MINSU.key, ["talk"])
    assert notice.link.person == MINSU
    assert await to_tell(people) == await to_tell(elsewhere) == []
    await people.told(notice.members)
    await room.clock.advance(8 * DAY)
    both = await asyncio.gather(to_tell(people), to_tell(elsewhere))
    told = [one.name for notices in both for notice in notices for one in notice.link.delegations]
    assert sorted(told) == ["shop", "talk"]
    await room.clock.advance(9 * DAY)
    assert await to_tell(people) == []
    assert not await room.redis.exists("gurum:chat:tell", "gurum:chat:ending")


async def test_what_was_not_told_by_the_process_that_took_it_is_left_to_another(room: Room) -> None:
    await room.link("jiwoo", "shop", days=1)
    (ends,) = await to_tell(room.people)
    await room.clock.advance(LEASE + 1)
    assert await to_tell(room.another()) == [ends]


async def test_what_was_unlinked_replaced_or_ended_already_is_not_told(room: Room) -> None:
    await room.link("jiwoo", "shop", days=1)
    await room.people.announce(timedelta(days=3))  # and not told yet
    await room.link("jiwoo", "shop", days=30)
    await room.link("minsu", "talk", days=1, person=MINSU)
    await room.people.announce(timedelta(days=3))
    await room.people.unlink(MINSU)
    assert await to_tell(room.people) == []


async def test_an_ended_link_is_forgotten_a_month_later(room: Room) -> None:
    link = await room.link("jiwoo", "shop", days=10)
    ends = int(await room.redis.expiretime("gurum:chat:link:slack:T1/U7"))
    assert ends == pytest.approx(link.delegations[0].expires_at + 30 * DAY, abs=2)


# -- offers ------------------------------------------------------------------------------------------------------------


async def test_an_offer_is_taken_once_and_only_its_newest_counts(room: Room) -> None:
    first = await room.people.offer(ANNA, TEAM)
    second = await room.people.offer(ANNA, TEAM)
    other = await room.people.offer(MINSU, TEAM)
    assert await room.people.offered(first) is None
    offer = await room.people.offered(second)
    assert offer is not None
    assert (offer.account, offer.name, offer.channel) == ("slack:T1/U7", "Anna Kim", "slack:C1")
    taken = await asyncio.gather(*(people.take(second) for people in (room.people, room.another(), room.another())))
    assert [one for one in taken if one is not None] == [offer]
    assert await room.people.take(other) is not None


async def test_an_offer_given_back_after_a_newer_one_stays_gone(room: Room) -> None:
    secret = await room.people.offer(ANNA, TEAM)
    offer = await room.people.take(secret)
    assert offer is not None
    await room.people.give_back(secret, offer)
    assert await room.people.offered(secret) == offer
    await room.people.take(secret)
    newer = await room.people.offer(ANNA, TEAM)
    await room.people.give_back(secret, offer)
    assert await room.people.offered(secret) is None
    assert await room.people.offered(newer) is not None


async def test_an_offer_ends(room: Room) -> None:
    secret = await room.people.offer(ANNA, TEAM)
    assert 590_000 < await room.redis.pttl("gurum:chat:offer-of:slack:T1/U7") <= 600_000
    await room.clock.advance(601)
    assert await room.people.offered(secret) is None
    assert await room.people.take(secret) is None


# -- the whole way, and what is stored ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sign_in", "secrets"),
    [
        ({"user": "jiwoo", "password": PASSWORD, "domain": "Default"}, [PASSWORD]),
        (
            {"application_credential_id": credential_id("jiwoo"), "secret": "jiwoo-secret"},
            ["jiwoo-secret"],
        ),
    ],
    ids=["password", "application credential"],
)
async def test_a_sandbox_person_links_acts_and_unlinks_and_the_store_holds_no_secret(
    room: Room, sign_in: dict[str, str], secrets: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    room.set_password("jiwoo", PASSWORD)
    tokens: list[str] = []
    issue = room.world.people._issue

    async def watched(session: object) -> str:
        tokens.append(await issue(session))  # type: ignore[arg-type] # passed on as it came
        return tokens[-1]

    monkeypatch.setattr(room.world.people, "_issue", watched)
    secret = await room.people.offer(ANNA, TEAM)
    assert (await room.http.post("/session", json=sign_in)).status_code == 200
    told = (await room.http.post("/chat/link/look", json={"secret": secret})).json()
    assert (told["account"], told["name"], told["user"]["name"]) == ("slack:T1/U7", "Anna Kim", "jiwoo")
    body = {"secret": secret, "projects": [{"id": project("shop"), "roles": ["member"]}], "days": 30}
    answer = await room.http.post("/chat/link", json=body)
    assert answer.status_code == 200, answer.text
    acting = await room.people.acting(ANNA, TEAM, None, None)
    await room.people.acting(signed_in(acting.token), DIRECT, None, None)
    stored = await dump(room.redis)
    assert b"slack:T1/U7" in stored
    assert acting.token in tokens
    assert len(tokens) == 2  # the session's and the trust's
    for hidden in (*tokens, secret, *secrets, *room.http.cookies.values()):
        assert hidden.encode() not in stored
    assert await room.people.unlink(ANNA)
    assert await room.standing() == set()


async def test_an_application_credential_that_may_not_delegate_is_told_what_to_do(room: Room) -> None:
    secret = await room.people.offer(MINSU, TEAM)
    credential = {"application_credential_id": credential_id("minsu"), "secret": "minsu-secret"}
    assert (await room.http.post("/session", json=credential)).status_code == 200
    body = {"secret": secret, "projects": [{"id": project("talk"), "roles": ["member"]}], "days": 30}
    answer = await room.http.post("/chat/link", json=body)
    assert answer.status_code == 403
    assert "sign in with your password" in answer.json()["errors"][0]["message"]
    assert await room.people.offered(secret) is not None
    assert await room.standing() == set()
