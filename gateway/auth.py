"""Who calls: from a Keystone token or a session cookie to the Actor. `gateway/app.py` asks for each request.

A checked token is believed for a short while (`identity.token_cache_seconds`), under its hash; a revoked one works so long at most.
Whoever signed in for one project alone acts in it alone, wherever the session acts: `bound` marks its token where it is kept as text.
Sessions are `gateway/sessions.py`; the routes by which people sign in are `gateway/sign_in.py`.
"""

import asyncio
import dataclasses
import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final, TypeVar
from weakref import WeakValueDictionary

from gateway.directory import Directory
from gateway.refusals import Refusals
from gateway.sessions import Sessions
from gateway.settings import IdentitySettings
from resolvers import ids
from resolvers.actor import ADMIN, READER, Actor, Identity, Origin, effective
from resolvers.clock import Clock
from resolvers.errors import GurumError, Unauthenticated
from resolvers.identity.port import IdentityPort

MOST_TOKENS: Final = 10_000  # remembered of each sort; the one that was checked longest ago goes first
REFUSAL_SECONDS: Final = 5.0  # a refused token is not asked about again for so long
MAX_TOKEN: Final = 16_384  # characters; signed tokens (JWS) with many roles are the longest
REFUSED: Final = "The token is not valid: it has ended, was revoked, or is not of this cloud. Sign in again."
ENDED: Final = "Your session has ended. Sign in again."
NO_PROJECT: Final = "You have no role any more on the project that you signed in for. Sign in again."
_BOUND: Final = "in-project:"  # no token of Keystone begins so

T = TypeVar("T")


def bound(token: str) -> str:
    """The token as it is kept for somebody who chose to work in its project alone; `actor_of` takes it for a token."""
    return token if token.startswith(_BOUND) else _BOUND + token


def bare(token: str) -> str:
    """What Keystone knows."""
    return token.removeprefix(_BOUND)


def carried(actor: Actor) -> str:
    """The token for whoever acts as this person later."""
    return bound(actor.token) if actor.identity.restricted else actor.token


@dataclasses.dataclass(frozen=True, slots=True, weakref_slot=True)
class _Rights:
    """Of a person, the same for all tokens: with thousands of projects they are a megabyte."""

    roles: Mapping[str, frozenset[str]]
    projects: Mapping[str, frozenset[str]]


@dataclasses.dataclass(slots=True)
class _Known:
    """A token that was checked, and the Actor made of it while the directory stood at `version`."""

    identity: Identity
    rights: _Rights
    until: float  # monotonic
    actor: Actor | None = None
    version: object = None


