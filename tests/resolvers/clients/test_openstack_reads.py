"""Reading as 9rum's own account: one request for equal questions, lists page by page, and a token that is renewed when it is refused."""

import asyncio

import msgspec
import pytest
from aiohttp import web

from resolvers.actor import Credential
from resolvers.clients.openstack import OpenStackClient
from resolvers.clients.openstack_http import Link, next_link
from resolvers.clock import Clock
from resolvers.errors import NotFound, RateLimited, Unavailable
from tests.resolvers.clients.conftest import Connecting
from tests.resolvers.clients.far_cloud import SHOP, FarCloud, Token, refusal, told

pytestmark = pytest.mark.anyio


class Page(msgspec.Struct):
    servers: list[str]
    servers_links: list[Link] = []


PAGE = msgspec.json.Decoder(Page)


def next_of(page: Page) -> str | None:
    return next_link(page.servers_links)


async def test_a_read_is_made_by_the_own_account(client: OpenStackClient, far: FarCloud) -> None:
    far.answer("compute /servers", told({"servers": ["a"]}))
    page = await client.read("compute", "/servers", PAGE, {"all_tenants": 1}, microversion="2.90")
    assert page.servers == ["a"]
    (asked,) = far.calls("compute /servers")
    assert asked.token is not None
    assert asked.token.user == "gurum"
    assert asked.query == {"all_tenants": "1"}
    assert asked.headers["OpenStack-API-Version"] == "compute 2.90"


async def test_equal_reads_at_the_same_time_are_one_request(client: OpenStackClient, far: FarCloud) -> None:
    here, go = asyncio.Semaphore(0), asyncio.Event()

    async def slowly(request: web.Request) -> web.StreamResponse:
        here.release()
        await go.wait()
        return web.json_response({"servers": []})

    far.answer("compute /servers", slowly)
    reads = [asyncio.create_task(client.get("compute", "/servers", {"limit": 1})) for _ in range(5)]
    other = asyncio.create_task(client.get("compute", "/servers", {"limit": 2}))
    await here.acquire()
    await here.acquire()
    reads[0].cancel()  # who asked first does not take the answer away from the others
    go.set()
    assert len({await read for read in reads[1:]}) == 1
    await other
    assert len(far.calls("compute /servers")) == 2
    await client.get("compute", "/servers", {"limit": 1})
    assert len(far.calls("compute /servers")) == 3


async def test_a_read_after_a_change_joins_none_that_began_before_it(client: OpenStackClient, far: FarCloud) -> None:
    here, go, state = asyncio.Event(), asyncio.Event(), ["old"]

    async def slowly(request: web.Request) -> web.StreamResponse:
        found = list(state)
        here.set()
        await go.wait()
        return web.json_response({"servers": found})

    far.answer("compute /servers", slowly)
    before = asyncio.create_task(client.read("compute", "/servers", PAGE))
    await here.wait()
    state[:] = ["new"]
    after = asyncio.create_task(client.read("compute", "/servers", PAGE, shared=False))
    here.clear()
    await here.wait()
    go.set()
    assert ((await before).servers, (await after).servers) == (["old"], ["new"])


async def test_pages_follow_the_marker_of_the_link_and_nothing_else_of_it(
    client: OpenStackClient, far: FarCloud
) -> None:
    following = {"": "b", "b": "c"}  # the page that ends with b is followed by the one after b

    async def page(request: web.Request) -> web.StreamResponse:
        marker = request.query.get("marker", "")
        last = following.get(marker)
        href = f"http://inner.example:8774/v2.1/servers?limit=1&marker={last}"
        links = [{"rel": "next", "href": href}] if last else []
        return web.json_response({"servers": [f"after-{marker}"], "servers_links": links})

    far.answer("compute /servers", page)
    pages = [page.servers async for page in client.pages("compute", "/servers", PAGE, next_of, {"all_tenants": 1})]
    assert pages == [["after-"], ["after-b"], ["after-c"]]
    queries = [asked.query for asked in far.calls("compute /servers")]
    assert queries == [{"all_tenants": "1", "limit": "2", **({"marker": m} if m else {})} for m in ("", "b", "c")]


