"""What is kept of linked chat accounts: the links, one-time offers to make one, and trusts that are still to be deleted. In Redis.

`people.py` is the only caller. Nothing here is a secret: an offer is kept under the SHA-256 of its secret, and the id of a trust is of use
to 9rum's own account in Keystone alone. Links and offers rest sealed all the same: who could write one, or put one person's in the place
of another's, would act as that person.

    gurum:chat:offer:{sha256}      Offer, sealed, until it ends or is taken
    gurum:chat:offer-of:{account}  the digest of the account's newest offer, the only one that counts
    gurum:chat:link:{account}      Link, sealed, until a while after its last delegation ends
    gurum:chat:ended:{trust}       why a delegation ended before its time
    gurum:chat:ending              sorted set: `trust account` by the moment at which the delegation ends, until that is to be told
    gurum:chat:left                sorted set: trusts to delete, by the moment of the next attempt
    gurum:chat:tell                sorted set: what accounts are to be told until they were, by the moment of the next attempt:
                                   `linked account linked_at`, `ending account trust`
"""

import hashlib
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any, Final, TypeVar

import msgspec
from redis.exceptions import WatchError

from bot.platforms.base import Person
from bot.ports import RedisClient, Seal

R = TypeVar("R")

MONTH: Final = 30 * 86_400.0  # seconds that an ended link is remembered, so that its owner is told what happened
LEASE: Final = 60.0  # seconds for which what is to be told is left to one process
# The delegations that end soon, from those whose time will come to what is to be told.
ANNOUNCE: Final = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2])) do
  local trust, account = string.match(member, '^(%S+) (.+)$')
  redis.call('ZADD', KEYS[2], 'NX', ARGV[1], 'ending ' .. account .. ' ' .. trust)
  redis.call('ZREM', KEYS[1], member)
end
"""
# What is to be told now, put off so that no other process takes it at the same time.
TAKE: Final = """
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for _, member in ipairs(due) do redis.call('ZADD', KEYS[1], ARGV[2], member) end
return due
"""
RETURN: Final = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
return 1
"""


class Delegation(msgspec.Struct, frozen=True):
    """One trust. `project` is a global id; `expires_at` in seconds since the epoch; `ended` tells why it ended before that."""

    project: str
    name: str
    trust: str
    roles: list[str]
    expires_at: float
    ended: str | None = None


class Link(msgspec.Struct, frozen=True):
    """A chat account (`slack:T1/U7`), its name and locale there, and whom it acts as: `user` is the global id of a Keystone user."""

    account: str
    user: str
    user_name: str
    domain: str
    delegations: list[Delegation]
    linked_at: float
    name: str = ""
    locale: str | None = None

    @property
    def person(self) -> Person:
        platform, _, native = self.account.partition(":")
        return Person(platform=platform, id=native, name=self.name, locale=self.locale)


class Notice(msgspec.Struct, frozen=True):
    """What an account is to be told: that it is linked, or (`ending`) that these delegations end. `members` stand for it in the store."""

    link: Link
    ending: bool
    members: tuple[str, ...]


class Offer(msgspec.Struct, frozen=True):
    """Which chat account may be linked by whoever has the secret. `channel` is where it was asked for."""

    account: str
    platform: str
    name: str
    locale: str | None
    channel: str
    ends_at: float


_LINK: Final = msgspec.json.Decoder(Link)
_OFFER: Final = msgspec.json.Decoder(Offer)
ENDING: Final = "gurum:chat:ending"
LEFT: Final = "gurum:chat:left"
TELL: Final = "gurum:chat:tell"


