"""HTTP to the services of one OpenStack cloud: bounded answers, deadlines, and errors of ours. Knows nothing of tokens and projects.

Called by `openstack.py` and `openstack_people.py`. Why not openstacksdk: its objects cost 2.5 ms each, this about 10 us per row.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
import msgspec
from multidict import CIMultiDictProxy
from requests import utils as requests

from resolvers.clients import openstack_errors as errors
from resolvers.clock import Clock
from resolvers.errors import GurumError, Unavailable

T = TypeVar("T")
Params = Mapping[str, str | int]
Body = bytes | AsyncIterator[bytes]

READS = frozenset({"GET", "HEAD"})
CONNECTIONS_PER_SERVICE = 16  # a service that hangs must not use up the connections of the others
IDLE_CONNECTION_LIFE = 4.0  # seconds; Apache closes an idle connection after 5
SAME_MOMENT = timedelta(seconds=5)  # a service tells the time in whole seconds, and its answer was a moment on the way
CHUNK = 256 * 1024  # bytes


class Link(msgspec.Struct, gc=False):
    """A link of an answer, as Nova, Cinder and Neutron write it."""

    rel: str
    href: str


def next_link(links: Sequence[Link]) -> str | None:
    return next((link.href for link in links if link.rel == "next"), None)


@dataclass(frozen=True)
class Answer:
    """A successful answer. Bodies may hold secrets (tokens, console addresses), so they are not shown."""

    status: int
    body: bytes = field(repr=False)
    headers: CIMultiDictProxy[str] = field(repr=False)
    request_id: str | None


class _BrokenOff(aiohttp.ClientError):
    """The connection broke while a changing call was under way."""


class Http:
    """`max_bytes`: the largest answer that is read into memory, counted after decompression."""

    def __init__(self, backend: str, verify: ssl.SSLContext | bool, max_bytes: int, clock: Clock) -> None:
        self.backend = backend
        self._verify = verify
        self._max_bytes = max_bytes
        self._clock = clock
        self._sessions: dict[tuple[str, bool], aiohttp.ClientSession] = {}
        self._proxies: dict[str, str | None] = {}
        self._behind: dict[str, timedelta] = {}

    async def close(self) -> None:
        for session in self._sessions.values():
            await session.close()

    def behind(self, service: str) -> timedelta:
        """How far the service's clock was behind ours at its last answer; negative when it was ahead."""
        return self._behind.get(service, timedelta())

    @asynccontextmanager
    async def within(self, service: str, deadline: float) -> AsyncIterator[None]:
        """Seconds for everything inside; TimedOut names the service."""
        try:
            async with asyncio.timeout(deadline):
                yield
        except TimeoutError as error:
            raise errors.timed_out(self.backend, service, deadline) from error

    async def request(
        self,
        service: str,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Params | None = None,
        json: Any = None,
        data: Body | None = None,
    ) -> Answer:
        """The answer of a request that was accepted (status below 400); raises errors of ours for everything else."""
        headers = dict(headers)
        if json is not None:
            data = msgspec.json.encode(json)
            headers["Content-Type"] = "application/json"
        try:
            # A redirect would carry the token to wherever it points; OpenStack's APIs need none.
            async with self._session(service, method in READS).request(
                method,
                url,
                headers=headers,
                params=params,
                data=data,
                allow_redirects=False,
                proxy=self._proxy(service, url),
                middlewares=() if method in READS else (_once,),
            ) as response:
                self._look_at_clock(service, response.headers)
                body = await self._read(service, response)
                answered = response.headers
                if 300 <= response.status < 400 and response.status != 304:
                    raise self._nonsense(service, "it sends the caller to another address", answered)
                if response.status >= 400:
                    raise errors.from_answer(self.backend, service, response.status, answered, body)
                return Answer(response.status, body, answered, errors.request_id(answered))
        except aiohttp.ClientPayloadError as error:
            raise self._nonsense(service, "the answer ends in the middle") from error
        except aiohttp.ClientHttpProxyError as error:
            raise errors.proxy_refuses(self.backend, service, error.status) from error
        except (aiohttp.ClientResponseError, aiohttp.InvalidURL) as error:
            raise self._nonsense(service, "the answer is not HTTP") from error
        except (aiohttp.ClientSSLError, ssl.SSLError) as error:
            raise errors.untrusted(self.backend, service) from error
        except aiohttp.ClientProxyConnectionError as error:
            raise errors.proxy_away(self.backend, service) from error
        except aiohttp.ClientConnectorError as error:
            raise errors.unreachable(self.backend, service) from error
        except (aiohttp.ClientError, OSError) as error:
            raise errors.broken_off(self.backend, service) from error

    def decode(self, service: str, body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
        """The body as a Struct; Unavailable when it is HTML, cut off, or of another shape than the service promises."""
        try:
            return decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._nonsense(service, "the answer is not the JSON that its API promises") from error

    def _session(self, service: str, reading: bool) -> aiohttp.ClientSession:
        """Of each service its own, also where all of them stand behind one address. A changing call gets a new connection: sent into
        one that the service is closing, nobody knows whether it arrived."""
        session = self._sessions.get((service, reading))
        if session is None:
            session = self._sessions[service, reading] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    ssl=self._verify,
                    limit_per_host=CONNECTIONS_PER_SERVICE,
                    **({"keepalive_timeout": IDLE_CONNECTION_LIFE} if reading else {"force_close": True}),
                ),
                # Deadlines are this room's own (`within`), so aiohttp's default of 5 minutes is switched off.
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept": "application/json", "User-Agent": "9rum"},
            )
        return session

    def _proxy(self, service: str, url: str) -> str | None:
        """The environment's, chosen as keystoneauth does it for the login: aiohttp reads NO_PROXY in another way, and a token that
        should stay inside would go out by the proxy."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._proxies:
            found = requests.select_proxy(origin, requests.get_environ_proxies(origin, no_proxy=None))
            self._proxies[origin] = found and requests.prepend_scheme_if_needed(found, "http")
        proxy = self._proxies[origin]
        if proxy is not None and not proxy.startswith(("http://", "https://")):
            raise errors.proxy_unknown(self.backend, service)
        return proxy

    def _look_at_clock(self, service: str, headers: Mapping[str, str]) -> None:
        try:
            told = parsedate_to_datetime(headers.get("Date", ""))
        except ValueError:
            return
        behind = self._clock.now() - (told if told.tzinfo else told.replace(tzinfo=UTC))
        self._behind[service] = behind if abs(behind) > SAME_MOMENT else timedelta()

    async def _read(self, service: str, response: aiohttp.ClientResponse) -> bytes:
        # A length that is announced too large is refused before a byte of it is read.
        if (response.content_length or 0) > self._max_bytes:
            raise self._too_large(service, response.headers)
        chunks, size = [], 0
        async for chunk in response.content.iter_chunked(CHUNK):
            size += len(chunk)
            if size > self._max_bytes:
                raise self._too_large(service, response.headers)
            chunks.append(chunk)
        return b"".join(chunks)

    def _too_large(self, service: str, headers: Mapping[str, str]) -> GurumError:
        limit = f"{self._max_bytes / 1024**2:g} MiB"
        return self._nonsense(service, f"the answer is larger than {limit}; a smaller page_size may help", headers)

    def _nonsense(self, service: str, why: str, headers: Mapping[str, str] | None = None) -> GurumError:
        return Unavailable(
            f"{errors.title(self.backend, service)} gave an answer that 9rum can not use: {why}.",
            backend=self.backend,
            request_id=errors.request_id(headers or {}),
            lost=True,
        )


async def _once(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """aiohttp sends a PUT or DELETE again when the connection breaks; the first may have been done, and the second be refused for that."""
    try:
        return await send(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _BrokenOff from error
