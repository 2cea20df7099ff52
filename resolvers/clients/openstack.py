"""The connection to one OpenStack cloud. Opened by the composition root, used by the OpenStack adapters of all domains.

Two ways: as 9rum's own account (`get`, `read`, `pages`: what feeds the read model) and as a person (`send`: all that is done for one).
One style for both: HTTP over an async session, because openstacksdk's objects cost 2.5 ms each under the interpreter's lock, and block.
What the SDK does well stays with it, in threads: clouds.yaml, every way of logging in, the catalogue, and version discovery.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from typing import Any, Self, TypeVar
from urllib.parse import parse_qs, urlsplit

import msgspec

from resolvers.actor import Credential
from resolvers.clients import openstack_errors as errors
from resolvers.clients.openstack_account import Account
from resolvers.clients.openstack_check import Checks
from resolvers.clients.openstack_config import configured, tls
from resolvers.clients.openstack_http import READS, Answer, Body, Http, Params
from resolvers.clients.openstack_people import People
from resolvers.clients.openstack_settings import OpenStackSettings
from resolvers.clients.openstack_trusts import Trusts
from resolvers.clients.requests import note_request_id
from resolvers.clients.single_flight import SingleFlight
from resolvers.clock import Clock
from resolvers.errors import (
    GurumError,
    Invalid,
    NotFound,
    RateLimited,
    TimedOut,
    Unauthenticated,
    Unavailable,
)

T = TypeVar("T")
P = TypeVar("P")

PAUSES, LONGEST_PAUSE = 5, 30.0  # of a list for a service that asks for fewer requests; seconds
# Cinder goes by its old name in this header, all others by their service type.
VERSION_NAMES = {"block-storage": "volume"}


class OpenStackClient:
    """All methods raise `resolvers.errors` only, with the cloud's name and the backend's request id.

    `service` is a service type (`compute`, `image`, `block-storage`, `network`, `identity`); `path` is below its versioned address
    (`/servers/detail`, `/images`); deadlines are seconds for the whole call, by default those of the settings.
    """

    def __init__(
        self, settings: OpenStackSettings, clock: Clock, http: Http, account: Account, people: People, trusts: Trusts
    ) -> None:
        self.name = settings.name
        self.settings = settings
        self.clock = clock
        self.people = people
        self.trusts = trusts
        self._http = http
        self._account = account
        self._flights = SingleFlight()
        self.checks = Checks(account, http, self.get, settings.deadlines)

    @classmethod
    async def open(cls, settings: OpenStackSettings, clock: Clock) -> Self:
        """Reads clouds.yaml; Invalid when it can not be used. The cloud may be down: it is asked at the first use."""
        region = await asyncio.to_thread(configured, settings)
        http = Http(
            settings.name, await asyncio.to_thread(tls, settings, region), settings.max_answer_mib * 1024 * 1024, clock
        )
        account = Account(region, http, clock, settings.deadlines.read)
        people = People(account, http, clock, settings.deadlines.read)
        trusts = Trusts(account, people, http, clock, settings.deadlines.write)
        return cls(settings, clock, http, account, people, trusts)

    def behind(self, service: str) -> timedelta:
        """How far the service's clock was behind ours at its last answer; negative when it was ahead."""
        return self._http.behind(service)

    async def close(self) -> None:
        await self._flights.close()
        await self.people.close()
        await self._account.close()
        await self._http.close()

    # -- as 9rum's own account -----------------------------------------------------------------------------------------

    async def get(
        self,
        service: str,
        path: str,
        params: Params | None = None,
        *,
        microversion: str | None = None,
        deadline: float | None = None,
        shared: bool = True,
    ) -> bytes:
        """The body of the answer. Equal calls at the same time are one request, which may have begun before this call; not so when
        `shared` is False: what was changed before the call is in its answer."""
        seconds = deadline or self.settings.deadlines.read

        async def work() -> bytes:
            async with self._http.within(service, seconds):
                try:
                    answer = await self._account.request(service, "GET", path, _version(service, microversion), params)
                except errors.OtherVersion:
                    self._account.forget(service)
                    raise
                return answer.body

        if not shared:
            return await work()
        key = (service, path, tuple(sorted((params or {}).items())), microversion, seconds)
        return await self._flights.do(key, work)

    async def read(
        self,
        service: str,
        path: str,
        decoder: msgspec.json.Decoder[T],
        params: Params | None = None,
        *,
        microversion: str | None = None,
        deadline: float | None = None,
        shared: bool = True,
    ) -> T:
        body = await self.get(service, path, params, microversion=microversion, deadline=deadline, shared=shared)
        return self._http.decode(service, body, decoder)

    async def pages(
        self,
        service: str,
        path: str,
        decoder: msgspec.json.Decoder[P],
        next_of: Callable[[P], str | None],
        params: Params | None = None,
        *,
        microversion: str | None = None,
        limited: bool = True,
    ) -> AsyncIterator[P]:
        """A list, page by page. `next_of` answers the page's link to the next one.

        The link alone tells whether there is more, because a service may give smaller pages than were asked for. Only its marker
        is used: its address may be that of an inner server. `limited` False leaves the size of a page to the service.
        """
        asked = dict(params or {})
        if limited:
            asked["limit"] = self.settings.page_size
        seen: set[str] = set()
        while True:
            try:
                page = await self._page(service, path, decoder, asked, microversion)
            except (Invalid, NotFound) as error:
                if not seen:
                    raise
                raise Unavailable(
                    f"{errors.title(self.name, service)} lost its place in a list, because what stood there was deleted.",
                    backend=self.name,
                    request_id=error.request_id,
                ) from error
            yield page
            link = next_of(page)
            if link is None:
                return
            marker = next(iter(parse_qs(urlsplit(link).query).get("marker", [])), None)
            if marker is None or marker in seen:
                raise Unavailable(f"{errors.title(self.name, service)} lists in a circle.", backend=self.name)
            seen.add(marker)
            asked["marker"] = marker

    async def _page(
        self, service: str, path: str, decoder: msgspec.json.Decoder[P], asked: Params, microversion: str | None
    ) -> P:
        """A service that asks for fewer requests is given the pause, else a long list would begin anew for ever."""
        for _ in range(PAUSES):
            try:
                return await self.read(
                    service, path, decoder, asked, microversion=microversion, deadline=self.settings.deadlines.page
                )
            except RateLimited as error:
                await self.clock.sleep(min(error.retry_after or 1.0, LONGEST_PAUSE))
        return await self.read(
            service, path, decoder, asked, microversion=microversion, deadline=self.settings.deadlines.page
        )

    def decode(self, service: str, body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
        """The body of an answer of `send` as a Struct; Unavailable when it is not what the service's API promises."""
        return self._http.decode(service, body, decoder)

    async def microversion(self, service: str, wanted: str, least: str) -> str:
        """The newest microversion up to `wanted` that the cloud offers; Unavailable when that is below `least`."""
        async with self._http.within(service, self.settings.deadlines.read):
            endpoint = await self._account.endpoint(service)
        newest = endpoint.microversions[1] if endpoint.microversions else (0, 0)
        chosen = min(newest, parsed(wanted))
        if chosen < parsed(least):
            raise Unavailable(
                f"{errors.title(self.name, service)} speaks its API up to {_shown(newest)} only; 9rum needs {least}.",
                backend=self.name,
            )
        return _shown(chosen)

    # -- as a person ---------------------------------------------------------------------------------------------------

    async def send(
        self,
        acting: Credential,
        method: str,
        service: str,
        path: str,
        *,
        json: Any = None,
        data: Body | None = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        microversion: str | None = None,
        deadline: float | None = None,
    ) -> Answer:
        """A request by the person in the person's project. The request id of a successful change is noted for its operation.

        An error is `lost` when the service may have done it all the same.
        """
        begun, deadlines = False, self.settings.deadlines
        sent = {**(headers or {}), **_version(service, microversion)}

        async def attempt(url: str) -> Answer:
            nonlocal begun
            begun = False
            token = await self.people.token(acting)
            begun = True
            return await self._http.request(
                service, method, url, headers={**sent, "X-Auth-Token": token}, params=params, json=json, data=data
            )

        try:
            async with self._http.within(service, deadline or (deadlines.read if method in READS else deadlines.write)):
                url = (await self._account.endpoint(service)).address(path, acting.project)
                try:
                    answer = await attempt(url)
                except Unauthenticated:
                    # Nothing was done yet. A token that we keep may have been revoked since; a body that is a stream can not be sent twice.
                    if not self.people.forget(acting) or not isinstance(data, bytes | None):
                        raise
                    answer = await attempt(url)
        except GurumError as error:
            if isinstance(error, errors.OtherVersion):
                self._account.forget(service)
            error.lost = begun and (error.lost or isinstance(error, TimedOut))
            raise
        if method not in READS:
            note_request_id(answer.request_id)
        return answer


def _version(service: str, microversion: str | None) -> dict[str, str]:
    if microversion is None:
        return {}
    return {"OpenStack-API-Version": f"{VERSION_NAMES.get(service, service)} {microversion}"}


def parsed(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _shown(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
