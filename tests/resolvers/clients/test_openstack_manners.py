"""What a service can do wrong, and what a person gets to read of it: each one clear sentence, the cloud's name, the request id."""

import gzip
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

from resolvers.actor import Credential
from resolvers.clients.openstack import OpenStackClient
from resolvers.clients.openstack_errors import MAX_MESSAGE
from resolvers.clients.openstack_settings import OpenStackSettings
from resolvers.clock import Clock
from resolvers.errors import (
    Conflict,
    Denied,
    GurumError,
    Invalid,
    NotFound,
    QuotaExceeded,
    RateLimited,
    TimedOut,
    Unauthenticated,
    Unavailable,
)
from tests.resolvers.clients.conftest import Connecting
from tests.resolvers.clients.far_cloud import SHOP, TALK, Answering, FarCloud, Token, cut, hang, serving, streamed, told

pytestmark = pytest.mark.anyio
ANYTHING = msgspec.json.Decoder(dict[str, Any])
NOVA = "Nova (compute) of krane"
MIB = 1024 * 1024


async def failed(client: OpenStackClient, far: FarCloud, answering: Answering) -> GurumError:
    far.answer("compute /servers", answering)
    with pytest.raises(GurumError) as error:
        await client.read("compute", "/servers", ANYTHING)
    assert error.value.backend == "krane"
    assert "127.0.0.1" not in error.value.message
    return error.value


async def test_a_service_that_hangs(connect: Connecting, far: FarCloud) -> None:
    client = await connect(deadlines={"read": 20})
    error = await failed(client, far, hang)
    assert isinstance(error, TimedOut)
    assert error.message == f"{NOVA} did not answer within 20 s."


async def test_a_failure_inside_the_service_keeps_its_request_id_and_not_its_words(
    client: OpenStackClient, far: FarCloud
) -> None:
    body = {"computeFault": {"code": 500, "message": "Unexpected API Error. <class 'oslo_db.exception.DBError'>"}}
    error = await failed(client, far, told(body, status=500))
    assert isinstance(error, Unavailable)
    assert error.message == f"{NOVA} failed with status 500; it may work later."
    assert error.request_id == "req-told"


async def test_a_service_under_repair_says_when_to_come_back(client: OpenStackClient, far: FarCloud) -> None:
    error = await failed(client, far, told(b"<html>maintenance</html>", status=503, headers={"Retry-After": "30"}))
    assert (type(error), error.retry_after) == (Unavailable, 30.0)


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>It works!</body></html>",
        b'{"servers": [{"id": ',
        b"",
        b"[]",
        b'{"servers": "\xff\xfe"}',
        b"\x00" * 100,
    ],
)
async def test_what_is_no_answer_of_the_api(client: OpenStackClient, far: FarCloud, body: bytes) -> None:
    error = await failed(client, far, told(body))
    assert isinstance(error, Unavailable)
    assert (
        error.message
        == f"{NOVA} gave an answer that 9rum can not use: the answer is not the JSON that its API promises."
    )


async def test_an_answer_that_ends_in_the_middle(client: OpenStackClient, far: FarCloud) -> None:
    error = await failed(client, far, cut)
    assert isinstance(error, Unavailable)
    assert error.message == f"{NOVA} gave an answer that 9rum can not use: the answer ends in the middle."


