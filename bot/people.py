"""Whom a chat account acts as: by the trusts of a linked account, or by the token of somebody who is signed in to 9rum itself.

Asked by `turn.py` and `follow.py` before anything reaches the graph, and by the routes of linking in the gateway. No secret of a person is
stored: tokens made of trusts stay in memory, those of signed-in people rest encrypted (`tokens.py`). What is kept of links is `links.py`.
"""

import asyncio
import hashlib
import hmac
import logging
import secrets
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from weakref import WeakValueDictionary

from bot.links import LEASE, Delegation, Link, LinkStore, Notice, Offer
from bot.platforms.base import Person, Place, Platform
from bot.ports import Acting, Clock, Identities, IdentityAway, RedisClient, RoleGone, Seal, TrustGone
from bot.tokens import Tokens

__all__ = [
    "LEASE",
    "Away",
    "ChooseProject",
    "Delegation",
    "Link",
    "LinkEnded",
    "NoSuchProject",
    "NotLinked",
    "Notice",
    "Offer",
    "People",
    "Unlinked",
]

log = logging.getLogger("gurum.people")

TRUST_ENDED, ROLE_GONE, SIGNED_OUT = "trust_ended", "role_gone", "signed_out"
OFFER_SECONDS: Final = 600.0
BEFORE_END: Final = timedelta(seconds=60)  # a kept token is not used during its last minute
KEPT: Final = 5_000  # tokens in memory
AGAIN_SECONDS: Final = 300.0  # until the next attempt to delete a trust that is left
UNFINISHED_SECONDS: Final = 600.0  # a trust that became part of no link by then is left over from a crash
SWEEP: Final = 50  # trusts deleted at once


class NotLinked(Exception):
    """The chat account belongs to nobody yet."""


