"""Links and offers of links serve one account alone: whoever can write to the store, and has not the key, acts as nobody by them."""

import hashlib

import msgspec
import pytest

from bot.people import NotLinked
from bot.platforms.base import Person
from tests.bot.people_room import ANNA, MINSU, TEAM, Room, project

pytestmark = pytest.mark.anyio


async def test_a_link_is_of_its_account_alone(room: Room) -> None:
    link = await room.link("jiwoo", "shop")
    await room.redis.copy("gurum:chat:link:slack:T1/U7", "gurum:chat:link:slack:T1/U8")
    forged = msgspec.json.encode(msgspec.structs.replace(link, account="slack:T1/U9"))
    await room.redis.set("gurum:chat:link:slack:T1/U9", forged)
    for account in (MINSU, Person(platform="slack", id="T1/U9", name="Nobody")):
        with pytest.raises(NotLinked):
            await room.people.acting(account, TEAM, None, None)
        assert not await room.people.unlink(account)
    assert await room.standing() == {one.trust for one in link.delegations}
    assert (await room.people.acting(ANNA, TEAM, None, None)).project == project("shop")


async def test_an_offer_is_of_its_address_alone(room: Room) -> None:
    of_anna, of_minsu = await room.people.offer(ANNA, TEAM), await room.people.offer(MINSU, TEAM)
    anna, minsu = (f"gurum:chat:offer:{hashlib.sha256(one.encode()).hexdigest()}" for one in (of_anna, of_minsu))
    await room.redis.copy(minsu, anna, replace=True)
    assert await room.people.offered(of_anna) is None
    assert await room.people.take(of_anna) is None
    offer = await room.people.take(of_minsu)
    assert offer is not None and offer.account == MINSU.key