async def resets(request: web.Request) -> web.StreamResponse:
    """Takes the request and ends the connection."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()


@pytest.mark.parametrize(
    ("answering", "lost"),
    [
        (hang, True),
        (resets, True),
        (cut, True),
        (told(b"", status=502), True),
        (told(b"", status=504), True),
        (told(b"", status=500), False),
        (told(b"", status=503), False),
        (told(b"{}", status=409), False),
    ],
    ids=["late", "reset", "cut", "502", "504", "500", "503", "409"],
)
async def test_whether_a_change_may_have_happened_all_the_same(
    connect: Connecting, far: FarCloud, answering: Answering, lost: bool
) -> None:
    client, acting = await connect(deadlines={"write": 20}), Credential(far.issue(Token("jiwoo")), SHOP)
    far.answer("compute /warm", told({}))
    await client.send(acting, "GET", "compute", "/warm")
    far.answer("compute /servers", answering)
    with pytest.raises(GurumError) as error:
        await client.send(acting, "POST", "compute", "/servers", json={})
    assert len(far.calls("compute /servers")) == 1
    assert error.value.lost is lost


class SlowKeystone(FarCloud):
    slow = False

    async def _describe(self, request: web.Request) -> web.Response:
        if self.slow:
            await hang(request)
        return await super()._describe(request)


async def test_what_was_never_sent_can_not_have_happened(tmp_path: Path) -> None:
    """Keystone tells too late whose token it is, and then Nova is not there."""
    async with AsyncExitStack() as stack:
        far = SlowKeystone()
        async with serving(far):
            known = {"backend": "openstack", "name": "krane", "cloud": "far", "deadlines": {"write": 20}}
            settings = OpenStackSettings.model_validate({**known, "clouds_file": far.clouds_file(tmp_path)})
            client = await OpenStackClient.open(settings, Clock())
            stack.push_async_callback(client.close)
            acting, other = Credential(far.issue(Token("jiwoo")), SHOP), Credential(far.issue(Token("minsu")), TALK)
            far.answer("compute /servers", told({}))
            await client.send(acting, "POST", "compute", "/servers", json={})
            far.slow = True
            with pytest.raises(TimedOut) as late:
                await client.send(other, "POST", "compute", "/servers", json={})
            assert len(far.calls("compute /servers")) == 1
        with pytest.raises(Unavailable, match="no connection to it can be made") as away:
            await client.send(acting, "POST", "compute", "/servers", json={})
    assert (late.value.lost, away.value.lost) == (False, False)


async def test_a_page_of_30_mb_is_read(client: OpenStackClient, far: FarCloud) -> None:
    far.answer("compute /servers", told({"servers": "x" * 30 * MIB}))
    assert len((await client.read("compute", "/servers", ANYTHING))["servers"]) == 30 * MIB


@pytest.mark.parametrize(
    "answering", [told(b"x" * 2 * MIB), streamed(b"x" * MIB, 1000)], ids=["announced", "not announced"]
)
async def test_an_answer_over_the_limit_is_refused(connect: Connecting, far: FarCloud, answering: Answering) -> None:
    client = await connect(max_answer_mib=1)
    error = await failed(client, far, answering)
    assert isinstance(error, Unavailable)
    assert error.message.endswith("the answer is larger than 1 MiB; a smaller page_size may help.")


async def test_a_compressed_answer_counts_by_what_it_unpacks_to(connect: Connecting, far: FarCloud) -> None:
    client = await connect(max_answer_mib=1)
    bomb = told(gzip.compress(b"x" * 4 * MIB), headers={"Content-Encoding": "gzip"})
    assert "larger than 1 MiB" in (await failed(client, far, bomb)).message


async def test_a_redirect_is_not_followed_with_a_token(client: OpenStackClient, far: FarCloud) -> None:
    far.answer("compute /elsewhere", told({}))
    error = await failed(client, far, told(b"", status=302, headers={"Location": f"{far.url}/compute/v2.1/elsewhere"}))
    assert "sends the caller to another address" in error.message
    assert far.calls("compute /elsewhere") == []


NO_HOST = {"itemNotFound": {"code": 404, "message": "Instance 1 could not be found."}}
OVER = {"forbidden": {"code": 403, "message": "Quota exceeded for cores: Requested 1, but already used 2 of 2 cores"}}
OVER_NEUTRON = {
    "NeutronError": {"type": "OverQuota", "message": "Quota exceeded for resources: ['port'].", "detail": ""}
}
OVER_CINDER = {
    "overLimit": {
        "code": 413,
        "message": "VolumeLimitExceeded: Maximum number of volumes allowed (10) exceeded for quota",
    }
}
BUSY = {"conflictingRequest": {"code": 409, "message": "Cannot 'start' instance 1 while it is in vm_state active"}}
GLANCE = {"message": "You are not authorized.<br /><br />\n\n\n", "code": "403 Forbidden", "title": "Forbidden"}


@pytest.mark.parametrize(
    ("status", "body", "kind", "sentence"),
    [
        (400, {"badRequest": {"message": "Invalid flavorRef provided."}}, Invalid, "Invalid flavorRef provided."),
        (400, {}, Invalid, f"{NOVA} refused the request with status 400."),
        (403, GLANCE, Denied, "You are not authorized."),
        (403, OVER, QuotaExceeded, OVER["forbidden"]["message"]),
        (404, NO_HOST, NotFound, "Instance 1 could not be found."),
        (
            404,
            b"<html><title>404</title><h1>404 Not Found</h1>Nothing here.<br/></html>",
            NotFound,
            "404 Nothing here.",
        ),
        (409, BUSY, Conflict, "Cannot 'start' instance 1 while it is in vm_state active"),
        (409, OVER_NEUTRON, QuotaExceeded, "Quota exceeded for resources: ['port']."),
        (413, OVER_CINDER, QuotaExceeded, OVER_CINDER["overLimit"]["message"]),
        (
            413,
            {"overLimit": {"message": "too many"}},
            RateLimited,
            f"{NOVA} asks to send fewer requests; try again later.",
        ),
        (429, b"", RateLimited, f"{NOVA} asks to send fewer requests; try again later."),
    ],
)
async def test_a_refusal_is_told_in_the_backends_own_words(
    client: OpenStackClient, far: FarCloud, status: int, body: Any, kind: type[GurumError], sentence: str
) -> None:
    acting = Credential(far.issue(Token("jiwoo")), SHOP)
    far.answer("compute /servers", told(body, status=status, headers={"Retry-After": "7"}))
    with pytest.raises(GurumError) as error:
        await client.send(acting, "POST", "compute", "/servers", json={})
    assert type(error.value) is kind
    assert (error.value.message, error.value.backend, error.value.request_id) == (sentence, "krane", "req-told")
    assert error.value.retry_after == (7.0 if kind is RateLimited else None)


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"<html><h1>404 Not Found</h1></html>", "text/html"), (b"default backend - 404", "text/plain; charset=utf-8")],
)
async def test_another_server_at_the_address_knows_nothing_of_what_is_there(
    client: OpenStackClient, far: FarCloud, body: bytes, kind: str
) -> None:
    """A proxy whose way to Nova is missing for a moment must not pass for Nova without the server."""

    async def proxy(request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, status=404, headers={"Content-Type": kind})

    far.answer("compute /servers", proxy)
    acting = Credential(far.issue(Token("jiwoo")), SHOP)
    for asked in (client.get("compute", "/servers"), client.send(acting, "DELETE", "compute", "/servers")):
        with pytest.raises(Unavailable, match="is not found at its address: another server answers there") as error:
            await asked
        assert not error.value.lost


async def test_what_a_proxy_finds_too_large_is_not_to_be_tried_again(client: OpenStackClient, far: FarCloud) -> None:
    acting = Credential(far.issue(Token("jiwoo")), SHOP)
    far.answer("compute /servers", told(b"<html><h1>413 Request Entity Too Large</h1>nginx</html>", status=413))
    with pytest.raises(Invalid, match=r"refuses this as too large; ask its operators to raise the limit of the proxy"):
        await client.send(acting, "POST", "compute", "/servers", json={})


@pytest.mark.parametrize("odd", ["a.", "a-", "<h1>", "<style ", "eyJa."])
async def test_words_without_end_hold_nobody_up(client: OpenStackClient, far: FarCloud, odd: str) -> None:
    acting, message = Credential(far.issue(Token("jiwoo")), SHOP), odd * (60_000 // len(odd))
    began = time.process_time()
    for body in (message.encode(), {"badRequest": {"message": message}}):
        far.answer("compute /servers", told(body, status=400))
        with pytest.raises(Invalid):
            await client.send(acting, "POST", "compute", "/servers", json={})
    assert time.process_time() - began < 1  # looked at whole, each would take seconds


async def test_the_words_are_cleaned_first(client: OpenStackClient, far: FarCloud) -> None:
    token = far.issue(Token("jiwoo"))
    message = f"See http://10.0.0.5:8774/v2.1/x\n\x1b[31mtoken {token} \u202e" + "long " * 1000
    far.answer("compute /servers", told({"badRequest": {"message": message}}, status=400))
    with pytest.raises(Invalid) as error:
        await client.send(Credential(token, SHOP), "POST", "compute", "/servers", json={})
    assert error.value.message.startswith("See (an address) [31mtoken (hidden) long long")
    assert len(error.value.message) == MAX_MESSAGE
    assert error.value.message.isprintable()


async def test_a_person_whose_token_ended_is_asked_to_sign_in(client: OpenStackClient, far: FarCloud) -> None:
    with pytest.raises(Unauthenticated, match="does not accept your token; sign in again"):
        await client.send(Credential("gAAAAunknown"), "GET", "compute", "/servers")