async def test_a_list_in_a_circle_ends(client: OpenStackClient, far: FarCloud) -> None:
    """Keystone 30 does this with its roles when a limit is asked for."""
    circle = {"servers": ["a"], "servers_links": [{"rel": "next", "href": "?marker=a"}]}
    far.answer("compute /servers", told(circle))
    with pytest.raises(Unavailable, match=r"Nova \(compute\) of krane lists in a circle"):
        _ = [page async for page in client.pages("compute", "/servers", PAGE, next_of)]
    assert len(far.calls("compute /servers")) == 2


@pytest.mark.parametrize(
    ("status", "message"), [(404, "Floating IP b could not be found"), (400, "marker [b] not found")]
)
async def test_a_list_that_lost_its_place_is_not_one_that_ended_or_never_was(
    client: OpenStackClient, far: FarCloud, status: int, message: str
) -> None:
    """What the first page ended with was deleted before the second one was asked for."""

    async def page(request: web.Request) -> web.StreamResponse:
        if "marker" in request.query:
            return refusal(status, message)
        return web.json_response({"servers": ["a", "b"], "servers_links": [{"rel": "next", "href": "?marker=b"}]})

    far.answer("compute /servers", page)
    with pytest.raises(Unavailable, match=r"Nova \(compute\) of krane lost its place in a list"):
        _ = [page async for page in client.pages("compute", "/servers", PAGE, next_of)]


