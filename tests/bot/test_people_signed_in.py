"""Whom people act as who are signed in to 9rum itself: by the token that they bring, and later by one of their newest sessions."""

import msgspec
import pytest

from bot.people import Away, ChooseProject, LinkEnded, NoSuchProject
from bot.platforms.base import Person, Place
from bot.tokens import KEPT
from gateway.sessions import Sessions
from resolvers.sandbox.seed_people import user_id
from tests.bot.people_room import CLOUD, DIRECT, Room, project, signed_in
from tests.dump import dump

DAY = 86_400.0


async def test_who_is_signed_in_needs_no_link_and_the_room_narrows(room: Room) -> None:
    token = await room.sign_in("jiwoo")
    acting = await room.people.acting(signed_in(token), DIRECT, None, None)
    assert (acting.token, acting.project) == (token, None)
    in_shop = Place(platform="console", channel="shop", project=project("shop"))
    assert (await room.people.acting(signed_in(token), in_shop, None, None)).project == project("shop")
    assert (await room.people.acting(signed_in(token), in_shop, None, "talk")).project == project("talk")
    with pytest.raises(NoSuchProject):
        await room.people.acting(signed_in(token), DIRECT, None, "search")


async def test_who_is_signed_in_is_acted_for_later_by_another_process(room: Room) -> None:
    token = await room.sign_in("jiwoo")
    await room.people.acting(signed_in(token), DIRECT, None, None)
    assert (await room.another().acting(signed_in(None), DIRECT, None, None)).token == token
    assert token.encode() not in await dump(room.redis)
    with pytest.raises(LinkEnded) as ended:
        await room.people.acting(Person(platform="console", id="user:krane/minsu"), DIRECT, None, None)
    assert ended.value.reason == "signed_out"


async def test_nobody_is_acted_for_by_the_tokens_of_somebody_else(room: Room) -> None:
    """Which somebody put there who can write to the store."""
    minsu = Person(platform="console", id="user:krane/minsu")
    await room.people.acting(signed_in(await room.sign_in("jiwoo")), DIRECT, None, None)
    await room.redis.copy("gurum:chat:tokens:console:user:krane/jiwoo", f"gurum:chat:tokens:{minsu.key}")
    with pytest.raises(LinkEnded):
        await room.people.acting(minsu, DIRECT, None, None)
    assert (await room.people.acting(signed_in(None), DIRECT, None, None)).token


async def test_after_a_session_that_ended_those_are_acted_with_that_began_before(room: Room) -> None:
    first = await session(room)
    second, third = await session(room), await session(room)
    elsewhere = room.another()
    acting = await elsewhere.acting(signed_in(None), DIRECT, None, project("shop"))
    assert acting.token == third
    await room.port.sign_out(third)
    assert await elsewhere.forget(acting)  # as after the graph refused it
    assert (await elsewhere.acting(signed_in(None), DIRECT, None, project("shop"))).token == second
    await room.port.sign_out(second)
    acting = await elsewhere.acting(signed_in(None), DIRECT, None, "shop")  # asked of Keystone, who refuses it
    assert acting.token == first
    assert await elsewhere.forget(acting)
    assert not await elsewhere.forget(acting)
    with pytest.raises(LinkEnded) as ended:
        await elsewhere.acting(signed_in(None), DIRECT, None, None)
    assert ended.value.reason == "signed_out"


async def test_of_many_sessions_the_newest_are_kept_and_for_a_day(room: Room) -> None:
    first = await session(room)
    others = [await session(room) for _ in range(KEPT - 1)]
    await room.clock.advance(1)
    await room.people.acting(signed_in(first), DIRECT, None, None)  # it is the newest again
    last = await session(room)
    await room.clock.advance(12 * 3600)
    await room.people.acting(signed_in(last), DIRECT, None, None)
    found = []
    for _ in range(KEPT):
        acting = await room.people.acting(signed_in(None), DIRECT, None, None)
        found.append(acting.token)
        await room.people.forget(acting)
    assert found == [last, first, *reversed(others[1:])]
    await session(room)
    await room.clock.advance(DAY + 1)
    with pytest.raises(LinkEnded):
        await room.people.acting(signed_in(None), DIRECT, None, None)


async def test_sessions_that_were_ended_drive_out_no_session_that_goes_on(room: Room) -> None:
    account = Person(platform="console", id=f"user:{CLOUD}/{user_id('jiwoo')}", name="jiwoo")
    living = await room.sign_in("jiwoo")
    await room.people.acting(msgspec.structs.replace(account, token=living), DIRECT, None, None)
    for _ in range(KEPT + 1):  # as `9rum chat -c` does each time
        await room.clock.advance(1)
        signed = await room.http.post("/session", json={"user": "jiwoo", "password": "jiwoo"})
        assert signed.status_code == 200, signed.text
        token = await Sessions(room.redis).token(room.http.cookies["gurum_session"])
        await room.people.acting(msgspec.structs.replace(account, token=token), DIRECT, None, None)
        assert (await room.people.acting(account, DIRECT, None, None)).token == token
        assert (await room.http.delete("/session")).status_code == 204
    assert (await room.another().acting(account, DIRECT, None, None)).token == living


async def test_what_keystone_refused_is_not_kept_again(room: Room) -> None:
    living = await session(room)
    dead = await room.sign_in("jiwoo")
    await room.port.sign_out(dead)
    await room.clock.advance(1)
    with pytest.raises(LinkEnded):
        await room.people.acting(signed_in(dead), DIRECT, None, "talk")
    assert (await room.people.acting(signed_in(None), DIRECT, None, None)).token == living


async def session(room: Room) -> str:
    """One more of jiwoo's; she says something in it."""
    await room.clock.advance(1)
    token = await room.sign_in("jiwoo")
    await room.people.acting(signed_in(token), DIRECT, None, None)
    return token


async def test_a_session_that_ended_is_told_when_a_project_is_named(room: Room) -> None:
    token = await room.sign_in("jiwoo")
    await room.port.sign_out(token)
    with pytest.raises(LinkEnded) as ended:
        await room.people.acting(signed_in(token), DIRECT, None, "talk")
    assert ended.value.reason == "signed_out"


async def test_a_keystone_that_is_away_when_a_project_is_named_ends_no_session(room: Room) -> None:
    token = await session(room)
    room.world.fail("identity")
    with pytest.raises(Away):
        await room.people.acting(signed_in(token), DIRECT, None, "talk")
    room.world.heal()
    assert (await room.people.acting(signed_in(None), DIRECT, None, "talk")).token == token


async def test_of_two_projects_of_one_name_none_is_guessed(room: Room) -> None:
    projects = room.directory._projects  # as the collector brings them
    row = projects.get(project("shop"))
    assert row is not None
    other = msgspec.structs.replace(
        row, id=f"project:{CLOUD}/other", native_id="other", domain_id=f"domain:{CLOUD}/lab"
    )
    projects.put(other)
    with pytest.raises(ChooseProject) as choose:
        await room.people.acting(signed_in(await room.sign_in("operator")), DIRECT, None, "shop")
    assert sorted(choose.value.projects) == sorted([(other.id, "shop"), (project("shop"), "shop")])
    jiwoo = signed_in(await room.sign_in("jiwoo"))
    assert (await room.people.acting(jiwoo, DIRECT, None, "shop")).project == project("shop")


async def test_an_operator_names_any_project(room: Room) -> None:
    person = signed_in(await room.sign_in("operator"))
    assert (await room.people.acting(person, DIRECT, None, "search")).project == project("search")