class Authenticator:
    def __init__(
        self,
        port: IdentityPort,
        cloud: str,
        sessions: Sessions,
        directory: Directory,
        clock: Clock,
        settings: IdentitySettings,
    ) -> None:
        self.port = port
        self.cloud = cloud
        self.sessions = sessions
        self._directory = directory
        self._clock = clock
        self._seconds = settings.token_cache_seconds
        self._known: OrderedDict[str, _Known] = OrderedDict()
        # Apart from the known ones: a flood of made-up tokens must not drive out the real ones.
        self._refused: OrderedDict[str, float] = OrderedDict()
        self._refusals = Refusals(settings.refused_tokens_per_address, clock.monotonic)
        self._checking: dict[str, asyncio.Task[_Known]] = {}
        self._rights: WeakValueDictionary[str, _Rights] = WeakValueDictionary()  # of people whose tokens are known

    async def actor_of(self, token: str | None, session: str | None, origin: Origin) -> Actor | None:
        """The caller; None when neither token nor session came. The token counts when both did.

        Raises Unauthenticated for what is no longer or never was valid, RateLimited when too much of that came from an address,
        Unavailable or TimedOut when Keystone is away.
        """
        if token is None:
            if session is None:
                return None
            token = await self.sessions.token(session)
            if token is None:
                raise Unauthenticated(ENDED)
        known = await self._check(bare(token), origin.address)
        if known.actor is None or known.version != self._directory.version:
            known.version = self._directory.version
            known.actor = self._actor(known, bare(token))
        actor = dataclasses.replace(known.actor, origin=origin)
        return actor if bare(token) == token else _in_its_project(actor)

    def forget(self, token: str) -> None:
        """After signing out, and before a change by chat: this process asks Keystone anew at once."""
        self._known.pop(_digest(bare(token)), None)

    # -- own -----------------------------------------------------------------------------------------------------------

    async def _check(self, token: str, address: str | None) -> _Known:
        digest = _digest(token)
        now = self._clock.monotonic()
        known = self._known.get(digest)
        if known is not None and known.until > now and not self._ended(known.identity):
            return known
        if self._refused.get(digest, 0.0) > now or not plausible(token):
            raise Unauthenticated(REFUSED)
        task = self._checking.get(digest)
        if task is None:
            self._refusals.attempt(address)
            task = self._checking[digest] = asyncio.create_task(self._ask(digest, token, address))
            task.add_done_callback(lambda _: self._checking.pop(digest, None))
        return await asyncio.shield(task)  # a caller who goes away must not end the check of the others

    async def _ask(self, digest: str, token: str, address: str | None) -> _Known:
        now = self._clock.monotonic()
        self._known.pop(digest, None)
        try:
            identity = await self.port.identify(token)
        except Unauthenticated:
            while self._refused and next(iter(self._refused.values())) <= now:
                self._refused.popitem(last=False)
            _remember(self._refused, digest, now + REFUSAL_SECONDS)
            raise Unauthenticated(REFUSED) from None
        except GurumError:
            self._refusals.forgive(address)  # the token was never looked at
            raise
        if self._ended(identity):
            raise Unauthenticated(REFUSED)
        self._refusals.forgive(address)
        rights = self._rights_of(identity)
        known = _Known(dataclasses.replace(identity, roles=rights.roles), rights, now + self._seconds)
        while self._known and next(iter(self._known.values())).until <= now:
            self._known.popitem(last=False)
        if self._seconds:
            _remember(self._known, digest, known)
        return known

    def _rights_of(self, identity: Identity) -> _Rights:
        rights = self._rights.get(identity.user_id)
        if rights is None or rights.roles != identity.roles:
            projects = {ids.make("project", self.cloud, native): effective(r) for native, r in identity.roles.items()}
            rights = self._rights[identity.user_id] = _Rights(identity.roles, projects)
        return rights

    def _ended(self, identity: Identity) -> bool:
        return identity.expires_at is not None and identity.expires_at <= self._clock.now().timestamp()

    def _actor(self, known: _Known, token: str) -> Actor:
        """Rights as 9rum sees them; Keystone and each backend decide again."""
        identity = known.identity
        system = frozenset[str]() if identity.restricted else effective(identity.system_roles)
        # A role on a domain is none on its projects (Keystone lists inherited roles as roles on the projects): its admin sees which
        # projects and users there are (resolvers/inventory/rights.py), not what is in them, as upstream.
        admin_project = self._directory.admin_project()
        operator = ADMIN in system or ADMIN in identity.roles.get(ids.native(admin_project) or "", frozenset())
        return Actor(
            identity=identity,
            user_id=ids.make("user", self.cloud, identity.user_id),
            project_id=ids.make("project", self.cloud, identity.project_id) if identity.project_id else None,
            projects=known.rights.projects,
            all_projects=operator or READER in system,
            operator=operator,
            token=token,
            admin_project=admin_project,
        )


def _in_its_project(actor: Actor) -> Actor:
    """As with an application credential of the token's project: nothing else of the person's counts."""
    identity, project = actor.identity, actor.project_id
    if project is None or identity.project_id is None or not actor.sees(project):
        raise Unauthenticated(NO_PROJECT)
    own = identity.roles.get(identity.project_id, frozenset())
    operator = actor.operator and ADMIN in own and project == actor.admin_project
    alone = dataclasses.replace(
        identity, roles={identity.project_id: own}, domain_roles={}, system_roles=frozenset(), restricted=True
    )
    return dataclasses.replace(
        actor, identity=alone, projects={project: effective(own)}, all_projects=operator, operator=operator
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def plausible(token: str) -> bool:
    """What can not be a token is not sent upstream: it would be part of a header there."""
    return 0 < len(token) <= MAX_TOKEN and token.isascii() and token.isprintable() and " " not in token


def _remember(table: "OrderedDict[str, T]", digest: str, value: T) -> None:
    """The oldest are first, so they are also the first whose time is over."""
    table[digest] = value
    table.move_to_end(digest)
    if len(table) > MOST_TOKENS:
        table.popitem(last=False)