class Patient(Clock):
    """Notes for how long it was asked to sleep, and does not."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.mark.parametrize(("status", "told_pause", "pause"), [(429, "7", 7.0), (413, "600", 30.0), (429, None, 1.0)])
async def test_a_list_goes_on_after_the_pause_that_a_service_asks_for(
    connect: Connecting, far: FarCloud, status: int, told_pause: str | None, pause: float
) -> None:
    busy, clock = iter([True, True, False]), Patient()

    async def page(request: web.Request) -> web.StreamResponse:
        if "marker" not in request.query:
            return web.json_response({"servers": ["a"], "servers_links": [{"rel": "next", "href": "?marker=a"}]})
        if next(busy):
            headers = {"Retry-After": told_pause} if told_pause else {}
            return web.Response(status=status, headers=headers, text="Too many requests")
        return web.json_response({"servers": ["b"]})

    far.answer("compute /servers", page)
    client = await connect(clock=clock)
    pages = [page.servers async for page in client.pages("compute", "/servers", PAGE, next_of)]
    assert (pages, clock.slept) == ([["a"], ["b"]], [pause, pause])


async def test_a_service_that_never_has_time_is_said_so(connect: Connecting, far: FarCloud) -> None:
    far.answer("compute /servers", told(b"", status=429))
    client = await connect(clock=Patient())
    with pytest.raises(RateLimited):
        _ = [page async for page in client.pages("compute", "/servers", PAGE, next_of)]
    assert len(far.calls("compute /servers")) == 6


async def test_a_refused_token_is_renewed_once_for_all(client: OpenStackClient, far: FarCloud) -> None:
    far.answer("compute /servers", told({"servers": []}))
    await client.get("compute", "/servers")
    far.refused = set(far.tokens)
    await asyncio.gather(*(client.get("compute", "/servers", {"limit": number}) for number in range(4)))
    assert far.logins == ["password", "password"]


async def test_an_account_that_stays_refused_is_the_clouds_fault_not_the_callers(
    client: OpenStackClient, far: FarCloud
) -> None:
    async def never(request: web.Request) -> web.StreamResponse:
        return refusal(401, "Unauthorized")

    far.answer("compute /servers", never)
    with pytest.raises(Unavailable, match="does not let 9rum's own account in; check its entry") as refused:
        await client.get("compute", "/servers")
    assert len(far.calls("compute /servers")) == 2
    assert (refused.value.backend, refused.value.request_id) == ("krane", "req-refused")


async def test_what_the_own_account_may_not_do_is_said_to_the_operator(client: OpenStackClient, far: FarCloud) -> None:
    far.answer("compute /servers", told({"forbidden": {"message": "Policy doesn't allow"}}, status=403))
    with pytest.raises(Unavailable, match="does not allow this to 9rum's own account; give it the role that it needs"):
        await client.get("compute", "/servers")


@pytest.mark.parametrize("status", [400, 404, 409])
async def test_a_login_that_is_refused_in_any_way_is_not_an_answer_to_what_was_asked(
    connect: Connecting, far: FarCloud, status: int
) -> None:
    """Were the 404 of a Keystone that is moved taken for one of a server, the server would be gone."""

    async def elsewhere(request: web.Request) -> web.Response:
        return refusal(status, "Not here")

    far.log_in = elsewhere
    client = await connect()
    with pytest.raises(Unavailable, match=r"does not let 9rum's own account in; check its entry in clouds\.yaml"):
        await client.get("compute", "/servers")
    with pytest.raises(Unavailable, match="does not let 9rum's own account in"):
        await client.get("identity", "/users/x")


async def test_what_is_not_there_is_not_found(client: OpenStackClient, far: FarCloud) -> None:
    with pytest.raises(NotFound, match="The resource could not be found"):
        await client.get("compute", "/servers/nope")


async def test_the_newest_microversion_that_both_know(connect: Connecting, far: FarCloud) -> None:
    client = await connect()
    assert await client.microversion("compute", "2.90", "2.60") == "2.90"
    assert await client.microversion("compute", "2.103", "2.60") == "2.96"
    with pytest.raises(Unavailable, match=r"of krane speaks its API up to 2\.96 only; 9rum needs 2\.97"):
        await client.microversion("compute", "2.104", "2.97")
    far.newest_microversion = "2.9"
    older = await connect()
    with pytest.raises(Unavailable, match=r"up to 2\.9 only"):
        await older.microversion("compute", "2.90", "2.60")


@pytest.mark.parametrize("by", ["own account", "person"])
async def test_a_cloud_that_goes_back_to_an_older_release_is_asked_anew(
    client: OpenStackClient, far: FarCloud, by: str
) -> None:
    """And one that is being upgraded, where servers of two releases answer."""

    async def servers(request: web.Request) -> web.StreamResponse:
        asked = request.headers["OpenStack-API-Version"].removeprefix("compute 2.")
        newest = far.newest_microversion.removeprefix("2.")
        fine = int(asked) <= int(newest)
        return web.json_response({}) if fine else refusal(406, f"Version 2.{asked} is not supported by the API.")

    far.answer("compute /servers", servers)
    acting = Credential(far.issue(Token("jiwoo")), SHOP)

    async def ask() -> None:
        version = await client.microversion("compute", "2.90", "2.60")
        if by == "person":
            await client.send(acting, "POST", "compute", "/servers", json={}, microversion=version)
        else:
            await client.get("compute", "/servers", microversion=version)

    await ask()
    far.newest_microversion = "2.79"
    with pytest.raises(Unavailable, match="does not speak the version of its API that it told; try again"):
        await ask()
    await ask()
    assert await client.microversion("compute", "2.90", "2.60") == "2.79"


async def test_a_cloud_that_is_down_at_the_start_is_found_when_it_comes_up(
    client: OpenStackClient, far: FarCloud
) -> None:
    far.answer("compute /servers", told({}))
    far.away = True
    with pytest.raises(Unavailable, match=r"Nova \(compute\) of krane does not answer at its catalogue address"):
        await client.get("compute", "/servers")
    far.away = False
    assert await client.get("compute", "/servers") == b"{}"
    assert await client.microversion("compute", "2.90", "2.60") == "2.90"
    far.away = True
    with pytest.raises(Unavailable, match="failed with status 503"):
        await client.get("compute", "/servers")
