"""9rum's own account in one OpenStack cloud: its token, the addresses and versions of the services, and requests as that account.

Made by `openstack.py`. Logging in (every way that there is), the catalogue and version discovery are keystoneauth's; it blocks, so it
runs in a few threads of its own and answers plain values. The requests themselves go out over `openstack_http`.
"""

import asyncio
import contextvars
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

from keystoneauth1 import exceptions as ka
from keystoneauth1.identity.base import BaseIdentityPlugin
from openstack import exceptions as sdk
from openstack.config.cloud_region import CloudRegion
from requests import Response

from resolvers.clients import openstack_errors as errors
from resolvers.clients.openstack_http import Answer, Http, Params
from resolvers.clients.single_flight import SingleFlight
from resolvers.clock import Clock
from resolvers.errors import Denied, GurumError, RateLimited, TimedOut, Unauthenticated, Unavailable

T = TypeVar("T")

THREADS = 8
# keystoneauth renews a token 30 s before it ends; asking it more often than that means that no ended token is ever sent.
TOKEN_RECHECK = 15.0  # seconds
# The major version that each adapter is written for. Neutron's discovery is closed in old clouds, so it is not asked for one.
VERSIONS = {"identity": "3", "compute": "2", "image": "2", "block-storage": "3"}
WITH_MICROVERSIONS = frozenset({"compute", "block-storage"})
MicroVersion = tuple[int, ...]


@dataclass(frozen=True)
class Endpoint:
    """`url` has no slash at its end. Where it holds the id of the account's own project, that of another can be put in its place."""

    url: str
    version: str
    microversions: tuple[MicroVersion, MicroVersion] | None
    own_project: str | None

    def address(self, path: str, project: str | None = None) -> str:
        if project and self.own_project:
            return self.url.replace(self.own_project, project) + path
        return self.url + path


@dataclass(frozen=True)
class Standing:
    """How the account is signed in; `scope` says it where that is no project."""

    user: str
    project_id: str | None
    project: str
    roles: frozenset[str]
    scope: str
    ends: datetime


class _Elsewhere(Exception):
    """A service sends the caller to another host, or out of TLS."""


def _stay(response: Response, *args: object, **kwargs: object) -> None:
    """keystoneauth follows a redirect to wherever it points, and takes the token or the password along."""
    if not response.is_redirect:
        return
    here, there = urlsplit(response.url), urlsplit(urljoin(response.url, response.headers["location"]))
    if there.hostname != here.hostname or (here.scheme == "https" and there.scheme != "https"):
        response.close()
        raise _Elsewhere