class LinkStore:
    def __init__(self, redis: RedisClient, seal: Seal) -> None:
        self._redis = redis
        self._seal = seal

    # -- links ---------------------------------------------------------------------------------------------------------

    async def link(self, account: str) -> Link | None:
        """With what is known of delegations that ended before their time."""
        link = self._link_in(account, await self._redis.get(_link(account)))
        if link is None:
            return None
        found = await self._redis.mget([_ended(one.trust) for one in link.delegations]) if link.delegations else []
        told = [
            msgspec.structs.replace(one, ended=why.decode() if why else None)
            for one, why in zip(link.delegations, found, strict=True)
        ]
        return msgspec.structs.replace(link, delegations=told)

    async def keep(self, link: Link, now: float) -> list[str]:
        """Keep it in place of the one before; the trusts that are to be deleted now."""
        kept = {one.trust for one in link.delegations}
        until = max((one.expires_at for one in link.delegations), default=now) + MONTH

        def change(pipe: Any, old: Link | None) -> list[str]:
            replaced = [one.trust for one in old.delegations if one.trust not in kept] if old else []
            _drop(pipe, link.account, replaced, now)
            pipe.set(_link(link.account), self._closed(link, _link(link.account)), exat=int(until) + 1)
            for one in link.delegations:
                pipe.zadd(ENDING, {f"{one.trust} {link.account}": one.expires_at})
                pipe.zrem(LEFT, one.trust)
            if old is not None:
                pipe.zrem(TELL, _linked(old))
            pipe.zadd(TELL, {_linked(link): now})
            return replaced

        return await self._changed(link.account, change)

    async def remove(self, account: str, now: float) -> list[str] | None:
        """Forget the link; the trusts that are to be deleted now, or None when there was no link."""

        def change(pipe: Any, old: Link | None) -> list[str] | None:
            if old is None:
                return None
            trusts = [one.trust for one in old.delegations]
            _drop(pipe, account, trusts, now)
            pipe.delete(_link(account), *(_ended(trust) for trust in trusts))
            pipe.zrem(TELL, _linked(old))
            return trusts

        return await self._changed(account, change)

    async def end(self, delegation: Delegation, why: str, now: float) -> None:
        """Remember why it is of no use any more, for as long as the link may be kept."""
        seconds = max(delegation.expires_at - now, 0.0) + MONTH
        await self._redis.set(_ended(delegation.trust), why, ex=int(seconds))

    # -- what accounts are told ----------------------------------------------------------------------------------------

    async def announce(self, now: float, until: float) -> None:
        """What ends until then is to be told, once. Past ends are dropped."""
        await self._redis.eval(ANNOUNCE, 2, ENDING, TELL, now, until)

    async def untold(self, now: float, most: int) -> list[Notice]:
        """What is to be told, left to the caller for LEASE; nobody else gets it meanwhile. What is true no more is dropped."""
        groups: dict[tuple[str, str], dict[str, str]] = {}
        for raw in await self._redis.eval(TAKE, 1, TELL, now, now + LEASE, most):
            member = raw.decode()
            kind, _, rest = member.partition(" ")
            account, _, what = rest.rpartition(" ")
            groups.setdefault((kind, account), {})[what] = member
        found = []
        for (kind, account), members in groups.items():
            notice = _notice(kind, await self.link(account), members, now)
            if notice is not None:
                found.append(notice)
            else:
                await self.told(tuple(members.values()))
        return found

    async def tell_at(self, members: Collection[str], when: float) -> None:
        """Not before that moment."""
        if members:
            await self._redis.zadd(TELL, dict.fromkeys(members, when), xx=True)

    async def told(self, members: Collection[str]) -> None:
        await self._redis.zrem(TELL, *members)

    # -- changes -------------------------------------------------------------------------------------------------------

    async def _changed(self, account: str, change: Callable[[Any, Link | None], R]) -> R:
        """Apply a change to the link as it stands, as a whole; again when somebody else changed it meanwhile."""
        while True:
            async with self._redis.pipeline(transaction=True) as pipe:
                await pipe.watch(_link(account))
                stored = await pipe.get(_link(account))
                pipe.multi()
                result = change(pipe, self._link_in(account, stored))
                try:
                    await pipe.execute()
                except WatchError:
                    continue
                return result

    # -- trusts to delete ----------------------------------------------------------------------------------------------

    async def leave(self, trust: str, when: float) -> None:
        """Delete it at that moment or later, unless it becomes part of a link before."""
        await self._redis.zadd(LEFT, {trust: when})

    async def left(self, now: float, most: int) -> list[str]:
        return [trust.decode() for trust in await self._redis.zrangebyscore(LEFT, "-inf", now, 0, most)]

    async def gone(self, trust: str) -> None:
        await self._redis.zrem(LEFT, trust)

    # -- offers --------------------------------------------------------------------------------------------------------

    async def offer(self, secret: str, offer: Offer, now: float) -> None:
        digest, milliseconds = _digest(secret), max(int((offer.ends_at - now) * 1000), 1)
        before = await self._redis.set(_newest(offer.account), digest, px=milliseconds, get=True)
        pipe = self._redis.pipeline(transaction=True)
        if before is not None:
            pipe.delete(_offer(before.decode()))
        pipe.set(_offer(digest), self._closed(offer, _offer(digest)), px=milliseconds)
        await pipe.execute()

    async def offered(self, secret: str, now: float) -> Offer | None:
        place = _offer(_digest(secret))
        return self._fresh(place, await self._redis.get(place), now)

    async def take(self, secret: str, now: float) -> Offer | None:
        """For one caller only."""
        place = _offer(_digest(secret))
        return self._fresh(place, await self._redis.getdel(place), now)

    async def give_back(self, secret: str, offer: Offer, now: float) -> bool:
        """After it was taken in vain: it can be taken again, unless it has ended or a newer one was made."""
        digest, milliseconds = _digest(secret), int((offer.ends_at - now) * 1000)
        if milliseconds <= 0:
            return False
        place = _offer(digest)
        given = (digest, self._closed(offer, place), milliseconds)
        given_back: Awaitable[int] = self._redis.eval(RETURN, 2, _newest(offer.account), place, *given)
        return bool(await given_back)

    async def withdraw(self, account: str) -> None:
        digest = await self._redis.getdel(_newest(account))
        if digest is not None:
            await self._redis.delete(_offer(digest.decode()))

    # -- own -----------------------------------------------------------------------------------------------------------

    def _closed(self, held: Link | Offer, place: str) -> bytes:
        return self._seal.close(msgspec.json.encode(held), place)

    def _link_in(self, account: str, stored: bytes | None) -> Link | None:
        document = None if stored is None else self._seal.open(stored, _link(account))
        return None if document is None else _LINK.decode(document)

    def _fresh(self, place: str, stored: bytes | None, now: float) -> Offer | None:
        document = None if stored is None else self._seal.open(stored, place)
        offer = None if document is None else _OFFER.decode(document)
        return offer if offer is not None and offer.ends_at > now else None


def _drop(pipe: Any, account: str, trusts: Iterable[str], now: float) -> None:
    for trust in trusts:
        pipe.zrem(ENDING, f"{trust} {account}")
        pipe.zrem(TELL, f"ending {account} {trust}")
        pipe.zadd(LEFT, {trust: now})


def _linked(link: Link) -> str:
    return f"linked {link.account} {link.linked_at}"


def _notice(kind: str, link: Link | None, members: Mapping[str, str], now: float) -> Notice | None:
    """`members` by the trust that ends, or by the moment of the link. None: there is nothing to tell any more."""
    if link is None or (kind == "linked" and str(link.linked_at) not in members):
        return None
    live = [one for one in link.delegations if one.ended is None and one.expires_at > now]
    told = [one for one in live if kind == "linked" or one.trust in members]
    shown = msgspec.structs.replace(link, delegations=told)
    return Notice(shown, kind == "ending", tuple(members.values())) if told else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def _link(account: str) -> str:
    return f"gurum:chat:link:{account}"


def _ended(trust: str) -> str:
    return f"gurum:chat:ended:{trust}"


def _offer(digest: str) -> str:
    return f"gurum:chat:offer:{digest}"


def _newest(account: str) -> str:
    return f"gurum:chat:offer-of:{account}"
