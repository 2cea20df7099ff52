"""Connections to the services: a change is sent once and over its own, no service uses up those of another, and proxies."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from resolvers.actor import Credential
from resolvers.clients.openstack import OpenStackClient
from resolvers.clients.openstack_http import CONNECTIONS_PER_SERVICE
from resolvers.clients.openstack_settings import OpenStackSettings
from resolvers.clock import Clock
from resolvers.errors import Unavailable
from tests.resolvers.clients.conftest import Connecting
from tests.resolvers.clients.far_cloud import SHOP, FarCloud, Token, serving, told

pytestmark = pytest.mark.anyio
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


async def resets(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_change_is_never_sent_twice(client: OpenStackClient, far: FarCloud, method: str) -> None:
    far.answer("compute /servers", resets)
    with pytest.raises(Unavailable, match="ended the connection before it answered") as error:
        await client.send(Credential(far.issue(Token("jiwoo")), SHOP), method, "compute", "/servers", json={})
    assert error.value.lost
    assert len(far.calls("compute /servers")) == 1


async def test_a_read_is_sent_a_second_time(client: OpenStackClient, far: FarCloud) -> None:
    async def once(request: web.Request) -> web.StreamResponse:
        return await resets(request) if len(far.calls("compute /servers")) == 1 else web.json_response({})

    far.answer("compute /servers", once)
    assert await client.get("compute", "/servers") == b"{}"


async def test_a_change_is_not_sent_into_a_connection_that_the_service_is_closing(
    client: OpenStackClient, far: FarCloud
) -> None:
    used: set[object] = set()

    async def once_per_connection(request: web.Request) -> web.StreamResponse:
        """As a proxy that gives up idle connections at the very moment in which the next request is on its way."""
        if request.transport in used:
            return await resets(request)
        used.add(request.transport)
        return web.json_response({})

    far.answer("compute /servers", once_per_connection)
    acting = Credential(far.issue(Token("jiwoo")), SHOP)
    await client.get("compute", "/servers")
    for _ in range(3):
        await client.send(acting, "POST", "compute", "/servers", json={})


async def test_a_service_that_hangs_leaves_the_others_their_connections(client: OpenStackClient, far: FarCloud) -> None:
    """Here as in many clouds all services stand behind one address."""
    go, hanging = asyncio.Event(), asyncio.Semaphore(0)

    async def hang(request: web.Request) -> web.StreamResponse:
        hanging.release()
        await go.wait()
        return web.json_response({})

    far.answer("compute /servers", hang)
    far.answer("identity /projects", told({}))
    waiting = [
        asyncio.create_task(client.get("compute", "/servers", {"limit": number}))
        for number in range(CONNECTIONS_PER_SERVICE)
    ]
    for _ in waiting:
        await hanging.acquire()
    assert await client.get("identity", "/projects") == b"{}"
    go.set()
    await asyncio.gather(*waiting)


# -- proxies -----------------------------------------------------------------------------------------------------------


@dataclass
class Proxy:
    """Answers in the place of the cloud, and notes who asked for what."""

    url: str = ""
    status: int = 200
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def answer(self, request: web.BaseRequest) -> web.Response:
        self.asked.append((str(request.url), request.headers.get("Proxy-Authorization", "")))
        return web.json_response({"by": "proxy"}, status=self.status)


@asynccontextmanager
async def proxying() -> AsyncIterator[Proxy]:
    proxy = Proxy()
    runner = web.ServerRunner(web.Server(proxy.answer), shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    proxy.url = f"127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield proxy
    finally:
        await runner.cleanup()


async def found(client: OpenStackClient, far: FarCloud) -> None:
    """Sign in and find Nova before there is a proxy, which here knows nothing of Keystone."""
    far.answer("compute /servers", told({"by": "cloud"}))
    await client.microversion("compute", "2.90", "2.60")


async def test_the_proxy_of_the_environment_is_used(
    client: OpenStackClient, far: FarCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    await found(client, far)
    async with proxying() as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://me:secret@{proxy.url}")
        assert await client.get("compute", "/servers") == b'{"by": "proxy"}'
    basic = base64.b64encode(b"me:secret").decode()
    assert proxy.asked == [(f"{far.url}/compute/v2.1/servers", f"Basic {basic}")]


@pytest.mark.parametrize("excepted", ["127.0.0.0/8", "127.0.0.1", "*"])
async def test_no_proxy_means_the_same_as_at_the_login(
    client: OpenStackClient, far: FarCloud, monkeypatch: pytest.MonkeyPatch, excepted: str
) -> None:
    async with proxying() as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.url}")
        monkeypatch.setenv("NO_PROXY", excepted)
        await found(client, far)
        assert await client.get("compute", "/servers") == b'{"by": "cloud"}'
    assert proxy.asked == []


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://127.0.0.1:1", "no connection to the proxy can be made"),
        ("socks5://127.0.0.1:1", "names a proxy that is not an HTTP proxy; add the cloud to NO_PROXY"),
    ],
)
async def test_a_proxy_that_does_not_help(
    connect: Connecting, far: FarCloud, monkeypatch: pytest.MonkeyPatch, address: str, sentence: str
) -> None:
    client = await connect()
    await found(client, far)
    monkeypatch.setenv("ALL_PROXY", address)
    with pytest.raises(Unavailable, match=sentence) as error:
        await client.send(Credential(far.issue(Token("jiwoo"))), "POST", "compute", "/servers", json={})
    assert not error.value.lost


# -- redirects while 9rum's own account logs in and looks for services -------------------------------------------------


class Moved(FarCloud):
    """Sends callers from `/old/...` to wherever `to` says."""

    to = ""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/old/v2.1{slash:/?}", self._redirect),
            web.get("/old/v3{slash:/?}", self._old_keystone),
            web.post("/old/v3/auth/tokens", self._redirect),
            *super().routes(),
        ]

    async def _old_keystone(self, request: web.Request) -> web.Response:
        return web.json_response({"version": self._version("v3.14", "/old/v3/")})

    async def _redirect(self, request: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": self.to})


@pytest.fixture
async def moved(tmp_path: Path) -> AsyncIterator[tuple[Moved, Connecting]]:
    far = Moved()
    async with serving(far), AsyncExitStack() as stack:

        async def connecting(**auth: Any) -> OpenStackClient:
            known = {
                "backend": "openstack",
                "name": "krane",
                "cloud": "far",
                "clouds_file": far.clouds_file(tmp_path, **auth),
            }
            client = await OpenStackClient.open(OpenStackSettings.model_validate(known), Clock())
            stack.push_async_callback(client.close)
            return client

        yield far, connecting


async def test_a_token_does_not_follow_a_redirect_to_another_host(moved: tuple[Moved, Connecting]) -> None:
    far, connecting = moved
    far.compute_path = "/old/v2.1"
    client = await connecting()
    async with proxying() as elsewhere:
        far.to = f"http://localhost:{elsewhere.url.split(':')[1]}/v2.1/"
        with pytest.raises(Unavailable, match="it sends the caller to another address"):
            await client.get("compute", "/servers")
    assert elsewhere.asked == []
    far.to = f"{far.url}/compute/v2.1/"  # on the same host services do it to add a slash
    far.answer("compute /servers", told({}))
    assert (await client.microversion("compute", "2.90", "2.60")) == "2.90"


async def test_a_password_does_not_follow_a_redirect_to_another_host(moved: tuple[Moved, Connecting]) -> None:
    far, connecting = moved
    client = await connecting(auth_url=f"{far.url}/old/v3")
    async with proxying() as elsewhere:
        far.to = f"http://localhost:{elsewhere.url.split(':')[1]}/v3/auth/tokens"
        with pytest.raises(Unavailable, match="it sends the caller to another address"):
            await client.get("compute", "/servers")
    assert elsewhere.asked == []
