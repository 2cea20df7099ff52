"""What is kept of linked accounts: each by itself, for its time, and nobody is told what is true no more."""

from datetime import timedelta

import msgspec
import pytest

from bot import people
from bot.people import LinkEnded
from tests.bot.people_room import ANNA, MINSU, TEAM, Room

SOON = timedelta(days=3)


async def told_of_the_link(room: Room) -> None:
    """Who was linked was told so."""
    for notice in await room.people.untold(50):
        await room.people.told(notice.members)


async def test_offers_and_what_is_known_of_ends_are_not_kept_for_ever(room: Room) -> None:
    await room.link("jiwoo", "shop")
    await room.people.offer(ANNA, TEAM)
    await room.port.delete_trust(room.trusts[0])
    with pytest.raises(LinkEnded):
        await room.people.acting(ANNA, TEAM, None, None)
    kept = [key for start in ("offer", "offer-of", "ended") for key in await room.redis.keys(f"gurum:chat:{start}:*")]
    assert len(kept) == 3
    assert min([await room.redis.ttl(key) for key in kept]) > 0


async def test_an_end_that_came_before_its_time_is_not_told_as_one_to_come(room: Room) -> None:
    await room.link("jiwoo", "shop", days=1)
    await told_of_the_link(room)
    await room.people.announce(SOON)
    await room.port.delete_trust(room.trusts[0])
    with pytest.raises(LinkEnded):
        await room.people.acting(ANNA, TEAM, None, None)
    assert await room.people.untold(50) == []
    assert not await room.redis.exists("gurum:chat:tell")


async def test_what_another_process_told_meanwhile_is_not_put_off_and_told_again(room: Room) -> None:
    await room.link("jiwoo", "shop", days=1)
    await told_of_the_link(room)
    await room.people.announce(SOON)
    (notice,) = await room.people.untold(50)
    await room.another().told(notice.members)
    await room.people.tell_in(notice.members, 30.0)
    await room.clock.advance(31)
    assert await room.people.untold(50) == []


async def test_a_link_that_is_gone_is_told_of_no_more(room: Room) -> None:
    await room.link("jiwoo", "shop", days=1)
    await room.people.announce(SOON)
    await room.redis.delete(f"gurum:chat:link:{ANNA.key}")
    assert await room.people.untold(50) == []
    assert not await room.redis.exists("gurum:chat:tell")


async def test_only_what_ends_is_told_of(room: Room) -> None:
    link = await room.link("jiwoo", "shop", "talk", days=1)
    soon, later = link.delegations
    later = msgspec.structs.replace(later, expires_at=later.expires_at + 30 * 86_400)
    await room.people.save(msgspec.structs.replace(link, delegations=[soon, later]))
    await told_of_the_link(room)
    await room.people.announce(SOON)
    (notice,) = await room.people.untold(50)
    assert [one.name for one in notice.link.delegations] == ["shop"]


async def test_a_token_that_ended_takes_no_other_with_it(room: Room) -> None:
    await room.link("jiwoo", "shop")
    await room.link("minsu", "talk", person=MINSU)
    ended, other = [await room.people.acting(person, TEAM, None, None) for person in (ANNA, MINSU)]
    assert [await room.people.forget(ended) for _ in range(2)] == [True, False]
    assert (await room.people.acting(MINSU, TEAM, None, None)).token == other.token


async def test_of_the_tokens_in_memory_the_newest_stay(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "KEPT", 1)
    await room.link("jiwoo", "shop")
    await room.link("minsu", "talk", person=MINSU)
    first, last = [await room.people.acting(person, TEAM, None, None) for person in (ANNA, MINSU)]
    assert (await room.people.acting(MINSU, TEAM, None, None)).token == last.token
    assert (await room.people.acting(ANNA, TEAM, None, None)).token != first.token


@pytest.mark.parametrize("secret", ["", "guess", "\ud800"])
async def test_what_is_no_secret_is_for_nobody(room: Room, secret: str) -> None:
    await room.people.offer(ANNA, TEAM)
    assert await room.people.offered(secret) is None
    assert await room.people.take(secret) is None
