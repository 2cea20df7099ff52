"""graphql-transport-ws over a real socket: the protocol's own rules, and who may stay connected."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import httpx
import orjson
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from tests.clock import LeapingLoop, leap
from tests.gateway import graph
from tests.gateway.server import SECONDS, closed, hear, say, serving, until
from tests.gateway.test_logs import logging_to
from tests.served import Served

IDLE = 600.0
LATER = {"init_seconds": 9e6, "send_seconds": 9e6, "ping_seconds": 9e6, "recheck_seconds": 9e6}
PATIENT = {**LATER, "idle_seconds": IDLE}


def run(test: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        runner.run(test)


def test_a_subscription_brings_each_event_and_its_end() -> None:
    async def test() -> None:
        async with serving() as live, live.signed_in() as socket:
            await say(socket, type="subscribe", id="1", payload={"query": "subscription { count(to: 2) }"})
            events = [await hear(socket) for _ in range(3)]
        assert [event["type"] for event in events] == ["next", "next", "complete"]
        assert [event["payload"]["data"] for event in events[:2]] == [{"count": 1}, {"count": 2}]
        assert {event["id"] for event in events} == {"1"}

    run(test())


def test_queries_and_mutations_are_answered_beside_a_subscription() -> None:
    async def test() -> None:
        async with serving() as live, live.signed_in() as socket:
            await say(socket, type="subscribe", id="s", payload={"query": "subscription { quiet }"})
            await say(socket, type="subscribe", id="q", payload={"query": "{ me }"})
            assert (await hear(socket))["payload"]["data"] == {"me": "alice"}
            assert await hear(socket) == {"id": "q", "type": "complete"}
            await say(socket, type="subscribe", id="m", payload={"query": "mutation { bump(by: 3) }"})
            assert (await hear(socket))["payload"]["data"] == {"bump": 3}
            await hear(socket)
            await until(lambda: live.world.waiting == 1, "the subscription listens")
            live.world.release.set()
            assert (await hear(socket))["payload"]["data"] == {"quiet": "released"}

    run(test())


def test_complete_from_the_client_closes_the_source() -> None:
    async def test() -> None:
        async with serving() as live, live.signed_in() as socket:
            await say(socket, type="subscribe", id="1", payload={"query": "subscription { quiet }"})
            await until(lambda: live.world.waiting == 1, "the subscription listens")
            await say(socket, type="complete", id="1")
            await until(lambda: live.world.closed == 1, "the source is closed")
            await say(socket, type="subscribe", id="1", payload={"query": "{ hello }"})  # the id is free again
            assert (await hear(socket))["payload"]["data"] == {"hello": "world"}

    run(test())


def test_a_client_that_leaves_takes_its_subscriptions_along() -> None:
    async def test() -> None:
        async with serving() as live:
            async with live.signed_in() as socket:
                await say(socket, type="subscribe", id="1", payload={"query": "subscription { quiet }"})
                await until(lambda: live.world.waiting == 1, "the subscription listens")
            await until(lambda: live.world.closed == 1, "the source is closed")
            text = live.metrics.text().decode()
            assert "gurum_subscriptions 0.0" in text
            await until(
                lambda: 'gurum_connections{transport="ws"} 0.0' in live.metrics.text().decode(),
                "the connection is gone",
            )

    run(test())


@pytest.mark.parametrize("protocol", ["graphql-ws", "something"])
def test_another_subprotocol_is_closed_with_4406(protocol: str) -> None:
    async def test() -> None:
        async with serving() as live, live.socket(protocol) as socket:
            code, reason = await closed(socket)
            assert code == 4406
            assert reason is not None
            assert "graphql-transport-ws" in reason

    run(test())


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["{"], 4400),
        (["[]"], 4400),
        (['{"type": "start"}'], 4400),
        ([b"\x00"], 4400),
        (['{"type": "subscribe", "id": "1", "payload": {"query": "{ hello }"}}'], 4401),
        (['{"type": "connection_init", "payload": 3}'], 4400),
        (['{"type": "connection_init", "payload": {"token": "garbage"}}'], 4403),
        (['{"type": "connection_init"}'], 4403),
        (['{"type": "connection_init", "payload": {"token": "token-alice"}}', '{"type": "connection_init"}'], 4429),
        (
            [
                '{"type": "connection_init", "payload": {"token": "token-alice"}}',
                '{"type": "subscribe", "id": "1", "payload": {"query": "subscription { quiet }"}}',
                '{"type": "subscribe", "id": "1", "payload": {"query": "subscription { quiet }"}}',
            ],
            4409,
        ),
        (
            ['{"type": "connection_init", "payload": {"token": "token-alice"}}', '{"type": "subscribe", "id": "1"}'],
            4400,
        ),
        (["x" * 2_000], 1009),
    ],
)
def test_each_breach_of_the_protocol_has_its_close_code(messages: list[str | bytes], code: int) -> None:
    async def test() -> None:
        async with serving(limits={"body_bytes": 1_000}) as live, live.socket() as socket:
            for message in messages:
                await socket.send(message)
            assert (await closed(socket))[0] == code

    run(test())


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{ unknown }"}, "INVALID"),
        ({"query": "{ hello"}, "INVALID"),
        ({"query": 3}, "INVALID"),
        ({}, "INVALID"),
        ({"query": "subscription { count unknown }"}, "INVALID"),
        ({"query": "{ items(first: 1000) { nodes { items(first: 1000) { nodes { id } } } } }"}, "TOO_EXPENSIVE"),
    ],
)
def test_a_refused_operation_gets_an_error_and_the_connection_stays(payload: dict[str, Any], code: str) -> None:
    async def test() -> None:
        async with serving() as live, live.signed_in() as socket:
            await say(socket, type="subscribe", id="1", payload=payload)
            answer = await hear(socket)
            assert (answer["type"], answer["id"]) == ("error", "1")
            assert answer["payload"][0]["extensions"]["code"] == code
            await say(socket, type="ping", payload={"n": 1})
            assert await hear(socket) == {"type": "pong", "payload": {"n": 1}}

    run(test())


def test_a_source_that_breaks_or_refuses_says_so_without_secrets() -> None:
    async def test() -> None:
        async with serving() as live, live.signed_in() as socket:
            await say(socket, type="subscribe", id="1", payload={"query": "subscription { breaks }"})
            assert (await hear(socket))["payload"]["data"] == {"breaks": 1}
            broken = await hear(socket)
            assert broken["payload"]["errors"][0]["extensions"]["code"] == "INTERNAL"
            assert graph.SECRET not in str(broken)
            assert (await hear(socket))["type"] == "complete"
            await say(socket, type="subscribe", id="2", payload={"query": "subscription { refused }"})
            refused = await hear(socket)
            assert refused["payload"]["errors"][0]["extensions"]["code"] == "DENIED"

    run(test())


def test_a_silent_client_is_closed_when_init_does_not_come() -> None:
    async def test() -> None:
        async with serving(live={"init_seconds": 0.05}) as live, live.socket() as socket:
            assert (await closed(socket))[0] == 4408

    run(test())


def test_an_idle_connection_is_closed_and_a_busy_one_is_not() -> None:
    async def test() -> None:
        async with serving(live=PATIENT) as live, live.signed_in(ping_interval=None) as busy:
            await say(busy, type="subscribe", id="1", payload={"query": "subscription { quiet }"})
            await until(lambda: live.world.waiting == 1, "the subscription listens")
            async with live.signed_in(ping_interval=None) as idle:
                leap(IDLE + 1)
                assert await closed(idle) == (1000, "Idle.")
            await say(busy, type="ping")
            assert await hear(busy) == {"type": "pong"}

    run(test())


def test_short_operations_keep_a_connection_from_being_idle() -> None:
    async def test() -> None:
        async with serving(live=PATIENT) as live, live.signed_in(ping_interval=None) as socket:
            for _ in range(3):
                await say(socket, type="subscribe", id="1", payload={"query": "{ hello }"})
                assert [(await hear(socket))["type"] for _ in range(2)] == ["next", "complete"]
                leap(IDLE / 2)

    run(test())


def test_a_peer_that_answers_no_pings_is_closed() -> None:
    async def test() -> None:
        async with serving(live={**LATER, "ping_seconds": 100}) as live, live.signed_in(ping_interval=None) as socket:
            await say(socket, type="subscribe", id="1", payload={"query": "subscription { quiet }"})
            await until(lambda: live.world.waiting == 1, "the subscription listens")
            leap(100)
            assert orjson.loads(await socket.recv()) == {"type": "ping"}
            leap(100)  # it may be on its way for as long as the next takes
            assert (await closed(socket))[0] == 1001

    run(test())


@pytest.mark.parametrize("change", ["gone", "rights"])
def test_a_token_that_is_gone_or_has_other_rights_ends_the_connection(change: str) -> None:
    async def test() -> None:
        async with serving(live={"recheck_seconds": 0.05}) as live, live.signed_in() as socket:
            await say(socket, type="subscribe", id="1", payload={"query": "subscription { quiet }"})
            await until(lambda: live.world.waiting == 1, "the subscription listens")
            if change == "gone":
                del live.world.people["token-alice"]
            else:
                live.world.people["token-alice"] = graph.person("alice", ("shop", "bank"))
            assert (await closed(socket))[0] == 4403
            await until(lambda: live.world.closed == 1, "the source is closed")

    run(test())


def test_the_handshake_can_carry_the_token_or_the_session() -> None:
    async def test() -> None:
        async with serving() as live:
            for headers in ({"X-Auth-Token": "token-bob"}, {"Cookie": "a=b; gurum_session=token-bob"}):
                async with live.socket(additional_headers=headers) as socket:
                    await say(socket, type="connection_init")
                    assert await hear(socket) == {"type": "connection_ack"}
                    await say(socket, type="subscribe", id="1", payload={"query": "{ me }"})
                    assert (await hear(socket))["payload"]["data"] == {"me": "bob"}

    run(test())


def test_a_page_of_another_origin_can_not_use_the_session() -> None:
    async def test() -> None:
        cookie = {"Cookie": "gurum_session=token-bob"}
        async with serving(allowed_origins=["https://console.example.com"]) as live:
            with pytest.raises(InvalidStatus) as refused:
                async with live.socket(additional_headers=cookie, origin="https://evil.example.com"):
                    pass
            assert refused.value.response.status_code == 403
            async with live.socket(additional_headers=cookie, origin="https://console.example.com") as socket:
                await say(socket, type="connection_init")
                assert await hear(socket) == {"type": "connection_ack"}

    run(test())


def test_a_connection_has_one_line_in_the_access_log() -> None:
    async def test() -> None:
        with logging_to() as lines:
            async with serving() as live:
                async with live.signed_in() as socket:
                    await say(socket, type="connection_init")
                    assert (await closed(socket))[0] == 4429
                await until(
                    lambda: [line for line in lines.all() if line["logger"] == "gurum.access"], "the line is written"
                )
            (line,) = [line for line in lines.all() if line["logger"] == "gurum.access"]
            assert line["message"] == "WEBSOCKET /graphql 4429"
            assert line["user"] == "user:alice"
            assert graph.ALICE not in lines.getvalue()

    run(test())


async def test_a_session_for_one_project_is_in_it_alone_on_a_socket_too(gateway: Served) -> None:
    given = {"user": "jiwoo", "password": "jiwoo", "project": "talk"}
    async with httpx.AsyncClient(base_url=gateway.url, timeout=SECONDS, trust_env=False) as http:
        signed = await http.post("/session", json=given)
    cookie = {"cookie": signed.headers["set-cookie"].partition(";")[0]}
    address = f"{gateway.url.replace('http', 'ws', 1)}/graphql"
    protocols = [Subprotocol("graphql-transport-ws")]
    async with connect(address, subprotocols=protocols, additional_headers=cookie, proxy=None) as socket:
        await say(socket, type="connection_init")
        assert await hear(socket) == {"type": "connection_ack"}
        query = "{ servers(first: 200) { nodes { project { name } } } }"
        await say(socket, type="subscribe", id="1", payload={"query": query})
        nodes = (await hear(socket))["payload"]["data"]["servers"]["nodes"]
    assert {node["project"]["name"] for node in nodes} == {"talk"}