class LinkEnded(Exception):
    """What was delegated is of no use any more. `reason`: `trust_ended`, `role_gone`, or `signed_out` on 9rum's own pages."""

    def __init__(self, reason: str, project: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.project = project  # its name


class ChooseProject(Exception):
    """It is not clear for which project to act. `projects` are (global id, name) to choose from."""

    def __init__(self, projects: Iterable[tuple[str, str]]) -> None:
        self.projects = list(projects)
        super().__init__("more than one project is possible")


class NoSuchProject(ChooseProject):
    """A project was named for which this person can not act here; `asked` is what was named."""

    def __init__(self, asked: str, projects: Iterable[tuple[str, str]]) -> None:
        super().__init__(projects)
        self.asked = asked


class Away(Exception):
    """Keystone does not answer now."""


@dataclass(frozen=True, slots=True)
class Unlinked:
    """`linked`: whether there was a link. `left`: trusts that Keystone could not delete now; that is tried again until it succeeds."""

    linked: bool
    left: int = 0

    def __bool__(self) -> bool:
        return self.linked


@dataclass(frozen=True, slots=True)
class _Kept:
    sealed: bytes
    digest: bytes
    until: datetime


class People:
    def __init__(
        self,
        redis: RedisClient,
        identities: Identities,
        seal: Seal,
        clock: Clock,
        platforms: Mapping[str, Platform],
        offer_seconds: float = OFFER_SECONDS,
    ) -> None:
        self._links = LinkStore(redis, seal)
        self._tokens = Tokens(redis, seal, clock)
        self._identities = identities
        self._seal = seal
        self._clock = clock
        self._platforms = platforms
        self._offer_seconds = offer_seconds
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    # -- acting --------------------------------------------------------------------------------------------------------

    async def acting(self, person: Person, place: Place, message: str | None, project: str | None) -> Acting:
        """As whom and for which project. `project` is a global id or a name: what was typed, or the default of the channel.

        Raises NotLinked, LinkEnded, ChooseProject (NoSuchProject), Away.
        """
        wanted = project or place.project
        if self._signed_in(person):
            token, chosen = await self._own(person, wanted)
        else:
            link = await self._links.link(person.key)
            if link is None:
                raise NotLinked
            delegation = self._delegation(link, wanted)
            token, chosen = await self._token(delegation), delegation.project
        return Acting(token, chosen, place.platform, place.channel, message, person.key)

    async def signed_out(self, person: Person) -> None:
        """The session of the token ended: the person is not acted for by it later."""
        if person.token is not None:
            await self._tokens.drop(person.key, person.token)

    async def forget(self, acting: Acting) -> bool:
        """The graph took the token for ended. Whether the next `acting` may bring another: one of another session, or of the same trust."""
        if await self._tokens.drop(acting.person, acting.token):
            return True
        digest = _digest(acting.token)
        ended = [trust for trust, kept in self._kept.items() if hmac.compare_digest(kept.digest, digest)]
        for trust in ended:
            del self._kept[trust]
        return bool(ended)

    # -- links ---------------------------------------------------------------------------------------------------------

    async def link_of(self, person: Person) -> Link | None:
        return await self._links.link(person.key)

    def project_name(self, project: str) -> str:
        """Of a global id; the id itself when nothing is known of it."""
        return self._identities.project_name(project)

    async def unlink(self, person: Person) -> Unlinked:
        """Forget the link and delete its trusts; the link is gone at once even when Keystone is away."""
        await self._links.withdraw(person.key)
        trusts = await self._links.remove(person.key, self._now())
        if trusts is None:
            return Unlinked(False)
        return Unlinked(True, await self._delete(trusts))

    @property
    def offer_minutes(self) -> int:
        """How long an offer can be used."""
        return round(self._offer_seconds / 60)

    async def offer(self, person: Person, place: Place) -> str:
        """A secret for one link of this account, in place of one that was offered before. Only its hash is stored."""
        secret = secrets.token_urlsafe(32)
        ends_at = self._now() + self._offer_seconds
        offer = Offer(person.key, person.platform, person.name, person.locale, place.key, ends_at)
        await self._links.offer(secret, offer, self._now())
        return secret

    async def offered(self, secret: str) -> Offer | None:
        """What a secret is for; None when it is wrong, was used, or has ended."""
        return await self._links.offered(secret, self._now())

    async def take(self, secret: str) -> Offer | None:
        """As `offered`, and nobody else gets it."""
        return await self._links.take(secret, self._now())

    async def give_back(self, secret: str, offer: Offer) -> None:
        """It was taken in vain: it can be used again until it ends."""
        await self._links.give_back(secret, offer, self._now())

    async def unfinished(self, trust: str) -> None:
        """A trust was made that is part of no link yet: should this process end now, it is deleted later."""
        await self._links.leave(trust, self._now() + UNFINISHED_SECONDS)

    async def discard(self, trust: str) -> None:
        """It becomes part of no link."""
        await self._delete([trust])

    async def save(self, link: Link) -> None:
        """Keep the link in place of the one before, whose trusts are deleted then."""
        await self._delete(await self._links.keep(link, self._now()))

    # -- what accounts are told ----------------------------------------------------------------------------------------

    async def announce(self, within: timedelta) -> None:
        """The delegations that end within the time are to be told, each once over all processes. Called by a loop of `app`."""
        await self._links.announce(self._now(), self._now() + within.total_seconds())

    async def untold(self, most: int) -> list[Notice]:
        """What is to be told now: the caller's for LEASE and as often as `tell_in` puts it off, another process's after that."""
        return await self._links.untold(self._now(), most)

    async def tell_in(self, members: Collection[str], seconds: float) -> None:
        """Keep it from being told for so long."""
        await self._links.tell_at(members, self._now() + seconds)

    async def told(self, members: Collection[str]) -> None:
        """It needs not be told any more."""
        await self._links.told(members)

    # -- trusts --------------------------------------------------------------------------------------------------------

    async def sweep(self) -> None:
        """Delete trusts that could not be deleted when it was their time. Called by a loop of `app`."""
        await self._delete(await self._links.left(self._now(), SWEEP))

    # -- own -----------------------------------------------------------------------------------------------------------

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _signed_in(self, person: Person) -> bool:
        platform = self._platforms.get(person.platform)
        return platform is not None and platform.capabilities.signed_in

    async def _own(self, person: Person, wanted: str | None) -> tuple[str, str | None]:
        """The token of somebody who is signed in, and the global id of the project."""
        if person.token is not None:
            seen = await self._seen(person.token, wanted)  # first: one that has ended drives out no good one
            await self._tokens.keep(person.key, person.token)
            return person.token, seen
        for token in await self._tokens.of(person.key):
            try:
                return token, await self._seen(token, wanted)
            except LinkEnded:
                await self._tokens.drop(person.key, token)
        raise LinkEnded(SIGNED_OUT)

    async def _seen(self, token: str, wanted: str | None) -> str | None:
        """The global id of a project of somebody who is signed in."""
        if wanted is None or wanted.startswith("project:"):
            return wanted
        try:
            found = await self._identities.projects(token, wanted)
        except TrustGone as error:
            raise LinkEnded(SIGNED_OUT) from error
        except IdentityAway as error:
            raise Away from error
        if not found:
            raise NoSuchProject(wanted, ())
        if len(found) > 1:
            raise ChooseProject(found)
        return found[0][0]

    def _delegation(self, link: Link, wanted: str | None) -> Delegation:
        """Never another project than the one that was named, and no guess where there are several."""
        possible = link.delegations
        if wanted is not None:
            possible = [one for one in link.delegations if wanted in self._names(one)]
        if len(possible) == 1:
            return possible[0]
        if not possible and wanted is not None:
            raise NoSuchProject(wanted, self._live(link.delegations))
        if not possible:
            raise NotLinked
        if (why := self._why_ended(possible)) is not None:
            raise LinkEnded(why, ", ".join(one.name for one in possible))
        raise ChooseProject(self._live(possible))

    def _live(self, delegations: Iterable[Delegation]) -> list[tuple[str, str]]:
        return [(one.project, one.name) for one in delegations if self._why_ended([one]) is None]

    def _names(self, delegation: Delegation) -> tuple[str, ...]:
        """By which a delegation is asked for: the project may have another name by now."""
        return delegation.project, delegation.name, self._identities.project_name(delegation.project)

    def _why_ended(self, delegations: Iterable[Delegation]) -> str | None:
        """Why none of them is of use; None when one is."""
        why = None
        for one in delegations:
            why = one.ended or (TRUST_ENDED if one.expires_at <= self._now() else None)
            if why is None:
                return None
        return why

    async def _token(self, delegation: Delegation) -> str:
        why = self._why_ended([delegation])
        if why is not None:
            raise LinkEnded(why, delegation.name)
        lock = self._asking.setdefault(delegation.trust, asyncio.Lock())
        async with lock:
            kept = self._kept_token(delegation.trust)
            if kept is not None:
                return kept
            try:
                fresh = await self._identities.trust_token(delegation.trust)
            except (TrustGone, RoleGone) as error:
                why = ROLE_GONE if isinstance(error, RoleGone) else TRUST_ENDED
                await self._links.end(delegation, why, self._now())
                raise LinkEnded(why, delegation.name) from error
            except IdentityAway as error:
                raise Away from error
            self._keep(delegation.trust, fresh.token, fresh.expires_at)
            return fresh.token

    def _kept_token(self, trust: str) -> str | None:
        kept = self._kept.get(trust)
        if kept is None or kept.until <= self._clock.now():
            return None
        self._kept.move_to_end(trust)
        token = self._seal.open(kept.sealed, trust)
        return token.decode() if token is not None else None

    def _keep(self, trust: str, token: str, expires_at: datetime) -> None:
        self._kept[trust] = _Kept(self._seal.close(token.encode(), trust), _digest(token), expires_at - BEFORE_END)
        self._kept.move_to_end(trust)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    async def _delete(self, trusts: Iterable[str]) -> int:
        """Delete trusts that stand among those left; how many are left still. Once Keystone is away, the rest is not tried."""
        left = 0
        for trust in trusts:
            self._kept.pop(trust, None)
            if left == 0:
                try:
                    await self._identities.delete_trust(trust)
                except IdentityAway as error:
                    log.warning("a trust is still to be deleted: %s", error)
                else:
                    await self._links.gone(trust)
                    continue
            left += 1
            await self._links.leave(trust, self._now() + AGAIN_SECONDS)
        return left


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