class Account:
    """`deadline`: seconds for a login, and for finding a service."""

    def __init__(self, region: CloudRegion, http: Http, clock: Clock, deadline: float) -> None:
        self.region = region
        self._http = http
        self._clock = clock
        self._deadline = deadline
        self._session = region.get_session()
        self._session.session.hooks["response"].append(_stay)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix=f"openstack-{http.backend}")
        self._flights = SingleFlight()
        self._token: tuple[str, float] | None = None
        self._endpoints: dict[str, Endpoint] = {}
        self._addresses: dict[str, str] = {}  # as the catalogue has them, of services that are down too

    async def close(self) -> None:
        await self._flights.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._session.close()  # the connections of the login

    async def request(
        self, service: str, method: str, path: str, headers: Mapping[str, str], params: Params | None = None
    ) -> Answer:
        """A request as 9rum's own account. A token that is refused, because it was revoked, is renewed once."""
        try:
            return await self.send(service, method, path, headers, params)
        except (Unauthenticated, Denied) as error:
            raise errors.of_own_account(self._http.backend, service, error) from error

    async def send(
        self,
        service: str,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        params: Params | None = None,
    ) -> Answer:
        """As `request`, for who can do something about a refusal: it is raised as the service meant it."""
        url = (await self.endpoint(service)).address(path)
        token = await self.token()
        try:
            return await self._http.request(
                service, method, url, headers={**(headers or {}), "X-Auth-Token": token}, params=params
            )
        except Unauthenticated:
            await self.renew(token)
            token = await self.token()
            return await self._http.request(
                service, method, url, headers={**(headers or {}), "X-Auth-Token": token}, params=params
            )

    async def token(self) -> str:
        if self._token is None or self._clock.monotonic() - self._token[1] > TOKEN_RECHECK:
            return await self._flights.do("token", self._log_in)
        return self._token[0]

    async def user_id(self) -> str:
        """The account's own id in Keystone."""
        await self.token()
        found = await self._as_own("identity", self._session.get_user_id)
        if found is None:
            raise Unavailable(f"Keystone of {self._http.backend} does not tell the id of 9rum's own account.")
        return str(found)

    async def standing(self) -> Standing:
        await self.token()
        access = await self._as_own("identity", self._access)
        scope = "on the system" if access.system_scoped else f"on the domain `{access.domain_name}`"
        return Standing(
            user=access.username or "",
            project_id=access.project_id,
            project=access.project_name or "",
            roles=frozenset(access.role_names or ()),
            scope=scope if access.system_scoped or access.domain_id else "unscoped",
            ends=access.expires,
        )

    async def endpoint(self, service: str) -> Endpoint:
        """Found once and kept; a service that is down is looked for again at the next call."""
        known = self._endpoints.get(service)
        return known if known is not None else await self._flights.do(service, lambda: self._find(service))

    def forget(self, service: str) -> None:
        """Find the service and its versions anew at the next use."""
        self._endpoints.pop(service, None)
        for holder in (self._session, self._session.auth):
            getattr(holder, "_discovery_cache", {}).clear()

    def known_address(self, service: str) -> str | None:
        """Where the service was found, or where to log in when not even that worked."""
        return self._addresses.get(service) or self.region.get_auth_args().get("auth_url")

    async def in_thread(self, service: str, work: Callable[[], T]) -> T:
        """Blocking work of the vendor's libraries; their errors become ours, about the service that is named."""
        context = contextvars.copy_context()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, context.run, work)
        except (ka.ClientException, sdk.SDKException) as error:
            raise errors.from_vendor(self._http.backend, service, error) from error
        except _Elsewhere as error:
            raise errors.elsewhere(self._http.backend, service) from error

    async def _log_in(self) -> str:
        asked_at = self._clock.monotonic()
        token = await self._as_own("identity", self._session.get_token)
        if token is None:
            raise Unavailable(f"The entry of {self._http.backend} in clouds.yaml has no account to log in with.")
        self._token = (token, asked_at)
        return token

    async def renew(self, token: str) -> None:
        """Log in again at the next use: once for all requests that were refused with this token."""
        if self._token is not None and self._token[0] == token:
            self._token = None
            await self._as_own("identity", self._session.invalidate)

    async def _find(self, service: str) -> Endpoint:
        def find() -> tuple[Any, str | None]:
            self._require_one_place(service)
            client = self.region.get_session_client(service, VERSIONS.get(service))
            return client.get_endpoint_data(), self._session.get_project_id()

        await self.token()  # logging in first, so that its failures are told of Keystone and not of this service
        data, own_project = await self._as_own(service, find)
        least, most = data.min_microversion, data.max_microversion
        self._addresses[service] = data.url
        # keystoneauth takes a service that does not tell its versions as it stands in the catalogue. That is not kept: it is down.
        if data.api_version is None or (service in WITH_MICROVERSIONS and most is None):
            raise Unavailable(
                f"{errors.title(self._http.backend, service)} does not answer at its catalogue address.",
                backend=self._http.backend,
            )
        version = ".".join(map(str, most or data.api_version or ()))
        url = data.url.rstrip("/")
        if (
            service == "network"
        ):  # to a catalogue address that ends with a slash, openstacksdk adds the version once more
            url = url.replace("/v2.0/v2.0", "/v2.0")
        found = Endpoint(url, version, (least, most) if least and most else None, own_project)
        self._endpoints[service] = found
        return found

    def _access(self) -> Any:
        """What Keystone said at the login: scope, roles, catalogue. Blocks."""
        auth = self._session.auth
        if not isinstance(auth, BaseIdentityPlugin):
            raise Unavailable(f"The entry of {self._http.backend} in clouds.yaml has no account to log in with.")
        return auth.get_access(self._session)

    def _require_one_place(self, service: str) -> None:
        """keystoneauth takes the first of what it finds, so that without a region the services would be those of several, mixed."""
        if self.region.get_endpoint(service):
            return  # one of clouds.yaml
        interface, region = self.region.get_interface(service), self.region.get_region_name(service)
        found = self._access().service_catalog.get_endpoints_data(
            service_type=self.region.get_service_type(service),
            service_name=self.region.get_service_name(service),
            interface=interface,
            region_name=region or None,
        )
        by_address = {
            str(place.url).rstrip("/"): str(place.region_name) for places in found.values() for place in places
        }
        if not by_address:
            raise errors.not_offered(self._http.backend, service, str(interface), region)
        regions = sorted(set(by_address.values()))
        if len(regions) > 1 and service != "identity":
            raise errors.in_several_regions(self._http.backend, service, regions)

    async def _as_own(self, service: str, work: Callable[[], T]) -> T:
        try:
            async with self._http.within(service, self._deadline):
                return await self.in_thread(service, work)
        except (Unavailable, TimedOut, RateLimited):
            raise
        except GurumError as error:
            # It is of the login, and not of what somebody asked for: a NotFound must not pass for one of a server.
            refusal = (
                error if isinstance(error, Denied) else Unauthenticated(error.message, request_id=error.request_id)
            )
            raise errors.of_own_account(self._http.backend, service, refusal) from error
